"""Laws of the battery's set-point (domain brief §2b, §2d): P* with dead band and ramp, and the SoC keeper.

Nothing here integrates. The only thing that lasts is the last set-point, and it is what came out after all limits: that
is the whole of anti-windup, and why a change of mode is without a kick.
"""

from __future__ import annotations

from dataclasses import dataclass

from edge_gateway.control.energy.limits import Band
from edge_gateway.control.energy.plant import Law


@dataclass(frozen=True, slots=True)
class Shaped:
    """A set-point (kW) and what shaped it beyond the limits; empty for nothing."""

    kw: float
    why: str = ""


def p_star(battery_kw: float, grid_kw: float, target_kw: float) -> float:
    """The power at which the grid would be at its target: P* = Pmeas + Pgrid - Ptarget."""
    return battery_kw + grid_kw - target_kw


def keep_soc(law: Law, soc: float, planned: float) -> float:
    """Correction of the planned power (kW) for a SoC that is away from the plan: above it, more is discharged."""
    return min(max(law.keeper_gain * (soc - planned), -law.keeper_most), law.keeper_most)


def shape(law: Law, wanted: float, previous: float, firm: Band, ramp: float, dt_s: float) -> Shaped:
    """The next set-point on the way from the previous one to what is wanted.

    wanted lies in the limits already. firm: the limits that are obeyed at once, whatever the ramp says. ramp: kW/s.
    Charging and discharging never follow each other without a set-point of 0 between them.
    """
    why = ""
    if wanted == previous:
        return Shaped(previous)
    if wanted and abs(wanted - previous) <= law.dead_band and firm.holds(previous):
        return Shaped(previous, "dead band")
    step = ramp * dt_s
    kw = min(max(wanted, previous - step), previous + step)
    if kw != wanted:
        why = "ramp"
    if not firm.holds(kw):
        kw, why = firm.clamp(kw), ""
    if kw * previous < 0:
        return Shaped(0.0, "passes 0 between charge and discharge")
    return Shaped(kw, why)

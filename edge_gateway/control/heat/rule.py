"""PI parameters for a process with gain, lag and dead time, and what they are worth when it is another one.

The rule is SIMC for a first-order process with dead time (S. Skogestad, 2003): Kp = lag / (gain * (tau_c + dead)),
Ti = min(lag, 4 * (tau_c + dead)). tau_c is the lag that the closed loop is to have, and the one thing to choose: no
less than 1.5 dead times, with which the loop stands a gain 30 % higher and a lag 30 % shorter at once, and no less than
0.4 lags, for a loop much faster than its plant only wears the valve. A set-point step then overshoots by less than 10 %
and, on a process whose dead time is below half its lag, is settled within three lags.
"""

from __future__ import annotations

from cmath import exp, phase
from dataclasses import asdict, dataclass
from math import degrees, pi
from typing import Any

from edge_gateway.control.heat.identify import Model
from edge_gateway.control.heat.loop_model import Process, step_response

_BY_DEAD, _BY_LAG = 1.5, 0.4
OFF = (0.7, 1.0, 1.3)
"""So many times the gain and the lag are tried."""
_STEP_PCT = 10.0
"""The set-point steps by what this much output (%) does."""
_BAND = 0.05
"""Settled: within this share of the step."""
_LAGS = 12.0
"""So many lags and dead times are looked at."""


@dataclass(frozen=True, slots=True)
class Pi:
    """kp: output (%) for each unit of the value; ti_s: integral time (s)."""

    kp: float
    ti_s: float


@dataclass(frozen=True, slots=True)
class Row:
    """The closed loop when gain and lag are so many times what was identified. settle_s: None when it never settles."""

    gain: float
    lag: float
    overshoot_pct: float
    settle_s: float | None
    oscillates: bool


@dataclass(frozen=True, slots=True)
class Judged:
    """Parameters and what they do. gain_margin: times; phase_margin: degrees; rows: gain and lag off by 30 %, and as
    identified."""

    pi: Pi
    gain_margin: float
    phase_margin: float
    rows: tuple[Row, ...]

    @property
    def as_identified(self) -> Row:
        """Of the process itself."""
        return next(row for row in self.rows if row.gain == row.lag == 1.0)

    @property
    def worst_pct(self) -> float:
        """Largest overshoot of all rows."""
        return max(row.overshoot_pct for row in self.rows)

    @property
    def oscillates(self) -> bool:
        """With any of the rows."""
        return any(row.oscillates for row in self.rows)

    def as_dict(self) -> dict[str, Any]:
        """For the local API."""
        worst = {"worst_overshoot_pct": self.worst_pct, "oscillates": self.oscillates}
        return {**asdict(self.pi), **worst, **asdict(self)}


@dataclass(frozen=True, slots=True)
class Suggestion:
    """suggested, with the lag tau_c_s that the closed loop is to have; in_force: for comparison, None if unknown."""

    tau_c_s: float
    suggested: Judged
    in_force: Judged | None

    def as_dict(self) -> dict[str, Any]:
        """For the local API."""
        return {
            "tau_c_s": self.tau_c_s,
            "suggested": self.suggested.as_dict(),
            "in_force": None if self.in_force is None else self.in_force.as_dict(),
        }


def suggest(model: Model, in_force: Pi | None, *, stroke_s: float = 0.0) -> Suggestion:
    """Parameters for a process. stroke_s: of the valve, end to end. Takes some tenths of a second."""
    process = Process(model.gain, model.lag_s, model.dead_s, stroke_s)
    tau_c = tau_c_s(process)
    suggested = simc(process, tau_c)
    return Suggestion(tau_c, judge(process, suggested), None if in_force is None else judge(process, in_force))


def tau_c_s(process: Process) -> float:
    """The lag that the closed loop is to have."""
    return max(_BY_DEAD * process.dead_s, _BY_LAG * process.lag_s)


def simc(process: Process, tau_c: float) -> Pi:
    """The rule. kp has no sign: which way the loop acts is its wiring."""
    together = tau_c + process.dead_s
    return Pi(process.lag_s / (abs(process.gain) * together), min(process.lag_s, 4 * together))


def judge(process: Process, parameters: Pi) -> Judged:
    """What parameters do on a process, and on those 30 % beside it."""
    gain_margin, phase_margin = margins(process, parameters)
    rows = tuple(_row(process, parameters, gain, lag) for gain in OFF for lag in OFF)
    return Judged(parameters, gain_margin, phase_margin, rows)


def margins(process: Process, parameters: Pi) -> tuple[float, float]:
    """Gain margin (times) and phase margin (degrees) of the open loop, without the valve's stroke."""

    def loop(w: float) -> complex:
        control = parameters.kp * (1 + 1 / (1j * w * parameters.ti_s))
        return abs(process.gain) * control * exp(-1j * w * process.dead_s) / (1 + 1j * w * process.lag_s)

    def lead(w: float) -> float:
        """Phase in radians, unwrapped: dead time may turn it more than once."""
        return phase(1 + 1 / (1j * w * parameters.ti_s)) - phase(1 + 1j * w * process.lag_s) - w * process.dead_s

    crossing = _falls_to(lambda w: abs(loop(w)), 1.0, process)
    turning = _falls_to(lead, -pi, process)
    return 1 / abs(loop(turning)), 180 + degrees(lead(crossing))


def _falls_to(of: Any, goal: float, process: Process) -> float:
    """The frequency (1/s) at which something that falls comes down to `goal`."""
    low, high = 1e-4 / process.lag_s, 1e4 / process.lag_s
    for _round in range(60):
        middle = (low * high) ** 0.5
        low, high = (middle, high) if of(middle) > goal else (low, middle)
    return low


def _row(process: Process, parameters: Pi, gain: float, lag: float) -> Row:
    other = Process(gain * process.gain, lag * process.lag_s, process.dead_s, process.stroke_s)
    step = abs(process.gain) * _STEP_PCT
    lasts = _LAGS * (process.lag_s + process.dead_s)
    shape = step_response(other, parameters.kp, parameters.ti_s, step=step, lasts_s=lasts)
    settled = shape.settle_s(_BAND * step)
    overshoot = round(shape.overshoot_pct, 1)
    return Row(gain, lag, overshoot, None if settled is None else round(settled, 1), shape.oscillates)

"""The site file's `waste` in the units of control."""

from __future__ import annotations

from edge_gateway.control.waste.plant import Branch, Chute, Fraction, Plant, Rules
from edge_gateway.control.waste.schedule import HOUR_MS, MINUTE_MS, Times
from edge_gateway.site import Waste


def plant_of(waste: Waste) -> Plant:
    """What stands where."""
    chutes = tuple(
        Chute(inlet.board, valve, Fraction[name.upper()], inlet.branch, inlet.distance_m)
        for inlet in waste.inlets
        for valve, name in enumerate(inlet.fractions, 1)
    )
    branches = tuple(Branch(branch.number, branch.length_m, branch.joins_m, branch.quiet) for branch in waste.branches)
    return Plant(chutes, branches, waste.order == "far_first", _grams(waste.chute_kg))


def rules_of(waste: Waste) -> Rules:
    """Figures of the sequence."""
    given = waste.sequence
    return Rules(
        precheck_ms=_ms(given.precheck_s),
        divert_ms=_ms(given.divert_s),
        start_ms=_ms(given.start_s),
        vacuum_ms=_ms(given.vacuum_s),
        airflow_ms=_ms(given.airflow_s),
        open_ms=_ms(given.open_s),
        spacing_ms=_ms(given.spacing_s),
        spacing_limit_ms=_ms(given.spacing_limit_s),
        purge_factor=given.purge_factor,
        u_min=given.u_min,
        speed=given.speed,
        speed_purge=given.purge_speed,
        clear_ms=_ms(given.clear_s),
        stop_ms=_ms(given.stop_s),
        shakes=given.shakes,
        pulses=given.pulses,
        pulse_g=_grams(waste.pulse_kg),
    )


def times_of(waste: Waste) -> Times:
    """Figures of the schedule."""
    given = waste.schedule
    return Times(
        batch=given.batch,
        batch_early=given.batch_early,
        take_along=given.take_along_pct / 100,
        leg_worth=given.branch_worth_pct / 100,
        daily_ms=round(given.daily_h * HOUR_MS),
        perishable_ms=round(given.perishable_h * HOUR_MS),
        curfew_from=_minute(waste.curfew.from_),
        curfew_to=_minute(waste.curfew.to),
        full_limit_ms=round(given.full_limit_min * MINUTE_MS),
    )


def _ms(seconds: float) -> int:
    return round(1000 * seconds)


def _grams(kilograms: float) -> int:
    return round(1000 * kilograms)


def _minute(clock: str) -> int:
    hours, minutes = clock.split(":")
    return 60 * int(hours) + int(minutes)

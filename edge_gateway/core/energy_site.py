"""The site file's `energy` in the units of control."""

from __future__ import annotations

from edge_gateway.control.energy.plant import MINUTE_MS, BatteryFigures, EvFigures, GridFigures, Plant
from edge_gateway.control.energy.tariff import Period, Tariff
from edge_gateway.site import Energy
from edge_gateway.site.energy_checks import minutes


def plant_of(energy: Energy) -> Plant:
    """What stands behind the transformer."""
    battery, ev, grid = energy.battery, energy.ev, energy.grid
    return Plant(
        transformer_kva=energy.transformer.kva,
        import_cap=energy.import_limit_kw,
        import_margin=energy.transformer.margin_kw,
        export_cap=energy.export_cap_kw,
        battery=None
        if battery is None
        else BatteryFigures(
            kw=battery.kw,
            kwh=battery.kwh,
            efficiency=battery.efficiency_pct / 100,
            reserve=battery.reserve_pct,
            island_reserve=battery.island_reserve_pct,
            full=battery.full_pct,
            wear=battery.wear_per_kwh,
        ),
        inverters=tuple(inverter.kw for inverter in energy.inverters),
        ev=None
        if ev is None
        else EvFigures(
            ac_points=ev.ac_points,
            ac_kw=ev.ac_kw,
            dc_points=ev.dc_points,
            dc_kw=ev.dc_kw,
            cap_kw=ev.cap_kw,
            floor_a=ev.floor_a,
            turn_ms=round(ev.turn_min * MINUTE_MS),
        ),
        grid=GridFigures(
            volts_low=grid.volts * grid.volts_low_pct / 100,
            volts_high=grid.volts * grid.volts_high_pct / 100,
            hz_low=grid.hz - grid.hz_band,
            hz_high=grid.hz + grid.hz_band,
            back_ms=round(1000 * grid.back_s),
            ev_after_ms=round(1000 * grid.ev_after_s),
            may_island=grid.may_island,
        ),
    )


def tariff_of(energy: Energy) -> Tariff:
    """What energy costs."""
    given = energy.tariff
    periods = tuple(Period(minutes(p.from_), minutes(p.to), p.name, p.buy) for p in given.periods)
    return Tariff(periods, given.sell, given.peak_kw, given.currency)

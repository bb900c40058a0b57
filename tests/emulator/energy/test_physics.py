"""Checks of the energy physics (domain brief §2f): balances, limits, transients."""

from __future__ import annotations

import math

import pytest

from tools.emulator.energy.battery import COLD_C, EFFICIENCY, Battery
from tools.emulator.energy.charging import ALL, FALLBACK_A, FALLBACK_S
from tools.emulator.energy.converter import DEAD_S
from tools.emulator.energy.district import District
from tools.emulator.energy.inverter import State

NOON = 12 * 3600.0


def sunny(**options: object) -> District:
    """A clear noon with everything running and 400 kW of base load."""
    arguments: dict[str, object] = {"start_s": NOON, "running": True, "base_w": 400e3, "cars": False, **options}
    return District(5, **arguments)  # type: ignore[arg-type]


def test_a_day_closes_to_the_rounding() -> None:
    day = District(7, clouds=0.6, soc=0.4)
    battery = day.battery
    discharged = charged = 0.0
    counted = (0.0, 0.0, 0.0)
    for minute in range(24 * 60):
        # A dispatch that uses both directions: charge on surplus, discharge in the evening.
        day.converter.setpoint = -150e3 if day.pv_w > 200e3 else 120e3 if minute > 17 * 60 else 0.0
        day.charging.heartbeat()
        day.charging.share = 16.0
        day.advance(60, step_s=4.0)
        assert 0.0 <= battery.soc <= 1.0
        discharged += max(0.0, day.converter.w)
        charged += max(0.0, -day.converter.w)
        now = (day.meter.imported_wh, day.meter.exported_wh, day.inverters[0].energy_wh)
        assert all(later >= earlier for later, earlier in zip(now, counted, strict=True))
        counted = now
    books = day.books
    assert books.pv_dc > 2e6 and discharged > 0 and charged > 0 and day.charging.served_wh > 3e5
    assert abs(day.residual_wh) < 1e-6 * books.pv_dc
    assert day.meter.imported_wh == pytest.approx(books.imported, rel=1e-3)
    assert day.meter.exported_wh == pytest.approx(books.exported, rel=1e-3)
    assert sum(inverter.energy_wh for inverter in day.inverters) == pytest.approx(books.pv_ac, rel=1e-9)
    assert day.charging.served_wh == pytest.approx(books.charging, rel=1e-9)


def test_power_stays_inside_the_rating_with_reactive_power_asked_for() -> None:
    day = sunny()
    inverter = day.inverters[0]
    inverter.var_set = 80e3
    for limit in (1.0, 0.5, 0.0, 0.7):
        inverter.limit = limit
        for _ in range(100):
            day.step(0.05)
            assert math.hypot(inverter.w, inverter.var) <= inverter.rating_va * (1 + 1e-9)
    assert inverter.var == pytest.approx(71.4e3, rel=0.01), "what the rating leaves beside 70 kW"


def test_a_limit_is_reached_at_twenty_per_cent_a_second() -> None:
    day = sunny()
    inverter = day.inverters[0]
    assert inverter.w == pytest.approx(100e3, rel=0.01)
    inverter.limit = 0.4
    day.advance(1.0)
    assert inverter.w >= 79.9e3, "20 kW/s at most"
    day.advance(4.5)
    assert inverter.w == pytest.approx(40e3, rel=0.01)
    assert inverter.state is State.THROTTLED


def test_a_cloud_takes_power_away_faster_than_any_ramp() -> None:
    day = sunny()
    day.weather.cloud(200.0, 0.0)
    day.advance(0.1)
    assert day.inverters[0].w < 30e3


def test_an_inverter_starts_sixty_seconds_after_the_grid_is_back() -> None:
    day = sunny()
    day.network.there = False
    day.advance(1)
    assert day.pv_w == 0.0 and not day.live
    day.network.there = True
    day.advance(59)
    assert day.pv_w == 0.0
    day.advance(8)
    assert day.pv_w == pytest.approx(600e3, rel=0.02)


@pytest.mark.parametrize("fault", ["ground_fault", "arc", "over_temperature"])
def test_a_faulty_inverter_stays_down_until_it_is_reset_on_the_spot(fault: str) -> None:
    day = sunny()
    unit = day.inverters[2]
    unit.fault = fault
    day.advance(0.1)
    assert (unit.w, unit.state) == (0.0, State.FAULT)
    unit.fault = ""
    day.advance(70)
    assert unit.state is State.FAULT
    unit.reset()
    day.advance(62)
    assert unit.running


def test_the_rapid_shutdown_brings_the_strings_below_30_volts_in_30_seconds() -> None:
    day = sunny()
    assert day.inverters[0].array.volts > 500
    day.hold(False)
    day.advance(0.1)
    assert day.pv_w == 0.0 and day.conductors_live
    day.advance(29.9)
    assert all(inverter.array.volts <= 30.0 for inverter in day.inverters) and not day.conductors_live


def test_charge_and_discharge_never_meet() -> None:
    day = sunny()
    day.converter.setpoint = 300e3
    day.advance(3)
    assert day.converter.w == pytest.approx(300e3, rel=0.01)
    day.converter.setpoint = -300e3
    powers = []
    for _ in range(150):
        day.step(0.01)
        powers.append(day.converter.w)
    zero = [index for index, power in enumerate(powers) if power == 0.0]
    assert len(zero) * 0.01 >= DEAD_S - 0.015
    assert all(power >= 0 for power in powers[: zero[0]]) and all(power <= 0 for power in powers[zero[-1] :])
    assert day.converter.w == pytest.approx(-300e3, rel=0.02)


def test_a_full_and_an_empty_battery_taper_to_nothing() -> None:
    battery = Battery(soc=0.95)
    assert battery.charge_limit == pytest.approx(250e3)
    assert Battery(soc=1.0).charge_limit == 0.0
    assert Battery(soc=0.0).discharge_limit == 0.0
    day = sunny(soc=0.999)
    day.converter.setpoint = -500e3
    day.advance(600, 0.5)
    assert day.battery.soc <= 1.0 and day.battery.cell_max < 3.65


def test_the_way_there_and_back_costs_what_the_efficiencies_say() -> None:
    day = sunny(soc=0.5)
    day.converter.setpoint = -200e3
    day.advance(900, 0.5)
    day.converter.setpoint = 200e3
    while day.battery.soc > 0.5:
        day.step(0.5)
    trip = day.battery.discharged_wh / day.battery.charged_wh
    assert trip == pytest.approx(EFFICIENCY**2, abs=0.001) and trip >= 0.86


def test_cold_inhibits_charging_and_nothing_else() -> None:
    day = sunny()
    day.battery.faults.add("cold")
    assert day.battery.coldest < COLD_C
    day.converter.setpoint = -200e3
    day.advance(2)
    assert day.converter.w == 0.0
    day.converter.setpoint = 200e3
    day.advance(2)
    assert day.converter.w == pytest.approx(200e3, rel=0.01)


@pytest.mark.parametrize("fault", ["hot", "cell_high", "cell_low", "contactor"])
def test_a_trip_of_the_battery_opens_its_contactors_until_it_is_reset(fault: str) -> None:
    day = sunny()
    day.converter.setpoint = 100e3
    day.advance(2)
    day.battery.faults.add(fault)
    day.advance(0.1)
    assert day.converter.w == 0.0 and day.battery.state.name == "FAULT"
    day.battery.faults.clear()
    day.advance(5)
    assert day.battery.state.name == "FAULT"
    day.battery.reset()
    day.advance(2)
    assert day.battery.state.name == "INITIALIZING", "the precharge takes 3 s"
    day.advance(5)
    assert day.converter.w == pytest.approx(100e3, rel=0.01)


def test_the_island_takes_over_when_the_breaker_is_open_and_gives_back_in_step() -> None:
    day = District(5, start_s=NOON, base_w=400e3, cars=False, soc=0.6)
    day.advance(5)
    assert day.grid_w == pytest.approx(403e3, rel=0.01), "no sun yet: the inverters are still starting"
    day.network.there = False
    day.advance(0.1, 0.01)
    assert (day.live, day.converter.forming) == (False, False), "not while the breaker is closed"
    assert day.longest_dark_s < 0.15
    day.breaker.trip_coil = True
    day.advance(0.1, 0.01)
    assert (day.converter.forming, day.live, day.breaker.feedback) == (True, True, False)
    assert day.longest_dark_s <= 0.2
    day.advance(30)
    assert day.converter.w + day.pv_w == pytest.approx(403e3, rel=0.01)
    assert 49.0 < day.hertz < 50.0, "droop"
    day.network.there = True
    day.breaker.trip_coil = False
    day.advance(10)
    assert day.breaker.operations == 1, "nobody released it"
    day.breaker.released = True
    day.advance(30)
    assert (day.breaker.closed, day.converter.mode.value) == (True, "following")
    assert abs(day.residual_wh) < 1e-6 * day.books.imported


def test_an_island_that_asks_too_much_collapses_and_comes_back_when_loads_are_shed() -> None:
    day = District(5, start_s=0.0, base_w=1000e3, cars=False)
    day.advance(3)
    day.network.there = False
    day.breaker.trip_coil = True
    day.advance(3, 0.01)
    assert day.converter.collapses >= 1
    day.shed(2, True)
    day.shed(3, True)
    day.advance(10)
    assert day.converter.forming and day.live
    assert day.converter.w == pytest.approx(453e3, rel=0.01)


def test_a_full_battery_throttles_the_inverters_of_an_island_by_frequency() -> None:
    day = sunny(soc=0.99)
    day.network.there = False
    day.breaker.trip_coil = True
    day.advance(120)
    assert day.converter.forming and day.converter.collapses == 0
    assert 50.2 < day.hertz < 51.5
    assert day.pv_w == pytest.approx(403e3, rel=0.15) and day.battery.soc <= 1.0


def test_a_car_follows_a_lower_share_within_5_seconds_and_falls_back_to_6_amperes_without_a_heartbeat() -> None:
    day = sunny()
    group = day.charging
    group.share = 32.0
    group.heartbeat()
    group.surge(day.now_s, 60)
    for _ in range(8):
        group.heartbeat()
        day.advance(1)
    full = group.w
    assert full > 350e3
    group.share = 10.0
    group.heartbeat()
    day.advance(1.5)
    assert group.w == pytest.approx(full, rel=0.001), "no car is that quick"
    day.advance(5)
    assert group.w < 0.4 * full
    day.advance(FALLBACK_S + 6)
    assert group.share_in_force == FALLBACK_A and group.fallback
    group.enabled = ALL & ~0xFF
    day.advance(6)
    assert group.charging & 0xFF == 0


def test_the_meter_keeps_its_class_and_counts_on_when_it_is_frozen() -> None:
    day = sunny()
    seen = set()
    for _ in range(50):
        day.advance(0.2)
        assert day.meter.w == pytest.approx(day.grid_w, rel=0.005, abs=600)
        seen.add((day.meter.w, day.meter.volts))
    assert len(seen) == 50, "a live meter never says the same twice"
    day.meter.fault = "frozen"
    before, counted = day.meter.w, day.meter.exported_wh
    day.loads.fixed_w = 100e3
    day.advance(3)
    assert day.meter.w == before and day.meter.exported_wh > counted


def test_the_voltage_behind_the_transformer_rises_with_export_and_falls_with_import() -> None:
    day = sunny()
    day.loads.fixed_w = 100e3
    day.advance(1)
    exporting = day.volts_pu
    day.loads.fixed_w = 1400e3
    day.advance(1)
    assert day.volts_pu < 0.99 < 1.0 < exporting

"""The plant as a whole: balances in every mode, what happens to the IT loop, seasons (domain brief §4c to §4f)."""

from __future__ import annotations

from random import Random

import pytest

from tests.emulator.heat.control import running
from tools.emulator.heat.books import J_PER_KWH
from tools.emulator.heat.district import HeatDistrict
from tools.emulator.heat.dry_cooler import DryCooler
from tools.emulator.heat.heat_pump import State
from tools.emulator.heat.it_hall import ItHall
from tools.emulator.heat.valve import Valve
from tools.emulator.heat.water import CP

HOURS = 3600


def temperatures(district: HeatDistrict) -> dict[str, float]:
    """All true temperatures of the water, by tag."""
    return {name: value for name, value in vars(district).items() if name.startswith("tt") and name != "tt50"}


def shuffle(district: HeatDistrict, rng: Random) -> None:
    """Give every actuator some order."""
    for name in ("p101a", "p101b", "p201", "p202", "p301", "p401", "p402", "byp", "chw", "rej", "makeup"):
        setattr(district, name + "_y", rng.random() < 0.6)
    for name in ("p101_spd", "p201_spd", "p301_spd", "p401_spd", "v101_sp", "v301_sp", "v401_sp", "dryc_fan"):
        setattr(district, name, rng.choice((None, 0.0, 1.0, rng.random())))
    for machine in district.machines:
        machine.order = rng.random() < 0.7
        machine.set_point = rng.uniform(35.0, 70.0)
        machine.max_load = rng.random()
        machine.reset()
    district.dhw.steps[:] = [rng.random() < 0.3 for _ in range(6)]
    district.draw.extra = rng.choice((0.0, 0.0, 4.0))


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_energy_closes_whatever_is_ordered(seed: int) -> None:
    rng = Random(seed)
    district = HeatDistrict(seed, day=rng.uniform(0, 365), noise=0.1, spells=2.0, start_s=rng.uniform(0, 86_400))
    for _ in range(100):
        shuffle(district, rng)
        district.advance(90.0, rng.choice((0.1, 0.5, 1.0)))
    assert district.books.turnover > 1e9
    assert abs(district.residual_j) < 1e-9 * district.books.turnover
    assert all(-5.0 < t < 110.0 for t in temperatures(district).values())


def test_steps_of_a_second_see_what_steps_of_100_ms_see() -> None:
    plants = []
    for step in (0.1, 1.0):
        district = running(it_w=0.9e6, outdoor=0.0)
        district.v101_sp, district.v301_sp, district.dryc_fan, district.p301_spd = 0.7, 0.8, 0.4, 0.7
        district.p301_y = True
        for machine in district.machines:
            machine.order = True
            machine.set_point = 48.0
        district.advance(1200, step)
        plants.append(temperatures(district))
    fine, coarse = plants
    assert coarse == pytest.approx(fine, abs=0.1)


def test_the_it_loop_warms_by_012_k_a_second_when_nothing_cools_it() -> None:
    district = running(it_w=1e6, it_c=30.0)
    district.v101_sp = 1.0
    district.v101.position = district.v101.stem = 1.0
    district.p201_y = False
    district.step(1.0)
    before = district.tt101
    district.advance(20.0)
    assert (district.tt101 - before) / 20.0 == pytest.approx(0.12, abs=0.002)


@pytest.mark.parametrize(("stroke", "rise"), [(30.0, 1.9), (60.0, 3.3)])
@pytest.mark.parametrize("dt", [0.1, 1.0])
def test_when_recovery_vanishes_the_stroke_of_v101_says_how_far_it_rises(stroke: float, rise: float, dt: float) -> None:
    """1 MW, a command after 1 s, and a dry cooler that takes just 1 MW at 35 °C."""
    hall, valve, cooler = ItHall(Random(1), 35.0), Valve(stroke, 1.0, spring=0.0), DryCooler()
    hall.load_w = 1e6
    cooler.fan, cooler.spray_signal = 1.0, 0.0
    flow, air = 22.0, 23.28
    assert cooler.step(dt, 35.0, flow, air) == pytest.approx(1e6, rel=0.002)
    highest, valve.signal = 35.0, 1.0
    for step in range(round(180 / dt)):
        valve.signal = 0.0 if step * dt >= 1.0 else 1.0
        taken = cooler.step(dt, hall.loop.t, (1.0 - valve.step(dt)) * flow, air)
        hall.step(dt, hall.loop.t - taken / (flow * CP), flow)
        highest = max(highest, hall.loop.t)
    assert highest - 35.0 == pytest.approx(rise, abs=0.1)


def at_full_load(outdoor: float) -> HeatDistrict:
    """1 MW of IT load, three machines at full load, the rest to the air, as a board would have it."""
    district = running(it_w=1e6, outdoor=outdoor)
    district.v301_sp, district.p301_spd, district.p301_y = 1.0, 1.0, True
    for machine in district.machines:
        machine.order = True
        machine.set_point = 55.0
    share = 0.9
    for _ in range(1200):
        error = district.tt102 - 24.0
        share = min(1.0, max(0.7, share - 0.001 * error))
        district.v101_sp = share
        district.dryc_fan = min(1.0, max(0.2, 0.5 + 0.1 * error))
        district.step(1.0)
    assert sum(machine.source_w for machine in district.machines) > 650e3
    return district


@pytest.mark.parametrize("cause", ["machines", "p201"])
def test_when_recovery_fails_at_full_load_the_it_loop_rises_less_than_3_k(cause: str) -> None:
    rises = []
    for commanded in (True, False):
        district = at_full_load(outdoor=22.0)
        before = highest = district.tt101
        for machine in district.machines:
            machine.order = False
        district.p201_y = cause != "p201"
        district.step(1.0)
        if commanded:
            district.v101_sp, district.dryc_fan = 0.0, 1.0
        for _ in range(300):
            district.step(1.0)
            highest = max(highest, district.tt101)
        assert district.v101.closed_switch is commanded
        rises.append(highest - before)
    assert rises[0] <= 3.0
    assert rises[1] > 5.0, "nobody turns V101"


def test_without_power_the_it_loop_is_cooled() -> None:
    """Springs and drives that default: what the board's terminals fall back to."""
    district = HeatDistrict(it_w=1e6, outdoor=20.0, it_c=34.0)
    district.v101.position = district.v101.stem = 1.0
    district.p101a_y = True
    for _ in range(1200):
        district.step(1.0)
        assert district.tt101 < 38.0
    assert district.v101.closed_switch
    assert district.cooler.fan == pytest.approx(1.0)


def test_rooms_are_warm_with_the_curve_at_the_design_temperature() -> None:
    district = running(it_w=1e6, outdoor=-5.0)
    district.p301_y, district.p301_spd, district.v301_sp = True, 1.0, 1.0
    for machine in district.machines[:2]:
        machine.order = True
        machine.set_point = 46.0
    district.v101_sp, district.dryc_fan = 0.9, 0.3
    district.advance(12 * HOURS)
    assert 19.5 < district.building.room < 21.5
    assert district.hm2_w == pytest.approx(550e3, rel=0.1)
    assert 43.0 < district.tt305 < 47.0
    assert 34.0 < district.tt306 < 40.0
    assert district.residual_j == pytest.approx(0.0, abs=1e-9 * district.books.turnover)


def test_the_heating_supply_answers_after_5_s_with_a_lag_of_20() -> None:
    district = running(outdoor=20.0, buffer=(75.0,) * 4)
    district.p202_y = False
    district.building.radiators.t = 35.0
    district.p301_y, district.p301_spd, district.v301_sp = True, 1.0, 0.2
    district.building.room = 10.0
    district.advance(300, 0.1)
    district.p301_spd = 20.0 / 22.0 * 20.0 / district.ft301 * district.p301_spd
    district.advance(120, 0.1)
    before = district.tt305
    mixed = district.v301_sp * district.tt301 + (1 - district.v301_sp) * district.tt306
    assert before == pytest.approx(mixed, abs=0.5)
    # A step of the flow's mixture, past the stroke of the valve.
    district.building.mixer.stem = district.building.mixer.position = district.v301_sp = 0.5
    aim = 0.5 * district.tt301 + 0.5 * district.tt306
    waited = 0.0
    while district.tt305 < before + 0.02 * (aim - before):
        district.step(0.1)
        waited += 0.1
    assert waited == pytest.approx(5.0 * 20.0 / district.ft301, abs=1.0)
    while district.tt305 < before + 0.63 * (aim - before):
        district.step(0.1)
        waited += 0.1
    assert waited == pytest.approx(25.0 * 20.0 / district.ft301, rel=0.15)


def test_in_summer_the_machines_cool_rooms_and_heat_water() -> None:
    district = running(day=200.0, start_s=12.0 * HOURS, store=(60.0, 55.0, 45.0, 20.0))
    district.building.room = 26.0
    district.chw_y = district.rej_y = district.p401_y = True
    district.p401_spd = 0.4
    for machine in district.machines[:2]:
        machine.order = True
        machine.set_point = 62.0
    for _ in range(2 * HOURS):
        for machine in district.machines:
            machine.max_load = min(1.0, max(0.0, 0.3 * (district.tt202 - 6.0)))
        district.step(1.0)
    assert district.books.recovered == 0.0
    assert district.books.chilled / J_PER_KWH > 300.0
    assert district.tt202 < 12.0
    assert district.books.rejected > 0.0
    assert district.tt44 > 30.0
    assert abs(district.residual_j) < 1e-9 * district.books.turnover


def test_a_hot_source_serves_the_buffer_without_any_machine() -> None:
    district = running(it_w=1e6, it_c=62.0, outdoor=10.0)
    district.byp_y = True
    district.v101_sp = 1.0
    district.p301_y, district.p301_spd, district.v301_sp = True, 0.8, 0.7
    district.advance(2 * HOURS)
    assert all(machine.state is State.OFF for machine in district.machines)
    assert district.books.recovered / J_PER_KWH > 500.0
    assert district.tt101 > district.tt204 > 45.0
    assert abs(district.residual_j) < 1e-9 * district.books.turnover


def test_a_hot_network_has_70_degrees_in_its_return_below_the_limit_thermostat() -> None:
    district = running(store=(74.0, 74.0, 73.5, 73.0), start_s=2.0 * HOURS)
    district.p202_y = False
    for _ in range(2 * HOURS):
        district.dhw.steps[:] = [district.tt41 < 73.8] * 3 + [district.tt44 < 73.5] * 3
        district.step(1.0)
        assert district.tt41 < 75.0
    assert district.tt46 >= 70.0
    district.draw.flush = 0.3
    district.advance(600.0)
    assert district.dhw.taps.t >= 70.0


def test_the_store_is_pasteurised_by_the_heater_within_its_4_hours_while_the_supply_is_mixed_down() -> None:
    district = running(start_s=3.0 * HOURS)
    district.p202_y = False
    minutes = total = 0
    while minutes < 60 and total < 240:
        for _ in range(60):
            t = district.dhw.store.t
            district.dhw.steps[:] = [t[1] < 73.0] * 3 + [t[3] < 73.0] * 3
            share = (district.v401_sp or 0.0) - 0.002 * (district.tt45 - 60.0)
            district.v401_sp = min(1.0, max(0.0, share))
            district.step(1.0)
            assert district.tt45 < 65.0
        total += 1
        minutes = minutes + 1 if min(district.dhw.store.t) >= 70.0 else 0
    assert minutes == 60, f"in {total} minutes"


def test_a_dead_circulation_lets_the_return_go_cold() -> None:
    district = running()
    district.advance(2 * HOURS)
    warm = district.tt46
    district.p402_y = False
    district.advance(2 * HOURS)
    assert warm > 50.0
    assert district.ft402 == 0.0
    assert district.tt46 < 35.0


def test_a_machine_trips_alone_when_its_evaporator_stands_still() -> None:
    district = running(it_w=0.8e6, outdoor=5.0)
    district.v101_sp = 0.5
    machine = district.machines[0]
    machine.order = True
    district.advance(300)
    assert machine.heat_w > 0.0
    district.p201_y = False
    district.advance(15.0)
    assert machine.heat_w == 0.0
    assert not machine.flow_switch

"""The hot-water side of the heat board on the model of the plant: cycles, injections of domain brief §4e."""

from __future__ import annotations

from firmware.programs import heat_hygiene as hy
from firmware.programs import heat_sensors as hs
from tests.firmware.programs.heat_dhw_world import DhwWorld


def test_pasteurise_keeps_the_supply_in_its_band() -> None:
    world = DhwWorld(2.9, (62.0, 61.0, 60.0, 55.0))
    hygiene = world.side.hygiene
    world.run(300)
    hygiene.pasteurise(hy.WEEKLY)
    world.run(2)
    hottest = coldest = world.plant.tt45
    seconds = hot = 0
    while hygiene.cycle:
        world.step()
        seconds += 1
        hottest = max(hottest, world.plant.tt45)
        coldest = min(coldest, world.plant.tt45)
        hot = hot + 1 if min(world.plant.dhw.store.t) >= 69.9 else 0
    assert hygiene.result == hy.DONE and hot >= 3600
    assert seconds < 2 * 3600
    assert hottest < 62.0 and coldest > 55.0
    assert max(world.plant.dhw.store.t) < 74.0  # the limit thermostat stays shut
    assert not world.side.temps.sensor_doubt


def test_v401_sticks_hot_over_a_store_of_72_degrees() -> None:
    world = DhwWorld(3.0, (72.0, 72.0, 71.5, 71.0))
    side = world.side
    world.run(1500)
    assert not side.tap.scald and not side.tap.stuck
    mixer = world.plant.dhw.mixer
    mixer.stuck = True
    mixer.stem = 1.0
    seconds = over = scorched = 0
    while not (side.tap.scald and side.tap.scorch):
        world.step()
        seconds += 1
        over += world.plant.tt45 > 65.1
        scorched += world.plant.tt45 > 70.1
        assert seconds < 60
    # The sheet adds 10 s (alarm, V401 to cold) and 5 s (charging off).
    assert seconds - over <= 5  # from sticking until the water is too hot
    assert over - (seconds - over) >= 0 and scorched <= 2
    world.run(10)
    assert side.tap.stuck and side.tap.out < 300


def test_tt43_drifts_in_the_morning_peak_and_the_charge_goes_on() -> None:
    world = DhwWorld(6.0)
    world.machines = 2
    side = world.side
    world.run(1800)
    assert not side.temps.sensor_doubt
    world.offset["TT43"] = 500
    seconds = 0
    while not side.temps.reason[hs.TT43]:
        world.step()
        seconds += 1
        assert seconds <= 1800
    assert side.temps.estimates == 1 << hs.TT43
    top = world.plant.tt41
    for _ in range(1800):
        world.step()
        top = min(top, world.plant.tt41)
    assert top >= 55.0
    assert side.temps.estimates == 1 << hs.TT43


def test_a_store_cold_after_a_big_draw_is_warm_in_an_hour() -> None:
    world = DhwWorld(8.0, (45.0, 30.0, 20.0, 15.0))
    world.machines = 2
    seconds = heater = warm = 0
    while not warm:
        world.step()
        seconds += 1
        if not heater and world.plant.dhw.backup_w > 0.0:
            heater = seconds
        if world.plant.tt41 >= 55.0:
            warm = seconds
        assert seconds <= 3600
    assert 0 < heater <= 600


def test_the_network_disinfects_and_cools_without_a_scald_alarm() -> None:
    world = DhwWorld(0.5, (73.0, 73.0, 71.0, 70.0))
    side = world.side
    world.run(60)
    side.io.KEY_DIS = 1
    assert side.hygiene.disinfect(side.io, side.now)
    seconds = 0
    while side.hygiene.phase != hy.FLUSHING:
        world.step()
        seconds += 1
        assert seconds <= 7200
    assert world.plant.tt46 >= 69.9 and side.hygiene.tap_flushed(1)
    side.hygiene.abort(hy.ABORTED)
    seconds = 0
    while side.hygiene.cycle:
        world.step()
        seconds += 1
        assert not side.tap.scald
        assert seconds <= 5400
    assert side.hygiene.result == hy.DONE and world.plant.tt45 < 62.5 and world.plant.tt46 < 62.5
    for _ in range(600):
        world.step()
        assert not side.tap.scald

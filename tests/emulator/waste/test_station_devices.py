"""Valves, containers, diverter, compactor, filter, separator, instrument air, residents."""

from __future__ import annotations

from random import Random

import pytest

from tests.emulator.waste.support import conveying, line
from tools.emulator.waste.auxiliaries import Filter, InstrumentAir, Separator, noise
from tools.emulator.waste.containers import Compactor, Container, Diverter
from tools.emulator.waste.direct import Direct
from tools.emulator.waste.fans import FanTrain
from tools.emulator.waste.inlet import PULSE_MAX_G
from tools.emulator.waste.network import Network
from tools.emulator.waste.residents import DAY_MS, KG_A_DAY
from tools.emulator.waste.valve import Valve


def test_travel_is_1_2_s_give_or_take_0_3() -> None:
    rng = Random(1)
    times = []
    for _ in range(200):
        valve = Valve(rng)
        valve.command(True)
        ms = 0
        while not valve.opened:
            valve.step(0.01)
            ms += 10
        times.append(ms)
        assert not valve.closed
    assert 880 <= min(times) < 1000 and 1380 < max(times) <= 1510


@pytest.mark.parametrize(
    ("kind", "opens", "shuts"),
    [("", 1, 1), ("stuck", 0, 1), ("stuck_open", 1, 0), ("stuck_closed", 0, 1), ("no_switches", 0, 0)],
)
def test_faults_of_a_valve(kind: str, opens: int, shuts: int) -> None:
    valve = Valve(Random(1))
    valve.fail(kind)
    for opening, switch, expected in ((True, "opened", opens), (False, "closed", shuts)):
        valve.command(opening)
        for _ in range(200):
            valve.step(0.01)
        assert getattr(valve, switch) == expected
    valve.fail("slow")
    valve.command(True)
    valve.position = 0.0
    valve.step(1.6)
    assert not valve.opened
    with pytest.raises(ValueError, match="a valve can be"):
        valve.fail("purple")


def test_a_leaky_valve_says_it_is_shut_and_lets_air_in() -> None:
    plant = Direct(residents=0)
    plant.fans_fixed(0.7)
    plant.run(40)
    assert plant.speed < 0.1
    plant.fail_dv(9, 1, "leaky")
    plant.run(5)
    assert plant.dv_closed(9, 1)
    assert plant.speed > 0.3
    assert plant.network.two_open_ms == 0


def test_a_pulse_lets_fall_35_kg_at_most() -> None:
    plant = conveying(line(600.0))
    plant.fill(1, 0, 80)
    plant.discharge(1, 0)
    plant.run(13)
    assert 25_000 < 80_000 - plant.chute(1, 0).grams <= PULSE_MAX_G
    plant.discharge(1, 0)
    plant.run(13)
    plant.discharge(1, 0, open_ms=60_000)
    plant.run(13.6)
    assert plant.dv_closed(1, 0)
    assert plant.chute(1, 0).grams == 0


def test_fans_in_series_give_their_share_and_take_a_fresh_command_after_a_trip() -> None:
    network = Network(residents=0)
    train: FanTrain = network.fans
    for fan in range(3):
        network.order_fan(fan, 1, 1.0)
    network.advance_to(15_000)
    assert train.head == pytest.approx(32_000)
    train.fans[1].fail("trip")
    network.advance_to(60_000)
    assert train.head == pytest.approx(32_000 * 2 / 3)
    assert [fan.running for fan in train.fans] == [1, 0, 1]
    train.fans[1].fail("")
    network.advance_to(62_000)
    assert [fan.running for fan in train.fans] == [1, 0, 1]
    network.order_fan(1, 0, 0.0)
    network.order_fan(1, 1, 1.0)
    network.advance_to(80_000)
    assert [fan.running for fan in train.fans] == [1, 1, 1]
    assert train.head == pytest.approx(32_000)
    train.fans[0].fail("hot")
    train.fans[2].fail("vibrates")
    network.advance_to(160_000)
    assert train.fans[0].bearing > 95.0
    assert train.fans[2].vibration > 7.1 > train.fans[0].vibration


def test_a_fan_at_full_load_stays_below_its_overload() -> None:
    plant = conveying(line(1800.0))
    fan = plant.network.fans.fans[0]
    assert 60 < fan.amps < 105
    fan.fail("overload")
    assert fan.amps > 105


def test_shut_dampers_stop_the_air() -> None:
    plant = conveying(line())
    plant.network.order(plant.network.damper, False)
    plant.run(20)
    assert plant.network.air.fan_flow == 0.0
    assert plant.speed < 0.5


def test_vacuum_is_gone_a_minute_after_a_stop() -> None:
    plant = conveying(Direct(residents=0), 6)
    plant.av_close()
    plant.fans_stop()
    assert plant.until(lambda: plant.vacuum_kpa < 1.0, within_s=60) > 5.0


def test_a_container_is_changed_and_nothing_is_lost() -> None:
    plant = conveying(line())
    plant.fill(1, 0, 30)
    plant.discharge(1, 0)
    plant.run(60)
    plant.undock(0)
    plant.run(60)
    network = plant.network
    assert network.reception.hopper_g == 30_000
    plant.exchange(0)
    plant.run(5)
    assert network.reception.hopper_g == 30_000  # the gate is still shut
    plant.gate(0, True)
    plant.run(4)
    assert network.reception.hopper_g == 0
    assert network.containers[0].grams == 30_000
    assert plant.balance.closed and network.reception.stored_g == 30_000


def test_waste_in_a_wrong_container_is_counted() -> None:
    plant = conveying(line())
    plant.fill(1, 0, 9)
    plant.discharge(1, 0)
    plant.run(40)
    plant.divert(2)
    plant.run(70)
    assert plant.network.reception.misdirected_g == 9_000
    assert "waste in flight" in plant.violations[0]


def test_the_diverter_passes_its_middle_and_halts_without_order() -> None:
    diverter = Diverter()
    diverter.command(2)
    seen = set()
    for _ in range(100):
        diverter.step(0.1)
        seen.add(diverter.at)
    assert seen == {-1, 0, 1, 2}
    diverter.command(0)
    diverter.step(1.0)
    diverter.command(-1)
    diverter.step(10.0)
    assert diverter.at == -1 and not any(diverter.feedback(k) for k in range(3))
    diverter.fault = "both"
    assert diverter.feedback(0) == diverter.feedback(1) == 1


def test_gate_and_dock() -> None:
    container = Container()
    container.undock()
    for _ in range(50):
        container.step(0.1)
    assert not container.open and container.gate == 0.0
    container.command(True)
    container.step(5.0)
    assert container.gate == 0.0  # nothing under it
    container.exchange()
    container.command(True)
    container.fault = "gate_stuck"
    container.step(5.0)
    stuck_at = container.gate
    container.fault = ""
    container.step(5.0)
    assert (stuck_at, container.gate, container.changes) == (0.0, 1.0, 1)


def test_the_compactor_strokes_and_jams() -> None:
    ram = Compactor()
    ram.run = 1
    highest, homes = 0.0, 0
    for _ in range(500):
        was = ram.home
        ram.step(0.1, 80.0)
        homes += ram.home > was
        highest = max(highest, ram.bar)
    assert homes == 2 and ram.strokes in (1, 2) and 140 < highest < 190
    ram.fault = "jam"
    for _ in range(300):
        ram.step(0.1, 80.0)
    assert ram.bar > 220 and not ram.home


def test_a_filter_loads_and_is_blown_clean() -> None:
    dust = Filter()
    dust.load(6_000_000)
    dust.step(0.1, 4.3, 0)
    loaded = dust.kilopascal
    assert loaded > 1.5
    for _ in range(1000):
        dust.step(0.1, 4.3, 1)
    assert dust.kilopascal < 0.8
    dust.fault = "blind"
    dust.step(0.1, 4.3, 1)
    assert dust.kilopascal > 2.5


def test_separator_and_instrument_air() -> None:
    separator = Separator()
    separator.fault = "fire"
    for _ in range(200):
        separator.step(0.1, 15_000.0)
    assert separator.celsius > 80 and separator.spark
    air = InstrumentAir()
    air.fault = "lost"
    for _ in range(300):
        air.step(0.1, True)
    assert air.bar < 3.5
    air.fault = ""
    for _ in range(6000):
        air.step(0.1, True)
    assert 6.4 < air.bar < 7.6


def test_without_instrument_air_valves_shut_and_do_not_open() -> None:
    network = Network(residents=0)
    valve = network.air_inlets[0]
    network.order(valve, True)
    network.advance_to(2000)
    assert valve.opened
    network.instrument_air.fault = "lost"
    network.advance_to(60_000)
    assert valve.closed
    network.order(network.air_inlets[1], True)
    network.advance_to(63_000)
    assert network.air_inlets[1].closed


def test_noise_keeps_the_night_limit_at_70_percent() -> None:
    assert noise(0.7 * 0.7) < 45 < noise(1.0)


def test_residents_bring_what_a_day_brings() -> None:
    network = Network(seed=2, start_hour=0.0)
    for inlet in network.inlets:
        for chute in inlet.chutes:
            chute.grams = -10_000_000  # bottomless
    at_4 = 0
    for hour in range(1, 25):
        network.advance_to(hour * DAY_MS // 24, exact=True)
        if hour == 4:
            at_4 = network.balance.received
    for fraction, expected in enumerate(KG_A_DAY):
        brought = sum(inlet.chutes[fraction].received_g for inlet in network.inlets)
        assert brought == pytest.approx(24_000 * expected, rel=0.08)
    assert at_4 < 0.03 * network.balance.received  # they sleep


def test_a_full_chute_turns_residents_away() -> None:
    network = Network(seed=2, start_hour=6.0)
    network.advance_to(2 * DAY_MS)
    assert all(chute.level_full for inlet in network.inlets for chute in inlet.chutes if chute.fraction < 2)
    assert sum(chute.refused for inlet in network.inlets for chute in inlet.chutes) > 100
    assert network.balance.closed

"""The brief's reference results for one pipe (domain brief §1f)."""

from __future__ import annotations

import pytest

from tests.emulator.waste.support import conveying, line


def test_minus_15_kpa_is_there_after_11_6_s() -> None:
    plant = line()
    plant.fans_start()
    assert plant.until(lambda: plant.vacuum_kpa >= 15, within_s=60, tick_ms=20) == pytest.approx(11.6, abs=0.15)


def test_22_m_s_takes_the_stated_speed_vacuum_and_power() -> None:
    plant = conveying(line(inlets=4))
    for inlet in range(1, 5):
        plant.fill(inlet, 0, 30)
        plant.discharge(inlet, 0)
        plant.run(15)
        network = plant.network
        assert plant.speed == pytest.approx(22, abs=0.6)
        assert 0.90 <= plant.fan_speed <= 0.98
    plant.run(10)
    assert plant.speed == pytest.approx(22, abs=0.3)
    assert 0.92 <= plant.fan_speed <= 0.97
    assert 14.0 <= plant.vacuum_kpa <= 17.0
    assert 120.0 <= network.fans.watts / 1000 <= 145.0


def test_a_charge_takes_91_to_93_s() -> None:
    plant = conveying(line())
    plant.fill(1, 0, 9)
    plant.discharge(1, 0)
    plant.until(lambda: plant.landed_kg(), within_s=120)
    (landing,) = plant.landings
    assert 91_000 <= landing.landed_ms - landing.dropped_ms <= 93_000


def test_a_total_blockage_leads_to_32_kpa_and_no_flow() -> None:
    plant = conveying(line())
    plant.cut_kpa = float("inf")  # P5 off
    plant.block(1, at=600.0)
    plant.until(lambda: plant.speed < 0.3, within_s=10)
    plant.run(10)
    assert plant.speed < 0.3
    plant.run(15)
    assert plant.vacuum_kpa == pytest.approx(32, abs=0.2)


def test_eight_charges_in_1800_m_saturate_the_fans() -> None:
    plant = conveying(line(1800.0, inlets=8))
    assert plant.fan_speed == 1.0
    for inlet in range(1, 9):
        plant.fill(inlet, 0, 35)
        plant.discharge(inlet, 0)
        plant.run(15)
    plant.run(5)
    assert plant.in_flight_kg() > 240
    assert plant.speed == pytest.approx(19.7, abs=0.35)
    assert plant.fan_speed == 1.0
    plant.until(lambda: plant.in_flight_kg() == 0, within_s=300)
    assert plant.balance.closed
    assert plant.network.conveying.blockages == 0


def test_a_leak_of_k_5_never_lets_the_vacuum_reach_15_kpa() -> None:
    plant = line()
    plant.leak(5.0)
    plant.fans_start()
    plant.run(60)
    assert 2.0 < plant.vacuum_kpa < 10.0
    assert plant.speed > 25.0  # low vacuum and fast air: a leak's signature

"""Balances of the model: mass to the gram, air to the litre, energy never for nothing."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from tests.emulator.waste.support import collect, shake_home
from tools.emulator.waste.direct import Direct


@dataclass
class Meter:
    """Integrals that the model doesn't keep itself."""

    plant: Direct
    air: float = 0.0
    work: float = 0.0
    turnover: float = 0.0

    def __call__(self, dt: float) -> None:
        air = self.plant.network.air
        self.air += (air.fan_flow - air.inflow) * dt
        self.turnover += abs(air.fan_flow) * dt
        self.work += air.pressure * air.inflow * dt
        assert self.plant.balance.closed
        assert self.plant.speed < 35.0


def metered(plant: Direct) -> Meter:
    """Watch every step of a plant."""
    meter = Meter(plant)
    plant.network.on_step.append(meter)
    return meter


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_mass_air_and_energy_close_over_a_collection(seed: int) -> None:
    plant = Direct(seed=seed, start_hour=18.0)
    plant.run(3600)
    meter = metered(plant)
    collect(plant, 0, range(1, 25))
    network = plant.network
    assert plant.landed_kg() > 50
    stored = network.air.capacity * network.air.pressure
    assert abs(meter.air - stored) <= 1e-3 * meter.turnover
    assert meter.air == pytest.approx(stored, rel=1e-3, abs=1e-3)
    assert network.fans.energy_j >= meter.work
    assert network.reception.stored_g == network.reception.landed_g
    assert network.two_open_ms == 0
    assert plant.violations == []


def test_mass_is_exact_through_trips_plugs_and_full_speed() -> None:
    plant = Direct(seed=5, residents=0)
    meter = metered(plant)
    plant.cut_kpa = float("inf")
    for inlet in range(1, 25):
        plant.fill(inlet, 1, 40)
    plant.divert(1)
    plant.fans_start()
    plant.until(lambda: plant.vacuum_kpa >= 15, within_s=60)
    for branch in (1, 6):
        plant.av_open(branch)
        plant.run(20)
        plant.discharge(branch * 4, 1)
        plant.run(16)
        plug = plant.block(branch)
        plant.run(40)
        plant.unblock(plug)
        plant.run(20)
        plant.network.set_mains(False)
        plant.run(30)
        plant.network.set_mains(True)
        plant.fans_stop()
        plant.run(5)
        plant.av_close()
        plant.run(5)
        plant.fans_start()
        plant.until(lambda: plant.vacuum_kpa >= 15, within_s=60)
    for branch in (6, 1):
        shake_home(plant, branch)
    balance = plant.balance
    assert balance.closed
    assert balance.received == 24 * 40_000
    assert balance.landed == balance.received - balance.chutes > 60_000
    assert meter.air == pytest.approx(plant.network.air.capacity * plant.network.air.pressure, rel=1e-3, abs=1e-3)


def test_the_same_seed_gives_the_same_day() -> None:
    def fingerprint(seed: int) -> tuple[object, ...]:
        plant = Direct(seed=seed, start_hour=17.0)
        plant.run(1800)
        collect(plant, 2, range(1, 9))
        network = plant.network
        return plant.balance, network.fans.energy_j, network.steps, network.now_ms

    assert fingerprint(7) == fingerprint(7)
    assert fingerprint(7) != fingerprint(8)


def test_looking_in_between_changes_nothing() -> None:
    def run(peek_ms: int) -> tuple[object, ...]:
        plant = Direct(seed=4, start_hour=17.5)
        network = plant.network
        for at in range(peek_ms, 60_000, peek_ms):
            network.advance_to(at)
        network.advance_to(60_000, exact=True)
        for number in range(3):
            network.order_fan(number, 1, 0.9)
        for at in range(60_000, 120_000, peek_ms):
            network.advance_to(at)
        network.advance_to(120_000, exact=True)
        return network.air.pressure, network.steps, plant.balance, network.fans.energy_j

    assert run(3) == run(10) == run(1000)

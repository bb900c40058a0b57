"""A plain collection, for tests of the network: no sequence, just what an operator would do by hand."""

from __future__ import annotations

from collections.abc import Iterable

from tools.emulator.waste.direct import Direct
from tools.emulator.waste.layout import straight


def line(length: float = 1200.0, inlets: int = 1) -> Direct:
    """The brief's reference pipe with all its inlets at the far end; fans start together, no residents."""
    plant = Direct(straight(length, (length,) * inlets), residents=0, stagger_s=0)
    plant.divert(0)
    plant.run(1)
    return plant


def conveying(plant: Direct, branch: int = 1) -> Direct:
    """Bring a plant to steady air through a branch."""
    plant.fans_start()
    plant.until(lambda: plant.vacuum_kpa >= 15, within_s=60)
    plant.av_open(branch)
    plant.run(30)
    return plant


def collect(plant: Direct, fraction: int, inlets: Iterable[int], spacing_s: float = 6.0) -> None:
    """Empty one fraction of some inlets, branch by branch, then stop the fans."""
    plant.divert(fraction)
    plant.until(lambda: plant.diverter_at() == fraction and plant.gate_open(fraction), within_s=15)
    plant.fans_start()
    plant.until(lambda: plant.vacuum_kpa >= 15, within_s=60)
    branches: dict[int, list[int]] = {}
    for inlet in inlets:
        branches.setdefault(plant.network.layout.place(inlet - 1)[0] + 1, []).append(inlet)
    for branch, group in branches.items():
        plant.av_open(branch)
        plant.until(lambda: plant.speed >= 18, within_s=20)
        for inlet in group:
            for _ in range(3):
                if plant.chute(inlet, fraction).grams < 3000:
                    break
                plant.discharge(inlet, fraction)
                plant.run(10)
                plant.until(plant.all_closed, within_s=3)
                plant.run(spacing_s)
                plant.until(lambda: plant.speed >= 18, within_s=60)
        plant.until(lambda: not plant.in_flight_kg(), within_s=250)
        plant.av_close()
        plant.until(lambda branch=branch: plant.av_closed(branch), within_s=3)  # type: ignore[misc]
    plant.fans_stop()
    plant.until(lambda: plant.vacuum_kpa < 1, within_s=60)


def shake_home(plant: Direct, branch: int) -> None:
    """Bring home what lies in a branch, shaking loose what stands. Vacuum is there before."""
    for _ in range(6):
        plant.av_close()
        plant.vacuum_set = 26.0
        plant.until(lambda: plant.vacuum_kpa > 25, within_s=60)
        plant.av_open(branch)
        plant.run(120)
        if not plant.in_flight_kg(branch):
            return
    raise AssertionError(f"branch {branch} still holds {plant.in_flight_kg(branch)} kg")

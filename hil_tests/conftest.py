"""The rigs: ``--rig unix`` (real MicroPython, the default), ``--rig host`` (same firmware under CPython), or both."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from hil_tests.energy_rig import EnergyRig
from hil_tests.lane_rig import RUNTIMES, LaneRig
from hil_tests.waste_rig import WasteRig

MakeRig = Callable[..., LaneRig]
MakeWaste = Callable[..., WasteRig]
MakeEnergy = Callable[..., EnergyRig]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--rig",
        action="append",
        choices=RUNTIMES,
        help="what runs the firmware: unix (MicroPython processes, the default) or host (CPython); may be repeated",
    )
    parser.addoption("--trips", type=int, default=1000, help="vehicles of PK2 and PK9 (10000 for the whole test)")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "runtime" in metafunc.fixturenames:
        metafunc.parametrize("runtime", metafunc.config.getoption("--rig") or ["unix"])


@pytest.fixture
def make_rig(runtime: str, tmp_path: Path) -> Iterator[MakeRig]:
    """Make rigs with the parameters of `LaneRig`; they are powered up, and off at the end."""
    made: list[LaneRig] = []

    def make(*, power: bool = True, **options: Any) -> LaneRig:
        rig = LaneRig(tmp_path / f"rig{len(made)}", runtime=runtime, **options)
        made.append(rig)
        return rig.start() if power else rig

    yield make
    for rig in made:
        rig.close()
        print(rig.logbook())
        print(rig.board.runner.console())


@pytest.fixture
def rig(make_rig: MakeRig) -> LaneRig:
    """An entry lane with its gateway, running."""
    return make_rig()


@pytest.fixture
def make_waste(runtime: str, tmp_path: Path) -> Iterator[MakeWaste]:
    """Make waste plants with the parameters of `WasteRig`; they are powered up, and off at the end."""
    made: list[WasteRig] = []

    def make(*, power: bool = True, **options: Any) -> WasteRig:
        rig = WasteRig(tmp_path / f"waste{len(made)}", runtime=runtime, **options)
        made.append(rig)
        return rig.start() if power else rig

    yield make
    for rig in made:
        rig.close()
        print(rig.logbook())
        for board in rig.boards.values():
            print(board.runner.console())


@pytest.fixture
def make_energy(runtime: str, tmp_path: Path) -> Iterator[MakeEnergy]:
    """Make energy plants with the parameters of `EnergyRig`; they are powered up, and off at the end."""
    made: list[EnergyRig] = []

    def make(*, power: bool = True, **options: Any) -> EnergyRig:
        rig = EnergyRig(tmp_path / f"energy{len(made)}", runtime=runtime, **options)
        made.append(rig)
        return rig.start() if power else rig

    yield make
    for rig in made:
        rig.close()
        print(rig.logbook())
        print(rig.board.runner.console())

"""Real programs (host rig) of the station and two inlets on one network: a charge from the chute to the container."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from protocols import layout
from tools.emulator.board import Board
from tools.emulator.serial_line import SerialLine
from tools.emulator.site import BoardSpec, put_board
from tools.emulator.spec import IN_PROCESS
from tools.emulator.stand_in import StandIn
from tools.emulator.station import Master
from tools.emulator.waste.inlet_plant import InletPlant
from tools.emulator.waste.network import Network
from tools.emulator.waste.station_plant import StationPlant
from tools.emulator.world import World

STATION = 1
AV_OPEN, DISCHARGE, FANS_START, DIVERT, WASTE = 0x0102, 0x0101, 0x0120, 0x0125, 0x0126


class Rig:
    """World, line, stand-in for the gateway, and the boards on one network."""

    def __init__(self, folder: Path, inlets: int) -> None:
        self.world = World()
        self.line = SerialLine(self.world, 115_200, 10)
        self.network = Network(residents=0)
        self.station = StationPlant(self.network)
        self.inlets = [InletPlant(self.network, number) for number in range(1, inlets + 1)]
        self.boards = [self._board(folder, "station", self.station, STATION)]
        self.boards += [self._board(folder, f"inlet{i:02}", plant, 1 + i) for i, plant in enumerate(self.inlets, 1)]
        self.gateway = StandIn(Master(self.world, self.line), [board.unit for board in self.boards])

    def _board(self, folder: Path, name: str, plant: StationPlant | InletPlant, unit: int) -> Board:
        spec = BoardSpec(name, unit, unit, program=plant.PROGRAM, runtime=IN_PROCESS)
        return put_board(self.world, self.line, spec, plant, folder / name)

    def start(self) -> None:
        """Power up, and confirm on the spot what power-up left."""
        for board in self.boards:
            board.power_on()
        self.gateway.start()
        self.world.until(lambda: all(self.gateway.ready(board.unit) for board in self.boards), within=20_000)
        self.world.run(2000)
        self.station.turn("ATT", 1)
        for plant in self.inlets:
            plant.turn("ATT", 1)
        self.world.run(500)
        for board in self.boards:
            self.gateway.command_and_wait(board.unit, layout.CMD_RESET)

    def until(self, condition: Callable[[], object], within_s: float) -> int:
        """Run until the network is as wanted; returns ms."""
        return self.world.until(condition, within_s * 1000)

    def convey(self, branch: int) -> None:
        """Start the fans and open a branch; the diverter stands at container 1 from the start."""
        air = self.network.air
        self.gateway.command(STATION, DIVERT, 0)
        self.world.run(3000)
        self.gateway.command(STATION, FANS_START)
        self.until(lambda: air.pressure > 17_000, 60)
        self.gateway.command(STATION, AV_OPEN, branch)
        self.until(lambda: air.speed > 18, 20)
        self.world.run(4000)


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Rig]:
    made = Rig(tmp_path, 2)
    yield made
    made.world.close()


def test_a_charge_goes_from_the_chute_to_its_container(rig: Rig) -> None:
    network = rig.network
    network.fill(1, 0, 25_000)
    rig.start()
    rig.convey(1)
    rig.gateway.command(STATION, WASTE, 1)
    order = rig.gateway.command(3, DISCHARGE, 1, 8000, 0, 1)
    rig.until(lambda: network.conveying.slugs, 5)
    rig.until(lambda: network.balance.landed == 25_000, 90)
    assert order.result == layout.RES_DONE
    assert network.balance.closed
    assert network.containers[0].grams == 25_000
    assert network.two_open_ms == 0
    assert network.air.speed == pytest.approx(22.0, abs=1.5)
    assert {plant.now_ms for plant in rig.inlets} == {rig.station.now_ms}


def test_a_dip_of_the_supply_leaves_everything_shut(rig: Rig) -> None:
    network = rig.network
    rig.start()
    rig.convey(1)
    rig.gateway.command(2, DISCHARGE, 1, 10_000, 0, 1)
    rig.until(lambda: network.inlets[0].chutes[0].valve.opened, 5)
    for board in rig.boards:
        board.power_off()
    rig.station.fail("MAINS", "off")
    rig.world.run(300)
    rig.station.fail("MAINS", "")
    for board in rig.boards:
        board.power_on()
    rig.world.run(5000)
    assert all(chute.valve.closed for inlet in network.inlets for chute in inlet.chutes)
    assert all(valve.closed for valve in network.air_inlets)
    assert not any(fan.running for fan in network.fans.fans)

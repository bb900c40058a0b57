"""A parking lane on the rig: one board with real firmware, its lane, its line, a stand-in for the gateway.

A test reads like a logbook::

    rig.opened_for(rig.vehicle(CAR))            # ms until the boom is open
    cut = rig.fault("PE1", "stuck_set")         # returns the ms stamp
    rig.until(lambda: rig.out("YO"), within=100)

Times are world ms. `rig.trace` has a line for each change of an output or of a contact; a failing test prints it.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from hil_tests.one_board import OneBoardRig
from protocols import layout
from tools.emulator.lane import geometry as g
from tools.emulator.lane.plant import Lane
from tools.emulator.lane.vehicle import CAR, Kind, Vehicle
from tools.emulator.site import BoardSpec
from tools.emulator.stand_in import OPEN_ONCE, Order
from tools.emulator.world import TimeoutInWorldError

UNIT = 11
_WATCHED = ("LA_P", "LB_P", "LC_P", "PE1", "PE2", "ZO", "ZC", "FIRE", "ES", "SK1", "EMV", "READ_SEQ")


class LaneRig(OneBoardRig):
    """One lane with its board. Made by the fixtures `rig` and `make_rig`."""

    def __init__(
        self,
        folder: Path,
        *,
        runtime: str = "unix",
        role: str = "entry",
        seed: int = 1,
        gateway: bool = True,
        baud: int = 115_200,
        bits: int = 10,
        **params: int,
    ) -> None:
        self.lane = Lane(seed)
        spec = BoardSpec("B1", UNIT, 101, role, params=params)
        super().__init__(
            folder,
            self.lane,
            spec,
            runtime=runtime,
            gateway=gateway,
            baud=baud,
            bits=bits,
            contacts=_WATCHED,
            ignored=("SPD",),
        )

    # -- time ------------------------------------------------------------------------------------------------

    def run(self, ms: float) -> None:
        """Let time pass."""
        self.world.run(ms)
        self._watch()

    def until(self, condition: Callable[[], object], within: float) -> int:
        """Run until `condition` holds; returns the ms it took. Fails after `within` ms."""
        took = self.world.until(condition, within)
        self._watch()
        return took

    def at(self, ms: float, action: Callable[[], object]) -> None:
        """Do something `ms` from now."""
        self.world.after(ms, lambda: (action(), None)[1])

    def start(self) -> LaneRig:
        """Power up; with a gateway, run until it supervises the board."""
        self.board.power_on()
        if self._wants_gateway:
            self.gateway.start()
            self.until(lambda: self.gateway.ready(UNIT), within=10_000)
        self.run(1000)
        return self

    # -- what is to be seen ----------------------------------------------------------------------------------

    @property
    def degrees(self) -> float:
        """Boom angle."""
        return self.lane.degrees

    @property
    def closed(self) -> bool:
        """Whether the boom is at its closed limit."""
        return bool(self.lane.inputs()["ZC"])

    @property
    def open(self) -> bool:
        """Whether the boom is at its open limit."""
        return bool(self.lane.inputs()["ZO"])

    def until_state(self, name: str, within: float) -> int:
        """Run until the program is in a state, looking every 20 ms over the line; returns the ms it took."""
        begin = self.now
        while self.state != name:
            if self.now - begin > within:
                raise TimeoutInWorldError(f"{self.state} and not {name} within {within:.0f} ms")
            self.run(20)
        return self.now - begin

    @property
    def substate(self) -> int:
        """The program's substate."""
        return self.header(layout.H_SUBSTATE)

    @property
    def link(self) -> int:
        """The board's judgement of its gateway (layout.LINK_)."""
        return self.header(layout.H_GW_LINK)

    def status(self, point: str) -> int:
        """A status value of the program ("PASSED"), read over the line now."""
        attr = point.replace(".", "_")
        for name, register, words, _signed, _retain in self.table.STATUS:
            if name == attr:
                return self.header(register, words)
        raise ValueError(f"no status value {point}")

    def measured(self, point: str) -> int:
        """A measurement as the board publishes it."""
        attr = point.replace(".", "_")
        for row in self.table.AI:
            if row[0] == attr:
                return self.header(row[1])
        raise ValueError(f"no measurement {point}")

    def contact(self, point: str) -> int:
        """A contact's logical value as the board publishes it."""
        attr = point.replace(".", "_")
        for row in self.table.DI:
            if row[0] == attr:
                return self.header(layout.DI_WORDS + row[1] // 16) >> int(row[1] % 16) & 1
        raise ValueError(f"no contact {point}")

    # -- doing -----------------------------------------------------------------------------------------------

    def vehicle(self, kind: Kind = CAR, *, at: float | None = None, plate: str = "", **intentions: Any) -> Vehicle:
        """Send a vehicle into the approach; `at` puts its front there (m, negative before the boom) at once."""
        traffic = self.lane.traffic
        vehicle = traffic.add(kind, self.now, plate)
        for name, value in intentions.items():
            setattr(vehicle, name, value)
        if at is not None:
            traffic.backlog.remove(vehicle)
            vehicle.front = at
            traffic.vehicles.append(vehicle)
        return vehicle

    def at_line(self, kind: Kind = CAR, **intentions: Any) -> Vehicle:
        """Send a vehicle to the stop line, 3 m before it."""
        return self.vehicle(kind, at=g.STOP_LINE - 3.0, **intentions)

    def fault(self, point: str, kind: str, value: int = 0, for_ms: float = 0) -> int:
        """Put a fault on a point ("" ends it), for some time if asked; returns the ms stamp."""
        self.board.wiring.fault(point, kind, value)
        if for_ms:
            self.world.after(for_ms, lambda: self.board.wiring.fault(point, ""))
        return self.now

    def fail(self, device: str, kind: str, for_ms: float = 0) -> int:
        """Let a device fail by itself ("LB", "open"), for some time if asked; returns the ms stamp."""
        self.lane.fail(device, kind)
        if for_ms:
            self.world.after(for_ms, lambda: self.lane.fail(device, ""))
        return self.now

    def turn(self, switch: str, on: int) -> int:
        """Operate a switch or contact of the lane; returns the ms stamp."""
        self.lane.turn(switch, on)
        return self.now

    def command(self, code: int, *arguments: int, within: float = 3000) -> Order:
        """Command the board through the gateway stand-in and wait for the end of it."""
        return self.gateway.command_and_wait(UNIT, code, *arguments, within=within)

    def open_once(self, token: int = 0) -> Order:
        """OPEN_ONCE as the gateway sends it; returns at once."""
        return self.gateway.command(UNIT, OPEN_ONCE, token >> 16, token & 0xFFFF)

    def reset(self, *, confirm: bool = True) -> None:
        """Reset latched trips: RESET command, with the attendant's confirmation on the spot."""
        if confirm:
            self.turn("ATT", 1)
            self.run(100)
        self.command(layout.CMD_RESET)
        if confirm:
            self.turn("ATT", 0)
        self.run(100)

    def admit(self, vehicle: Vehicle | None = None, *, within: float = 25_000) -> Vehicle:
        """Let a vehicle come and be admitted; returns when the boom is open."""
        waiting = vehicle or self.at_line()
        self.until(lambda: self.open, within=within)
        return waiting

    def passing(self, vehicle: Vehicle | None = None) -> Vehicle:
        """Let a vehicle come and drive until it stands under the boom."""
        driving = self.admit(vehicle)
        self.until(driving.under_boom, within=15_000)
        return driving

    def closing(self, degrees: float = 60.0, *, within: float = 60_000) -> None:
        """Let a vehicle through; returns when the boom falls past `degrees`."""
        vehicle = self.admit()
        self.until(lambda: vehicle.counted, within=20_000)
        self.until(lambda: self.out("YC") and self.degrees <= degrees, within=within)

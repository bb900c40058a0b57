"""Rigs with one board that has devices on a line of its own: seconds, published values, faults, commands, resets."""

from __future__ import annotations

from collections.abc import Callable

from hil_tests.one_board import OneBoardRig
from protocols import layout
from tools.emulator.stand_in import Order
from tools.emulator.world import TimeoutInWorldError

_ABSENT = 0x8000


class FieldRig(OneBoardRig):
    """What a test does with such a board. A plant's own rig makes the plant and knows what is really there."""

    ttl = layout.TTL_DEFAULT
    """Of commands, 0.1 s. A board that is seldom scanned, by a gateway that seldom beats, needs more."""
    settle_s = 0.1
    """For which a contact stands before the board is sure of it."""

    # -- time ------------------------------------------------------------------------------------------------

    def run(self, seconds: float) -> None:
        """Let time pass."""
        self.world.run(seconds * 1000)

    def until(self, condition: Callable[[], object], within_s: float) -> int:
        """Run until `condition` holds; returns the ms it took. Fails after `within_s`."""
        return self.world.until(condition, within_s * 1000)

    def until_value(self, point: str, condition: Callable[[int | None], object], within_s: float) -> int:
        """Run until a published value fulfils `condition`, looking every 100 ms over the line; returns the ms it took.

        Only conditions that don't read over the line may be given to `until`.
        """
        begin = self.now
        while not condition(self.value(point)):
            if self.now - begin > within_s * 1000:
                raise TimeoutInWorldError(f"{point} is {self.value(point)} after {within_s:.0f} s")
            self.world.run(100)
        return self.now - begin

    def until_state(self, name: str, within_s: float, look_ms: int = 20) -> int:
        """Run until the program is in a state, looking every `look_ms` over the line; returns the ms it took."""
        begin = self.now
        while self.state != name:
            if self.now - begin > within_s * 1000:
                raise TimeoutInWorldError(f"{self.state} and not {name} within {within_s:.0f} s")
            self.world.run(look_ms)
        return self.now - begin

    # -- what the board says ---------------------------------------------------------------------------------

    def value(self, point: str) -> int | None:
        """A measurement, a bus input or output, or a status value as the board publishes it, in its register's scale.

        None: the board says that it has none.
        """
        attr = point.replace(".", "_")
        for row in (*self.table.FIELD, *self.table.STATUS):
            if row[0] == attr:
                raw = self.header(row[1], row[2])
                if row[2] > 1:
                    return raw
                return None if raw == _ABSENT else _signed(raw)
        for row in self.table.AI:
            if row[0] == attr:
                raw = self.header(row[1])
                return None if raw == _ABSENT else _signed(raw)
        for row in self.table.BO:
            if row[0] == attr:
                return _signed(self.header(row[1])) if row[3] < 0 else self.header(row[1])
        raise ValueError(f"no value {point}")

    # -- doing -----------------------------------------------------------------------------------------------

    def command(self, name: str, *arguments: int, within_s: float = 5, hazardous: bool = False) -> Order:
        """Command the board as the gateway does and wait for the end of it; a hazardous one is armed first."""
        unit = self.unit
        code = getattr(self.table, f"CMD_{name}", None) or getattr(layout, f"CMD_{name}")
        if hazardous:
            armed = self.gateway.command(unit, code, *arguments, ttl=self.ttl, key=layout.KEY_ARM)
            self.until(lambda: armed.over, within_s)
        order = self.gateway.command(unit, code, *arguments, ttl=self.ttl)
        self.until(lambda: order.over, within_s)
        return order

    def fault(self, point: str, kind: str, value: int = 0) -> int:
        """Put a fault on a terminal's wiring ("" ends it); returns the stamp."""
        self.board.wiring.fault(point, kind, value)
        return self.now

    def fail(self, device: str, kind: str) -> int:
        """Let a device fail by itself ("" ends it); returns the stamp. See the `plant_faults` of the plant."""
        self.board.plant.fail(device, kind)
        return self.now

    def turn(self, switch: str, on: int) -> int:
        """Operate a switch or contact of the plant; returns the stamp."""
        self.board.plant.turn(switch, on)
        return self.now

    def reset(self, *, confirm: bool = True) -> None:
        """Reset latched trips, with somebody confirming on the spot."""
        if confirm:
            self.turn("LOC", 1)
            self.run(self.settle_s)
        self.command("RESET")
        if confirm:
            self.turn("LOC", 0)
        self.run(self.settle_s)


def _signed(raw: int) -> int:
    return raw - 0x10000 if raw & 0x8000 else raw

"""The energy plant on the rig: a real `energy` board, the district behind its terminals, ten devices on its field line.

A test reads like a logbook::

    rig.command("SET_PCS", 1500, 30)                        # the gateway wishes 150 kW of discharge for 30 s
    rig.until(lambda: rig.kw("pcs") > 140, within_s=5)
    at = rig.fail("GM", "frozen")                           # the meter freezes
    rig.until_state("METER_LOST", within_s=10)
    rig.written("INV1")                                     # what the board wrote: (ms, model, point, register value)

Stamps are world ms. `rig.trace` has a line for each change of an output or of a contact; a failing test prints it. The
gateway is a stand-in: heartbeat and commands. The sun stands still at `hour` unless a test lets a cloud pass.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from hil_tests.one_board import OneBoardRig
from protocols import layout
from tools.emulator.energy.district import District
from tools.emulator.energy.field import NEWER, UNITS
from tools.emulator.energy.plant import EnergyPlant
from tools.emulator.site import BoardSpec
from tools.emulator.stand_in import Order
from tools.emulator.world import TimeoutInWorldError

UNIT = 21
INVERTERS = tuple(name for name in UNITS if name.startswith("INV"))
_ABSENT = 0x8000


class EnergyRig(OneBoardRig):
    """One plant with its board. Made by the fixture `make_energy`.

    hour, base_kw, soc: where the district stands. newer: which devices have the 7xx chain. quirks: by device, from the
    beginning. gateway: False leaves the board alone. params: what differs from the sheet's defaults.
    """

    def __init__(
        self,
        folder: Path,
        *,
        runtime: str = "unix",
        hour: float = 12.0,
        base_kw: float = 500.0,
        soc: float = 0.5,
        newer: Sequence[str] = NEWER,
        quirks: dict[str, Sequence[str]] | None = None,
        gateway: bool = True,
        seed: int = 1,
        **params: int,
    ) -> None:
        self.district = District(seed, start_s=hour * 3600, base_w=base_kw * 1000, soc=soc, cars=False)
        self.plant = EnergyPlant(self.district, newer, seed, warm=True)
        for device, names in (quirks or {}).items():
            for quirk in names:
                self.plant.field.devices[device].turn(quirk)
        spec = BoardSpec("energy", UNIT, 121, program="energy", params={"observe_s": 2, **params})
        super().__init__(folder, self.plant, spec, runtime=runtime, gateway=gateway)
        assert self.plant.line is not None
        self.field_line = self.plant.line
        self.gateway.answers = False
        for name in UNITS:
            if name != "EV":
                self.plant.field.sunspec(name).log = []

    # -- time ------------------------------------------------------------------------------------------------

    def run(self, seconds: float) -> None:
        """Let time pass."""
        self.world.run(seconds * 1000)

    def until(self, condition: Callable[[], object], within_s: float) -> int:
        """Run until `condition` holds; returns the ms it took. Fails after `within_s`."""
        return self.world.until(condition, within_s * 1000)

    def start(self) -> EnergyRig:
        """Power up with the sun already on the inverters; with a gateway, run until it may command.

        Devices are discovered by then, and the board has taken over what it controls.
        """
        self.board.power_on()
        self.until(lambda: self.out("RSD.YHOLD"), within_s=5)
        if self._wants_gateway:
            self.gateway.start()
            self.until(lambda: self.gateway.ready(UNIT), within_s=10)
        return self

    # -- what is really there --------------------------------------------------------------------------------

    def kw(self, what: str) -> float:
        """Power in the plant, kW: "grid" (import), "pv", "pcs" (discharge), "ev", "load", "inv1".."inv6"."""
        district = self.district
        if what.startswith("inv"):
            return district.inverters[int(what[3:]) - 1].w / 1000
        watts = {
            "grid": district.grid_w,
            "pv": district.pv_w,
            "pcs": district.converter.w,
            "ev": district.charging.w,
            "load": district.loads.w,
        }
        return watts[what] / 1000

    def written(self, device: str, after: int = 0) -> list[tuple[int, int, str, int]]:
        """What was written to a SunSpec device since a stamp: (ms, model, point, register value)."""
        log = self.plant.field.sunspec(device).log or []
        return [(round(s * 1000), model, point, raw) for s, model, point, raw in log if round(s * 1000) >= after]

    # -- what the board says ---------------------------------------------------------------------------------

    def value(self, point: str) -> int | None:
        """A bus input, a bus output or a status value as the board publishes it, in its register's scale.

        None: the board says that it has none.
        """
        attr = point.replace(".", "_")
        for row in (*self.table.FIELD, *self.table.STATUS):
            if row[0] == attr:
                raw = self.header(row[1], row[2])
                return None if raw == _ABSENT else _signed(raw) if row[2] == 1 else raw
        for row in self.table.BO:
            if row[0] == attr:
                return _signed(self.header(row[1])) if row[3] < 0 else self.header(row[1])
        raise ValueError(f"no value {point}")

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

    def until_state(self, name: str, within_s: float) -> int:
        """Run until the program is in a state, looking every 20 ms over the line; returns the ms it took."""
        begin = self.now
        while self.state != name:
            if self.now - begin > within_s * 1000:
                raise TimeoutInWorldError(f"{self.state} and not {name} within {within_s:.0f} s")
            self.world.run(20)
        return self.now - begin

    # -- doing -----------------------------------------------------------------------------------------------

    def command(self, name: str, *arguments: int, within_s: float = 5, hazardous: bool = False) -> Order:
        """Command the board as the gateway does and wait for the end of it; a hazardous one is armed first."""
        code = getattr(self.table, f"CMD_{name}", None) or getattr(layout, f"CMD_{name}")
        if hazardous:
            armed = self.gateway.command(UNIT, code, *arguments, key=layout.KEY_ARM)
            self.until(lambda: armed.over, within_s)
        return self.gateway.command_and_wait(UNIT, code, *arguments, within=within_s * 1000)

    def fault(self, point: str, kind: str, value: int = 0) -> int:
        """Put a fault on a terminal's wiring ("" ends it); returns the stamp."""
        self.board.wiring.fault(point, kind, value)
        return self.now

    def fail(self, device: str, kind: str) -> int:
        """Let a device fail by itself ("" ends it); returns the stamp. See `tools.emulator.energy.plant_faults`."""
        self.plant.fail(device, kind)
        return self.now

    def turn(self, switch: str, on: int) -> int:
        """Operate a switch or contact of the plant; returns the stamp."""
        self.plant.turn(switch, on)
        return self.now

    def reset(self, *, confirm: bool = True) -> None:
        """Reset latched trips, with somebody confirming on the spot."""
        if confirm:
            self.turn("LOC", 1)
            self.run(0.1)
        self.command("RESET")
        if confirm:
            self.turn("LOC", 0)
        self.run(0.1)

    # -- trace -----------------------------------------------------------------------------------------------

    def logbook(self, last: int = 60) -> str:
        """The end of the trace, and of what was written to each device."""
        lines = self.trace.last(last)
        for device in UNITS:
            if device != "EV":
                written = self.written(device)[-12:]
                lines += [f"{ms:>8} ms  {device} {model}.{point} {raw}" for ms, model, point, raw in written]
        return "\n".join(lines)


def _signed(raw: int) -> int:
    return raw - 0x10000 if raw & 0x8000 else raw

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
from typing import Any

from protocols import layout
from tools.emulator.board import Board, Runner
from tools.emulator.board_process import BoardProcess
from tools.emulator.energy.district import District
from tools.emulator.energy.field import NEWER, UNITS
from tools.emulator.energy.plant import EnergyPlant
from tools.emulator.firmware_bundle import firmware
from tools.emulator.host_board import HostBoard
from tools.emulator.serial_line import SerialLine
from tools.emulator.site import BoardSpec, program_table, provision
from tools.emulator.stand_in import Order, StandIn
from tools.emulator.station import Master
from tools.emulator.world import TimeoutInWorldError, World

PROGRAM = "energy"
UNIT = 21
INVERTERS = tuple(name for name in UNITS if name.startswith("INV"))
_ABSENT = 0x8000


class EnergyRig:
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
        self.table: Any = program_table(PROGRAM)
        self.world = World()
        self.district = District(seed, start_s=hour * 3600, base_w=base_kw * 1000, soc=soc, cars=False)
        self.plant = EnergyPlant(self.district, newer, seed, warm=True)
        for device, names in (quirks or {}).items():
            for quirk in names:
                self.plant.field.devices[device].turn(quirk)
        self.line = SerialLine(self.world)
        spec = BoardSpec("energy", UNIT, 121, program=PROGRAM, params={"observe_s": 2, **params})
        provision(folder / "flash", spec, self.line.baud)
        self.board: Board = self.world.add_board("energy", self.table, self.plant, self._runner(runtime, folder), UNIT)
        self.line.connect("energy", self.board)
        self.board.on_serial = lambda data: self.line.transmit("energy", data)
        self.board.on_step = self._watch
        self.field_line = self.plant.connect(self.world, self.board)
        self.master = Master(self.world, self.line)
        self.gateway = StandIn(self.master, [UNIT])
        self.gateway.answers = False
        self.trace: list[tuple[int, str, int]] = []
        self._seen: dict[str, int] = {}
        self._wants_gateway = gateway
        for name in UNITS:
            if name != "EV":
                self.plant.field.sunspec(name).log = []

    def _runner(self, runtime: str, folder: Path) -> Runner:
        if runtime == "host":
            return HostBoard(PROGRAM, self.table, folder)
        runs = firmware(PROGRAM)
        return BoardProcess(runs.script, folder, "0", *runs.arguments, heap=runs.heap, path=runs.path)

    # -- time ------------------------------------------------------------------------------------------------

    @property
    def now(self) -> int:
        """World time, ms."""
        return self.world.now_ms

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

    def close(self) -> None:
        """Power off."""
        self.world.close()

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

    def out(self, name: str) -> int:
        """An output as the plant sees it."""
        return int(self.board.wiring.outputs[name.replace(".", "_")])

    def written(self, device: str, after: int = 0) -> list[tuple[int, int, str, int]]:
        """What was written to a SunSpec device since a stamp: (ms, model, point, register value)."""
        log = self.plant.field.sunspec(device).log or []
        return [(round(s * 1000), model, point, raw) for s, model, point, raw in log if round(s * 1000) >= after]

    # -- what the board says ---------------------------------------------------------------------------------

    def header(self, register: int, words: int = 1) -> int:
        """A register (or pair, high word first) as read over the gateway's line now (some 10 ms pass)."""
        values = self.master.read(UNIT, register, words)
        return values[0] if words == 1 else values[0] << 16 | values[1]

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

    @property
    def state(self) -> str:
        """Name of the program's state, read over the line now."""
        return str(self.table.STATES[self.header(layout.H_STATE)])

    def until_state(self, name: str, within_s: float) -> int:
        """Run until the program is in a state, looking every 20 ms over the line; returns the ms it took."""
        begin = self.now
        while self.state != name:
            if self.now - begin > within_s * 1000:
                raise TimeoutInWorldError(f"{self.state} and not {name} within {within_s:.0f} s")
            self.world.run(20)
        return self.now - begin

    def tripped(self, cause: str) -> bool:
        """Whether a cause of the sheet is active now."""
        return bool(self.header(layout.H_TRIP_BITS, 2) >> getattr(self.table, f"CAUSE_{cause}") & 1)

    def event(self, name: str) -> list[tuple[int, int, int, int, int]]:
        """Events of one kind that the board's ring still holds: (code, state, t_ms, arg0, arg1), oldest first."""
        code = getattr(self.table, f"EV_{name}", None) or getattr(layout, f"EV_{name}")
        head = self.header(layout.H_EVT_HEAD)
        words = self.master.read(UNIT, layout.EVENT_RING, layout.EVENT_COUNT * layout.EVENT_SIZE)
        found = []
        for age in range(min(head, layout.EVENT_COUNT), 0, -1):
            at = (head - age) % layout.EVENT_COUNT * layout.EVENT_SIZE
            row = words[at : at + layout.EVENT_SIZE]
            if row[0] == code:
                found.append((row[0], row[1], row[2] << 16 | row[3], row[4], row[5]))
        return found

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

    def _watch(self) -> None:
        seen = self._seen
        for values in (self.board.wiring.outputs, self.plant.inputs()):
            for name, value in values.items():
                if seen.get(name) != value:
                    seen[name] = value
                    self.trace.append((self.now, name, value))

    def stamp(self, name: str, value: int, after: int = 0) -> int:
        """Ms at which an output or contact first became `value` at or after a stamp; -1 if it hasn't."""
        attr = name.replace(".", "_")
        for ms, changed, to in self.trace:
            if ms >= after and changed == attr and to == value:
                return ms
        return -1

    def logbook(self, last: int = 60) -> str:
        """The end of the trace, and of what was written to each device."""
        lines = [f"{ms:>8} ms  {name:<12} {value}" for ms, name, value in self.trace[-last:]]
        for device in UNITS:
            if device != "EV":
                written = self.written(device)[-12:]
                lines += [f"{ms:>8} ms  {device} {model}.{point} {raw}" for ms, model, point, raw in written]
        return "\n".join(lines)


def _signed(raw: int) -> int:
    return raw - 0x10000 if raw & 0x8000 else raw

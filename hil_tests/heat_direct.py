"""The heat plant in one thread: the firmware's own board and scan loop under CPython, the model, frames between them.

What `HeatRig` does with a process and a line, done by calls, so that a whole state of board and plant can be copied: a
process that has nothing but this can fork (`hil_tests.heat_matrix`). The gateway is a heartbeat and commands put
straight into the program; the line has its own tests. One scan a second (`tools.emulator.time_lapse`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from firmware.hal.emulated import CallCarrier, Emulated
from firmware.host import MemoryStore
from firmware.main import configure, load_program
from firmware.runtime.board import Board
from firmware.runtime.config import DEV_ID
from firmware.runtime.scan import ScanLoop
from hil_tests.heat_rig import COOL, LAPSE_LOST_MS, SUBSTATES, WARM
from protocols import iolink, layout
from protocols.quality import BAD
from tools.emulator.heat.district import HeatDistrict
from tools.emulator.heat.plant import HeatPlant
from tools.emulator.site import program_table
from tools.emulator.wiring import MASK, Wiring
from tools.heat.course import LAPSE_MS, PROGRAM, SEASONS, UNIT


@dataclass
class Beats:
    """What there is of the gateway."""

    alive: bool = True

    def kill(self) -> None:
        """No heartbeat any more."""
        self.alive = False


@dataclass
class Power:
    """Power of the board."""

    plant: DirectHeat

    def power_on(self) -> None:
        """From reset, with what storage holds."""
        self.plant.boot()

    def power_off(self) -> None:
        """Gone, with all that was in memory."""
        self.plant.forget()


class DirectHeat:
    """One plant with its board. Options as those of `HeatRig`; `on_second` is called after each scan. Without `power`
    it waits for `start`."""

    def __init__(
        self,
        *,
        season: str = "winter",
        hour: float = 12.0,
        outdoor: float | None = None,
        it_kw: float = 850.0,
        draw: float | None = None,
        store: tuple[float, float, float, float] = WARM,
        buffer: tuple[float, float, float, float] = COOL,
        power: bool = True,
        **params: int,
    ) -> None:
        self.district = HeatDistrict(
            1,
            day=SEASONS[season],
            start_s=hour * 3600.0,
            outdoor=outdoor,
            it_w=1000.0 * it_kw,
            store=store,
            buffer=buffer,
        )
        self.district.draw.forced = draw
        self.plant = HeatPlant(self.district, 1, lapse_ms=LAPSE_MS)
        self.table: Any = program_table(PROGRAM, LAPSE_MS)
        self.wiring = Wiring(self.table, self.plant)
        self.on_second: Callable[[], None] | None = None
        self.gateway = Beats()
        self.board = Power(self)
        self.firmware: Any = None
        """The firmware's `Board`; None without power."""
        self._store: Any = MemoryStore()
        self._loop: Any = None
        self._us = 0
        self._plant_ms = 0
        self._beat = 0
        self._cause = layout.RESET_POWER
        configure(self.table, self._store, UNIT, 100 + UNIT).write(**{"LOST_MS": LAPSE_LOST_MS, **params})
        if power:
            self.start()

    # -- power -----------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Power up for the first time."""
        self.boot()

    def boot(self) -> None:
        """See `Power.power_on`."""
        hal: Any = Emulated(self.table, CallCarrier(self._exchange), self._store, b"direct")
        config = configure(self.table, self._store, UNIT, 100 + UNIT)
        hal.open(config.value(DEV_ID))
        self.firmware = Board(self.table, load_program(PROGRAM), hal, config)
        self._loop = ScanLoop(self.firmware)

    def forget(self) -> None:
        """See `Power.power_off`: nobody commands the terminals."""
        self.firmware = None
        self.wiring.de_energise()
        self.plant.drive({})

    # -- time ------------------------------------------------------------------------------------------------

    @property
    def now_s(self) -> float:
        """World time, s."""
        return self._us / 1e6

    def run(self, seconds: float) -> None:
        """Let time pass."""
        end = self._us + round(seconds * 1e6)
        while self._us < end:
            self._turn()

    def until(self, condition: Callable[[], object], within_s: float) -> None:
        """Run until `condition` holds. Raises TimeoutError after `within_s`."""
        end = self._us + round(within_s * 1e6)
        while not condition():
            if self._us >= end:
                raise TimeoutError(f"{self.state} {self.substate}: not within {within_s:.0f} s")
            self._turn()

    def _turn(self) -> None:
        """One scan and the second until the next."""
        board = self.firmware
        if board is None:
            self._advance(1_000_000)
        else:
            if self.gateway.alive:
                self._beat = self._beat + 1 & 0xFFFF
                board.supervision.beat(self._beat, board.hal.ms())
            self._loop.turn()
            board.hal.wait(self._loop.wake_us)
        if self.on_second is not None:
            self.on_second()

    def _advance(self, us: int) -> None:
        self._us += us
        behind = self._us // 1000 - self._plant_ms
        self._plant_ms += behind
        if behind:
            self.plant.step(behind, self.wiring.outputs)

    def _exchange(self, frame: bytes) -> bytes:
        """The world's end of the link: time passes until the board wants to wake."""
        if frame[0] == iolink.HELLO:
            end: Any = iolink.WorldEnd(None)
            n = end.welcome(self._cause, self._us // 1000 & MASK, self._us & MASK)
            return bytes(end.buf[:n])
        wake = self.wiring.take_step(memoryview(frame))[1]
        self._advance(wake - self._us & MASK)
        return self.wiring.world_frame(self._us, b"", 0)

    # -- what the board says ---------------------------------------------------------------------------------

    @property
    def program(self) -> Any:
        """The program; None without power."""
        return None if self.firmware is None else self.firmware.program

    @property
    def state(self) -> str:
        """Name of the program's state."""
        return "" if self.firmware is None else str(self.table.STATES[self.program.state])

    @property
    def substate(self) -> str:
        """Name of its substate."""
        return "" if self.firmware is None else str(SUBSTATES[self.program.substate])

    def tripped(self, cause: str) -> bool:
        """Whether a cause of the sheet is active now, or waits for its reset."""
        if self.firmware is None:
            return False
        trips = self.program.trips
        return bool((trips.active | trips.latched) >> getattr(self.table, f"CAUSE_{cause}") & 1)

    def told(self, point: str) -> float | None:
        """What the board makes of a measurement or bus input, in its register's scale; None: it says it has none."""
        attr = point.replace(".", "_")
        io = self.firmware.io
        return None if getattr(io, attr + "_Q") >= BAD else float(getattr(io, attr))

    def value(self, point: str) -> int:
        """A status value."""
        return int(getattr(self.firmware.io, point.replace(".", "_")))

    def out(self, point: str) -> int:
        """An output as the drive sees it."""
        return int(self.wiring.outputs[point.replace(".", "_")])

    def running(self) -> list[int]:
        """Machines whose compressor runs."""
        return [n for n, machine in enumerate(self.district.machines, 1) if machine.load > 0.0]

    # -- doing -----------------------------------------------------------------------------------------------

    def command(self, name: str, *arguments: int, hazardous: bool = False) -> None:
        """Command the program as the gateway does. AssertionError: it refused."""
        code = getattr(self.table, f"CMD_{name}", None) or getattr(layout, f"CMD_{name}")
        words = (*arguments, 0, 0, 0, 0)[:4]
        if code == layout.CMD_SET_MODE:
            result = self.firmware.modes.command(words[0])
        else:
            result = self.program.command(code, *words, self.firmware.io, self.firmware.hal.ms())
        assert result == layout.RES_DONE, f"{name} is refused: {result}"

    def fault(self, point: str, kind: str) -> None:
        """Put a fault on a terminal's wiring ("" ends it)."""
        self.wiring.fault(point, kind)

    def fail(self, device: str, kind: str) -> None:
        """Let a device fail by itself ("" ends it)."""
        self.plant.fail(device, kind)

    def turn(self, switch: str, on: int) -> None:
        """Operate a switch or contact of the plant."""
        self.plant.turn(switch, on)

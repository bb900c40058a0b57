"""What rigs with one board share: world, line, real firmware, a stand-in for the gateway, the reading of the board.

A plant's own rig adds what there is to do and to see in that plant.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from pathlib import Path
from typing import Any

from hil_tests.trace import Trace
from protocols import layout
from tools.emulator.plant import Plant
from tools.emulator.serial_line import SerialLine
from tools.emulator.site import BoardSpec, program_table, put_board
from tools.emulator.spec import IN_PROCESS, MICROPYTHON
from tools.emulator.stand_in import StandIn
from tools.emulator.station import Master
from tools.emulator.world import World

RUNTIMES = {"unix": MICROPYTHON, "host": IN_PROCESS}
"""What runs the firmware, by the name that `--rig` has for it."""


class OneBoardRig:
    """A board of `spec` on a plant.

    gateway: whether the stand-in is started with the board. contacts, ignored: what the trace has, see `Trace.watcher`.
    """

    def __init__(
        self,
        folder: Path,
        plant: Plant,
        spec: BoardSpec,
        *,
        runtime: str,
        gateway: bool,
        baud: int = 115_200,
        bits: int = 10,
        contacts: Collection[str] | None = None,
        ignored: Collection[str] = (),
    ) -> None:
        self.table: Any = program_table(spec.program, spec.lapse_ms)
        self.unit = spec.unit
        self.world = World()
        self.line = SerialLine(self.world, baud, bits)
        self.board = put_board(self.world, self.line, replace(spec, runtime=RUNTIMES[runtime]), plant, folder)
        self.boards = {spec.name: self.board}
        self.master = Master(self.world, self.line)
        self.gateway = StandIn(self.master, [spec.unit])
        self.trace = Trace()
        self._watch = self.board.on_step = self.trace.watcher(self.board, contacts=contacts, ignored=ignored)
        self._wants_gateway = gateway

    @property
    def now(self) -> int:
        """World time, ms."""
        return self.world.now_ms

    def close(self) -> None:
        """Power off."""
        self.world.close()

    # -- what is to be seen ----------------------------------------------------------------------------------

    def out(self, name: str) -> int:
        """Output of the board as the drive sees it: "YO", "YC", "SPD", "LT.G" ..."""
        return int(self.board.wiring.outputs[name.replace(".", "_")])

    def header(self, register: int, words: int = 1) -> int:
        """A register (or pair, high word first) as read over the gateway's line now (some 10 ms pass)."""
        values = self.master.read(self.unit, register, words)
        return values[0] if words == 1 else values[0] << 16 | values[1]

    @property
    def state(self) -> str:
        """Name of the program's state, read over the line now."""
        return str(self.table.STATES[self.header(layout.H_STATE)])

    def tripped(self, cause: str) -> bool:
        """Whether a cause of the sheet is active now."""
        return bool(self.header(layout.H_TRIP_BITS, 2) >> getattr(self.table, f"CAUSE_{cause}") & 1)

    def events(self) -> list[tuple[int, int, int, int, int]]:
        """The event ring, oldest first: (code, state, t_ms, arg0, arg1)."""
        head = self.header(layout.H_EVT_HEAD)
        words = self.master.read(self.unit, layout.EVENT_RING, layout.EVENT_COUNT * layout.EVENT_SIZE)
        found = []
        for age in range(min(head, layout.EVENT_COUNT), 0, -1):
            at = (head - age) % layout.EVENT_COUNT * layout.EVENT_SIZE
            code, state, high, low, arg0, arg1 = words[at : at + layout.EVENT_SIZE]
            found.append((code, state, high << 16 | low, arg0, arg1))
        return found

    def event(self, name: str) -> list[tuple[int, int, int, int, int]]:
        """Events of one kind ("PASSED", "TRIP") that the ring still holds."""
        code = getattr(self.table, f"EV_{name}", None) or getattr(layout, f"EV_{name}")
        return [row for row in self.events() if row[0] == code]

    def stamp(self, name: str, value: int, after: int = 0) -> int:
        """Ms at which an output or contact first became `value` at or after a stamp; -1 if it hasn't."""
        return self.trace.stamp(name, value, after)

    def logbook(self, last: int = 60) -> str:
        """The end of the trace, a line each."""
        return "\n".join(self.trace.last(last))

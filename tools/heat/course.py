"""A course of the heat plant: its board in a time-lapse, on MicroPython or under CPython, without a gateway."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from protocols import layout
from tools.emulator.heat.district import HeatDistrict
from tools.emulator.heat.plant import HeatPlant
from tools.emulator.serial_line import SerialLine
from tools.emulator.site import program_table, put_board
from tools.emulator.spec import MICROPYTHON, BoardSpec
from tools.emulator.station import Master
from tools.emulator.world import World
from tools.heat.figures import Figures

PROGRAM = "heat_loop"
UNIT = 41
LAPSE_MS = 1_000
LONGEST_LAPSE_MS = 1_900
"""The watchdog's 2 s are just not over: days pass nearly twice as fast, and the loops still hold."""
LOOK_MIN = 5
SEASONS = {"winter": 15.0, "spring": 105.0, "summer": 200.0, "autumn": 300.0}
"""Days of the year."""
UNREST = 0.15
"""Relative noise of draws and IT load."""


class Course:
    """A plant and its board from `hour` of a day of `season` on, tanks warm, nothing running yet.

    folder: where the board keeps its storage; runtime: as in `BoardSpec`; params: what differs from the sheet's
    defaults. Use it as a context manager: the board's process ends with it.
    """

    def __init__(
        self,
        folder: Path,
        *,
        season: str = "winter",
        hour: float = 0.0,
        runtime: str = MICROPYTHON,
        seed: int = 1,
        lapse_ms: int = LAPSE_MS,
        params: Mapping[str, int] | None = None,
    ) -> None:
        self.district = HeatDistrict(seed, day=SEASONS[season], start_s=hour * 3600.0, noise=UNREST, spells=2.0)
        self.plant = HeatPlant(self.district, seed, lapse_ms=lapse_ms)
        self.world = World()
        spec = BoardSpec("heat", UNIT, 100 + UNIT, program=PROGRAM, runtime=runtime, lapse_ms=lapse_ms)
        spec.params.update(params or {})
        self.line = SerialLine(self.world)
        self.board = put_board(self.world, self.line, spec, self.plant, folder)
        self.master = Master(self.world, self.line)
        self.table: Any = program_table(PROGRAM, lapse_ms)
        limit = next(row[2] for row in self.table.PARAMS if row[0] == "it_water")
        self.figures = Figures(spec.params.get("it_water", limit) / 100.0)
        self.on_scan: list[Callable[[], None]] = []
        """Called after each scan."""
        self._looked_ms = 0
        self.board.on_step = self._look

    def __enter__(self) -> Course:
        self.board.power_on()
        return self

    def __exit__(self, *_: object) -> None:
        self.world.close()

    @property
    def state(self) -> str:
        """Name of the program's state, read over the line now."""
        return str(self.table.STATES[self.master.read(UNIT, layout.H_STATE)[0]])

    def run(self, hours: float) -> None:
        """Let time pass; every five minutes somebody looks at the state."""
        for _ in range(round(60.0 * hours / LOOK_MIN)):
            self.world.run(60_000 * LOOK_MIN)
            state = self.state
            self.figures.states_min[state] = self.figures.states_min.get(state, 0) + LOOK_MIN

    def report(self) -> dict[str, Any]:
        """The figures so far."""
        return self.figures.report(self.district)

    def _look(self) -> None:
        now = self.world.now_ms
        if now == self._looked_ms:
            return
        self.figures.look(self.district, (now - self._looked_ms) / 1000.0)
        self._looked_ms = now
        for look in self.on_scan:
            look()

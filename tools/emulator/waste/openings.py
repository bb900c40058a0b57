"""Everything that can let air into the pipes, as columns of air: what is open now and how far."""

from __future__ import annotations

from tools.emulator.waste.air import Air, Column
from tools.emulator.waste.blockage import Plug
from tools.emulator.waste.calibration import Calibration
from tools.emulator.waste.inlet import Chute, Inlet
from tools.emulator.waste.layout import MAIN, Layout
from tools.emulator.waste.valve import Valve

LEAK_AT = 50.0
"""A leak without a place is in the main near the station, where it does most."""
BREAKER_K = 20.0


class Openings:
    """Keeps the air's columns in step with valves, leaks and hatches."""

    def __init__(self, air: Air, air_inlets: list[Valve], sections: list[Valve], inlets: list[Inlet]) -> None:
        self.air = air
        self.air_inlets = air_inlets
        self.sections = sections
        self.leaks: dict[str, Column] = {}
        self.changed = True
        """A plug or leak came or went: arrange the pipes anew."""
        layout: Layout = air.layout
        self._av = [Column(number, branch.end) for number, branch in enumerate(layout.branches)]
        self._chute_of = {
            chute.valve: (inlet, chute, Column(inlet.branch, inlet.at)) for inlet in inlets for chute in inlet.chutes
        }
        self.off_seat: dict[Valve, tuple[Inlet, Chute, Column]] = {}
        """Discharge valves that aren't shut."""
        self._breaker = Column(MAIN, 1.0)
        self._breaker_open = False
        self._signature: tuple[int, ...] = ()
        branches = range(len(layout.branches))
        self.cut_off = [False for _ in branches]
        self.vented = [False for _ in branches]

    def leak(self, name: str, k: float, branch: int = MAIN, at: float = LEAK_AT) -> None:
        """Open a leak with loss factor `k` (of the pipe's bore), or shut it with k 0."""
        self.leaks.pop(name, None)
        if k > 0.0:
            column = Column(branch, at)
            column.k = k
            self.leaks[name] = column
        self.changed = True

    def moved(self, valve: Valve) -> None:
        """Follow a valve that moves or has become leaky."""
        if valve in self._chute_of:
            self.off_seat[valve] = self._chute_of[valve]

    def breaker(self) -> bool:
        """Work the mechanical vacuum breaker; returns whether it stands open."""
        pressure = self.air.pressure
        limit = self.air.cal.breaker
        if self._breaker_open:
            self._breaker_open = pressure > 0.9 * limit
        else:
            self._breaker_open = pressure > limit
        return self._breaker_open

    def update(self, plugs: list[Plug]) -> bool:
        """Set every column's entry loss; returns whether the pipes were arranged anew."""
        cal: Calibration = self.air.cal
        columns: list[Column] = []
        for number, valve in enumerate(self.air_inlets):
            area = valve.area
            self.vented[number] = area > 0.0
            self.cut_off[number] = self.sections[number].area == 0.0
            if area > 0.0 and not self.cut_off[number]:
                self._av[number].k = cal.entry_loss / (area * area) + self._section_k(number)
                columns.append(self._av[number])
        for valve, (inlet, chute, column) in list(self.off_seat.items()):
            area = valve.area
            if area > 0.0:
                self.vented[inlet.branch] = True
                if not self.cut_off[inlet.branch]:
                    k = cal.open_chute_loss if chute.door_open else cal.chute_loss
                    column.k = k / (area * area) + self._section_k(inlet.branch)
                    columns.append(column)
            elif valve.position == 0.0 and not chute.poured_g:
                del self.off_seat[valve]
        for column in self.leaks.values():
            if column.branch == MAIN or not self.cut_off[column.branch]:
                columns.append(column)
        if self.breaker():
            self._breaker.k = BREAKER_K
            columns.append(self._breaker)
        signature = tuple(id(column) for column in columns)
        if signature == self._signature and not self.changed:
            return False
        self._signature = signature
        self.changed = False
        self.air.arrange(columns, plugs)
        return True

    def _section_k(self, branch: int) -> float:
        """What a sectioning valve that isn't fully open adds."""
        area = self.sections[branch].area
        return 0.5 * (1.0 / (area * area) - 1.0)

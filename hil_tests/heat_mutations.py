"""Ways to break the heat program, each a line that somebody could get wrong; `hil_tests.heat_matrix` must see them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from drivers.twin_pump import TwinPump
from firmware.programs.heat_circulation import Circulation
from firmware.programs.heat_hygiene import Hygiene
from firmware.programs.heat_outputs import HeatOutputs
from firmware.programs.heat_source import Source


def _v101_follows_the_recovery() -> None:
    """H1 doesn't reach V101."""
    protect: Any = Source.protect

    def broken(self: Any, io: Any, par: Any, call: int, stop: int, now: int) -> None:
        held = self.v101
        protect(self, io, par, call, stop, now)
        if call:
            self.v101 = held

    _put(Source, "protect", broken)


def _no_second_pump() -> None:
    """B doesn't start when A fails, nor when H1 stands."""
    drive: Any = TwinPump.drive

    def broken(self: Any, run: int, both: int, now: int) -> None:
        drive(self, run, 0, now)
        self.b.y = 0

    _put(TwinPump, "drive", broken)


def _h7_looks_away() -> None:
    """A TT45 that isn't known counts as warm."""
    low: Any = Hygiene._low
    _put(Hygiene, "_low", lambda self, value, blind, now: low(self, value, 0, now))


def _put(owner: type, name: str, what: Callable[..., object]) -> None:
    setattr(owner, name, what)


MUTATIONS: dict[str, Callable[[], None]] = {
    "V101 follows the recovery": _v101_follows_the_recovery,
    "no second pump": _no_second_pump,
    "H7 looks away": _h7_looks_away,
    "H8 forgets": lambda: _put(Circulation, "_count", lambda self, now: None),
    "estimates are not told": lambda: _put(HeatOutputs, "_estimates", lambda self, io: None),
}

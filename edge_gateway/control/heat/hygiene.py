"""Hygiene records of the hot water: each PASTEURISE and NETWORK_DISINFECT, and who flushed which tap when (brief §4b).

The board heats, holds and decides; here it is written down, so that in a year somebody can still show it. A cycle
that was under way when the gateway went away is completed from what the board tells afterwards, and says so (`gap`).
Records are kept in a file (`as_dict`) and journalled at their end.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

from edge_gateway.control.energy.ems import Note

CYCLE = "HEAT_HYGIENE"
FLUSH = "HEAT_FLUSH"
OVERDUE = "HEAT_HYGIENE_OVERDUE"
KEPT = 60
"""So many records are kept in the file: more than a year of weekly cycles. The journal has them all."""
_DAY_MS = 86_400_000
DUE_DAYS = 7
"""The next PASTEURISE is due so long after the last one that reached its goal."""
_LATE_MS = 12 * 3_600_000
_HOT_C, _HOT_MIN = 70.0, 60.0
"""What the whole store has to have, and for how long."""
_FLUSH_C = 70.0
"""Return temperature with which a tap may be flushed."""
_GAP_MS = 5_000
_NODES = ("TT41", "TT42", "TT43", "TT44")
_VERSION = 1

Value = Callable[[str], float | None]


class Kind(StrEnum):
    """Of cycle; the board's states."""

    PASTEURISE = "PASTEURISE"
    NETWORK_DISINFECT = "NETWORK_DISINFECT"


class Result(StrEnum):
    """What became of a cycle; the words of the board's sheet."""

    RUNNING = "running"
    DONE = "done"
    TOO_LONG = "too long"
    ABORTED = "aborted"
    KEY_REMOVED = "key removed"
    TRIPPED = "tripped"
    UNPROVEN = "unproven"
    """It held its time, but a temperature was an estimate."""
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Flushed:
    """A tap that got hot water: when (UTC ms), who says so, and the return temperature then (degC)."""

    tap: int
    name: str
    utc_ms: int
    by: str
    return_c: float | None


@dataclass(slots=True)
class Cycle:
    """One cycle. by: a user, or `board`; why: in the board's words. store_c: the most that the store's coldest node
    had; return_c, supply_most: the most of TT46 and TT45 (degC); hot_ms: the whole store at 70 degC and above. gap:
    nobody looked for a while."""

    kind: Kind
    by: str
    why: str
    began_utc: int
    ended_utc: int = 0
    result: Result = Result.RUNNING
    store_c: float | None = None
    return_c: float | None = None
    supply_most: float | None = None
    hot_ms: int = 0
    gap: bool = False
    flushed: list[Flushed] = field(default_factory=list)

    def body(self, taps: Mapping[int, str]) -> dict[str, Any]:
        """For the journal and the local API. taps: all of them, by number."""
        made = asdict(self)
        made["hot_min"] = round(made.pop("hot_ms") / 60_000, 1)
        open_taps = self.open(taps)
        return {**made, "open": [{"tap": tap, "name": name} for tap, name in open_taps.items()]}

    def open(self, taps: Mapping[int, str]) -> dict[int, str]:
        """Taps that have not been flushed in it; none in a PASTEURISE, which leaves the network as it is."""
        if self.kind is Kind.PASTEURISE:
            return {}
        done = {each.tap for each in self.flushed}
        return {tap: name for tap, name in taps.items() if tap not in done}


class Hygiene:
    """The records of one plant. taps: name by number, as the board counts them (from 1)."""

    def __init__(self, taps: Sequence[str], memory: Mapping[str, Any] | None = None) -> None:
        """memory: what `as_dict` gave, of JSON. Raises ValueError when it isn't ours."""
        self.taps = dict(enumerate(taps, 1))
        self.cycles: list[Cycle] = []
        """The latest last."""
        self.news = False
        """Something is to be kept; set it back when it is."""
        self._asked: dict[Kind, str] = {}
        self._at: int | None = None
        self._warned = False
        self._opened_utc = 0
        """When the records were begun: the first cycle is due a week later."""
        if memory is not None:
            self._restore(memory)

    # --- what happens -------------------------------------------------------------------------------------------------

    def asked(self, kind: Kind, by: str) -> None:
        """A person has ordered a cycle, and the board has taken the order."""
        self._asked[kind] = by

    def flushed(self, tap: int, by: str, return_c: float | None, utc_ms: int) -> Flushed:
        """A person says that a tap had hot water for its time. Raises ValueError when it can't be so."""
        cycle = self.running
        if cycle is None or cycle.kind is not Kind.NETWORK_DISINFECT:
            raise ValueError("no network is being disinfected")
        if tap not in self.taps:
            raise ValueError(f"there is no tap {tap}; they are 1 to {len(self.taps)}")
        if return_c is None or return_c < _FLUSH_C:
            told = "isn't known" if return_c is None else f"is {return_c:.1f} degC"
            raise ValueError(f"the return {told}; a tap is flushed with {_FLUSH_C:g} degC and more")
        made = Flushed(tap, self.taps[tap], utc_ms, by, return_c)
        cycle.flushed = [each for each in cycle.flushed if each.tap != tap] + [made]
        self.news = True
        return made

    def step(self, value: Value, state: str, why: str, result: str, now: int, utc_ms: int) -> list[Note]:
        """state: of the plant, empty while the board isn't heard; why, result: the board's words for why the present
        cycle runs and what became of the last one. Returns what is to be journalled."""
        if not self._opened_utc:
            self._opened_utc, self.news = utc_ms, True
        if not state:
            return []
        ms = 0 if self._at is None else max(0, now - self._at)
        notes: list[Note] = []
        cycle = self.running
        if cycle is not None and (self._at is None or ms > _GAP_MS):
            cycle.gap = True
        if cycle is not None and state != cycle.kind:
            notes.append(self._end(cycle, result, utc_ms))
            cycle = None
        if state in tuple(Kind):
            if cycle is None:
                kind = Kind(state)
                cycle = Cycle(kind, self._asked.pop(kind, "board"), why, utc_ms)
                self.cycles = [*self.cycles, cycle][-KEPT:]
                self.news = True
            self._watch(cycle, value, ms if ms <= _GAP_MS else 0)
        self._at = now
        return notes + self._overdue(utc_ms)

    # --- questions ----------------------------------------------------------------------------------------------------

    @property
    def running(self) -> Cycle | None:
        """The cycle under way."""
        return self.cycles[-1] if self.cycles and self.cycles[-1].result is Result.RUNNING else None

    def last(self, kind: Kind, *, done: bool = True) -> Cycle | None:
        """The latest of a kind; only one that reached its goal."""
        found = (cycle for cycle in reversed(self.cycles) if cycle.kind is kind)
        return next((cycle for cycle in found if not done or cycle.result is Result.DONE), None)

    @property
    def due_utc(self) -> int:
        """When the next PASTEURISE is due (UTC ms)."""
        last = self.last(Kind.PASTEURISE)
        return (self._opened_utc if last is None else last.ended_utc) + DUE_DAYS * _DAY_MS

    def summary(self, utc_ms: int) -> dict[str, Any]:
        """For the local API."""
        running = self.running
        return {
            "running": None if running is None else running.body(self.taps),
            "due_ms": self.due_utc,
            "overdue": utc_ms > self.due_utc + _LATE_MS,
            "cycles": [cycle.body(self.taps) for cycle in reversed(self.cycles) if cycle is not running],
        }

    def as_dict(self) -> dict[str, Any]:
        """For the file."""
        return {"version": _VERSION, "opened": self._opened_utc, "cycles": [asdict(each) for each in self.cycles]}

    # --- own ----------------------------------------------------------------------------------------------------------

    def _watch(self, cycle: Cycle, value: Value, ms: int) -> None:
        nodes = [value(name) for name in _NODES]
        known = [node for node in nodes if node is not None]
        if len(known) == len(_NODES):
            coldest = min(known)
            cycle.store_c = coldest if cycle.store_c is None else max(cycle.store_c, coldest)
            cycle.hot_ms += ms if coldest >= _HOT_C else 0
        back, supply = value("TT46"), value("TT45")
        if back is not None:
            cycle.return_c = back if cycle.return_c is None else max(cycle.return_c, back)
        if supply is not None:
            cycle.supply_most = supply if cycle.supply_most is None else max(cycle.supply_most, supply)

    def _end(self, cycle: Cycle, result: str, utc_ms: int) -> Note:
        """The board's word counts; but nothing is done that was seen not to be."""
        cycle.ended_utc = max(utc_ms, cycle.began_utc)
        cycle.result = Result(result) if result in tuple(Result) else Result.UNKNOWN
        if cycle.result is Result.DONE and not cycle.gap and cycle.kind is Kind.PASTEURISE:
            cycle.result = Result.DONE if cycle.hot_ms >= 0.95 * 60_000 * _HOT_MIN else Result.UNPROVEN
        self.news = True
        good = cycle.result is Result.DONE and not cycle.open(self.taps)
        return Note(CYCLE, cycle.body(self.taps), alarm=not good)

    def _overdue(self, utc_ms: int) -> list[Note]:
        late = utc_ms > self.due_utc + _LATE_MS
        told, self._warned = self._warned, late
        return [Note(OVERDUE, {"due": self.due_utc}, alarm=True)] if late and not told else []

    def _restore(self, memory: Mapping[str, Any]) -> None:
        try:
            if memory["version"] != _VERSION:
                raise ValueError(f"version {memory['version']} of the hygiene records isn't known")
            self._opened_utc = int(memory["opened"])
            self.cycles = [_cycle(each) for each in memory["cycles"]]
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError(f"these are no hygiene records: {error!r}") from None


def _cycle(data: Mapping[str, Any]) -> Cycle:
    words = {"kind": Kind(data["kind"]), "result": Result(data["result"])}
    return Cycle(**{**data, **words, "flushed": [Flushed(**each) for each in data["flushed"]]})

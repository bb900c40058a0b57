"""One meter that counts, believed with care: it may wrap, jump, go back, be exchanged, or be silent for days.

While it can't be believed an estimate stands in, marked as one. When the same meter is back, what it has counted since
replaces the estimate: the difference is repaid in the hour in which it comes back, so that in the end the books show
what the meter shows. When another meter hangs there, the estimate is all that will ever be known, and stays.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

_GRACE_MS = 60_000
"""A pause that is no longer isn't worth an estimate."""
_LOOK_MS = 10_000
"""A reading that isn't believed is looked at again after this."""
_PROOF = 3
"""So many looks at a counter in a new place make it the place."""
_HOUR_MS = 3_600_000
_SLACK = 2.0
"""Units: what came just before the last reading and just after this one."""


class Event(StrEnum):
    """What became of a meter."""

    WRAPPED = "WRAPPED"
    """It went through its end; counted on."""
    SILENT = "SILENT"
    JUMPED = "JUMPED"
    """Further ahead than it can have come; not believed."""
    WENT_BACK = "WENT_BACK"
    RETURNED = "RETURNED"
    """It goes on where it can be believed; the estimate is replaced."""
    REPLACED = "REPLACED"
    """It counts on from another place: a new meter, or one that was reset. The estimate stays."""


@dataclass(slots=True)
class Memory:
    """What is kept of a meter. last: the last believed reading, at `utc_ms`; owed: what was estimated since; place: a
    reading that isn't believed yet, `proofs` times."""

    last: int | None = None
    utc_ms: int = 0
    owed: float = 0.0
    place: int | None = None
    proofs: int = 0

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> Memory:
        """Of JSON. Raises KeyError, TypeError, ValueError."""
        last, place = data["last"], data["place"]
        return cls(
            None if last is None else int(last),
            int(data["utc_ms"]),
            float(data["owed"]),
            None if place is None else int(place),
            int(data["proofs"]),
        )

    def as_dict(self) -> dict[str, Any]:
        """For the file."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Booked:
    """What one step brings into the books, in the meter's units. amount: all of it, below zero when more is repaid than
    was counted; estimated: the part that is an estimate; repaid: what an older estimate was wrong by."""

    amount: float = 0.0
    estimated: float = 0.0
    repaid: float = 0.0
    event: Event | None = None


_NOTHING = Booked()


class Meter:
    """One meter with a counter of 0..modulus-1 units that counts no more than `most` in an hour."""

    def __init__(self, name: str, modulus: int, most: float, memory: Memory | None = None) -> None:
        self.name = name
        self.modulus = modulus
        self.most = most
        self.memory = memory or Memory()
        self._missing_ms = 0
        self._waiting = 0.0
        """Estimated in a pause that may turn out to be a short one."""
        self._looked_ms = 0
        self._told: Event | None = None

    @property
    def trusted(self) -> bool:
        """The counter is followed; no estimate stands in."""
        return self._told is None

    def step(self, count: int | None, estimate: float, ms: int, utc_ms: int) -> Booked:
        """count: its reading, None while it is silent; estimate: units an hour that it should count; ms: since the last
        step; utc_ms: the wall clock, by which a time without gateway counts too."""
        memory = self.memory
        if count is None:
            return self._missing(Event.SILENT, estimate, ms)
        if memory.last is None:  # the first reading ever: what was estimated before stays
            event = None if self._told is None else Event.REPLACED
            self._follow(count, utc_ms)
            return Booked(event=event)
        ahead = (count - memory.last) % self.modulus
        waited_ms = max(utc_ms - memory.utc_ms, self._missing_ms, 0)
        if ahead <= self._reach(waited_ms):
            return self._believe(count, ahead, utc_ms)
        return self._doubt(count, estimate, ms, utc_ms)

    def _reach(self, ms: int) -> float:
        return self.most * ms / _HOUR_MS + _SLACK

    def _believe(self, count: int, ahead: int, utc_ms: int) -> Booked:
        memory = self.memory
        wrapped = memory.last is not None and count < memory.last
        event = Event.RETURNED if self._told is not None else Event.WRAPPED if wrapped else None
        owed = memory.owed
        self._follow(count, utc_ms)
        return Booked(ahead - owed, 0.0, ahead - owed if owed else 0.0, event)

    def _doubt(self, count: int, estimate: float, ms: int, utc_ms: int) -> Booked:
        """Not where it can be. It is, when it says so again and again."""
        memory = self.memory
        self._looked_ms += ms
        assert memory.last is not None
        kind = Event.WENT_BACK if count < memory.last else Event.JUMPED
        if memory.place is None or (count - memory.place) % self.modulus > self._reach(2 * _LOOK_MS):
            memory.place, memory.proofs, self._looked_ms = count, 1, 0
        elif self._looked_ms >= _LOOK_MS:
            memory.place, memory.proofs, self._looked_ms = count, memory.proofs + 1, 0
            if memory.proofs >= _PROOF:
                booked = self._missing(kind, estimate, ms, at_once=True)
                self._follow(count, utc_ms)
                return Booked(booked.amount, booked.estimated, 0.0, Event.REPLACED)
        return self._missing(kind, estimate, ms, at_once=True)

    def _missing(self, kind: Event, estimate: float, ms: int, *, at_once: bool = False) -> Booked:
        self._missing_ms += ms
        self._waiting += estimate * ms / _HOUR_MS
        if self._missing_ms < _GRACE_MS and not at_once:
            return _NOTHING
        booked, self._waiting = self._waiting, 0.0
        self.memory.owed += booked
        event = None if self._told is kind else kind
        self._told = kind
        return Booked(booked, booked, 0.0, event)

    def _follow(self, count: int, utc_ms: int) -> None:
        self.memory = Memory(count, utc_ms)
        self._missing_ms = 0
        self._waiting = 0.0
        self._told = None

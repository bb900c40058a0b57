"""Access control of a car park: who may pass a lane, and how many vehicles are inside (domain brief §3b).

`judge` is the rule for one read. `CarPark.step` finds what is new in an image of the lanes and answers with actions;
it does no I/O and takes no clock, so a restart, a lost line or a jumping clock are rows of a test.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from typing import Any, Literal

from edge_gateway.control.credentials import Credentials, Right

COUNTER_MODULUS = 1 << 32
_JUMP = 5_000
"""A counter that moved further than this between two looks is another board's or was cleared, not traffic."""


class Role(IntEnum):
    """What a lane is for; the numbers are those of the parameter `lane_role`."""

    ENTRY = 0
    EXIT = 1
    EMERGENCY = 2


class Reason(StrEnum):
    """Why a read was not answered with an opening."""

    FULL = "full"
    NOT_LISTED = "not listed"
    NOT_VALID = "not valid today"
    LOW_CONFIDENCE = "read with too little confidence"
    NOT_INSIDE = "not inside: attendant"


@dataclass(frozen=True, slots=True)
class Rules:
    """The site file's `parking`, in the units of control."""

    capacity: int = 440
    full_at: int = 432
    visitors: bool = False
    unknown_exit: Literal["hold", "open"] = "hold"
    min_confidence: int = 80
    credential_life_ms: int = 15_000


@dataclass(frozen=True, slots=True)
class LaneImage:
    """One lane in one scan. `fresh` says that its values are good now; the others are those of the sheet."""

    role: Role
    fresh: bool
    cred_seq: int = 0
    cred_token: int = 0
    cred_conf: int = 0
    passed: int = 0
    pass_seq: int = 0
    pass_token: int = 0


@dataclass(frozen=True, slots=True)
class Open:
    """Let the waiting vehicle through."""

    lane: str
    token: int


@dataclass(frozen=True, slots=True)
class Deny:
    """Refuse the credential."""

    lane: str
    token: int
    reason: Reason


@dataclass(frozen=True, slots=True)
class Note:
    """Something for the journal."""

    name: str
    lane: str
    body: Mapping[str, Any] = field(default_factory=dict)


Action = Open | Deny | Note


@dataclass(slots=True)
class Memory:
    """What must survive a restart: vehicles inside, their tokens (with the UTC ms of entry), counters last seen."""

    occupancy: int = 0
    inside: dict[int, int] = field(default_factory=dict)
    passed: dict[str, int] = field(default_factory=dict)


def judge(
    role: Role,
    token: int,
    confidence: int,
    occupied: int,
    inside: Mapping[int, int],
    credentials: Credentials,
    rules: Rules,
    utc_ms: int,
) -> Reason | None:
    """Whether a read opens the lane: None, or the reason why not. `occupied` counts those who are on their way in."""
    if confidence < rules.min_confidence or token <= 0:
        return Reason.LOW_CONFIDENCE
    credential = credentials.get(token)
    known = credential is not None and credential.valid(utc_ms)
    right = credential.right if credential is not None and known else None
    if role is Role.EMERGENCY:
        return None if right is Right.EMERGENCY else Reason.NOT_LISTED
    if role is Role.EXIT:
        return None if token in inside or known or rules.unknown_exit == "open" else Reason.NOT_INSIDE
    if not known and not rules.visitors:
        return Reason.NOT_VALID if credential is not None else Reason.NOT_LISTED
    limit = rules.capacity if right in (Right.RESERVED, Right.EMERGENCY) else rules.full_at
    return Reason.FULL if occupied >= limit else None


class CarPark:
    """Finds what is new in the lanes and says what to do about it."""

    def __init__(self, rules: Rules, credentials: Credentials, memory: Memory | None = None) -> None:
        self.rules = rules
        self.credentials = credentials
        self.memory = memory or Memory()
        self.dirty = False
        """Whether `memory` changed since somebody stored it."""
        self._cred_seq: dict[str, int] = {}
        self._pass_seq: dict[str, int] = {}
        self._coming: dict[str, int] = {}
        self._full = self.memory.occupancy >= rules.full_at

    @property
    def coming(self) -> int:
        """Vehicles that were let in and haven't passed yet."""
        return len(self._coming)

    def step(self, lanes: Mapping[str, LaneImage], now: int, utc_ms: int) -> list[Action]:
        """One scan. `now` is monotonic ms. Vehicles are counted before reads are judged."""
        actions: list[Action] = []
        for name, lane in lanes.items():
            if lane.fresh:
                self._count(name, lane, utc_ms, actions)
        self._expire(now)
        for name, lane in lanes.items():
            if lane.fresh:
                self._read(name, lane, now, utc_ms, actions)
        self._tell_full(actions)
        return actions

    def correct(self, occupancy: int) -> Note:
        """A person counted: takes over that number. Raises ValueError outside 0..capacity."""
        if not 0 <= occupancy <= self.rules.capacity:
            raise ValueError(f"the occupancy must be 0 to {self.rules.capacity}, not {occupancy}")
        before, self.memory.occupancy = self.memory.occupancy, occupancy
        self.dirty = True
        return Note("OCCUPANCY_CORRECTED", "", {"from": before, "to": occupancy})

    def refused(self, lane: str) -> None:
        """The board did not take an opening: nobody is on the way in there."""
        self._coming.pop(lane, None)

    def _count(self, name: str, lane: LaneImage, utc_ms: int, actions: list[Action]) -> None:
        """Vehicles that passed since the last look, which may have been before a restart."""
        memory = self.memory
        before = memory.passed.get(name)
        if before != lane.passed:
            memory.passed[name] = lane.passed
            self.dirty = True
        moved = 0 if before is None else (lane.passed - before) % COUNTER_MODULUS
        if moved > _JUMP:
            actions.append(Note("COUNTER_REBASED", name, {"from": before, "to": lane.passed}))
            moved = 0
        token = lane.pass_token if self._pass_seq.get(name) != lane.pass_seq and moved else 0
        self._pass_seq[name] = lane.pass_seq
        if not moved:
            return
        self._coming.pop(name, None)
        if lane.role is Role.ENTRY:
            memory.occupancy += moved
            if token:
                memory.inside[token] = utc_ms
                self._trim()
        elif lane.role is Role.EXIT:
            if moved > memory.occupancy:
                actions.append(Note("OCCUPANCY_BELOW_ZERO", name, {"by": moved - memory.occupancy}))
            memory.occupancy = max(0, memory.occupancy - moved)
            memory.inside.pop(token, None)
        body = {"count": moved, "occupancy": memory.occupancy}
        actions.append(Note(f"VEHICLE_{lane.role.name}", name, {**body, "token": token} if token else body))

    def _read(self, name: str, lane: LaneImage, now: int, utc_ms: int, actions: list[Action]) -> None:
        """A read that is new. What stood there when the lane was first seen is history: the reader asks again."""
        before = self._cred_seq.get(name)
        self._cred_seq[name] = lane.cred_seq
        if before is None or before == lane.cred_seq:
            return
        memory = self.memory
        occupied = memory.occupancy + len(self._coming) - (name in self._coming)
        reason = judge(
            lane.role,
            lane.cred_token,
            lane.cred_conf,
            occupied,
            memory.inside,
            self.credentials,
            self.rules,
            utc_ms,
        )
        if reason is not None:
            actions.append(Deny(name, lane.cred_token, reason))
            return
        if lane.role is Role.ENTRY:
            self._coming[name] = now + self.rules.credential_life_ms
        actions.append(Open(name, lane.cred_token))

    def _expire(self, now: int) -> None:
        for name in [name for name, until in self._coming.items() if now > until]:
            del self._coming[name]

    def _trim(self) -> None:
        """Misread plates at the exit leave tokens behind: the oldest go, so that the list can't grow for ever."""
        while len(self.memory.inside) > 4 * self.rules.capacity:
            del self.memory.inside[next(iter(self.memory.inside))]

    def _tell_full(self, actions: list[Action]) -> None:
        full = self.memory.occupancy >= self.rules.full_at
        if full != self._full:
            self._full = full
            actions.append(Note("PARK_FULL" if full else "PARK_FREE", "", {"occupancy": self.memory.occupancy}))

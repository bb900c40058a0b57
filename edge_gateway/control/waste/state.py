"""What the sequence remembers: enough to go on, or to clear the pipe, after a restart anywhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from edge_gateway.control.waste.accounting import Books
from edge_gateway.control.waste.plain import plain

VERSION = 1


class State(StrEnum):
    """States of the sequence, as the domain brief §1b names them."""

    IDLE = "IDLE"
    PRECHECK = "PRECHECK"
    DIVERT = "DIVERT"
    START = "START"
    VACUUM = "VACUUM"
    AIRFLOW = "AIRFLOW"
    DISCHARGE = "DISCHARGE"
    SPACING = "SPACING"
    PURGE = "PURGE"
    CLEAR = "CLEAR"
    STOP = "STOP"
    BLOCKED = "BLOCKED"
    CNT_CHANGE = "CNT_CHANGE"
    TRIPPED = "TRIPPED"
    MAINT = "MAINT"


RUNNING = frozenset(
    {State.PRECHECK, State.DIVERT, State.START, State.VACUUM, State.AIRFLOW, State.DISCHARGE, State.SPACING}
    | {State.PURGE, State.CLEAR, State.STOP, State.BLOCKED}
)
CONVEYING = frozenset({State.AIRFLOW, State.DISCHARGE, State.SPACING, State.PURGE, State.CLEAR, State.BLOCKED})


@dataclass(slots=True)
class Leg:
    """Chutes of one fraction on one branch, in the order in which they are emptied. Without any it only clears."""

    fraction: int
    branch: int
    chutes: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Run:
    """One run of the fans, from PRECHECK to IDLE, and what it has brought so far."""

    number: int
    why: str
    legs: list[Leg]
    by: str = "schedule"
    night: bool = False
    began_utc: int = 0
    kwh: float = 0.0
    kg_weighed: float = 0.0
    pulses: int = 0
    blockages: int = 0
    landing_s: list[float] = field(default_factory=list)
    fractions: dict[str, float] = field(default_factory=dict)
    """Weighed kg by fraction."""
    filter_kpa: float | None = None
    """Highest pressure drop of the filter."""
    skipped: dict[str, str] = field(default_factory=dict)
    """Chutes that were passed over, and why."""
    tries: int = 0
    """Pulses of the chute that comes first now."""

    @property
    def chutes(self) -> int:
        """How many are still to be emptied."""
        return sum(len(leg.chutes) for leg in self.legs)


@dataclass(slots=True)
class ChuteMemory:
    """What is remembered of one chute. Times are UTC ms, 0 for never."""

    emptied: int = 0
    full_since: int = 0
    high_since: int = 0
    pulses: int | None = None
    """The board's count when it was last read."""
    deposits: int | None = None
    held_until: int = 0
    held_why: str = ""


@dataclass(slots=True)
class Memory:
    """Everything that must survive."""

    state: State = State.IDLE
    run: Run | None = None
    runs: int = 0
    chutes: dict[str, ChuteMemory] = field(default_factory=dict)
    books: Books = field(default_factory=Books)
    token: int = 0
    holder: str = ""
    """Chute to which an order was given whose end isn't known."""
    scales: dict[int, float] = field(default_factory=dict)
    """Container weights (kg) up to which the books are settled."""
    tripped: str = ""
    section: str = ""
    """Where the pipe is blocked."""
    paused: bool = False
    """After a trip nothing starts by itself until a person says so."""
    unwatched: bool = False
    """A run was under way when the station was last heard, by this life of the gateway or by the one before."""
    shakes: int = 0
    change: int = 0
    """Container that is being changed."""
    change_step: int = 0
    change_level: float = 0.0
    """Its level in % when the change was asked for."""
    clear_at: int = 0
    """UTC ms before which clearing the pipe isn't tried again."""

    def chute(self, name: str) -> ChuteMemory:
        """What is remembered of a chute."""
        return self.chutes.setdefault(name, ChuteMemory())

    @property
    def leg(self) -> Leg | None:
        """Where the run is."""
        return self.run.legs[0] if self.run is not None and self.run.legs else None

    def as_dict(self) -> dict[str, Any]:
        """For the file."""
        return {"version": VERSION, **plain(self)}

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> Memory:
        """The reverse of `as_dict`, of JSON. Raises ValueError when it isn't one of ours."""
        try:
            if data["version"] != VERSION:
                raise ValueError(f"version {data['version']} of the waste memory isn't known")
            run = data["run"]
            return cls(
                state=State(data["state"]),
                run=None if run is None else Run(**{**run, "legs": [Leg(**leg) for leg in run["legs"]]}),
                runs=int(data["runs"]),
                chutes={name: ChuteMemory(**chute) for name, chute in data["chutes"].items()},
                books=Books.of(data["books"]),
                token=int(data["token"]),
                holder=str(data["holder"]),
                scales={int(number): float(kg) for number, kg in data["scales"].items()},
                tripped=str(data["tripped"]),
                section=str(data["section"]),
                paused=bool(data["paused"]),
                unwatched=bool(data.get("unwatched", False)),
                shakes=int(data["shakes"]),
                change=int(data["change"]),
                change_step=int(data["change_step"]),
                change_level=float(data["change_level"]),
                clear_at=int(data["clear_at"]),
            )
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError(f"this is no waste memory: {error!r}") from None

"""When is what collected, and why: LSHH at once, LSH in batches, every chute once in 24 h (perishable 12 h).

Energy hints may be absent, curfew (cause P14) leaves chutes that are full only. `plan` explains every chute, whether it
runs or not.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import IntEnum

from edge_gateway.control.waste.image import Image
from edge_gateway.control.waste.plant import Chute, Fraction, Plant
from edge_gateway.control.waste.state import Leg, Memory

MINUTE_MS = 60_000
HOUR_MS = 60 * MINUTE_MS
DAY_MS = 24 * HOUR_MS


@dataclass(frozen=True, slots=True)
class Times:
    """Figures of the schedule. curfew: minutes of the local day; equal ends mean that there is none."""

    batch: int = 6
    batch_early: int = 3
    """With energy to spare a smaller batch is worth a run."""
    take_along: float = 0.2
    """A chute that holds so much of its capacity goes along when its branch is emptied anyway."""
    leg_worth: float = 0.6
    """A batch empties those branches whose chutes of a fraction are filled so far in the mean; the others wait, for a
    purge costs the same for one charge and for ten."""
    daily_ms: int = 24 * HOUR_MS
    perishable_ms: int = 12 * HOUR_MS
    lead_ms: int = HOUR_MS
    """So long before the curfew, what would fall due in it is emptied."""
    curfew_from: int = 22 * 60
    curfew_to: int = 6 * 60
    full_limit_ms: int = 30 * MINUTE_MS

    def due_ms(self, fraction: Fraction) -> int:
        """Longest time between two emptyings."""
        return self.perishable_ms if fraction is Fraction.PERISHABLE else self.daily_ms

    def in_curfew(self, minute: int) -> bool:
        """Whether that minute of the local day is in the curfew."""
        if self.curfew_from <= self.curfew_to:
            return self.curfew_from <= minute < self.curfew_to
        return minute >= self.curfew_from or minute < self.curfew_to

    def until_curfew(self, minute: int) -> int:
        """Minutes until it begins; 0 while it lasts."""
        return 0 if self.in_curfew(minute) else (self.curfew_from - minute) % (24 * 60)

    def until_day(self, minute: int) -> int:
        """Minutes until it ends; 0 outside of it."""
        return (self.curfew_to - minute) % (24 * 60) if self.in_curfew(minute) else 0

    @property
    def night_ms(self) -> int:
        """How long the curfew lasts."""
        return (self.curfew_to - self.curfew_from) % (24 * 60) * MINUTE_MS


@dataclass(frozen=True, slots=True)
class Hints:
    """What the power plant says; all of it may be absent (domain brief §5). `why` is for people."""

    surplus: bool = False
    """Start due batches early."""
    defer: bool = False
    """Only what can't wait."""
    forbid: bool = False
    """Fans are not started at all."""
    why: str = ""


@dataclass(frozen=True, slots=True)
class When:
    """The time for which is planned: UTC ms, and the minute of the local day."""

    utc_ms: int
    minute: int


class Rank(IntEnum):
    """How urgent a chute is; a lower number comes first."""

    FULL = 0
    OVERDUE = 1
    BATCH = 2
    ALONG = 3
    WAITS = 4
    CANNOT = 5


@dataclass(frozen=True, slots=True)
class Entry:
    """One chute in the plan: at_utc is when it would be emptied (0: nobody knows), and why."""

    chute: Chute
    rank: Rank
    why: str
    at_utc: int = 0
    goes: bool = False
    """Goes along in a leg that another chute needs."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What would run now (legs empty: nothing), and every chute with its reason. why: of the run, or of there being
    none."""

    why: str
    legs: tuple[Leg, ...] = ()
    entries: tuple[Entry, ...] = ()
    night: bool = False
    at_utc: int = 0

    @property
    def due(self) -> bool:
        """Whether a run should start now."""
        return bool(self.legs)


@dataclass(slots=True)
class _Count:
    full: int = 0
    overdue: int = 0
    high: int = 0
    entries: list[Entry] = field(default_factory=list)


def plan(plant: Plant, times: Times, image: Image, memory: Memory, when: When, hints: Hints | None = None) -> Plan:
    """What should be collected now, when the rest would be, and why."""
    night = times.in_curfew(when.minute)
    count = _Count()
    for chute in plant.chutes:
        entry = _judge(plant, times, image, memory, when, chute)
        count.full += entry.rank is Rank.FULL
        count.overdue += entry.rank is Rank.OVERDUE
        count.high += entry.rank is Rank.BATCH
        count.entries.append(entry)
    why, least = _reason(times, count, night, hints)
    entries = count.entries if least is None or night else _along(plant, times, memory, count.entries, least)
    entries = sorted(entries, key=lambda entry: (entry.rank, entry.at_utc, entry.chute.name))
    if least is None:
        return Plan(why, (), tuple(entries), night, _next(times, entries, when))
    last = least if night else Rank.ALONG
    chosen = [entry.chute for entry in entries if entry.rank <= last and (entry.rank <= Rank.OVERDUE or entry.goes)]
    if not chosen:
        return Plan(f"{why}; no branch is worth its purge yet", (), tuple(entries), night, _next(times, entries, when))
    return Plan(why, tuple(legs(plant, chosen)), tuple(entries), night, when.utc_ms)


def _along(plant: Plant, times: Times, memory: Memory, entries: list[Entry], least: Rank) -> list[Entry]:
    """A leg costs its purge, whether one chute is emptied in it or all: what is worth a pulse goes along in the legs
    that are needed, and no other leg is opened for it."""
    needed = {
        (entry.chute.fraction, entry.chute.branch): entry.chute
        for entry in entries
        if entry.rank <= least and (entry.rank < Rank.BATCH or _fill(plant, memory, entry.chute) >= times.leg_worth)
    }
    made = []
    for entry in entries:
        cause = needed.get((entry.chute.fraction, entry.chute.branch))
        worth = memory.books.held(entry.chute.name) >= times.take_along * plant.capacity_g
        if entry.rank is Rank.BATCH and cause is None and least is Rank.BATCH:
            made.append(
                replace(entry, rank=Rank.WAITS, why=f"{entry.why}; branch {entry.chute.branch} is not worth it yet")
            )
        elif cause is not None and Rank.OVERDUE < entry.rank < Rank.CANNOT and (worth or entry.rank is Rank.BATCH):
            why = f"{entry.why}; goes along with {cause.name}"
            made.append(Entry(entry.chute, Rank.ALONG, why, entry.at_utc, goes=True))
        else:
            made.append(entry)
    return made


def _fill(plant: Plant, memory: Memory, chute: Chute) -> float:
    """Mean filling of the chutes of one leg, 0 to 1."""
    same = [c for c in plant.chutes if c.branch == chute.branch and c.fraction is chute.fraction]
    return sum(memory.books.held(c.name) for c in same) / (len(same) * plant.capacity_g)


def legs(plant: Plant, chutes: list[Chute]) -> list[Leg]:
    """Chutes as legs: by fraction in the order in which they come, within it by branch, near to far."""
    made = []
    for fraction in dict.fromkeys(chute.fraction for chute in chutes):
        same = [chute for chute in chutes if chute.fraction is fraction]
        for branch in sorted({chute.branch for chute in same}):
            names = [chute.name for chute in plant.ordered(c for c in same if c.branch == branch)]
            made.append(Leg(int(fraction), branch, names))
    return made


def _reason(times: Times, count: _Count, night: bool, hints: Hints | None) -> tuple[str, Rank | None]:
    """Why a run starts and which rank makes a leg needed; None when there is no run."""
    hints = hints or Hints()
    told = f" ({hints.why})" if hints.why else ""
    if hints.forbid:
        return f"the power plant forbids to start fans{told}", None
    if night and count.full:
        return _many(count.full, "chute is full", "chutes are full"), Rank.FULL
    if night:
        return "curfew: only full chutes are emptied", None
    batch = times.batch_early if hints.surplus else times.batch
    met = count.high + count.full >= batch and not hints.defer
    least = Rank.BATCH if met else Rank.OVERDUE
    if count.full:
        return _many(count.full, "chute is full", "chutes are full"), least
    if count.overdue:
        return _many(count.overdue, "chute is due by time", "chutes are due by time"), least
    if met:
        surplus = f", energy to spare{told}" if hints.surplus else ""
        return f"{count.high} chutes above 60 %, a batch is {batch}{surplus}", least
    if count.high >= batch:
        return f"{count.high} chutes above 60 % wait for energy{told}", None
    return f"{count.high} of {batch} chutes of a batch are above 60 %", None


def _judge(plant: Plant, times: Times, image: Image, memory: Memory, when: When, chute: Chute) -> Entry:
    valve, known = image.valve(chute.name), memory.chute(chute.name)
    obstacle = unavailable(image, memory, when.utc_ms, chute)
    if obstacle:
        return Entry(chute, Rank.CANNOT, obstacle)
    if valve.full:
        since = _ago(when.utc_ms - (known.full_since or when.utc_ms))
        return Entry(chute, Rank.FULL, f"full for {since}", when.utc_ms)
    held = memory.books.held(chute.name)
    share = held / plant.capacity_g
    due = known.emptied + times.due_ms(chute.fraction) if known.emptied else 0
    if held > 0 and due and due <= when.utc_ms + _hurry_ms(times, when):
        hours = times.due_ms(chute.fraction) // HOUR_MS
        late = when.utc_ms >= due
        why = f"not emptied for {hours} h" if late else f"{hours} h are over in the curfew"
        return Entry(chute, Rank.OVERDUE, why, when.utc_ms)
    if valve.high:
        since = _ago(when.utc_ms - (known.high_since or when.utc_ms))
        return Entry(chute, Rank.BATCH, f"above 60 % for {since}", due)
    return Entry(chute, Rank.WAITS, f"holds about {share:.0%}" if held else "empty", due if held else 0)


def unavailable(image: Image, memory: Memory, utc_ms: int, chute: Chute) -> str:
    """Why a chute can't be emptied now; empty when it can."""
    valve, known = image.valve(chute.name), memory.chute(chute.name)
    if valve.refusal:
        return valve.refusal
    if not valve.fresh:
        return f"board {chute.inlet} is silent"
    if valve.contradicts:
        return "BOTH_SWITCHES: its switches say open and shut"
    if valve.fault:
        return f"{valve.fault}: inspect and reset board {chute.inlet}"
    if valve.hatch:
        return "hatch is open"
    if utc_ms < known.held_until:
        return f"{known.held_why}; again in {_ago(known.held_until - utc_ms)}"
    return ""


def _hurry_ms(times: Times, when: When) -> int:
    """In the last hour before the curfew, what would fall due in it is due now."""
    left = times.until_curfew(when.minute) * MINUTE_MS
    return left + times.night_ms if 0 < left <= times.lead_ms and times.night_ms else 0


def _next(times: Times, entries: list[Entry], when: When) -> int:
    """When the next run is due by time alone (UTC ms); 0 when nothing is."""
    dues = [entry.at_utc for entry in entries if entry.at_utc and entry.rank < Rank.CANNOT]
    if not dues:
        return 0
    return max(min(dues), when.utc_ms + times.until_day(when.minute) * MINUTE_MS)


def _many(count: int, one: str, many: str) -> str:
    return f"{count} {one if count == 1 else many}"


def _ago(ms: int) -> str:
    minutes = max(0, ms) // MINUTE_MS
    return f"{minutes} min" if minutes < 120 else f"{minutes // 60} h"

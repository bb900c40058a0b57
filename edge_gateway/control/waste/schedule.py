"""When is what collected, and why: LSHH at once, LSH in batches, every chute once in 24 h (perishable 12 h).

Energy hints may be absent, curfew (cause P14) leaves chutes that are full only. `plan` explains every chute, whether it
runs or not.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import IntEnum

from edge_gateway.control.waste.image import Image
from edge_gateway.control.waste.plant import Chute, Fraction, Plant
from edge_gateway.control.waste.state import Leg, Memory

MINUTE_MS = 60_000
HOUR_MS = 60 * MINUTE_MS
HATCH_OPEN = "hatch is open"


@dataclass(frozen=True, slots=True)
class Times:
    """Figures of the schedule. curfew: minutes of the local day; equal ends mean that there is none."""

    batch: int = 6
    batch_early: int = 3
    """With energy to spare a smaller batch is worth a run."""
    take_along: float = 0.3
    """A chute that holds so much of its capacity goes along when its branch is emptied anyway."""
    leg_worth: float = 0.7
    """A batch is for those branches whose chutes of a fraction are filled so far in the mean; the others wait."""
    gather_ms: int = 4 * HOUR_MS
    """What is due by time takes along what would be due so soon after."""
    daily_ms: int = 24 * HOUR_MS
    perishable_ms: int = 12 * HOUR_MS
    lead_ms: int = 20 * MINUTE_MS
    """So long before it falls due a chute is due: a run takes its time, and another may be under way. So long before
    the curfew, so is what would fall due in it ..."""
    evening: float = 0.88
    """... or be full in it: it holds so much of its capacity."""
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


def plan(plant: Plant, times: Times, image: Image, memory: Memory, when: When, hints: Hints | None = None) -> Plan:
    """What should be collected now, when the rest would be, and why."""
    night = times.in_curfew(when.minute)
    entries = [_judge(plant, times, image, memory, when, chute) for chute in plant.chutes]
    if night:
        entries = [_waits_for_day(plant, times, when, entry) for entry in entries]
    worthy = _worthy(plant, times, memory)
    why, due = _reason(times, entries, worthy, night, hints or Hints())
    if due and not night:
        entries = _gather(plant, times, memory, when, entries, worthy)
    entries.sort(key=lambda entry: (entry.rank, entry.at_utc, entry.chute.name))
    if not due:
        return Plan(why, (), tuple(entries), night, _next(times, entries, when))
    last = Rank.FULL if night else Rank.ALONG
    chosen = [entry.chute for entry in entries if entry.rank <= last and entry.rank is not Rank.BATCH]
    return Plan(why, tuple(legs(plant, chosen)), tuple(entries), night, when.utc_ms)


_Leg = tuple[Fraction, int]


def _leg(chute: Chute) -> _Leg:
    return chute.fraction, chute.branch


def _worthy(plant: Plant, times: Times, memory: Memory) -> set[_Leg]:
    """Legs that are filled so far that their purge pays: it costs the same for one charge and for ten."""
    chutes: dict[_Leg, list[int]] = {}
    for chute in plant.chutes:
        chutes.setdefault(_leg(chute), []).append(memory.books.held(chute.name))
    least = times.leg_worth * plant.capacity_g
    return {leg for leg, held in chutes.items() if sum(held) >= least * len(held)}


def _reason(times: Times, entries: list[Entry], worthy: set[_Leg], night: bool, hints: Hints) -> tuple[str, bool]:
    """Whether a run is due, and why or why not."""
    told = f" ({hints.why})" if hints.why else ""
    full = sum(entry.rank is Rank.FULL for entry in entries)
    overdue = sum(entry.rank is Rank.OVERDUE for entry in entries)
    high = [entry for entry in entries if entry.rank in (Rank.FULL, Rank.BATCH)]
    ripe = sum(_leg(entry.chute) in worthy for entry in high)
    if hints.forbid:
        return f"the power plant forbids to start fans{told}", False
    if full:
        return _many(full, "chute is full", "chutes are full"), True
    if night:
        return "curfew: only full chutes are emptied", False
    if overdue:
        return _many(overdue, "chute is due by time", "chutes are due by time"), True
    batch = times.batch_early if hints.surplus else times.batch
    if ripe < batch:
        where = f", {ripe} of them on branches that are worth a purge" if high else ""
        return f"{len(high)} chutes are above 60 %{where}; a batch is {batch}", False
    if hints.defer:
        return f"{ripe} chutes above 60 % wait for energy{told}", False
    surplus = f", energy to spare{told}" if hints.surplus else ""
    return f"{ripe} chutes are above 60 %, a batch is {batch}{surplus}", True


def _gather(
    plant: Plant, times: Times, memory: Memory, when: When, entries: list[Entry], worthy: set[_Leg]
) -> list[Entry]:
    """A run is due: on branches that it goes to, or that are worth it, it takes along whatever is worth a pulse; and of
    a fraction that is due by time, what would be due soon."""
    must = [entry for entry in entries if entry.rank <= Rank.OVERDUE]
    due = {entry.chute.fraction for entry in must if entry.rank is Rank.OVERDUE}
    soon = when.utc_ms + times.gather_ms
    goes = {_leg(entry.chute) for entry in must} | worthy
    goes |= {
        _leg(e.chute) for e in entries if e.chute.fraction in due and 0 < e.at_utc <= soon and e.rank < Rank.CANNOT
    }
    made = []
    for entry in entries:
        chute = entry.chute
        pays = memory.books.held(chute.name) >= times.take_along * plant.capacity_g
        pressing = chute.fraction in due and 0 < entry.at_utc <= soon
        if Rank.OVERDUE < entry.rank < Rank.CANNOT and _leg(chute) in goes and (pays or pressing):
            entry = replace(entry, rank=Rank.ALONG, why=f"{entry.why}; goes along on branch {chute.branch}")
        made.append(entry)
    return made


def legs(plant: Plant, chutes: list[Chute]) -> list[Leg]:
    """Chutes as legs: by fraction in the order in which they come, within it by branch, near to far."""
    made = []
    for fraction in dict.fromkeys(chute.fraction for chute in chutes):
        same = [chute for chute in chutes if chute.fraction is fraction]
        for branch in sorted({chute.branch for chute in same}):
            names = [chute.name for chute in plant.ordered(c for c in same if c.branch == branch)]
            made.append(Leg(int(fraction), branch, names))
    return made


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
    night_ms = _night_ms(times, when)
    if held > 0 and due and due <= when.utc_ms + max(times.lead_ms, night_ms):
        hours, left = times.due_ms(chute.fraction) // HOUR_MS, due - when.utc_ms
        when_over = "in the curfew" if left > times.lead_ms else f"in {_ago(left)}"
        why = f"not emptied for {hours} h" if left <= 0 else f"{hours} h are over {when_over}"
        return Entry(chute, Rank.OVERDUE, why, when.utc_ms)
    if night_ms and valve.high and share >= times.evening:
        return Entry(chute, Rank.OVERDUE, f"holds about {share:.0%}: would be full in the curfew", when.utc_ms)
    if valve.high:
        since = _ago(when.utc_ms - (known.high_since or when.utc_ms))
        return Entry(chute, Rank.BATCH, f"above 60 % for {since}", due)
    return Entry(chute, Rank.WAITS, f"holds about {share:.0%}" if held else "empty", due if held else 0)


def _waits_for_day(plant: Plant, times: Times, when: When, entry: Entry) -> Entry:
    """At night: a branch that is too long for fans at 70 % is left alone."""
    branch = entry.chute.branch
    if entry.rank is Rank.CANNOT or plant.branch[branch].quiet:
        return entry
    day = when.utc_ms + times.until_day(when.minute) * MINUTE_MS
    why = f"{entry.why}; branch {branch} waits for the day: fans at 70 % are too slow for it"
    return replace(entry, rank=Rank.WAITS, why=why, at_utc=max(day, entry.at_utc) if entry.at_utc else 0)


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
        return HATCH_OPEN
    if utc_ms < known.held_until:
        return f"{known.held_why}; again in {_ago(known.held_until - utc_ms)}"
    return ""


def _night_ms(times: Times, when: When) -> int:
    """Shortly before the curfew: until its end. 0 at other times."""
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

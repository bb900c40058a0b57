"""What is collected when, and the words that explain it."""

from __future__ import annotations

from edge_gateway.control.waste.image import Image, Station, Valve, Valves
from edge_gateway.control.waste.plant import Branch, Chute, Fraction, Plant
from edge_gateway.control.waste.schedule import HOUR_MS, MINUTE_MS, Hints, Plan, Rank, Times, When, plan
from edge_gateway.control.waste.state import Memory

UTC = 1_767_225_600_000
DAY = 12 * 60
NIGHT = 23 * 60
CHUTES = tuple(Chute(f"inlet{n:02d}", 1 + f, Fraction(f), (n + 3) // 4, 100 * n) for n in range(1, 9) for f in range(3))
PLANT = Plant(CHUTES, (Branch(1, 500, 50), Branch(2, 900, 400)))


def judged(
    levels: dict[str, str],
    minute: int = DAY,
    hints: Hints | None = None,
    held_kg: dict[str, float] | None = None,
    emptied_h: dict[str, float] | None = None,
    wrong: dict[str, Valve] | None = None,
    plant: Plant = PLANT,
) -> Plan:
    """levels: `high` or `full` by chute; held_kg fills the others' books; emptied_h: hours ago (2 for the rest)."""
    memory, valves = Memory(), {}
    for chute in CHUTES:
        level = levels.get(chute.name, "")
        valves[chute.name] = Valve(True, closed=True, high=bool(level), full=level == "full")
        kg = {"": 0.0, "high": 60.0, "full": 80.0}[level]
        memory.books.level(chute, round(1000 * (held_kg or {}).get(chute.name, kg)))
        known = memory.chute(chute.name)
        known.emptied = UTC - round(HOUR_MS * (emptied_h or {}).get(chute.name, 2))
        known.high_since = UTC - 10 * MINUTE_MS if level else 0
        known.full_since = UTC - 3 * MINUTE_MS if level == "full" else 0
    valves |= wrong or {}
    return plan(plant, Times(), Image(Valves(valves), Station(fresh=True)), memory, When(UTC, minute), hints)


def names(made: Plan) -> list[list[str]]:
    return [leg.chutes for leg in made.legs]


def why(made: Plan, chute: str) -> str:
    return next(entry.why for entry in made.entries if entry.chute.name == chute)


OTHERS = {f"inlet{n:02d}.2": "high" for n in range(1, 8)}


def test_a_full_chute_runs_at_once_and_takes_along_what_pays_on_its_branch() -> None:
    made = judged({"inlet03.2": "full"}, held_kg={"inlet03.2": 80, "inlet01.2": 30, "inlet02.2": 5, "inlet06.2": 30})
    assert made.why == "1 chute is full" and names(made) == [["inlet01.2", "inlet03.2"]]
    assert why(made, "inlet03.2") == "full for 3 min"
    assert why(made, "inlet01.2") == "holds about 38%; goes along on branch 1"


def test_at_night_only_the_full_one() -> None:
    made = judged({**OTHERS, "inlet03.2": "full"}, minute=NIGHT)
    assert names(made) == [["inlet03.2"]] and made.night
    quiet = judged(OTHERS, minute=NIGHT)
    assert not quiet.due and quiet.why == "curfew: only full chutes are emptied"
    assert quiet.at_utc == UTC + 22 * HOUR_MS, "they are due by time then"


def test_a_batch_of_six_runs_near_to_far_and_five_wait() -> None:
    made = judged(OTHERS, held_kg={"inlet08.2": 50})
    assert made.why == "7 chutes are above 60 %, a batch is 6"
    assert names(made) == [[f"inlet0{n}.2" for n in range(1, 5)], [f"inlet0{n}.2" for n in range(5, 9)]]
    made = judged(dict(list(OTHERS.items())[:5]))
    assert not made.due
    assert made.why == "5 chutes are above 60 %, 4 of them on branches that are worth a purge; a batch is 6"


def test_a_batch_waits_for_branches_that_are_worth_their_purge() -> None:
    scattered = {f"inlet0{n}.{v}": "high" for n in (1, 5) for v in (1, 2, 3)}
    made = judged(scattered)
    assert not made.due and "0 of them on branches that are worth a purge" in made.why


def test_every_chute_once_a_day_and_perishable_twice() -> None:
    held = {"inlet01.1": 10.0, "inlet02.1": 10.0, "inlet01.2": 10.0}
    made = judged({}, held_kg=held, emptied_h={"inlet01.1": 12, "inlet02.1": 10.5, "inlet01.2": 23})
    assert made.why == "1 chute is due by time"
    assert names(made) == [["inlet01.1", "inlet02.1"]], "what is due soon after goes along"
    assert why(made, "inlet01.1") == "not emptied for 12 h"
    assert not judged({}, emptied_h={"inlet01.1": 30}).due, "an empty chute is not"
    assert names(judged({}, held_kg=held, emptied_h={"inlet01.2": 24})) == [["inlet01.2"]]


def test_what_would_fall_due_in_the_curfew_is_emptied_before_it() -> None:
    held, emptied = {"inlet01.1": 10.0}, {"inlet01.1": 6.0}
    assert not judged({}, 21 * 60 + 30, held_kg=held, emptied_h=emptied).due
    made = judged({}, 21 * 60 + 45, held_kg=held, emptied_h=emptied)
    assert names(made) == [["inlet01.1"]] and why(made, "inlet01.1") == "12 h are over in the curfew"


def test_a_deadline_is_met_with_what_a_run_takes() -> None:
    held = {"inlet01.1": 10.0}
    assert not judged({}, held_kg=held, emptied_h={"inlet01.1": 11.6}).due
    made = judged({}, held_kg=held, emptied_h={"inlet01.1": 11.7})
    assert names(made) == [["inlet01.1"]] and why(made, "inlet01.1") == "12 h are over in 18 min"


def test_what_would_be_full_in_the_curfew_is_emptied_before_it() -> None:
    nearly, sound = {"inlet03.2": 72.0}, {"inlet03.2": 60.0}
    high = {"inlet03.2": "high"}
    assert not judged(high, 21 * 60 + 30, held_kg=nearly).due and not judged(high, 21 * 60 + 45, held_kg=sound).due
    made = judged(high, 21 * 60 + 45, held_kg=nearly)
    assert names(made) == [["inlet03.2"]]
    assert why(made, "inlet03.2") == "holds about 90%: would be full in the curfew"


def test_at_night_a_branch_that_is_not_quiet_waits_for_the_day() -> None:
    both = {"inlet03.2": "full", "inlet06.2": "full"}
    far = Plant(CHUTES, (Branch(1, 500, 50), Branch(2, 900, 400, quiet=False)))
    made = judged(both, minute=NIGHT, plant=far)
    assert names(made) == [["inlet03.2"]]
    assert "branch 2 waits for the day" in why(made, "inlet06.2")
    assert len(judged(both, plant=far).legs) == 2, "by day it runs"


def test_energy_hints_move_batches_and_never_full_chutes() -> None:
    three = {f"inlet0{n}.2": "high" for n in range(1, 5)}
    assert not judged(three).due
    assert judged(three, hints=Hints(surplus=True, why="PV surplus 80 kW")).why == (
        "4 chutes are above 60 %, a batch is 3, energy to spare (PV surplus 80 kW)"
    )
    deferred = judged(OTHERS, held_kg={"inlet08.2": 50}, hints=Hints(defer=True, why="transformer 85 %"))
    assert not deferred.due and deferred.why == "7 chutes above 60 % wait for energy (transformer 85 %)"
    assert judged({"inlet01.2": "full"}, hints=Hints(defer=True)).due
    forbidden = judged({"inlet01.2": "full"}, hints=Hints(forbid=True, why="transformer 103 %"))
    assert not forbidden.due and forbidden.why == "the power plant forbids to start fans (transformer 103 %)"


def test_what_can_not_be_emptied_is_named_and_does_not_start_a_run() -> None:
    wrong = {
        "inlet01.2": Valve(),
        "inlet02.2": Valve(True, closed=True, full=True, fault="NOT_OPEN"),
        "inlet03.2": Valve(True, closed=True, full=True, hatch=True),
        "inlet04.2": Valve(True, closed=True, open=True, full=True),
        "inlet05.2": Valve(True, closed=True, full=True, refusal="inlet05 runs other parameters than the site file"),
    }
    made = judged({}, wrong=wrong)
    assert not made.due
    assert {e.chute.name: e.why for e in made.entries if e.rank is Rank.CANNOT} == {
        "inlet01.2": "board inlet01 is silent",
        "inlet02.2": "NOT_OPEN: inspect and reset board inlet02",
        "inlet03.2": "hatch is open",
        "inlet04.2": "BOTH_SWITCHES: its switches say open and shut",
        "inlet05.2": "inlet05 runs other parameters than the site file",
    }

"""The step test of `edgectl heat tune`: what it does to a loop, what it says, and everything that ends it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from edge_gateway.control.heat.loop_model import Process
from edge_gateway.control.heat.loop_seen import Mode
from edge_gateway.control.heat.loops import TESTS, Way
from edge_gateway.control.heat.rule import Pi
from edge_gateway.control.heat.tune import STATES, VALID_S, Phase, Tuner
from protocols.sheets.heat_loop import SHEET
from protocols.sheets.heat_points import LOOP_NAMES
from tests.edge_gateway.control.heat.bench import Bench, Board

HEATING = TESTS["heating"]
V301 = Process(0.4, 20.0, 5.0)


def heating(step: float | None = None) -> Bench:
    return Bench(HEATING, Board(V301, Pi(2.0, 25.0), set_point=42.0, output=45.0), step)


def test_a_whole_test_names_the_process_and_suggests() -> None:
    bench = heating()
    bench.run(HEATING.longest_s)
    assert bench.tuner.phase is Phase.DONE, bench.tuner.why
    told = bench.tuner.as_dict(bench.now)["result"]
    assert told["model"]["gain"] == pytest.approx(0.4, rel=0.05)
    assert told["model"]["lag_s"] == pytest.approx(20.0, rel=0.1)
    assert told["model"]["dead_s"] == pytest.approx(5.0, abs=1.5)
    suggested = told["suggestion"]["suggested"]
    assert suggested["kp"] == pytest.approx(3.85, rel=0.15)
    assert suggested["ti_s"] == pytest.approx(20.0, rel=0.1)
    assert told["words"] == {"mix_kp": round(100 * suggested["kp"]), "mix_ti": round(10 * suggested["ti_s"])}
    assert told["suggestion"]["in_force"]["kp"] == 2.0
    assert [note.name for note in bench.notes] == ["HEAT_TUNE_STEP", "HEAT_TUNE_DONE"]
    assert bench.notes[0].body["by"] == "operator"


def test_it_steps_up_and_back_and_gives_the_loop_back_where_it_was() -> None:
    bench = heating()
    bench.run(HEATING.longest_s)
    board = bench.board
    assert (board.mode, bench.tuner.wanted) == (Mode.AUTO, None)
    assert max(board.outputs) - 45.0 == pytest.approx(HEATING.step, abs=1.0)
    assert max(board.values) - 42.0 <= HEATING.move
    for _ in range(1200):
        board.scan()
    assert board.value == pytest.approx(42.0, abs=0.3)
    assert board.output == pytest.approx(45.0, abs=1.0)


def test_it_orders_nothing_but_the_loop_and_nothing_that_stays() -> None:
    """It never applies: no parameter is written, and every order of it has a validity."""
    bench = heating()
    bench.run(HEATING.longest_s)
    names = [wanted.command for wanted in bench.board.told]
    assert set(names) == {"LOOP_MAN", "LOOP_AUTO"}
    assert names.index("LOOP_AUTO") == len(names) - 1
    assert all(wanted.args[2] == VALID_S for wanted in bench.board.told[:-1])


@pytest.mark.parametrize("phase", [Phase.STEP, Phase.BACK])
def test_a_gateway_that_is_killed_leaves_nothing_behind(phase: Phase) -> None:
    bench = heating()
    bench.until(phase)
    bench.run(3)
    bench.alive = False
    modes = [bench.board.mode]
    bench.run(VALID_S)
    modes.append(bench.board.mode)
    assert modes == [Mode.MANUAL, Mode.AUTO]


Change = Callable[[Bench], None]


def _loop(**changes: object) -> Change:
    return lambda bench: bench.loop_changes.update(changes)


def _see(**changes: object) -> Change:
    def change(bench: Bench) -> None:
        bench.see = replace(bench.see, **changes)  # type: ignore[arg-type]

    return change


def _unlinked(bench: Bench) -> None:
    bench.linked = False


def _unwatched(bench: Bench) -> None:
    bench.watched = False


ENDS: dict[str, tuple[Change, str, float]] = {
    # what happens                      why it ends                                            within s
    "an alarm": (_see(alarms=frozenset({"FILTER", "H7"})), "alarm H7", 0.1),
    "IT comes near its limit": (_see(it_margin_k=2.9), "the distance of the IT loop to its limit is 2.9 K", 0.1),
    "TT101 is lost": (_see(it_margin_k=None), "the distance of the IT loop to its limit isn't known", 0.1),
    "the plant leaves AUTO": (_see(mode="LOCAL_MANUAL"), "the plant is in LOCAL_MANUAL", 0.1),
    "a hygiene cycle begins": (_see(state="PASTEURISE"), "the plant is in PASTEURISE", 0.1),
    "IT takes its water back": (_see(state="SAFE_COOLING"), "the plant is in SAFE_COOLING", 0.1),
    "the value can't be believed": (_loop(value=None), "the value can't be believed", 0.1),
    "the value leaves its band": (_loop(value=55.5), "the value is 55.50, outside 20 to 55", 0.1),
    "a protection holds the loop": (
        _loop(mode=Mode.TRACKING, held_by="protection"), "tracking (held by protection)", 10,
    ),
    "the board is silent": (_unlinked, "the board isn't heard", 4),
    "nobody watches": (_unwatched, "nobody watches any more", 31),
    "the operator": (lambda bench: bench.tuner.abort("by operator", bench.now), "by operator", 0.1),
}  # fmt: skip


@pytest.mark.parametrize("phase", [Phase.SETTLE, Phase.STEP, Phase.BACK])
@pytest.mark.parametrize("name", ENDS)
def test_everything_that_ends_it_ends_it_at_once(name: str, phase: Phase) -> None:
    change, why, within_s = ENDS[name]
    bench = heating()
    bench.until(phase)
    bench.run(10)
    change(bench)
    bench.run(within_s)
    assert why in bench.tuner.why
    assert bench.tuner.phase in (Phase.RETURN, Phase.ABORTED)
    bench.linked = bench.watched = True
    bench.loop_changes.clear()
    bench.run(VALID_S + 1)
    assert bench.tuner.phase is Phase.ABORTED
    assert (bench.tuner.wanted, bench.tuner.result) == (None, None)
    assert bench.board.mode is Mode.AUTO
    last = bench.notes[-1]
    assert last.name == "HEAT_TUNE_ABORTED"
    assert why in last.body["why"]
    assert [note.name for note in bench.notes].count("HEAT_TUNE_ABORTED") == 1


def test_an_alarm_that_stood_before_does_not_end_it() -> None:
    bench = heating()
    bench.until(Phase.STEP)
    assert bench.see.alarms == {"FILTER"}


def test_a_loop_that_somebody_else_moves_is_not_taken_from_him() -> None:
    bench = heating()
    bench.until(Phase.STEP)
    bench.run(12)
    bench.board.told.clear()
    bench.loop_changes["output"] = 70.0
    bench.run(1)
    assert bench.tuner.phase is Phase.ABORTED
    assert bench.tuner.why == "the output is not where the test has put it: somebody else, or a limit"
    assert not any(wanted.command == "LOOP_AUTO" for wanted in bench.board.told)


def test_the_board_may_refuse() -> None:
    bench = heating()
    bench.until(Phase.STEP)
    bench.board.refuses = "BLOCKED: not in AUTO"
    bench.run(1)
    assert bench.tuner.why == "the board refuses: BLOCKED: not in AUTO"


def test_it_begins_only_with_room_to_the_it_limit() -> None:
    bench = heating()
    bench.see = replace(bench.see, it_margin_k=4.9)
    bench.run(1)
    assert bench.tuner.phase is Phase.ABORTED
    assert "it takes 5 K" in bench.tuner.why


def test_a_plant_that_does_not_stand_still_is_not_tested() -> None:
    bench = heating()
    for _ in range(round(10 * HEATING.settle_most_s) + 20):
        bench.board.disturbance = 2.0 if bench.now // 20_000 % 2 else 0.0
        bench.scan()
    assert bench.tuner.phase is Phase.ABORTED
    assert "doesn't stand still" in bench.tuner.why
    assert bench.board.told == []


def test_noise_is_not_unrest() -> None:
    """A pressure transmitter flickers by more than the band; the plant stands still all the same."""
    test = TESTS["heating-pump"]
    board = Board(Process(0.006, 3.0, 0.3), Pi(50.0, 10.0), set_point=0.3, output=80.0, noise=0.018)
    bench = Bench(test, board)
    bench.run(test.longest_s)
    assert bench.tuner.phase is Phase.DONE, bench.tuner.why
    result = bench.tuner.result
    assert result is not None
    if result.outcome.model is not None:  # else it says that noise hides it
        assert result.outcome.model.gain == pytest.approx(0.006, rel=0.3)


def test_a_plant_with_five_times_the_gain_is_stepped_back_before_anybody_feels_it() -> None:
    bench = Bench(HEATING, Board(Process(2.0, 20.0, 5.0), Pi(0.4, 25.0), set_point=42.0, output=45.0))
    bench.run(HEATING.longest_s)
    assert max(bench.board.values) - 42.0 < 1.9 * HEATING.move
    assert bench.tuner.phase is Phase.DONE, bench.tuner.why


def test_the_other_direction_when_there_is_no_room() -> None:
    board = Board(V301, Pi(2.0, 25.0), set_point=50.0, output=90.0)
    bench = Bench(HEATING, board)
    bench.until(Phase.BACK)
    assert min(board.outputs) == pytest.approx(82.0, abs=1.0)
    assert max(board.outputs) < 91.0


def test_no_room_at_all_is_said() -> None:
    bench = Bench(HEATING, Board(V301, Pi(2.0, 25.0), set_point=42.0, output=99.0))
    bench.run(100)
    assert bench.tuner.phase is Phase.ABORTED
    assert bench.tuner.why == "no room for a step of 8 from 99.0 within 5 to 95"


def test_a_smaller_step_may_be_asked_for_and_no_larger_one() -> None:
    bench = heating(step=4.0)
    bench.until(Phase.BACK)
    assert max(bench.board.outputs) - 45.0 == pytest.approx(4.0, abs=0.7)
    for wrong in (8.1, 1.9):
        with pytest.raises(ValueError, match="a step of `heating` is 2 to 8"):
            Tuner(HEATING, "operator", 0, wrong)


def test_the_it_loop_stays_with_its_controller() -> None:
    """Nobody holds V101: its set-point moves by 1 K, towards the cold, and what the controller does is the record."""
    test = TESTS["it"]
    bench = Bench(test, Board(Process(-0.12, 20.0, 4.0), Pi(6.0, 20.0), set_point=27.0, output=45.0, noise=0.01))
    bench.run(test.longest_s)
    assert bench.tuner.phase is Phase.DONE, bench.tuner.why
    assert {wanted.command for wanted in bench.board.told} == {"SET_SP"}
    assert max(bench.board.values) < 27.0 + 0.5
    result = bench.tuner.result
    assert result is not None and result.outcome.model is not None, result
    assert result.outcome.model.gain == pytest.approx(-0.12, rel=0.1)
    assert (bench.board.mode, bench.board.set_point) == (Mode.AUTO, 27.0)


@pytest.mark.parametrize("shown", [60.0, 61.5])
def test_a_set_point_that_is_not_the_tests_is_seen(shown: float) -> None:
    """While the store is charged the machines' set-point is the charge's, whatever is ordered."""
    test = TESTS["heat-pump"]
    bench = Bench(test, Board(Process(0.3, 90.0, 10.0), Pi(1.0, 60.0), set_point=60.0, output=60.0))
    bench.until(Phase.STEP)
    bench.loop_changes["set_point"] = shown
    bench.run(9)
    assert bench.tuner.why == "the board follows another set-point than the test's"
    bench.run(VALID_S + 1)
    assert (bench.tuner.phase, bench.board.set_point) == (Phase.ABORTED, 60.0)


def test_a_set_point_on_a_ramp_is_waited_for() -> None:
    test = TESTS["heat-pump"]
    bench = Bench(test, Board(Process(0.3, 90.0, 10.0), Pi(1.0, 60.0), set_point=60.0, output=60.0))
    for scan in range(round(10 * test.settle_most_s) + 20):
        bench.loop_changes["set_point"] = 55.0 + scan / 600
        bench.scan()
    assert bench.tuner.phase is Phase.ABORTED
    assert bench.tuner.why == "the plant doesn't stand still: it is moved by 2.0"


def test_an_honest_no_is_a_result_too() -> None:
    bench = Bench(HEATING, Board(Process(0.001, 20.0, 5.0), Pi(2.0, 25.0), set_point=42.0, output=45.0))
    bench.run(HEATING.longest_s)
    told = bench.tuner.as_dict(bench.now)
    assert (told["phase"], told["result"]["model"], told["result"]["cause"]) == ("DONE", None, "NO_RESPONSE")
    assert told["result"]["suggestion"] is None


def test_an_evaluation_that_fails_does_not_hang() -> None:
    bench = heating()
    bench.evaluates = False
    bench.until(Phase.IDENTIFY)
    bench.run(59)
    assert not bench.tuner.over
    bench.run(2)
    assert (bench.tuner.phase, bench.tuner.why) == (Phase.ABORTED, "the evaluation failed")


@pytest.mark.parametrize("name", TESTS)
def test_the_board_knows_the_loop_and_its_parameters_as_they_are_meant(name: str) -> None:
    test = TESTS[name]
    assert LOOP_NAMES[test.number] == name
    params = {param.name: param for param in SHEET.params}
    if not test.kp:
        assert name == "heat-pump"
        return
    kp, ti = params[test.kp], params[test.ti]
    per_pct = {"0.0001/K": 100.0, "0.0001/0.01 bar": 1.0, "0.1 %/K": 10.0}
    assert test.kp_per == per_pct[kp.unit]
    assert ti.unit == "0.1 s"
    meant = test.parameters(kp.default, ti.default)
    assert test.beware
    assert test.words(meant) == {test.kp: kp.default, test.ti: ti.default}


def test_what_the_board_multiplies_by_itself_is_not_suggested_twice() -> None:
    told = {}
    for steeper in (1.0, 4.0):
        bench = Bench(HEATING, Board(Process(0.4 / steeper, 20.0, 5.0), Pi(2.0, 25.0), set_point=42.0, output=45.0))
        bench.loop_changes.update(steeper=steeper)
        bench.run(HEATING.longest_s)
        result = bench.tuner.result
        assert result is not None and result.words is not None
        told[steeper] = result.words["mix_kp"]
    assert told[4.0] == pytest.approx(told[1.0], rel=0.1)


@pytest.mark.parametrize(("spread_k", "steeper"), [(60.0, 1.0), (40.0, 1.0), (20.0, 2.0), (-20.0, 2.0), (4.0, 4.0)])
def test_the_gain_of_v301_goes_against_the_spread_as_on_the_board(spread_k: float, steeper: float) -> None:
    assert HEATING.steeper(spread_k) == steeper
    assert HEATING.parameters(200, 250, steeper).kp == 2.0 * steeper
    assert HEATING.words(HEATING.parameters(200, 250, steeper), steeper)["mix_kp"] == 200


def test_parameters_that_the_board_would_not_take_are_named() -> None:
    bench = Bench(HEATING, Board(Process(0.07, 20.0, 5.0), Pi(8.0, 25.0), set_point=42.0, output=45.0, noise=0.005))
    bench.run(HEATING.longest_s)
    result = bench.tuner.result
    assert result is not None and result.words is not None
    assert (result.outside, result.words["mix_kp"] > 2000) == (("mix_kp",), True)


@pytest.mark.parametrize("name", TESTS)
def test_every_loop_is_tested_within_what_people_and_it_bear(name: str) -> None:
    test = TESTS[name]
    assert test.move <= 5.0
    assert test.step <= (20.0 if test.way is Way.OUTPUT else 2.0)
    assert test.longest_s <= 60 * 60
    assert "PASTEURISE" not in STATES and "NETWORK_DISINFECT" not in STATES
    if name == "dhw":
        assert test.low >= 55 and test.high <= 65  # hygiene below, scald above
        assert test.hold_s[1] < 600  # H7 waits 10 min
    if name in ("it", "dry-cooler"):
        assert len(test.directions) == 1  # towards more cooling alone
    if name == "heat-pump":
        assert test.high + test.step < 68  # H4

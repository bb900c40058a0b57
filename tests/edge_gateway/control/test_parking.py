"""Access control as a logbook: one row a scan, what the lanes show on the left, what is done about it on the right."""

from __future__ import annotations

import random
from datetime import UTC, datetime
from pathlib import Path

import pytest

from edge_gateway.control import memory_file
from edge_gateway.control.credentials import Credential, Right, load_credentials
from edge_gateway.control.parking import (
    Action,
    CarPark,
    Deny,
    LaneImage,
    Memory,
    Note,
    Open,
    Reason,
    Role,
    Rules,
    judge,
)
from edge_gateway.site import SiteError
from protocols.token import token

ENTRY, EXIT, EMERGENCY = Role.ENTRY, Role.EXIT, Role.EMERGENCY
RESIDENT, RESERVED, BRIGADE, STRANGER = 11, 12, 13, 99
LISTED = {
    RESIDENT: Credential(),
    RESERVED: Credential(Right.RESERVED),
    BRIGADE: Credential(Right.EMERGENCY),
    14: Credential(until_ms=1_000),
}


@pytest.mark.parametrize(
    ("role", "token_", "confidence", "occupied", "answer"),
    [
        # entry: listed, not full
        (ENTRY, RESIDENT, 80, 0, None),
        (ENTRY, RESIDENT, 80, 431, None),
        (ENTRY, RESIDENT, 80, 432, Reason.FULL),
        (ENTRY, RESIDENT, 79, 0, Reason.LOW_CONFIDENCE),
        (ENTRY, STRANGER, 99, 0, Reason.NOT_LISTED),
        (ENTRY, 14, 99, 0, Reason.NOT_VALID),
        (ENTRY, 0, 99, 0, Reason.LOW_CONFIDENCE),
        # the reserve of 8 is for those who hold it
        (ENTRY, RESERVED, 99, 439, None),
        (ENTRY, RESERVED, 99, 440, Reason.FULL),
        (ENTRY, BRIGADE, 99, 439, None),
        # exit: inside, or listed; however full it is
        (EXIT, STRANGER, 99, 440, Reason.NOT_INSIDE),
        (EXIT, 55, 99, 440, None),
        (EXIT, RESIDENT, 99, 0, None),
        # emergency lane
        (EMERGENCY, BRIGADE, 99, 440, None),
        (EMERGENCY, RESIDENT, 99, 0, Reason.NOT_LISTED),
    ],
)
def test_who_may_pass(role: Role, token_: int, confidence: int, occupied: int, answer: Reason | None) -> None:
    assert judge(role, token_, confidence, occupied, {55: 0}, LISTED, Rules(), utc_ms=2_000) == answer


def test_visitors_enter_with_their_plate_as_ticket_until_it_is_full() -> None:
    rules = Rules(visitors=True)
    assert judge(ENTRY, STRANGER, 99, 431, {}, {}, rules, 0) is None
    assert judge(ENTRY, STRANGER, 99, 432, {}, {}, rules, 0) is Reason.FULL
    assert judge(EXIT, STRANGER, 99, 0, {}, {}, Rules(unknown_exit="open"), 0) is None


def lane(role: Role, fresh: bool = True, read: int = 0, token_: int = 0, passed: int = 0, by: int = 0) -> LaneImage:
    """A lane that has read so many plates, the last one `token_`, and let so many vehicles through, the last `by`."""
    return LaneImage(role, fresh, read, token_, 95, passed, passed & 0xFFFF, by)


def names(actions: list[Action]) -> list[str]:
    return [f"{a.name}" if isinstance(a, Note) else type(a).__name__ for a in actions]


def test_the_way_of_one_car() -> None:
    park = CarPark(Rules(), LISTED)
    logbook: list[tuple[int, LaneImage, LaneImage, list[Action], int]] = [
        # ms, entry lane, exit lane, actions, occupancy
        (0, lane(ENTRY), lane(EXIT), [], 0),
        (100, lane(ENTRY, read=1, token_=RESIDENT), lane(EXIT), [Open("in", RESIDENT)], 0),
        (200, lane(ENTRY, read=1, token_=RESIDENT), lane(EXIT), [], 0),
        (
            6_000,
            lane(ENTRY, read=1, token_=RESIDENT, passed=1, by=RESIDENT),
            lane(EXIT),
            [Note("VEHICLE_ENTRY", "in", {"count": 1, "occupancy": 1, "token": RESIDENT})],
            1,
        ),
        (
            9_000,
            lane(ENTRY, read=1, passed=1),
            lane(EXIT, read=1, token_=RESIDENT),
            [Open("out", RESIDENT)],
            1,
        ),
        (
            15_000,
            lane(ENTRY, read=1, passed=1),
            lane(EXIT, read=1, token_=RESIDENT, passed=1, by=RESIDENT),
            [Note("VEHICLE_EXIT", "out", {"count": 1, "occupancy": 0, "token": RESIDENT})],
            0,
        ),
    ]
    for now, entry, exit_, actions, occupancy in logbook:
        assert park.step({"in": entry, "out": exit_}, now, now) == actions, now
        assert park.memory.occupancy == occupancy, now
    assert park.memory.inside == {}


def test_a_read_that_stood_there_at_the_start_is_history() -> None:
    park = CarPark(Rules(visitors=True), {})
    assert park.step({"in": lane(ENTRY, read=7, token_=5)}, 0, 0) == []
    assert park.step({"in": lane(ENTRY, read=8, token_=5)}, 100, 0) == [Open("in", 5)]


def test_a_lane_that_is_not_fresh_changes_nothing() -> None:
    park = CarPark(Rules(visitors=True), {})
    park.step({"in": lane(ENTRY)}, 0, 0)
    assert park.step({"in": lane(ENTRY, fresh=False, read=3, token_=5, passed=9)}, 100, 0) == []
    assert park.memory.occupancy == 0


def test_cars_on_their_way_in_hold_the_last_places() -> None:
    park = CarPark(Rules(capacity=2, full_at=2, visitors=True), {})
    lanes = {name: lane(ENTRY) for name in ("a", "b", "c")}
    park.step(lanes, 0, 0)
    lanes = {name: lane(ENTRY, read=1, token_=number) for number, name in enumerate(("a", "b", "c"), 1)}
    assert park.step(lanes, 100, 0) == [Open("a", 1), Open("b", 2), Deny("c", 3, Reason.FULL)]
    lanes["c"] = lane(ENTRY, read=2, token_=3)
    assert park.step(lanes, 15_000, 0) == [Deny("c", 3, Reason.FULL)]
    lanes["c"] = lane(ENTRY, read=3, token_=3)
    assert park.step(lanes, 15_101, 0) == [Open("c", 3)], "nobody came: the credentials of a and b are over"


def test_an_opening_that_the_board_refused_holds_no_place() -> None:
    park = CarPark(Rules(capacity=1, full_at=1, visitors=True), {})
    park.step({"a": lane(ENTRY), "b": lane(ENTRY)}, 0, 0)
    park.step({"a": lane(ENTRY, read=1, token_=1), "b": lane(ENTRY)}, 100, 0)
    park.refused("a")
    assert park.step({"a": lane(ENTRY, read=1), "b": lane(ENTRY, read=1, token_=2)}, 200, 0) == [Open("b", 2)]


def test_full_and_free_are_told_once() -> None:
    park = CarPark(Rules(capacity=3, full_at=2, visitors=True), {})
    told = []
    for passed_in, passed_out in ((0, 0), (1, 0), (2, 0), (2, 0), (2, 1), (3, 1), (3, 2)):
        told += names(park.step({"in": lane(ENTRY, passed=passed_in), "out": lane(EXIT, passed=passed_out)}, 0, 0))
    assert [name for name in told if name.startswith("PARK")] == ["PARK_FULL", "PARK_FREE", "PARK_FULL", "PARK_FREE"]


def test_vehicles_that_passed_while_the_gateway_was_away_are_counted(tmp_path: Path) -> None:
    park = CarPark(Rules(), {}, Memory())
    park.step({"in": lane(ENTRY, passed=100), "out": lane(EXIT, passed=50)}, 0, 0)
    park.step({"in": lane(ENTRY, passed=130, by=5), "out": lane(EXIT, passed=50)}, 0, 7)
    assert park.memory.occupancy == 30
    memory_file.store(tmp_path / "parking.json", park.memory)
    again = CarPark(Rules(), {}, memory_file.load(tmp_path / "parking.json"))
    actions = again.step({"in": lane(ENTRY, passed=150), "out": lane(EXIT, passed=60)}, 0, 0)
    assert again.memory.occupancy == 40
    assert names(actions) == ["VEHICLE_ENTRY", "VEHICLE_EXIT"]
    assert again.memory.inside[5] == 7


def test_a_counter_that_wraps_counts_on_and_one_that_was_cleared_counts_nothing() -> None:
    park = CarPark(Rules(), {}, Memory(occupancy=10, passed={"in": 2**32 - 1, "out": 700_000}))
    actions = park.step({"in": lane(ENTRY, passed=1), "out": lane(EXIT, passed=0)}, 0, 0)
    assert park.memory.occupancy == 12
    assert names(actions) == ["VEHICLE_ENTRY", "COUNTER_REBASED"]


def test_more_left_than_were_inside_is_told_and_a_person_can_correct() -> None:
    park = CarPark(Rules(), {}, Memory(occupancy=1, passed={"out": 0}))
    assert names(park.step({"out": lane(EXIT, passed=3)}, 0, 0)) == ["OCCUPANCY_BELOW_ZERO", "VEHICLE_EXIT"]
    assert park.memory.occupancy == 0
    assert park.correct(17).body == {"from": 0, "to": 17}
    with pytest.raises(ValueError, match="0 to 440"):
        park.correct(441)


def test_tokens_of_misread_plates_do_not_pile_up() -> None:
    park = CarPark(Rules(capacity=2, full_at=2, visitors=True), {}, Memory(passed={"in": 0}))
    for number in range(1, 100):
        park.step({"in": lane(ENTRY, passed=number, by=number)}, 0, number)
    assert list(park.memory.inside) == list(range(92, 100))


def test_occupancy_is_right_after_a_thousand_cars_with_missed_reads_and_restarts() -> None:
    """PK9's arithmetic: it counts passages, so a missed read costs nothing."""
    chance = random.Random(9)
    entered = left = 0
    memory = Memory()
    park = CarPark(Rules(visitors=True), {}, memory)
    park.step({"in": lane(ENTRY), "out": lane(EXIT)}, 0, 0)
    for number in range(1, 1001):
        missed = chance.random() < 0.03
        if chance.random() < 0.55 or entered == left:
            entered += 1
        else:
            left += 1
        by = 0 if missed else number
        park.step({"in": lane(ENTRY, passed=entered, by=by), "out": lane(EXIT, passed=left, by=by)}, 0, 0)
        if number % 100 == 0:
            park = CarPark(Rules(visitors=True), {}, memory)
    assert park.memory.occupancy == entered - left


def test_a_memory_that_is_not_ours_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "parking.json"
    assert memory_file.load(path) is None
    for text in ("{}", "[1]", '{"occupancy": 1, "inside": 3, "passed": {}}', "nonsense"):
        path.write_text(text)
        with pytest.raises(ValueError, match=r".+"):
            memory_file.load(path)


def test_credentials_are_read_as_tokens(tmp_path: Path) -> None:
    path = tmp_path / "plates.csv"
    path.write_text("plate,class,from,until,note\n浙A·D1001,,,,flat 12\nzhe a-123 ,reserved,2026-01-01,2026-01-31,\n")
    found = load_credentials(path)
    assert found[token("浙AD1001")] == Credential()
    lent = found[token("ZHEA123")]
    assert lent.right is Right.RESERVED
    january = [int(datetime(2026, 1, day, 12, tzinfo=UTC).timestamp() * 1000) for day in (1, 31)]
    assert all(lent.valid(when) for when in january)
    assert not lent.valid(january[1] + 86_400_000)


def test_every_wrong_line_of_the_credentials_is_told(tmp_path: Path) -> None:
    path = tmp_path / "plates.csv"
    path.write_text("plate,class,until\nA1,residant,\n,,\nA2,,tomorrow\n")
    with pytest.raises(SiteError) as error:
        load_credentials(path)
    assert [(p.position.line, p.text) for p in error.value.problems] == [(2, "residant"), (3, ""), (4, "tomorrow")]
    assert "did you mean `resident`?" in str(error.value)
    path.write_text("number\nA1\n")
    with pytest.raises(SiteError, match="no column `plate`"):
        load_credentials(path)

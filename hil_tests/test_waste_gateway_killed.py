"""The gateway is killed in every state of the sequence: valves shut in time, fans stopped when the waste is home, the
books balanced before and after, and the next gateway goes on (domain brief §1b, §1c P13, §1e).

One plant outlives many gateways. A case lets the sequence come to its state, kills, waits until the boards have made
the plant safe by themselves, holds what is on the disk against the truth of the model, and starts the next gateway; the
next case finds what that one has resumed. After a failure the next case has a new plant.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from edge_gateway.control.waste import store
from edge_gateway.control.waste.accounting import Books
from edge_gateway.control.waste.state import RUNNING, State
from edge_gateway.fieldbus.command import CommandEnd
from edge_gateway.files import WASTE
from hil_tests.waste_rig import STATION, WasteRig, short_pipes

S = State
CHUTES = ("inlet01.1", "inlet01.2", "inlet01.3")
KG = 30
SHUT_S = 12
PURGE_MAX_S = 60
FANS_S = 12 + PURGE_MAX_S + 5
"""P13: 10 s without a heartbeat, which comes every second or so; a purge; fans ramp down by 40 % a second."""
POLL_MS = 500
"""Boards are read half as often as elsewhere: the line is most of the work."""
STATIONS = {"waste_station": {"stagger_ms": 5000, "slew_down": 400, "purge_max_s": PURGE_MAX_S}}


class Lives:
    """The plant, made when it is asked for, and kept as long as all goes well."""

    def __init__(self, folder: Path, runtime: str) -> None:
        self._folder, self._runtime = folder, runtime
        self._made = 0
        self._rig: WasteRig | None = None

    @contextmanager
    def plant(self) -> Iterator[WasteRig]:
        """The plant with a gateway; where the sequence stands is left open."""
        rig = self._rig or self._new()
        try:
            yield rig
        except BaseException:
            print(rig.logbook())
            self.close()
            raise

    def _new(self) -> WasteRig:
        self._made += 1
        self._rig = WasteRig(
            self._folder / str(self._made),
            runtime=self._runtime,
            parameters=STATIONS,
            fractions=("perishable", "perishable", "other"),
            pipes=short_pipes(),
            poll_ms=POLL_MS,
        )
        return self._rig.start()

    def close(self) -> None:
        """Power off."""
        if self._rig is not None:
            self._rig.close()
            self._rig = None


@pytest.fixture(scope="module")
def lives(runtime: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lives]:
    """The plant that outlives its gateways."""
    made = Lives(tmp_path_factory.mktemp("lives"), runtime)
    yield made
    made.close()


def come_to(rig: WasteRig, *states: State) -> None:
    """Let the sequence reach one of these states, in the run that is under way or in a new one."""
    for valve in (1, 2, 3):
        if not rig.grams(1, valve):
            rig.drop(1, valve, KG)
    for _ in range(3):
        if rig.is_in(S.IDLE):
            rig.collect(*CHUTES)
        rig.until(lambda: any(rig.is_in(state) for state in (S.IDLE, *states)), within_s=300)
        if not rig.is_in(S.IDLE):
            return
    raise AssertionError(f"no run came to {states}")


def accounted(rig: WasteRig, books: Books, unsure: str = "") -> None:
    """Each gram is where the books say: chute by chute, and under way or landed. unsure: chute with an open order."""
    truth = rig.network.balance
    assert truth.closed and rig.network.reception.misdirected_g == 0
    assert books.balance == 0 and books.dropped == truth.received
    held = {name: rig.grams(1, valve) for valve, name in enumerate(CHUTES, 1) if name != unsure}
    assert {name: books.held(name) for name in held} == held
    if not unsure:
        assert books.in_flight + books.all_landed == truth.in_flight + truth.landed


def killed(rig: WasteRig, heal: Callable[[], object] = lambda: None) -> State:
    """The gateway dies; the boards make the plant safe; `heal` what was wrong; the next gateway looks at what is left.

    Asserts all that the brief asks of it. Returns the state on the disk, which is up to a second behind.
    """
    state, at = rig.gateway.task.control.state, rig.now
    rig.gateway.kill()
    rig.until(lambda: all(rig.valve(1, valve).closed for valve in (1, 2, 3)), within_s=SHUT_S)
    rig.until(lambda: not rig.fans_ordered and rig.valves_shut, within_s=FANS_S)
    rig.run(max(0, SHUT_S - (rig.now - at) / 1000))
    assert rig.fans_ordered == 0 and rig.valves_shut and rig.network.two_open_ms == 0
    assert rig.discharges(after=at + 2000) == 0, "orders that are 2 s old are refused"
    if state not in (S.BLOCKED, S.TRIPPED, S.MAINT):
        assert not rig.in_flight_g, "fans stop when the waste is home"
    left = store.from_text((rig.folder / "gateway" / WASTE).read_text(encoding="utf-8"))
    accounted(rig, left.books, left.holder)
    heal()
    rig.start_gateway()
    rig.until(lambda: all(rig.gateway.ready(name) for name in rig.boards), within_s=20)
    rig.run(0.7)
    accounted(rig, rig.gateway.task.control.memory.books)
    return left.state


def resumed(rig: WasteRig, state: State) -> None:
    """The next gateway took the run up where this one left it, and it gets through its check again."""
    told = [note.body["from"] for _, note in rig.gateway.named("RESUMED")]
    assert told == ([str(state)] if state is not S.IDLE else [])
    rig.until(lambda: not rig.is_in(S.PRECHECK), within_s=40)
    assert rig.gateway.named("WASTE_HELD") == []


@pytest.mark.parametrize(
    "state", [S.PRECHECK, S.DIVERT, S.START, S.VACUUM, S.AIRFLOW, S.SPACING, S.PURGE, S.CLEAR, S.STOP]
)
def test_killed_in(lives: Lives, state: State) -> None:
    with lives.plant() as rig:
        come_to(rig, state)
        resumed(rig, killed(rig))


def test_killed_with_a_valve_open(lives: Lives) -> None:
    with lives.plant() as rig:
        come_to(rig, S.DISCHARGE)
        rig.until(lambda: any(rig.valve(1, valve).opened for valve in (1, 2, 3)), within_s=10)
        resumed(rig, killed(rig))


def test_killed_while_it_frees_a_blockage(lives: Lives) -> None:
    with lives.plant() as rig:
        come_to(rig, S.DISCHARGE)
        rig.until(lambda: rig.network.conveying.slugs, within_s=10)
        rig.fail(STATION, "BRANCH1", "total")
        rig.until_state(S.BLOCKED, within_s=30)
        left = killed(rig, heal=lambda: rig.fail(STATION, "BRANCH1", ""))
        assert rig.in_flight_g == 1000 * KG, "what is stuck is in the books as under way"
        resumed(rig, left)
        come_to(rig, S.CLEAR)
        assert not rig.in_flight_g


def test_killed_while_tripped(lives: Lives) -> None:
    with lives.plant() as rig:
        come_to(rig, S.SPACING)
        rig.turn(STATION, "ES", 1)
        rig.until_state(S.TRIPPED, within_s=2)
        why = rig.gateway.task.control.memory.tripped
        killed(rig, heal=lambda: rig.turn(STATION, "ES", 0))
        assert rig.is_in(S.TRIPPED) and rig.gateway.task.control.memory.tripped == why != ""
        assert rig.first_out(STATION) == "ESTOP"
        rig.confirm()
        rig.gateway.task.reset("test", rig.now)
        rig.until_state(S.IDLE, within_s=5)


def test_killed_under_maintenance(lives: Lives) -> None:
    with lives.plant() as rig:
        come_to(rig, S.AIRFLOW)
        rig.turn(STATION, "KEY", 1)
        rig.until_state(S.MAINT, within_s=2)
        killed(rig)
        assert rig.is_in(S.MAINT)
        rig.turn(STATION, "KEY", 0)
        rig.until_state(S.IDLE, within_s=5)


def test_and_in_the_end_everything_has_landed(lives: Lives) -> None:
    with lives.plant() as rig:
        come_to(rig, S.STOP)
        rig.until_state(S.IDLE, within_s=60)
        truth, books = rig.network.balance, rig.gateway.task.control.memory.books
        accounted(rig, books)
        assert truth.chutes == truth.in_flight == 0 and truth.landed == truth.received == books.all_landed > 0
        assert books.corrected == books.dropped and not books.flying
        assert rig.order(STATION, "DIVERT", 2, within_s=20).end is CommandEnd.DONE, "the station has nothing in flight"


def test_killed_while_a_container_is_changed(lives: Lives) -> None:
    with lives.plant() as rig:
        if not rig.is_in(S.IDLE) or not rig.network.balance.landed:
            come_to(rig, S.STOP)
            rig.until_state(S.IDLE, within_s=60)
        number = rig.network.diverter.at + 1
        container = rig.network.containers[number - 1]
        landed, dock = container.grams, f"CNT{number}.ZDOCK"
        rig.gateway.task.change(number, "test")
        rig.until(lambda: rig.gateway.named("CONTAINER_MAY_LEAVE"), within_s=20)
        rig.turn(STATION, dock, 0)
        rig.until(lambda: rig.gateway.named("CONTAINER_TAKEN"), within_s=5)
        killed(rig, heal=lambda: rig.turn(STATION, dock, 1))
        rig.until_state(S.IDLE, within_s=20)
        rig.until(lambda: container.open, within_s=10)
        assert rig.gateway.task.control.memory.books.removed == {number: landed}


def test_every_state_has_its_case() -> None:
    others = {S.DISCHARGE, S.BLOCKED, S.TRIPPED, S.MAINT, S.CNT_CHANGE, S.IDLE}
    (mark,) = [mark for mark in test_killed_in.pytestmark if mark.name == "parametrize"]  # type: ignore[attr-defined]
    assert set(State) == others | set(mark.args[1]) and RUNNING - others <= set(mark.args[1])

"""The order in which a line asks, in virtual time and without a wire."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import pytest

from edge_gateway.fieldbus.cost import CostModel
from edge_gateway.fieldbus.job import Job, Outcome, Reply, read_job, write_job, write_one_job
from edge_gateway.fieldbus.line import ONE_SHOTS_IN_A_ROW, Line
from edge_gateway.fieldbus.unit import Patience

MS = 1000
PATIENCE = Patience(min_us=20 * MS, max_us=200 * MS, silent_after=2, backoff_us=1000 * MS, backoff_max_us=4000 * MS)


class Log:
    """A `done` that writes down how requests ended, and when."""

    def __init__(self) -> None:
        self.ends: list[tuple[int, int, Outcome]] = []

    def __call__(self, job: Job, outcome: Outcome, data: Reply, at: int, now_us: int) -> None:
        self.ends.append((now_us // MS, job.number, outcome))

    @property
    def outcomes(self) -> list[Outcome]:
        return [outcome for _, _, outcome in self.ends]


@pytest.fixture
def log() -> Log:
    return Log()


def line_up(window: int = 1) -> Line:
    line = Line("L", CostModel.tcp(), PATIENCE, window)
    line.go_up(0)
    return line


def ask(line: Line, now_ms: int, answer: bool = True) -> Job | None:
    """Let the line send what it wants to, and answer it at once."""
    job = line.next(now_ms * MS)
    if job is not None and answer:
        line.answered(job, b"\0" * 250, 0, now_ms * MS)
    return job


def test_writes_go_before_reads_before_what_is_cyclic(log: Log) -> None:
    line = line_up()
    cyclic = read_job(1, 0, 10, log, 100 * MS)
    read, write = read_job(1, 20, 1, log), write_one_job(1, 0x40, 7, log)
    line.add(cyclic)
    assert line.submit(read)
    assert line.submit(write)
    assert [ask(line, 0) for _ in range(4)] == [write, read, cyclic, None]


def test_a_flood_of_writes_lets_cyclic_reads_through(log: Log) -> None:
    line = line_up()
    cyclic = read_job(1, 0, 10, log, 1)
    line.add(cyclic)
    for value in range(100):
        line.submit(write_one_job(1, 0x40, value, log))
    order = [ask(line, now) for now in range(90)]
    longest = max(len(run) for run in "".join("r" if job is cyclic else "w" for job in order).split("r"))
    assert longest == ONE_SHOTS_IN_A_ROW
    assert sum(job is cyclic for job in order) == 10


def test_periods_do_not_drift_and_lateness_makes_no_burst(log: Log) -> None:
    line = line_up()
    line.add(read_job(1, 0, 10, log, 100 * MS))
    sent = [now for now in range(1000) if (now % 7 == 0) and ask(line, now)]
    # Asked only every 7 ms, and still ten in a second.
    assert len(sent) == 10
    assert all(0 <= now - 100 * place < 7 for place, now in enumerate(sent))
    assert ask(line, 5000) is not None
    assert line.counters.overruns == 1
    assert ask(line, 5099) is None
    assert ask(line, 5100) is not None


def test_the_window_limits_what_is_in_flight(log: Log) -> None:
    line = line_up(window=3)
    for address in range(5):
        line.submit(read_job(1, address, 1, log))
    sent = []
    while len(line.in_flight) < line.window:
        job = line.next(0)
        assert job is not None
        sent.append(job)
    assert [job.request.pdu()[2] for job in sent] == [0, 1, 2]
    assert len({job.transaction for job in sent}) == 3


def test_transaction_numbers_wrap(log: Log) -> None:
    line = line_up()
    job = read_job(1, 0, 1, log, 1)
    line.add(job)
    seen = set()
    for now in range(65_540):
        assert ask(line, now) is job
        assert 0 <= job.transaction <= 0xFFFF
        seen.add(job.transaction)
    assert len(seen) == 65_536


def test_a_silent_unit_is_probed_ever_more_rarely_and_alone(log: Log) -> None:
    line = line_up()
    dead, alive = Log(), log
    for address in range(3):
        line.add(read_job(9, address, 1, dead, 100 * MS))
    line.add(read_job(1, 0, 1, alive, 100 * MS))
    for now in range(20_000):
        line.expire(now * MS)
        if not line.in_flight:
            job = line.next(now * MS)
            if job is not None and job.number == 1:
                line.answered(job, b"\0\0", 0, now * MS)
    asked = [now - 200 for now, _, _ in dead.ends]
    assert all(outcome is Outcome.TIMEOUT for outcome in dead.outcomes)
    waits = [b - a for a, b in itertools.pairwise(asked)]
    # Two in a row make it silent; then 1 s, 2 s, 4 s, 4 s after each 200 ms of waiting.
    assert round(waits[0], -1) == 200
    assert [round(wait, -2) for wait in waits[1:5]] == [1200, 2200, 4200, 4200]
    # The other unit loses no more than the waits themselves.
    assert len(alive.ends) >= 200 - 2 * len(dead.ends)
    assert line.unit(9).silent
    assert not line.unit(1).silent


def test_a_unit_that_comes_back_is_asked_everything_at_once(log: Log) -> None:
    line = line_up()
    jobs = [read_job(9, address, 1, log, 100 * MS) for address in range(3)]
    for job in jobs:
        line.add(job)
    now = 0
    while line.unit(9).backoff_us != PATIENCE.backoff_max_us:
        now += 1
        line.expire(now * MS)
        if not line.in_flight:
            line.next(now * MS)
    while not line.in_flight:
        now += 1
        line.expire(now * MS)
        line.next(now * MS)
    probe = next(iter(line.in_flight.values()))
    line.answered(probe, b"\0\0", 0, now * MS)
    assert {ask(line, now) for _ in range(2)} == set(jobs) - {probe}
    assert not line.unit(9).silent


def test_one_shots_to_a_silent_unit_end_without_being_sent(log: Log) -> None:
    line = line_up()
    for _ in range(2):
        line.submit(read_job(9, 0, 1, log))
        line.next(0)
        line.expire(10_000 * MS)
    assert line.unit(9).silent
    beat = write_one_job(9, 0x40, 1, log)
    line.submit(beat)
    assert line.next(10_001 * MS) is None
    assert log.outcomes[-1] is Outcome.SILENT
    assert not beat.sent


def test_what_waited_too_long_is_not_sent_any_more(log: Log) -> None:
    line = line_up()
    line.submit(write_one_job(1, 0x40, 1, log), expires_us=500 * MS)
    assert line.next(501 * MS) is None
    assert log.outcomes == [Outcome.EXPIRED]


def test_a_line_that_goes_down_ends_everything_and_resends_nothing(log: Log) -> None:
    line = line_up()
    changes: list[bool] = []
    line.watchers.append(lambda is_up, now_us: changes.append(is_up))
    command, waiting = write_job(1, 0x40, (1, 2), log), write_one_job(1, 0x40, 3, log)
    cyclic = read_job(1, 0, 1, log, 100 * MS)
    line.add(cyclic, 50 * MS)
    line.submit(command)
    line.submit(waiting)
    assert line.next(0) is command
    line.go_down(10 * MS)
    assert log.outcomes == [Outcome.LINE_DOWN, Outcome.LINE_DOWN]
    assert (command.sent, waiting.sent) == (True, False)
    assert not line.submit(write_one_job(1, 0x40, 4, log))
    line.go_up(20 * MS)
    assert line.next(20 * MS) is None
    assert ask(line, 50) is cyclic
    assert changes == [False, True]


def test_removed_jobs_are_neither_sent_nor_told(log: Log) -> None:
    line = line_up()
    cyclic, once = read_job(1, 0, 1, log, 100 * MS), read_job(1, 5, 1, log)
    line.add(cyclic)
    line.submit(once)
    assert line.next(0) is once
    line.remove(once)
    line.remove(cyclic)
    line.answered(once, b"\0\0", 0, 0)
    assert ask(line, 1000) is None
    assert log.ends == []


def test_a_hurried_job_is_due_now_and_keeps_its_period_from_there(log: Log) -> None:
    line = line_up()
    job = read_job(1, 0, 1, log, 100 * MS)
    line.add(job)
    assert ask(line, 0) is job
    line.hurry(job, 30 * MS)
    assert ask(line, 30) is job
    assert ask(line, 129) is None
    assert ask(line, 130) is job


def test_time_outs_follow_the_unit_and_are_patient_after_a_miss(log: Log) -> None:
    line = line_up()
    line.add(read_job(1, 0, 1, log, 100 * MS))
    now = 0
    for _ in range(200):
        job = line.next(now * MS)
        assert job is not None
        line.answered(job, b"\0\0", 0, (now + 40) * MS)
        now += 100
    assert 40 * MS <= line.unit(1).timeout_us < 80 * MS
    line.next(now * MS)
    line.expire((now + 300) * MS)
    assert line.unit(1).timeout_us == PATIENCE.max_us


def test_replies_that_answer_nothing_are_told_apart(log: Log) -> None:
    line = line_up()
    job = read_job(1, 0, 1, log, 100 * MS)
    line.add(job)
    assert ask(line, 0) is job
    line.stray(job.transaction)
    assert line.next(100 * MS) is job
    lost = job.transaction
    line.expire(10_000 * MS)
    line.stray(lost)
    line.stray(lost)
    line.stray(0x7FFF)
    counters = line.counters
    assert (counters.duplicate, counters.late, counters.foreign) == (2, 1, 1)


def test_a_callback_that_fails_takes_nothing_from_the_line(log: Log, caplog: pytest.LogCaptureFixture) -> None:
    line = line_up()

    def fails(job: Job, outcome: Outcome, data: Reply, at: int, now_us: int) -> None:
        raise ZeroDivisionError

    bad = read_job(1, 0, 1, fails, 100 * MS)
    line.add(bad)
    line.add(read_job(2, 0, 1, log, 100 * MS))
    for now in (0, 0, 100, 100):
        ask(line, now)
    assert log.outcomes == [Outcome.OK, Outcome.OK]
    assert line.counters.callback_faults == 2


@pytest.mark.parametrize(
    "make",
    [
        lambda log: read_job(1, 0, 126, log),
        lambda log: read_job(1, 0xFFFF, 2, log),
        lambda log: write_job(1, 0, [0] * 124, log),
        lambda log: write_job(1, 0, [], log),
    ],
)
def test_impossible_requests_are_refused_where_they_are_made(make: Callable[[Log], Job], log: Log) -> None:
    with pytest.raises(ValueError, match=r"are possible|address space"):
        make(log)

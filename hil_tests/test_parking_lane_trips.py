"""PK2 and PK9: 1,000 random trips; the whole test, 10,000, is ``make test-nightly`` (``--trips 10000``).

More than 1,000 are several runs of 1,000 with a seed each, which may share the cores of a machine.
"""

from __future__ import annotations

import pytest

from hil_tests.trips import Trips, random_trips

pytestmark = [pytest.mark.slow, pytest.mark.timeout(7200)]

RUN = 1000
"""Trips of one run."""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A case for each run; its id keeps both tests of a run in one worker of pytest-xdist (`tests.phases`)."""
    runs = max(1, metafunc.config.getoption("--trips") // RUN)
    cases = [pytest.param(seed, id=f"seed {seed}") for seed in range(1, runs + 1)]
    metafunc.parametrize("trips", cases, indirect=True, scope="module")


@pytest.fixture(scope="module")
def trips(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Trips:
    """One run, looked at by both tests."""
    count = min(RUN, request.config.getoption("--trips"))
    return random_trips(tmp_path_factory.mktemp("trips"), count, seed=request.param)


def test_pk2_the_boom_never_touches_a_vehicle(trips: Trips, request: pytest.FixtureRequest) -> None:
    print(
        f"{trips.trips} trips: {trips.total('passed')} passed, {trips.total('backed_out')} backed out, "
        f"{trips.total('openings')} openings, {trips.total('reversals')} reversals; "
        f"{trips.world_ms / 3_600_000:.2f} h of four lanes in {trips.wall_s:.0f} s"
    )
    assert trips.trips >= min(RUN, request.config.getoption("--trips"))
    assert trips.total("contacts") == 0
    assert trips.total("backed_out") > 0
    assert trips.total("reversals") > 0
    assert all(lane.overruns == 0 for lane in trips.lanes)


def test_pk9_occupancy_holds_with_missed_reads(trips: Trips) -> None:
    entries = [lane for lane in trips.lanes if lane.role == "entry"]
    missed = sum(lane.missed_reads for lane in entries)
    reads = sum(lane.reads for lane in entries)
    print(f"{missed} of {missed + reads} reads missed")
    assert 0.01 < missed / (missed + reads) < 0.06
    truth = sum(lane.truth["passed"] * (1 if lane.role == "entry" else -1) for lane in trips.lanes)
    counted = sum(lane.passed * (1 if lane.role == "entry" else -1) for lane in trips.lanes)
    print(f"occupancy change {truth}, boards say {counted}")
    assert abs(truth - counted) <= 0.005 * trips.trips
    for lane in trips.lanes:
        assert abs(lane.passed - lane.truth["passed"]) <= 0.005 * trips.trips, lane

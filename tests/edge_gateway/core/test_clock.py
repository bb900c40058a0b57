"""The clocks of the core: the machine's, until a composition root puts others behind them."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from edge_gateway.core import clock


@pytest.fixture
def machine() -> Iterator[None]:
    yield
    clock.follow(time.monotonic_ns, time.time_ns)


def test_they_are_the_machines() -> None:
    before = time.monotonic_ns() // 1_000_000
    assert before <= clock.now_ms() <= time.monotonic_ns() // 1_000_000
    assert abs(clock.utc_ms() - time.time_ns() // 1_000_000) < 60_000


@pytest.mark.usefixtures("machine")
def test_all_of_them_follow_another_pair() -> None:
    now = [5_000_000_123]
    clock.follow(lambda: now[0], lambda: 1_800_000_000_000_000_000 + now[0])
    assert (clock.now_ns(), clock.now_ms(), clock.utc_ms()) == (5_000_000_123, 5_000, 1_800_000_005_000)
    now[0] += 1_000_000
    assert (clock.now_ms(), clock.utc_ms()) == (5_001, 1_800_000_005_001)

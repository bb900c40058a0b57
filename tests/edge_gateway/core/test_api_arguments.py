"""What the local API accepts as a number, and what it says about anything else."""

from __future__ import annotations

import pytest

from edge_gateway.api.wire import ApiError, Code
from edge_gateway.core.api_arguments import MOST_HOURS, number, period, reason
from edge_gateway.core.clock import utc_ms


def test_a_number_is_taken_within_its_limits() -> None:
    assert number({"kw": 0}, "kw", least=0, most=10) == 0
    assert number({"kw": 10.0}, "kw", least=0, most=10) == 10
    assert number({"ttl_s": 0.5}, "ttl_s", 60, most=3600) == 0.5
    assert number({}, "ttl_s", 60, most=3600) == 60


@pytest.mark.parametrize("value", [None, "5", True, float("nan"), -0.1, 10.1])
def test_anything_else_is_refused_with_what_is_allowed(value: object) -> None:
    with pytest.raises(ApiError, match="`kw` must be 0 to 10") as refused:
        number({"kw": value}, "kw", least=0, most=10)
    assert refused.value.code == Code.BAD_PARAMS


def test_without_a_least_value_nothing_is_too_little() -> None:
    with pytest.raises(ApiError, match="`ttl_s` must be more than 0 and 3600 at most"):
        number({"ttl_s": 0}, "ttl_s", 60, most=3600)


def test_a_period_ends_now_and_is_a_day_unless_said() -> None:
    since, until = period({})
    assert until - since == 86_400_000
    assert abs(until - utc_ms()) < 60_000
    since, until = period({"hours": 0.5})
    assert until - since == 1_800_000
    with pytest.raises(ApiError, match=f"{MOST_HOURS} at most"):
        period({"hours": MOST_HOURS + 1})


def test_a_reason_fits_a_screen() -> None:
    assert reason({}) == ""
    assert reason({"why": "x" * 200}) == "x" * 80

"""What methods of the local API for a plant share: checked parameters, and what was journalled over a period."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from edge_gateway.api.wire import ApiError, Code
from edge_gateway.core.clock import utc_ms
from edge_gateway.journal import JournalReader, Record

MOST_HOURS = 24 * 366
"""Longest period of a report, h."""
_HOUR_MS = 3_600_000
_REASON_LENGTH = 80


def number(
    params: dict[str, Any], name: str, default: float | None = None, *, most: float, least: float | None = None
) -> float:
    """A number from `least` to `most`; without `least` it must be more than 0. Raises ApiError."""
    value: Any = params.get(name, default)
    if _is_number(value) and (0 < value <= most if least is None else least <= value <= most):
        return float(value)
    allowed = f"more than 0 and {most} at most" if least is None else f"{least} to {most}"
    raise ApiError(Code.BAD_PARAMS, f"`{name}` must be {allowed}")


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def reason(params: dict[str, Any]) -> str:
    """What `why` says, cut to what a screen holds; "" when it isn't there."""
    return str(params.get("why", ""))[:_REASON_LENGTH]


def period(params: dict[str, Any]) -> tuple[int, int]:
    """From and until (UTC ms) of the last `hours` (24). Raises ApiError."""
    until = utc_ms()
    return until - round(number(params, "hours", 24, most=MOST_HOURS) * _HOUR_MS), until


def journalled(journal: Path, names: Sequence[str], since: int, until: int) -> list[Record]:
    """Events and alarms of these names in a period (UTC ms). It takes its time: call it beside the loop."""
    reader = JournalReader(journal)
    try:
        return reader.named(names, since, until)
    finally:
        reader.close()

"""What happened on a line."""

from __future__ import annotations

from dataclasses import asdict, dataclass


@dataclass(slots=True)
class LineCounters:
    """Counts since the line was made; they never go back. requests and replies are the sums of its units'.

    late: reply to a request that had timed out. duplicate: second reply to one request. foreign: reply that nobody
    asked for. mismatched: answers another unit, function or length than was asked. All four are dropped.
    overruns: cyclic requests that started a whole period late. not_sent: one-shot requests that ended before they left.
    """

    requests: int = 0
    replies: int = 0
    exceptions: int = 0
    timeouts: int = 0
    late: int = 0
    duplicate: int = 0
    foreign: int = 0
    mismatched: int = 0
    crc_errors: int = 0
    framing_errors: int = 0
    overruns: int = 0
    not_sent: int = 0
    connects: int = 0
    losses: int = 0
    callback_faults: int = 0

    def as_dict(self) -> dict[str, int]:
        """For `edgectl` and metrics."""
        return asdict(self)

"""What a line knows about one unit: whether it answers, how fast, and how long to leave it alone."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Patience:
    """How a line waits. Times in microseconds.

    min_us/max_us: limits of the adaptive wait for the first byte of a reply (the time on the wire comes on top).
    silent_after: so many unanswered requests in a row make a unit silent. It is then probed alone, first after
    backoff_us, each further time after twice as long, up to backoff_max_us.
    """

    min_us: int = 20_000
    max_us: int = 500_000
    silent_after: int = 2
    backoff_us: int = 500_000
    backoff_max_us: int = 10_000_000


class UnitLink:
    """State and counters of one unit on a line."""

    __slots__ = (
        "backoff_us",
        "exceptions",
        "failures",
        "in_flight",
        "number",
        "patience",
        "probing",
        "quiet_until_us",
        "replies",
        "requests",
        "retry_us",
        "rtt_us",
        "rtt_var_us",
        "silent",
        "timeouts",
    )

    def __init__(self, number: int, patience: Patience) -> None:
        self.number = number
        self.patience = patience
        self.in_flight = 0
        self.silent = False
        self.probing = False
        self.failures = 0
        self.retry_us = 0
        self.backoff_us = patience.backoff_us
        self.quiet_until_us = 0
        self.rtt_us = 0
        self.rtt_var_us = 0
        self.requests = 0
        self.replies = 0
        self.exceptions = 0
        self.timeouts = 0

    @property
    def timeout_us(self) -> int:
        """How long to wait for this unit's next reply, without the wire: smoothed round trip + 4 deviations (RFC 6298).

        Until the first reply, and after an unanswered request, it's the whole of `Patience.max_us`.
        """
        patience = self.patience
        if not self.rtt_us or self.failures:
            return patience.max_us
        return min(max(self.rtt_us + 4 * self.rtt_var_us, patience.min_us), patience.max_us)

    def answered(self, wait_us: int) -> None:
        """Take a reply that came `wait_us` after the request (without the wire)."""
        self.replies += 1
        if wait_us < 0:
            wait_us = 0  # a pseudo terminal needs no time on the wire
        if self.failures:
            self.failures = 0
            self.silent = self.probing = False
            self.backoff_us = self.patience.backoff_us
        if self.rtt_us:
            error = wait_us - self.rtt_us
            self.rtt_us += error >> 3
            self.rtt_var_us += ((error if error >= 0 else -error) - self.rtt_var_us) >> 2
        else:
            self.rtt_us = wait_us or 1
            self.rtt_var_us = wait_us >> 1

    def unanswered(self, now_us: int, waited_us: int, serial: bool) -> None:
        """Take a request that ran out of time: maybe fall silent, and stay quiet while its late reply may still come.

        On a serial line nothing in a reply says to which request it belongs, so for as long again as was waited the
        unit isn't asked, and what comes from it is late.
        """
        self.timeouts += 1
        self.failures += 1
        self.probing = False
        if serial:
            self.quiet_until_us = now_us + waited_us
        if self.failures >= self.patience.silent_after:
            if self.silent:
                self.backoff_us = min(2 * self.backoff_us, self.patience.backoff_max_us)
            self.silent = True
            self.retry_us = now_us + self.backoff_us

    def forget(self) -> None:
        """Start afresh after a reconnect: nothing is in flight and it may be asked at once."""
        self.in_flight = 0
        self.silent = self.probing = False
        self.failures = 0
        self.retry_us = self.quiet_until_us = 0
        self.backoff_us = self.patience.backoff_us

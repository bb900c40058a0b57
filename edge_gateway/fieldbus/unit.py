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

    min_us: int = 100_000
    max_us: int = 500_000
    silent_after: int = 3
    backoff_us: int = 500_000
    backoff_max_us: int = 10_000_000

    @classmethod
    def up_to(cls, timeout_ms: int) -> Patience:
        """The default, but with no wait longer than `timeout_ms`."""
        usual = cls()
        return cls(min(usual.min_us, 1000 * timeout_ms), 1000 * timeout_ms)


class UnitLink:
    """State and counters of one unit on a line.

    timeout_us: how long to wait for its next reply, time on the wire not counted. Until the first reply, and after an
    unanswered request, that is the whole of `Patience.max_us`.
    """

    __slots__ = (
        "backoff_us",
        "exceptions",
        "failures",
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
        "timeout_us",
        "timeouts",
    )

    def __init__(self, number: int, patience: Patience) -> None:
        self.number = number
        self.patience = patience
        self.silent = False
        self.probing = False
        self.failures = 0
        self.retry_us = 0
        self.backoff_us = patience.backoff_us
        self.quiet_until_us = 0
        self.rtt_us = 0
        self.rtt_var_us = 0
        self.timeout_us = patience.max_us
        self.requests = 0
        self.replies = 0
        self.exceptions = 0
        self.timeouts = 0

    def measured(self, wait_us: int) -> None:
        """Take a round trip: `timeout_us` becomes the smoothed round trip + 4 deviations (RFC 6298), within limits."""
        wait_us = max(wait_us, 0)  # a pseudo terminal needs no time on the wire
        if self.rtt_us:
            error = wait_us - self.rtt_us
            self.rtt_us = max(self.rtt_us + (error >> 3), 1)
            self.rtt_var_us += (abs(error) - self.rtt_var_us) >> 2
        else:
            self.rtt_us = wait_us or 1
            self.rtt_var_us = wait_us >> 1
        patience = self.patience
        self.timeout_us = min(max(self.rtt_us + 4 * self.rtt_var_us, patience.min_us), patience.max_us)

    def revived(self) -> None:
        """Take the first answer after unanswered requests."""
        self.failures = 0
        self.silent = self.probing = False
        self.backoff_us = self.patience.backoff_us
        self.quiet_until_us = 0

    def unanswered(self, now_us: int, waited_us: int, serial: bool) -> None:
        """Take a request that ran out of time: maybe fall silent, and stay quiet while its late reply may still come.

        On a serial line nothing in a reply says to which request it belongs, so for as long again as was waited the
        unit isn't asked, and what comes from it is late.
        """
        self.timeouts += 1
        self.failures += 1
        self.timeout_us = self.patience.max_us
        self.probing = False
        if serial:
            self.quiet_until_us = now_us + waited_us
        if self.failures >= self.patience.silent_after:
            if self.silent:
                self.backoff_us = min(2 * self.backoff_us, self.patience.backoff_max_us)
            self.silent = True
            self.retry_us = now_us + self.backoff_us

    def forget(self) -> None:
        """Start afresh after a reconnect: it may be asked at once."""
        self.revived()
        self.retry_us = 0

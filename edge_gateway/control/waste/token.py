"""The one-valve token: at most one discharge valve in the network may be on its way open (domain brief §1b).

A number that only grows goes with every order, so that a board can tell an old order from a new one. That alone would
not do, for an old order may reach a board that has not heard of the new one. So the token is given on only when the old
order can't open a valve any more: the board has answered it for good, or the longest possible time has passed; and in
both cases the valve is proven shut.
"""

from __future__ import annotations

from dataclasses import dataclass

NUMBERS = 1 << 30
"""Boards count tokens in 30 bits and compare them around the wrap; 0 is none."""


@dataclass(frozen=True, slots=True)
class Grant:
    """The right to open one valve. It must be used before `use_by` and is over, whatever happens, at `over_at`."""

    number: int
    holder: str
    use_by: int
    over_at: int


class ValveToken:
    """Holder, number and times; `now` is monotonic ms. What must survive a restart is `number` and `holder`."""

    def __init__(self, use_ms: int, longest_ms: int, now: int, number: int = 0, holder: str = "") -> None:
        """use_ms: so long after the grant the order may leave; longest_ms: from then until a valve opened by it must be
        shut again.

        Nobody knows what the life before has ordered last: the first grant waits out the longest possible time, and a
        holder that is remembered must be proven shut as well.
        """
        self.number = number
        self._use_ms = use_ms
        self._longest_ms = longest_ms
        self._free_at = now + use_ms + longest_ms
        self._grant = Grant(number, holder, now, self._free_at) if holder else None

    @property
    def holder(self) -> str:
        """Who has it; empty when nobody has."""
        return self._grant.holder if self._grant is not None else ""

    @property
    def grant(self) -> Grant | None:
        """The right that is given out now."""
        return self._grant

    def wait_ms(self, now: int) -> int:
        """How long it certainly can't be granted yet; 0 when time is no obstacle."""
        until = self._grant.over_at if self._grant is not None else self._free_at
        return max(0, until - now)

    def take(self, holder: str, now: int, utc_s: int) -> Grant | None:
        """Gives it to `holder`, or returns None while somebody has it or may have it.

        Numbers follow the clock's seconds, so that they grow even when the memory of the last one is lost.
        """
        if self._grant is not None or now < self._free_at:
            return None
        clock = utc_s % NUMBERS
        newer = not self.number or 0 < (clock - self.number) % NUMBERS < NUMBERS // 2
        self.number = (clock if newer else (self.number + 1) % NUMBERS) or 1
        self._grant = Grant(self.number, holder, now + self._use_ms, now + self._use_ms + self._longest_ms)
        return self._grant

    def may_order(self, number: int, now: int) -> bool:
        """Whether an order may still leave under this number."""
        grant = self._grant
        return grant is not None and grant.number == number and now <= grant.use_by

    def give_back(self, number: int, answered: bool, proven_shut: bool, now: int) -> bool:
        """Returns it if that is safe. answered: the board has said for good what became of the order, or none was ever
        sent. Returns whether it is free now."""
        grant = self._grant
        if grant is None or grant.number != number:
            return grant is None
        if not proven_shut or not (answered or now >= grant.over_at):
            return False
        self._grant = None
        self._free_at = now
        return True

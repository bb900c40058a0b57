"""Set-points: values that a board shall hold for as long as somebody vouches for them.

A command happens once. A set-point stands: it's sent again after a reconnect or a reboot, for the board has forgotten
it then, and each time as a new command with its own acknowledgement. It expires: what nobody has confirmed in time is
sent no more, and whoever held it is told, so that an old wish never outlives its owner. (The board has its own timer.)
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass

from edge_gateway.fieldbus.board import BoardSession
from edge_gateway.fieldbus.command import Command, CommandEnd

RETRY_MS = 5_000
"""A set-point that the board refused or that wasn't acknowledged is tried again after this."""


@dataclass(slots=True)
class SetPoint:
    """One value that a board shall hold. Times are `now` in ms.

    applied: the board has acknowledged it since its last start. problem: why not, in words. refresh_ms: sent again so
    long after it was sent, for a value that the board itself forgets after a while; 0 for one that stays.
    """

    key: Hashable
    code: int
    args: tuple[int, ...]
    expires: int
    applied: bool = False
    problem: str = ""
    sending: Command | None = None
    retry: int = 0
    refresh_ms: int = 0
    sent: int = 0


Ended = Callable[[SetPoint, int, bool], None]
"""`ended(point, took_ms, taken)`: a board has acknowledged a set-point, or did not take it."""

Expired = Callable[[SetPoint, int], None]


class SetPoints:
    """The set-points of one board, by key. Call `scan` in each control scan, before or after the session's."""

    def __init__(self, session: BoardSession, on_expired: Expired | None = None, on_end: Ended | None = None) -> None:
        self.session = session
        self._on_expired = on_expired
        self._on_end = on_end
        self._held: dict[Hashable, SetPoint] = {}
        self._reboots = session.reboots
        self._was_online = False

    def __getitem__(self, key: Hashable) -> SetPoint:
        return self._held[key]

    def __len__(self) -> int:
        return len(self._held)

    def hold(
        self, key: Hashable, code: int, args: tuple[int, ...], valid_ms: int, now: int, refresh_ms: int = 0
    ) -> SetPoint:
        """Let the board hold what `code` and `args` set, for `valid_ms` from now; again to prolong or to change it.

        refresh_ms: for a command that carries a validity of its own, less than half of that.
        """
        point = self._held.get(key)
        if point is None or (point.code, point.args) != (code, args):
            point = self._held[key] = SetPoint(key, code, args, 0, refresh_ms=refresh_ms)
        point.expires = now + valid_ms
        point.refresh_ms = refresh_ms
        self.scan(now)
        return point

    def __iter__(self) -> Iterator[SetPoint]:
        return iter(self._held.values())

    def release(self, key: Hashable) -> None:
        """Hold it no more; what the board does without is the board's business."""
        self._held.pop(key, None)

    def scan(self, now: int) -> None:
        """Expire what nobody prolonged, and send what the board doesn't hold."""
        session = self.session
        if session.reboots != self._reboots or (session.online and not self._was_online):
            self._reboots = session.reboots
            for point in self._held.values():
                point.applied = False
                point.retry = now
        self._was_online = session.online
        for point in [point for point in self._held.values() if now >= point.expires]:
            del self._held[point.key]
            if self._on_expired is not None:
                self._on_expired(point, now)
        if not session.online:
            return
        for point in self._held.values():
            old = bool(point.refresh_ms) and now - point.sent >= point.refresh_ms
            if (not point.applied or old) and point.sending is None and now >= point.retry:
                self._send(point, now)

    def _send(self, point: SetPoint, now: int) -> None:
        def told(command: Command, now: int) -> None:
            if command is not point.sending and point.sending is not None:
                return
            if command.accepted and command.end is None:
                point.applied = True
                return
            taken = command.end is CommandEnd.DONE or (point.applied and command.end is CommandEnd.OVERTAKEN)
            if self._on_end is not None:
                self._on_end(point, now - point.sent, taken)
            point.sending = None
            if taken:
                point.applied = True
                point.problem = ""
            else:
                point.applied = False
                point.problem = command.reason or f"{command.end}: {command.result_name}"
                point.retry = now + RETRY_MS

        point.sent = now
        ttl_ms = max(100, min(point.expires - now, 2_000))
        command = self.session.command(point.code, point.args, now=now, told=told, ttl_ms=ttl_ms)
        if command.end is None:
            point.sending = command

"""What district heat has decided, as commands: set-points with validity, and orders of a person that happen once.

A set-point is held (`fieldbus/setpoint.py`): sent again after a reconnect, and before the board forgets it. When the
gateway is lost the board goes on with the last set-points within its bands, and forgets the rest (H15).
"""

from __future__ import annotations

import asyncio
from typing import Any

from edge_gateway.control.heat.bands import WISH_S, Settable
from edge_gateway.control.heat.dispatch import Decision
from edge_gateway.control.heat.heat import DistrictHeat
from edge_gateway.control.heat.image import Image
from edge_gateway.core.board import BoardUnit
from edge_gateway.fieldbus.setpoint import SetPoint, SetPoints

_HELD_MS = 3_000
"""A wish that nobody renews here for so long is sent no more: the task has stopped."""


class HeatOrders:
    """The commands of one board. `send` in each control scan."""

    def __init__(self, board: BoardUnit) -> None:
        self.points = SetPoints(board.session, on_end=self._ended)
        self._waiting: dict[str, list[asyncio.Future[None]]] = {}
        self._board = board
        self._moved: set[tuple[str, ...]] = set()

    def send(self, heat: DistrictHeat, image: Image, now: int, but: str = "") -> None:
        """Holds what stands. but: a loop whose set-point is somebody else's for now."""
        made = heat.dispatched
        if made is None or not image.heard or image.refusal:
            for key in [point.key for point in self.points]:
                self.points.release(key)
            return
        for name, row in heat.settable.items():
            if name != but:
                self._hold(row, made[name], now)
            elif row.loop:
                self.points.release((name,))
        cap = made["fans"].value or 100.0
        if cap < 100.0:
            self._command(("fans",), "DRYC_CAP", (round(10 * cap),), WISH_S, now)
        else:  # nothing is to be told: without margin the board follows no cap, and takes none
            self.points.release(("fans",))
        # What the grid takes from EH1 it takes from back-up and hygiene too, and at once: that is no set-point.
        barred = not heat.allowance.eh1
        most = 0 if barred else round(10 * heat.plant.back_up_kw)
        self._command(("EH1_MAX",), "EH1_MAX", (most,), WISH_S, now, rests=not barred)
        self.points.scan(now)

    def taken(self, name: str) -> bool | None:
        """Whether the board holds what was decided for `name`; None while that isn't known yet."""
        for point in self.points:
            if point.key == (name,):
                return True if point.applied and not point.problem else False if point.problem else None
        return None

    async def answered(self, name: str, timeout_s: float) -> None:
        """Waits until the board has taken what was decided for `name`, or has not; at most so long."""
        if not any(point.key == (name,) and not point.applied for point in self.points):
            return
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(name, []).append(future)
        await asyncio.wait([future], timeout=timeout_s)

    def _ended(self, point: SetPoint, _took_ms: int, _taken: bool) -> None:
        for future in self._waiting.pop(_word(point.key), []):
            if not future.done():
                future.get_loop().call_soon(future.set_result, None)  # the point says how it ended a moment later

    def problems(self) -> dict[str, str]:
        """Set-points that the board did not take, and why."""
        return {_word(point.key): point.problem for point in self.points if point.problem}

    def _hold(self, row: Settable, decision: Decision, now: int) -> None:
        key = (row.name,)
        if decision.value is None:
            self.points.release(key)
            return
        value = round(row.scale * decision.value)
        args = (row.loop, value) if row.loop else (value,)
        # A cap that caps nothing, and nothing that is wanted of EH1 and buffer, need no life of their own.
        self._command(key, row.command, args, row.valid_s, now, rests=decision.value == row.at_rest)

    def _command(
        self, key: tuple[str, ...], name: str, args: tuple[int, ...], valid_s: int, now: int, rests: bool = False
    ) -> None:
        if rests and key not in self._moved:
            self.points.release(key)
            return
        self._moved.add(key)
        known = self._board.commands[name]
        refresh_ms = 0 if rests else 1000 * valid_s // 3  # at rest it is told once, and then left to the board
        self.points.hold(key, known.code, (*args, valid_s), _HELD_MS, now, refresh_ms)


def _word(key: Any) -> str:
    return " ".join(str(part) for part in key) if isinstance(key, tuple) else str(key)

"""What district heat has decided, as commands: set-points with validity, and orders of a person that happen once.

A set-point is held (`fieldbus/setpoint.py`): sent again after a reconnect, and before the board forgets it. When the
gateway is lost the board goes on with the last set-points within its bands, and forgets the rest (H15).
"""

from __future__ import annotations

from typing import Any

from edge_gateway.control.heat.bands import Settable
from edge_gateway.control.heat.dispatch import Decision
from edge_gateway.control.heat.heat import DistrictHeat
from edge_gateway.control.heat.image import Image
from edge_gateway.core.board import BoardUnit
from edge_gateway.fieldbus.setpoint import Ended, SetPoints

SET_POINT_S = 900
"""The board asks for a set-point again after this; while it hears no gateway it goes on with it."""
WISH_S = 60
"""What isn't a set-point ends on the board after this."""
POWER_S = 30
"""Power-to-heat ends after this (H15)."""
_HELD_MS = 3_000
"""A wish that nobody renews here for so long is sent no more: the task has stopped."""


class HeatOrders:
    """The commands of one board. `send` in each control scan."""

    def __init__(self, board: BoardUnit, ended: Ended | None = None) -> None:
        self.points = SetPoints(board.session, on_end=ended)
        self._board = board
        self._moved: set[tuple[str, ...]] = set()

    def send(self, heat: DistrictHeat, image: Image, now: int) -> None:
        """Holds what stands."""
        made = heat.dispatched
        if made is None or not image.heard or image.refusal:
            for key in [point.key for point in self.points]:
                self.points.release(key)
            return
        for name, row in heat.settable.items():
            self._hold(row, made[name], now)
        fans = made["fans"]
        if fans.value is not None:
            limits = fans.value < 100
            self._command(("DRYC_CAP",), "DRYC_CAP", (round(10 * fans.value),), WISH_S, now, rests=not limits)
        self.points.scan(now)

    def taken(self, name: str) -> bool | None:
        """Whether the board holds what was decided for `name`; None while that isn't known yet."""
        for point in self.points:
            if point.key == (name,):
                return True if point.applied and not point.problem else False if point.problem else None
        return None

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
        rests = not row.lasts and decision.value == (row.high if row.command == "HP_MAX" else 0)
        valid_s = SET_POINT_S if row.lasts else POWER_S if row.command == "P2H" else WISH_S
        self._command(key, row.command, args, valid_s, now, rests)

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

"""What the energy management has decided, as commands: set-points with validity, and orders until they are proven.

A set-point is held (`fieldbus/setpoint.py`): sent again after a reconnect, and before the board forgets it. Opening and
closing the breaker and forming a grid happen once, are journalled with who ordered them, and are tried again calmly.
"""

from __future__ import annotations

from typing import Any

from edge_gateway.control.energy.ems import Ems
from edge_gateway.control.energy.image import Image
from edge_gateway.control.energy.state import State
from edge_gateway.core.board import BoardUnit
from edge_gateway.core.commands import Commander
from edge_gateway.fieldbus.command import Command
from edge_gateway.fieldbus.setpoint import Ended, SetPoints
from edge_gateway.site import Energy
from protocols.sheets.energy_points import WORDS

BY = "energy"
VALID_S = 30
"""The board forgets a wish after this: so long it outlives us (E11)."""
_REFRESH_MS = 10_000
_HELD_MS = 3_000
"""A wish that nobody renews here for so long is sent no more: the management has stopped."""
_RETRY_MS = 2_000
_WORKING_MS = 30_000
"""An order that the board has accepted isn't repeated for so long: a breaker is being closed by its synchroniser."""


class EnergyOrders:
    """The commands of one board. `send` in each control scan."""

    def __init__(self, energy: Energy, board: BoardUnit, commander: Commander, ended: Ended) -> None:
        self.points = SetPoints(board.session, on_end=ended)
        self._energy = energy
        self._board = board
        self._commander = commander
        self._tried: dict[str, int] = {}
        self._busy: set[str] = set()
        self._limited = False

    def send(self, ems: Ems, image: Image, now: int) -> None:
        """Holds what stands, orders what is wanted and isn't proven."""
        made = ems.dispatched
        if made is None or not image.heard or image.refusal:
            for key in [point.key for point in self.points]:
                self.points.release(key)
            return
        wanted = ems.island.wanted
        tier = wanted.shed or (3 if ems.transformer.level >= 100 else 0)
        self._hold("SHED", (tier,), now, _REFRESH_MS if tier else 0)
        self._hold("SET_EXPORT_CAP", (round(10 * made.export_cap.kw),), now)
        self._hold("SET_IMPORT_CAP", (round(10 * made.import_cap.kw),), now)
        if self._energy.battery is not None:
            self._hold("SET_RESERVE", (round(10 * self._energy.battery.reserve_pct),), now)
            forms = ems.state in (State.ISLAND, State.SHUTDOWN)
            self._hold_or_release(not forms, "SET_PCS", (round(10 * made.battery.kw) & 0xFFFF,), now)
        if self._energy.ev is not None:
            self._hold("EV_SHARE", (int(10 * ems.allocation.amps),), now)
            for index in range(len(WORDS)):
                bits = sum(1 << point % 16 for point in ems.allocation.enabled if point // 16 == index)
                self._hold("EV_ENABLE", (index, bits), now)
        self._limit_inverters(made.pv_pct, now)
        self.points.scan(now)
        self._order(wanted.open_qg and image.grid.closed is not False, "QG_OPEN", (), now)
        opened = image.grid.closed is False
        self._order(wanted.form and opened and not image.battery.may_form, "PCS_FORM", (1,), now)
        self._order(wanted.close_qg and opened, "QG_CLOSE", (), now)

    def problems(self) -> dict[str, str]:
        """Set-points that the board did not take, and why."""
        return {_word(point.key): point.problem for point in self.points if point.problem}

    def _hold(self, name: str, args: tuple[int, ...], now: int, refresh_ms: int = _REFRESH_MS) -> None:
        known = self._board.commands[name]
        key = (name, args[0]) if name in ("EV_ENABLE", "INV_LIMIT") else (name,)
        self.points.hold(key, known.code, (*args, VALID_S), _HELD_MS, now, refresh_ms)

    def _hold_or_release(self, wanted: bool, name: str, args: tuple[int, ...], now: int) -> None:
        if wanted:
            self._hold(name, args, now)
        else:
            self.points.release((name,))

    def _limit_inverters(self, pct: float | None, now: int) -> None:
        """A limit of all inverters; when it is over, once that there is none: else it would stand until it expires."""
        if pct is not None:
            self._limited = True
            self._hold("INV_LIMIT", (0, round(10 * pct)), now)
        elif self._limited:
            self._hold("INV_LIMIT", (0, 1000), now, 0)

    def _order(self, wanted: bool, name: str, args: tuple[int, ...], now: int) -> None:
        """Once, and again when it has ended without what was wanted."""
        key = f"{name} {args}"
        if not wanted:
            self._tried.pop(key, None)
            return
        if key in self._busy or now < self._tried.get(key, now):
            return
        self._busy.add(key)
        known = self._board.commands[name]

        def ended(command: Command) -> None:
            self._busy.discard(key)
            self._tried[key] = now + (_WORKING_MS if command.accepted else _RETRY_MS)

        self._commander.send(self._board.session, known.name, known.code, args, BY, now, ended)


def _word(key: Any) -> str:
    return " ".join(str(part) for part in key) if isinstance(key, tuple) else str(key)

"""Commands to boards by name, with an entry in the journal for each order and each end."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from edge_gateway.core.clock import utc_ms
from edge_gateway.fieldbus.board import BoardSession
from edge_gateway.fieldbus.command import Command, CommandEnd
from edge_gateway.journal import Draft, Kind
from edge_gateway.site.problems import did_you_mean
from protocols import layout

log = logging.getLogger(__name__)

_COMMON = {
    "PING": (layout.CMD_PING, ()),
    "SET_MODE": (layout.CMD_SET_MODE, ("mode",)),
    "RESET": (layout.CMD_RESET, ()),
    "STOP": (layout.CMD_STOP, ()),
    "START": (layout.CMD_START, ()),
    "GO_SAFE": (layout.CMD_GO_SAFE, ()),
    "REBOOT": (layout.CMD_REBOOT, ()),
}
"""Commands that every board knows, and the names of their arguments."""

Ended = Callable[[Command], None]


@dataclass(frozen=True, slots=True)
class KnownCommand:
    """A command as people name it."""

    name: str
    code: int
    args: tuple[str, ...]
    meaning: str = ""
    hazardous: bool = False


def known_commands(sheet: Any) -> dict[str, KnownCommand]:
    """What boards with this sheet understand, by name."""
    known = {name: KnownCommand(name, code, args) for name, (code, args) in _COMMON.items()}
    for row in sheet.commands:
        known[row.name] = KnownCommand(row.name, row.code, tuple(row.args), row.meaning, row.hazardous)
    return known


def parse_arguments(command: KnownCommand, given: list[Any]) -> tuple[int, ...]:
    """Arguments as words of the command block. A mode may be given by name. Raises ValueError."""
    if len(given) != len(command.args):
        wanted = " ".join(command.args) or "no arguments"
        raise ValueError(f"{command.name} takes {wanted}; {len(given)} given")
    return tuple(_argument(name, value) for name, value in zip(command.args, given, strict=True))


def _argument(name: str, value: Any) -> int:
    modes = tuple(layout.MODES)
    if name == "mode" and isinstance(value, str) and not value.isdigit():
        if value.upper() not in modes:
            raise ValueError(f"`{value}` is no mode; {did_you_mean(value.upper(), modes, noun='modes')}")
        return modes.index(value.upper())
    try:
        number = int(value, 0) if isinstance(value, str) else int(value)
    except (TypeError, ValueError):
        raise ValueError(f"{name} must be a number, not `{value}`") from None
    if not 0 <= number <= 0xFFFF:
        raise ValueError(f"{name} must be 0 to 65535, not {number}")
    return number


class Commander:
    """The one way to a board's command block. `journal` takes the entries."""

    def __init__(self, journal: Callable[[Draft], Any]) -> None:
        self._journal = journal

    def send(
        self,
        session: BoardSession,
        name: str,
        code: int,
        args: tuple[int, ...],
        by: str,
        now: int,
        ended: Ended | None = None,
    ) -> Command:
        """Orders a command; `ended` hears of its end. It is never repeated by itself."""
        order = {"code": code, "args": list(args), "by": by}
        sheet = session.identity.sheet
        self._journal(Draft(Kind.COMMAND, utc_ms(), session.name, name, {**order, "phase": "ordered"}))

        def told(command: Command, _now: int) -> None:
            self._journal(Draft(Kind.COMMAND, utc_ms(), session.name, name, {**order, **outcome(command, sheet)}))
            if command.end is not None:
                if command.end is not CommandEnd.DONE:
                    log.warning("%s: %s %s (%s)", session.name, name, command.end, why(command, sheet))
                if ended is not None:
                    ended(command)

        return session.command(code, args, now=now, told=told)


def outcome(command: Command, sheet: Any) -> dict[str, Any]:
    """How a command stands, for the journal and the local API."""
    return {
        "phase": "ended" if command.end is not None else "accepted" if command.accepted else "sent",
        "seq": command.seq,
        "end": str(command.end) if command.end is not None else None,
        "done": command.end is CommandEnd.DONE,
        "result": command.result_name,
        "detail": command.detail,
        "reason": why(command, sheet),
    }


def why(command: Command, sheet: Any) -> str:
    """Why a command ended otherwise than done, in words; empty when it didn't."""
    if command.end in (None, CommandEnd.DONE):
        return ""
    if command.result == layout.RES_INTERLOCK and command.detail < len(sheet.permissives):
        permissive = sheet.permissives[command.detail]
        return f"interlock: {permissive.name} ({permissive.meaning}) is missing"
    if command.reason or not command.result:
        return command.reason
    return f"{command.result_name}, detail {command.detail}" if command.detail else command.result_name

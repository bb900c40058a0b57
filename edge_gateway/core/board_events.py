"""Events of boards in the words of their sheets, as journal entries and back."""

from __future__ import annotations

from typing import Any

from edge_gateway.fieldbus.events import BoardEvent, EventGap
from edge_gateway.journal import Draft, Kind, Record
from protocols import layout

FIRST_KEY = "boot"
"""The body of an event that a board wrote begins with it; events of the gateway about a board don't."""

_COMMON_ARGS = {
    layout.EV_BOOT: ("reset_cause", "boots"),
    layout.EV_LINK: ("from", "to"),
    layout.EV_MODE: ("from", "to"),
    layout.EV_TRIP: ("cause", "first_out"),
    layout.EV_TRIP_CLEARED: ("cause", "first_out"),
    layout.EV_COMMAND: ("code", "result"),
    layout.EV_CONFIG: ("version", "crc"),
    layout.EV_FAULT: ("fault", "detail"),
    layout.EV_SCAN_OVERRUN: ("took_ms", "overruns"),
    layout.EV_STATE: ("from", "to"),
}

_WORDS: dict[tuple[int, str], tuple[str, ...]] = {
    (layout.EV_BOOT, "reset_cause"): tuple(layout.RESET_CAUSES),
    (layout.EV_LINK, "from"): tuple(layout.LINKS),
    (layout.EV_LINK, "to"): tuple(layout.LINKS),
    (layout.EV_MODE, "from"): tuple(layout.MODES),
    (layout.EV_MODE, "to"): tuple(layout.MODES),
}


class EventWords:
    """Turns the events of boards with one sheet into journal entries."""

    def __init__(self, sheet: Any) -> None:
        self._events = {event.code: event for event in sheet.events}
        self._states = tuple(sheet.states)
        self._causes = tuple(cause.name for cause in sheet.causes)

    def draft(self, event: BoardEvent | EventGap) -> Draft:
        """The entry of an event, or of events that were overwritten before they could be read."""
        if isinstance(event, EventGap):
            body = {"boot": event.boot_cnt, "first": event.first, "count": event.count}
            return Draft(Kind.GAP, event.utc_ms, event.board, "BOARD_EVENTS_LOST", body)
        told: dict[str, Any] = {FIRST_KEY: event.boot_cnt, "index": event.index}
        told["state"] = _word(self._states, event.state)
        told.update(self._arguments(event))
        return Draft(Kind.EVENT, event.utc_ms, event.board, self._name(event.code), told)

    def _name(self, code: int) -> str:
        known = self._events.get(code)
        if known is not None:
            return str(known.name)
        names = tuple(layout.EVENTS)
        return names[code] if 0 < code < len(names) else f"EVENT_{code}"

    def _arguments(self, event: BoardEvent) -> dict[str, Any]:
        known = self._events.get(event.code)
        if known is not None and known.wide:
            return {known.args[0]: event.arg0 << 16 | event.arg1}
        names = known.args if known is not None else _COMMON_ARGS.get(event.code, ("arg0", "arg1"))
        values = dict(zip(names, (event.arg0, event.arg1), strict=False))
        return {name: self._argument(event.code, name, value) for name, value in values.items()}

    def _argument(self, code: int, name: str, value: int) -> Any:
        if name == "cause" and code in (layout.EV_TRIP, layout.EV_TRIP_CLEARED):
            return _word(("", *self._causes), value)
        if code == layout.EV_STATE:
            return _word(self._states, value)
        words = _WORDS.get((code, name))
        return value if words is None else _word(words, value)


def resume_from(record: Record | None) -> tuple[int, int] | None:
    """Where reading the event ring goes on: (boot, index) of the last event that the journal has of a board."""
    if record is None or "index" not in record.body:
        return None
    return int(record.body[FIRST_KEY]), int(record.body["index"])


def _word(words: tuple[str, ...], value: int) -> str | int:
    return words[value] if 0 <= value < len(words) else value

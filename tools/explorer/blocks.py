"""How the function blocks and devices of `drivers/` are captured: which of their attributes are memory, and which times
still matter."""

from __future__ import annotations

from typing import Any

from drivers.loop_detector import MOVED_MS, STANDING_MS
from protocols.ticks import PERIOD_MASK
from tools.explorer.graph import Rule, Tick


def _ring(o: Any, now: int) -> tuple[int, ...]:
    return tuple([(now - o._ring[(o._oldest + i) % o.n]) & PERIOD_MASK for i in range(o.count)])


def _ring_back(o: Any, ages: tuple[int, ...], now: int) -> None:
    o._oldest = 0
    o.count = len(ages)
    for i, age in enumerate(ages):
        o._ring[i] = (now - age) & PERIOD_MASK


def _trip_timers(o: Any, now: int) -> tuple[tuple[int, int], ...]:
    if 1 not in o._timing:
        return ()
    return tuple([(i, (now - o._since[i]) & PERIOD_MASK) for i in range(o.n) if o._timing[i]])


def _trip_timers_back(o: Any, ages: tuple[tuple[int, int], ...], now: int) -> None:
    o._timing[:] = bytes(o.n)
    for i, age in ages:
        o._timing[i] = 1
        o._since[i] = (now - age) & PERIOD_MASK


_TIMER = Rule(frozenset({"preset"}), {"_since": Tick("o._timing", "o.preset")})

RULES: dict[str, Rule] = {
    "OnDelay": _TIMER,
    "OffDelay": _TIMER,
    "Debounce": Rule(frozenset({"on_ms", "off_ms"}), {"_since": Tick("o._timing", "max(o.on_ms, o.off_ms)")}),
    "Pulse": Rule(frozenset({"preset"}), {"_since": Tick("o.q", "o.preset")}),
    "RisingEdge": Rule(frozenset({"q"})),
    "FallingEdge": Rule(frozenset({"q"})),
    "RateCounter": Rule(
        frozenset({"n", "window_ms", "count", "q", "_ring", "_oldest"}), capture=_ring, restore=_ring_back
    ),
    "TripEngine": Rule(
        frozenset(
            {
                *("n", "first_out", "first_out_ms", "raised", "cleared", "blocked", "_raised_ms"),
                *("_out", "_after", "_clear", "_timing", "_since"),
                *("_latching", "_by_itself", "_bit", "_on_bad", "_reset", "_effects", "_qualities"),
            }
        ),
        capture=_trip_timers,
        restore=_trip_timers_back,
    ),
    "SafetyBeams": Rule(
        frozenset({"answer_ms", "valid_ms", "broken"}),
        {"_since": Tick("o.testing or o.ok", "max(o.answer_ms, o.valid_ms)")},
    ),
    "SafetyEdge": Rule(
        frozenset({"low", "high", "release_ms", "reason"}), {"_since": Tick("o.tripped and o._healthy", "o.release_ms")}
    ),
    "LoopDetector": Rule(
        frozenset({"occupied", "fault"}),
        {
            "_present_since": Tick("o._was_present and not o._standing", str(STANDING_MS)),
            "_arrived_since": Tick("o._arrived", str(MOVED_MS + 1)),
        },
    ),
    "Boom": Rule(
        frozenset(
            {
                *("open_nominal_ms", "open_max_ms", "close_nominal_ms", "close_max_ms", "cap", "creep"),
                *("yo", "yc", "spd", "at_open", "at_closed", "fault", "obstructed", "angle", "travel_ms", "slow"),
                *("current", "_opening", "_closing", "_slew", "_blind", "_whole"),
            }
        ),
        {"_since": Tick("o._driven != 0")},
    ),
}
"""By class name, so that they also fit classes that were imported afresh. What a boom's speed and current do has no
part in what it decides; an obstruction is an environment's to invent."""

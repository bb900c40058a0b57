"""The lane as it is explored: short delays, what is memory in it, an oracle for who may pass, what a campaign is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from protocols import layout
from tools.explorer.blocks import RULES
from tools.explorer.graph import Rule, Tick

SCAN = 10
NOW = 7  # every scan is made at this tick, shortly after ticks wrapped

CLOSED, BETWEEN, OPEN = 0, 1, 2
PARAMETERS: dict[str, float] = {
    "clear_ms": 20,
    "beams_clear_ms": 10,
    "preclose_ms": 10,
    "open_wait_s": 0.02,
    "passing_max_s": 0.03,
    "reversal_hold_ms": 30,
    "reversal_max": 1,
    "reversal_window_s": 1000,
    "hold_clear_ms": 20,
    "fire_after_ms": 10,
    "detector_ok_s": 0.02,
    "beam_test_ms": 20,
    "gap_ms": 10,
    "open_nominal_ms": 20,
    "open_max_ms": 40,
    "close_max_ms": 40,
    "jog_max_ms": 60,
    "emv_max_min": 0.0005,
    "wind_ok_min": 0,
    "mains_ok_s": 0,
}
CONSTANTS: dict[str, dict[str, int]] = {
    "drivers.loop_detector": {"STANDING_MS": 20, "MOVED_MS": 10},
    "firmware.programs.lane_passage": {"_LOST_MS": 20},
}


def _count_back(counter: Any, count: int, now: int) -> None:
    counter.count = count
    counter._oldest = 0
    for i in range(count):
        counter._ring[i] = now


_LANE = Rule(
    frozenset(
        {
            *(
                "table",
                "par",
                "events",
                "whitelist",
                "completed",
                "completed_detail",
                "detail",
                "warn_bits",
                "fault_bits",
            ),
            *("missing", "may_close", "lane_clear", "ready", "hold_reason", "by_board", "substate", "_was_local"),
            *("loop_occupied", "beams_in_test", "edge_tripped", "over_current", "motion_fault", "beam_test_failed"),
            *("wind_high", "reversal_limit", "emv_active", "emv_elsewhere", "open_flood", "supply_low"),
            *("_test_reported", "_by_board", "_lift_asked", "_lower_asked", "_no_close", "_authorised"),
        }
    ),
    # OPEN, PASSING and PRECLOSE look at their age.
    {
        "since": Tick(
            "o.state in (3, 4, 6)",
            "(o.wait_ms if o.state == 3 else o.par.passing_max_s * 1000 if o.state == 4 else o.par.preclose_ms)",
        ),
        "hold_since": Tick("o.hold_ms"),
    },
)
LANE_RULES: dict[str, Rule] = RULES | {
    "LoopDetector": Rule(
        RULES["LoopDetector"].ignore,
        {
            "_present_since": Tick("o._was_present and not o._standing", "20"),
            "_arrived_since": Tick("o._arrived", "20"),
        },
    ),
    # Reversals are counted and never forgotten: more of them than within any window.
    "RateCounter": Rule(RULES["RateCounter"].ignore, capture=lambda o, now: o.count, restore=_count_back),
    "ParkingLane": _LANE,
    "Passage": Rule(frozenset({"event", "under"}), {"_since": Tick("o.state == 3", "20")}),
    "EmergencyPassage": Rule(frozenset(), {"_since": Tick("o.q", "o._for_ms")}),
}
LEFT_OUT = frozenset({"Table", "Parameters", "NoEvents", "CurrentCurve", "SpeedProfile", "RateLimit"})


class NoEvents:
    """Events are not part of the state."""

    def emit(self, code: int, arg0: int = 0, arg1: int = 0) -> None:
        """Forget it."""


class AnyoneMayPass:
    """Admission as an oracle: `authorised` is the environment's to set, at any time."""

    def __init__(self) -> None:
        self.authorised = 0
        self.credit = 0

    by_board = 0
    credit_token = 0
    lost = 0
    flood = 0

    def scan(self, *_: object) -> None:
        """Nothing by itself."""

    def take(self) -> int:
        """Let the vehicle in."""
        self.authorised = 0
        self.credit = 1
        return 1

    def enter(self) -> int:
        """A vehicle reaches the boom."""
        had = self.credit
        self.credit = 0
        return had

    def give_back(self) -> None:
        """It went back."""
        self.credit = 1

    def gone(self) -> None:
        """It went through."""

    def forget(self) -> None:
        """The boom is closed."""
        self.credit = 0


@dataclass(frozen=True)
class Campaign:
    """Which inputs are free, with their values (the first is where they begin), and which commands arrive.

    lags: the boom may stay behind its drive; spring: at rest it may rise; boom: where it is at power-up.
    """

    name: str
    free: Mapping[str, tuple[int, ...]]
    commands: tuple[str, ...] = ()
    lags: bool = False
    spring: bool = False
    boom: int = CLOSED
    parameters: Mapping[str, float] = field(default_factory=dict)


HAZARDS = ("lb", "body", "edge", "fire", "emv")
HEALTHY = {"lb": 0, "lc": 0, "la": 1, "body": 0, "blind": 0, "edge": 0, "fire": 0, "es": 0, "mode": layout.MODE_AUTO,
            "jog": 0, "over": 0, "emv": 0, "heard": 1}  # fmt: skip
"""lb: 0 clear, 1 vehicle, 2 detector fault. blind: the receiver of
1 PE1, 2 PE2 is stuck at clear. jog: 1 up, 2 down. over: the
motor current says obstruction. heard: 0 until every input has been sampled since
power-up."""

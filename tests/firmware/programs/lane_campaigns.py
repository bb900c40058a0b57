"""What is explored of the lane, and the mutations that the exploration must catch."""

from __future__ import annotations

from protocols import layout
from tests.firmware.programs.lane_model import BETWEEN, OPEN, Campaign
from tools.explorer.sandbox import Mutation

_MODES = (layout.MODE_AUTO, layout.MODE_MAINT)

CAMPAIGNS = {
    campaign.name: campaign
    for campaign in (
        Campaign("vehicles", {"lb": (0, 1), "lc": (0, 1), "body": (0, 1)}, ("authorise",)),
        Campaign("hazards", {"lb": (0, 1), "body": (0, 1), "edge": (0, 1), "fire": (0, 1)}, ("authorise", "reset")),
        Campaign(
            "beams",
            {"body": (0, 1), "blind": (0, 1, 2, 3)},
            ("authorise",),
            parameters={"preclose_ms": 50, "beams_clear_ms": 40},
        ),
        Campaign(
            "detector", {"lb": (0, 1, 2), "over": (0, 1)}, ("authorise",), lags=True, parameters={"detector_ok_s": 0.08}
        ),
        Campaign(
            "reversals",
            {"edge": (0, 1), "over": (0, 1)},
            ("authorise",),
            parameters={"reversal_max": 2, "reversal_hold_ms": 80},
        ),
        Campaign("stops", {"es": (0, 1)}, ("authorise", "reset", "STOP", "START"), lags=True),
        Campaign("orders", {"lb": (0, 1), "emv": (0, 1)}, ("authorise", "HOLD", "RELEASE", "LOCK")),
        Campaign("maintenance", {"mode": _MODES, "jog": (0, 1, 2), "lb": (0, 1), "es": (0, 1)}),
        Campaign("power-up between", {"heard": (0, 1), "lb": (0, 1)}, ("START",), spring=True, boom=BETWEEN),
        Campaign("power-up open", {"heard": (0, 1), "lb": (0, 1)}, ("RELEASE",), spring=True, boom=OPEN),
    )
}

_LANE = "firmware.programs.parking_lane"
_BASE = "firmware.programs.lane_base"

MUTATIONS: tuple[tuple[str, Mutation], ...] = (
    (
        "hazards",
        Mutation(
            "a closing asks nobody",
            _LANE,
            "if not self.may_close:\n            self._reverse",
            "if 0:\n            self._reverse",
        ),
    ),
    (
        "hazards",
        Mutation("a closing begins without asking", _LANE, "if beams.ok and self.may_close:", "if beams.ok:"),
    ),
    (
        "hazards",
        Mutation(
            "only causes are asked, not permissives",
            _BASE,
            "self.trips.effects & self._no_close or self.missing & self.table.PM_CLOSE",
            "self.trips.effects & self._no_close",
        ),
    ),
    (
        "detector",
        Mutation(
            "only permissives are asked, not causes",
            _BASE,
            "self.trips.effects & self._no_close or self.missing & self.table.PM_CLOSE",
            "self.missing & self.table.PM_CLOSE",
        ),
    ),
    ("beams", Mutation("no test before a closing", _LANE, "if beams.ok and self.may_close:", "if self.may_close:")),
    (
        "beams",
        Mutation("one beam's answer is enough", "drivers.safety_beam", "if not silent:", "if silent != 3:"),
    ),
    (
        "beams",
        Mutation(
            "the beams need not have been clear for long",
            _BASE,
            "self._beams_clear.preset = par.beams_clear_ms",
            "self._beams_clear.preset = 0",
        ),
    ),
    (
        "vehicles",
        Mutation(
            "the loop need not have been clear for long",
            _BASE,
            "self._loop_clear.preset = par.clear_ms",
            "self._loop_clear.preset = 0",
        ),
    ),
    (
        "beams",
        Mutation("no warning before a closing", _LANE, "self.age(now) >= self.par.preclose_ms", "self.age(now) >= 0"),
    ),
    (
        "reversals",
        Mutation(
            "after a reversal the lane closes as after any opening",
            _LANE,
            "self._just_reversed.preset = self.par.reversal_hold_ms",
            "self._just_reversed.preset = 0",
        ),
    ),
    ("reversals", Mutation("reversals are not counted", _LANE, "        self.count_reversal(now)\n", "")),
    (
        "orders",
        Mutation(
            "a forced state takes its first step one scan later",
            _LANE,
            "        self._force(io, now)\n        self._steps[self.state](io, now)\n",
            "        state = self.state\n        self._force(io, now)\n        if state == self.state:\n"
            "            self._steps[state](io, now)\n",
        ),
    ),
    (
        "hazards",
        Mutation("a fire holds nothing", _BASE, "if working & 1 << table.CAUSE_FIRE:", "if 0:"),
    ),
    (
        "detector",
        Mutation(
            "a closing is not turned before the boom has left its limit",
            "drivers.boom",
            "(not self.at_open or self.demand == CLOSING)",
            "not self.at_open",
        ),
    ),
    (
        "maintenance",
        Mutation(
            "the jog button lowers the boom without asking",
            _LANE,
            "            if not self.may_close:\n                boom.stop()\n",
            "            pass\n",
        ),
    ),
    (
        "maintenance",
        Mutation(
            "in maintenance the stop is left to the relay",
            _LANE,
            "if self.trips.effects & self.table.EF_MOTOR_OFF or self.missing & self.table.PM_MOVE:",
            "if 0:",
        ),
    ),
    (
        "hazards",
        Mutation(
            "the sheet forgets FIRE among the permissives",
            "protocols.sheets.parking_lane",
            'Permissive("NO_FIRE", "not FIRE", ("CLOSE",)',
            'Permissive("NO_FIRE", "not FIRE", ("ADMIT",)',
        ),
    ),
)
"""(campaign, mutation): each must be found by its campaign."""

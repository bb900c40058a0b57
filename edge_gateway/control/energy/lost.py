"""What is done when a signal is lost, written down once: for how long its last value counts, and what follows then.

The image is made with these times; what follows is in the code that reads the value (`where`). A test walks the table.
"""

from __future__ import annotations

from typing import NamedTuple


class Lost(NamedTuple):
    """One row. hold_ms: a value that isn't good any more is used for so long. then: what follows."""

    signal: str
    hold_ms: int
    then: str
    where: str


TABLE = (
    Lost("GM.P", 2_000, "battery to 0 by 50 kW/s, EV 6 A, PV at its share of the export cap; OBSERVE", "dispatch"),
    Lost("GM.Q", 10_000, "transformer judged by active power alone", "image"),
    Lost("GM.V", 2_000, "no grid event is told", "sequence"),
    Lost("GM.F", 2_000, "no grid event is told", "sequence"),
    Lost("GRID.OK", 0, "nothing is opened for it, nothing is joined, the 300 s begin anew", "island"),
    Lost("QG.ZCL", 0, "neither open nor closed: nothing is formed, nothing is joined", "island"),
    Lost("PCS.P", 2_000, "as GM.P: neither cap nor law can be worked out without it", "dispatch"),
    Lost("PCS.SP", 5_000, "a restart begins at the measured power instead", "ems"),
    Lost("BAT.SOC", 5_000, "battery 0 kW (§2a)", "dispatch"),
    Lost("CHARGE.MAX", 5_000, "not charged", "dispatch"),
    Lost("DISCH.MAX", 5_000, "not discharged", "dispatch"),
    Lost("PCS.ST", 2_000, "counts as not forming: black start waits for it", "island"),
    Lost("PCS.CTL", 5_000, "taken to follow its set-points", "dispatch"),
    Lost("PCS.YFORM", 1_000, "counts as not allowed to form: it is asked for again", "orders"),
    Lost("SHED.TIER", 5_000, "nothing counts as shed", "dispatch"),
    Lost("BAT.SOH", 60_000, "told as unknown; nothing is controlled by it", "kpi"),
    Lost("INV.W", 5_000, "unit assumed at nameplate by the board; no surplus is told to others", "signals"),
    Lost("EV.P", 5_000, "EV at its floor of 6 A", "dispatch"),
    Lost("EV.CONN", 60_000, "every point is taken for connected", "ev"),
    Lost("EV.CHRG", 60_000, "who is connected is taken to charge", "ev"),
    Lost("MET.G", 15_000, "the forecast alone", "forecast"),
    Lost("plan", 0, "rules by time of day", "plan"),
    Lost("board", 0, "nothing is sent; set-points expire there after 30 s (E11)", "sequence"),
)

HOLD_MS = {row.signal: row.hold_ms for row in TABLE}

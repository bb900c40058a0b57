"""What the heat plant was like at each scan, as it really was: extremes, and how long it was hot.

seen = Seen(rig)
rig.run(3600)
seen.highest("TT45"), seen.hot_min
"""

from __future__ import annotations

from hil_tests.heat_rig import HeatRig

HOT_C = 70.0
SCALD_C = 65.0
TAGS = ("TT41", "TT45", "TT46", "TT101")


class Seen:
    """Extremes since it was made or since `begin`, looked at after each scan of the board (a second in a time-lapse).

    hot_min: longest unbroken time that the whole store was at 70 degC or above, minutes. scald_s: how long TT45 was
    above 65 degC in all, seconds. looks: at how many moments.
    """

    def __init__(self, rig: HeatRig) -> None:
        self._rig = rig
        self._before = rig.board.on_step
        self.begin()
        rig.board.on_step = self._look

    def begin(self) -> None:
        """Forget what was."""
        self._hi = dict.fromkeys(TAGS, -1e3)
        self._lo = dict.fromkeys(TAGS, 1e3)
        self._at = self._hot_since = self._rig.now
        self.hot_min = 0.0
        self.scald_s = 0.0
        self.looks = 0

    def highest(self, tag: str) -> float:
        """Of one of `TAGS`, degC."""
        return self._hi[tag]

    def lowest(self, tag: str) -> float:
        """Of one of `TAGS`, degC."""
        return self._lo[tag]

    def _look(self) -> None:
        if self._before is not None:
            self._before()
        rig = self._rig
        now = rig.now
        if now == self._at:
            return
        self.looks += 1
        for tag in TAGS:
            true = rig.true(tag)
            self._hi[tag] = max(self._hi[tag], true)
            self._lo[tag] = min(self._lo[tag], true)
        if rig.true("TT45") > SCALD_C:
            self.scald_s += (now - self._at) / 1000.0
        if min(rig.district.dhw.store.t) < HOT_C:
            self._hot_since = now
        self.hot_min = max(self.hot_min, (now - self._hot_since) / 60_000.0)
        self._at = now

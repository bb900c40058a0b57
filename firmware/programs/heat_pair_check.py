"""Two temperatures of the same water, one before and one after: swapped wires and drift (domain brief §4c H11).

Only a state that stands says anything: water takes minutes round a loop, so supply and return compare well when neither
has moved for longer than that.
"""

from drivers.blocks.timers import OnDelay
from protocols.port import const

_STEADY = const(150)  # 0.01 K


class PairCheck:
    """`q` is 1 once `wrong` has stood for the preset, with both values within 1.5 K of where it began."""

    def __init__(self):
        self.q = 0
        self._timer = OnDelay(900000)
        self._a = 0
        self._b = 0

    def __call__(self, wrong, a, b, preset_ms, now):
        """Judge once; call it every second or so."""
        da = a - self._a
        db = b - self._b
        if not (-_STEADY < da < _STEADY and -_STEADY < db < _STEADY):
            self._a = a
            self._b = b
            self._timer.reset()
        self._timer.preset = preset_ms
        self.q = self._timer(wrong, now)
        return self.q

    def reset(self):
        """Forget what was seen."""
        self.q = 0
        self._timer.reset()

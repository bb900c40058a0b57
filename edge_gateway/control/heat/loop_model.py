"""A process of the first order with dead time in a closed loop with the board's own PI block, scan by scan.

What the robustness of a suggestion is told with, and what tests hold the start values of the domain brief §4d to. The
valve strokes no faster than it can, and tells the block that it lags, as the board does.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from enum import StrEnum
from math import exp

from drivers.blocks.pi import PI

SCAN_MS = 100
_SLOW_S = 20.0
"""A slower process is simulated faster by so much that its lag is this: shape and overshoot stay, and it takes less."""
_WORD = 100
"""Values are told in hundredths, outputs in tenths of a percent."""
_PERMILLE = 10


class Windup(StrEnum):
    """What the block does while the valve strokes."""

    BACK_CALCULATION = "back-calculation"
    """Its integral follows the valve, within the integral time."""
    CONDITIONAL = "conditional"
    """It waits."""
    UNTOLD = "untold"
    """Nobody tells it that the valve lags."""


@dataclass(frozen=True, slots=True)
class Process:
    """gain: units of the value for each % of output; lag_s, dead_s; stroke_s: of the valve, end to end."""

    gain: float
    lag_s: float
    dead_s: float
    stroke_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Shape:
    """A step response of a closed loop. at_s and values from the step on; step: by how much the set-point moved."""

    step: float
    at_s: tuple[float, ...]
    values: tuple[float, ...]

    @property
    def overshoot(self) -> float:
        """Beyond the new set-point (units of the value); 0.0 when it never gets there."""
        way = 1 if self.step > 0 else -1
        return max(0.0, max(way * value for value in self.values) - abs(self.step))

    @property
    def overshoot_pct(self) -> float:
        """The same as a share of the step."""
        return 100 * self.overshoot / abs(self.step)

    def settle_s(self, band: float) -> float | None:
        """After this the value stays within `band` of the new set-point; None when it doesn't."""
        outside = [i for i, value in enumerate(self.values) if abs(value - self.step) > band]
        if not outside:
            return 0.0
        return self.at_s[outside[-1] + 1] if outside[-1] + 1 < len(self.values) else None

    @property
    def oscillates(self) -> bool:
        """It crosses the new set-point again and again without coming closer: the third swing is above a quarter of the
        first, or there are more than six of more than 2 % of the step."""
        swings = _swings([value - self.step for value in self.values], abs(self.step) / 50)
        return len(swings) > 6 or (len(swings) >= 4 and swings[3] > swings[1] / 4)


def step_response(
    process: Process,
    kp: float,
    ti_s: float,
    *,
    step: float,
    lasts_s: float,
    start: float = 50.0,
    windup: Windup = Windup.BACK_CALCULATION,
) -> Shape:
    """From a loop at rest with its output at `start` (%). kp: % for each unit of the value. ti_s: integral time (s)."""
    faster = max(1.0, process.lag_s / _SLOW_S)
    lag, dead, stroke = process.lag_s / faster, process.dead_s / faster, process.stroke_s / faster
    way = 1 if process.gain > 0 else -1
    ti_ms = max(SCAN_MS, round(1000 * ti_s / faster))
    pi = PI(round(_WORD * abs(kp)), ti_ms, ti_ms if windup is Windup.BACK_CALCULATION else 0)
    scan_s = SCAN_MS / 1000
    late = deque([start] * (1 + round(dead / scan_s)))
    keep = exp(-scan_s / lag)
    most = 100 * scan_s / stroke if stroke else 100.0
    position, x = start, 0.0
    at_s, values = [], []
    pi.track(round(_PERMILLE * start), 0)
    for scan in range(round(lasts_s / faster / scan_s)):
        error = way * (round(_WORD * step) - round(_WORD * x))
        wanted = pi(error, 0, 100 * _PERMILLE, scan * SCAN_MS) / _PERMILLE
        position += min(max(wanted - position, -most), most)
        if windup is not Windup.UNTOLD:
            pi.applied = round(_PERMILLE * position)
            pi.held = 1 if position < wanted - 0.05 else -1 if position > wanted + 0.05 else 0
        late.append(position)
        x = process.gain * (late.popleft() - start) * (1 - keep) + keep * x
        at_s.append((scan + 1) * scan_s * faster)
        values.append(x)
    return Shape(step, tuple(at_s), tuple(values))


def _swings(errors: list[float], least: float) -> list[float]:
    """Peak of each swing to the other side that is larger than `least`, the way to the set-point first."""
    peaks: list[float] = []
    side, peak = 0, 0.0
    for error in errors:
        if abs(error) > least and (error > 0) - (error < 0) not in (0, side):
            if side:
                peaks.append(peak)
            side, peak = (error > 0) - (error < 0), 0.0
        peak = max(peak, abs(error))
    if side:
        peaks.append(peak)
    return peaks

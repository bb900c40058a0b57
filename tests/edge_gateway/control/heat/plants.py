"""Plants whose gain, lag and dead time are known, as a gateway would record their step tests."""

from __future__ import annotations

from dataclasses import dataclass
from math import exp
from random import Random

from edge_gateway.control.heat.identify import Sample

SETTLE = 1 / 3
"""The record begins so many times the hold before the step."""


@dataclass(frozen=True)
class Plant:
    """A first-order process with dead time, exactly; what its value shows is `recorded`."""

    gain: float
    lag: float
    dead: float

    def moved(self, since_step: float, held: float) -> float:
        """By how much a step of 1, held for `held`, has moved the value so long after it."""
        up = since_step - self.dead
        down = up - held
        risen = self.gain * (1 - exp(-max(up, 0.0) / self.lag))
        return risen - (self.gain * (1 - exp(-down / self.lag)) if down > 0 else 0.0)


@dataclass(frozen=True)
class Test:
    """A step test. Times in s; noise (standard deviation), grain and drift (in all) as shares of the response."""

    __test__ = False

    hold: float
    dt: float
    amplitude: float = 8.0
    noise: float = 0.0
    grain: float = 0.0
    drift: float = 0.0
    jitter: float = 0.3
    lost: float = 0.0
    seed: int = 1


def recorded(plant: Plant, test: Test, *, value: float = 45.0, output: float = 40.0) -> list[Sample]:
    """Settle, step, back: unevenly sampled, noisy, quantised, drifting; some samples lost."""
    random = Random(test.seed)
    swing = abs(plant.gain * test.amplitude)
    settle = SETTLE * test.hold
    lasts = settle + 2 * test.hold
    grain = test.grain * swing
    samples, at = [], 0.0
    while at < lasts:
        since = at - settle
        u = output + (test.amplitude if 0 <= since < test.hold else 0.0)
        y = value + test.amplitude * plant.moved(since, test.hold) + test.drift * swing * at / lasts
        y += random.gauss(0, test.noise * swing)
        if random.random() >= test.lost:
            samples.append(Sample(at, u, round(y / grain) * grain if grain else y))
        at += test.dt * (1 + random.uniform(-test.jitter, test.jitter))
    return samples

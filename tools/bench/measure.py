"""Measure two things in turn, so that what else the machine does meets both."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Result:
    """One figure of ours and a peer's, in the same unit; smaller is better unless the unit says otherwise."""

    bench: str
    ours: float
    peer: float
    peer_name: str
    unit: str

    @property
    def ratio(self) -> float | None:
        """Return ours / peer; None where the peer's figure is 0."""
        return self.ours / self.peer if self.peer else None

    def json(self) -> str:
        """Return the line that ``make bench`` prints."""
        ratio = self.ratio
        return json.dumps(
            {
                "bench": self.bench,
                "ours": _digits(self.ours),
                "peer": _digits(self.peer),
                "peer_name": self.peer_name,
                "ratio": None if ratio is None else _digits(ratio),
                "unit": self.unit,
            }
        )


def interleave(
    ours: Callable[[], float], peer: Callable[[], float], rounds: int = 9, warm_up: int = 1
) -> tuple[float, float]:
    """Return the medians of what ``ours`` and ``peer`` return, called in turn ``rounds`` times after ``warm_up`` pairs.

    The order within a pair swaps each round, so that neither always runs in the other's wake.
    """
    figures: tuple[list[float], list[float]] = ([], [])
    for number in range(-warm_up, rounds):
        pair = ((0, ours), (1, peer))
        for side, measure in pair if number % 2 else reversed(pair):
            figure = measure()
            if number >= 0:
                figures[side].append(figure)
    return statistics.median(figures[0]), statistics.median(figures[1])


def process_ms(command: list[str], env: dict[str, str] | None = None) -> float:
    """Run ``command`` to its end; return how long that took (ms, wall). Raises where it fails."""
    begin = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=None if env is None else {**os.environ, **env})
    return (time.perf_counter() - begin) * 1000


def _digits(value: float) -> float | int:
    """Return ``value`` to four significant digits; whole numbers stay whole."""
    if value == int(value):
        return int(value)
    return float(f"{value:.4g}")

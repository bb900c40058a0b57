"""Plugs of waste in a pipe, and how shaking with air loosens them."""

from __future__ import annotations

from math import exp

from tools.emulator.waste.slugs import Slug

KINDS = ("partial", "total")
SHAKE_PA = 20_000.0
"""Vacuum behind a valve that opens abruptly, from which on the stroke works on a plug."""
NEVER = 1 << 30
CRUMBLE_S = 0.7
"""A loose plug gives way with this time constant, so that the air does not leap."""
GONE_K = 30.0


class Plug:
    """Waste that stands fast at `at` metres in a branch (or in the main). Charges that reach it stay at it."""

    __slots__ = ("branch", "at", "k", "kind", "shakes", "felt", "held", "formed", "loose")

    def __init__(self, branch: int, at: float, kind: str, k: float, shakes: int, *, formed: bool = False) -> None:
        if kind not in KINDS:
            raise ValueError(f"a blockage is {' or '.join(KINDS)}, not {kind!r}")
        self.branch = branch
        self.at = at
        self.kind = kind
        self.k = k
        self.shakes = shakes
        """Strokes of air that loosen it; NEVER: only by hand."""
        self.felt = 0
        self.held: list[Slug] = []
        self.formed = formed
        self.loose = False

    @property
    def held_g(self) -> int:
        """Waste that stands at it."""
        return sum(slug.grams for slug in self.held)

    def crumble(self, dt: float) -> bool:
        """Give way for `dt` seconds; returns whether it is gone."""
        self.k *= exp(-dt / CRUMBLE_S)
        return self.k < GONE_K

    def shake(self) -> bool:
        """Feel one stroke of air; returns whether that was enough."""
        self.felt += 1
        return self.felt >= self.shakes

"""What the chutes hold to begin with: a plant in the middle of its work, not one that was swept out."""

from __future__ import annotations

from tools.emulator.waste.inlet import CHUTE_G
from tools.emulator.waste.layout import FRACTIONS
from tools.emulator.waste.network import Network

_NEXT = 2 / 3
"""How far the second leg is filled, compared with the first."""


def fill(network: Network, percent: float) -> None:
    """Fill the chutes up as if one leg after the other had been emptied (a leg: a fraction of a branch).

    The leg that was emptied longest ago, the first fraction on the first branch, is filled to `percent`; the others
    follow in even steps from two thirds of that to nothing.
    """
    branches = len(network.layout.branches)
    others = FRACTIONS * branches - 1
    for inlet in network.inlets:
        for chute in inlet.chutes:
            place = chute.fraction * branches + inlet.branch
            share = 1.0 if place == 0 else _NEXT * (others - place) / others
            chute.put(max(0, round(CHUTE_G * share * percent / 100) - chute.grams))

"""``machine`` of an emulated board: what the unix port's own has, and the pins and peripherals that a HAL opens."""

import sys

from umachine import *  # noqa: F403


def reset() -> None:
    """Start again as after power-on."""
    sys.exit(66)

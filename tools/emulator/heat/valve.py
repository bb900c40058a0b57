"""Motorised valve: stroke limit, 1 % hysteresis, and a flow that follows the stem by 2 s (domain brief §4f)."""

from __future__ import annotations

LAG_S = 2.0
HYSTERESIS = 0.01
END = 0.02
"""Within this of an end the limit switch there is made."""


class Valve:
    """One valve. Positions 0..1.

    `stroke_s`: seconds from end to end. `spring`: the end that a spring drives it to without a signal, within
    `spring_s`; None: it stays where it is.
    """

    __slots__ = ("_aim", "position", "signal", "spring", "spring_s", "stem", "stroke_s", "stuck")

    def __init__(
        self, stroke_s: float, position: float = 0.0, *, spring: float | None = None, spring_s: float = 25.0
    ) -> None:
        self.stroke_s = stroke_s
        self.spring = spring
        self.spring_s = spring_s
        self.stem = position
        """Where the stem is; the limit switches sit there."""
        self.position = position
        """What the flow has of it."""
        self.signal: float | None = None
        """Wanted position; None: no signal, no power."""
        self.stuck = False
        self._aim = position

    @property
    def open_switch(self) -> bool:
        """Limit switch at 1."""
        return self.stem >= 1.0 - END

    @property
    def closed_switch(self) -> bool:
        """Limit switch at 0."""
        return self.stem <= END

    def step(self, dt: float) -> float:
        """Move for `dt` seconds; return the position that the flow sees."""
        stem = self.stem
        if not self.stuck:
            signal = self.signal
            most = dt / self.stroke_s
            if signal is None:
                self._aim = stem if self.spring is None else self.spring
                most = dt / self.spring_s
            elif signal <= 0.0:
                self._aim = 0.0
            elif signal >= 1.0:
                self._aim = 1.0
            elif abs(signal - self._aim) > HYSTERESIS:
                self._aim = signal
            if stem != self._aim:
                move = self._aim - stem
                stem = self._aim if -most <= move <= most else stem + (most if move > 0.0 else -most)
                self.stem = stem
        if self.position != stem:
            self.position += (stem - self.position) * dt / (LAG_S + dt)
            if abs(self.position - stem) < 1e-5:
                self.position = stem
        return self.position

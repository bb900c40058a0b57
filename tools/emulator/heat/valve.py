"""Motorised valve: first order 2 s with a stroke limit and 1 % hysteresis (domain brief §4f)."""

from __future__ import annotations

LAG_S = 2.0
HYSTERESIS = 0.01
END = 0.03
"""Within this of an end the limit switch there is made."""


class Valve:
    """One valve. Positions 0..1.

    `stroke_s`: seconds from end to end. `spring`: the end that a spring drives it to without a signal, within
    `spring_s`; None: it stays where it is.
    """

    __slots__ = ("_aim", "position", "signal", "spring", "spring_s", "stroke_s", "stuck")

    def __init__(
        self, stroke_s: float, position: float = 0.0, *, spring: float | None = None, spring_s: float = 25.0
    ) -> None:
        self.stroke_s = stroke_s
        self.spring = spring
        self.spring_s = spring_s
        self.position = position
        self.signal: float | None = None
        """Wanted position; None: no signal, no power."""
        self.stuck = False
        self._aim = position

    @property
    def open_switch(self) -> bool:
        """Limit switch at 1."""
        return self.position >= 1.0 - END

    @property
    def closed_switch(self) -> bool:
        """Limit switch at 0."""
        return self.position <= END

    def step(self, dt: float) -> float:
        """Move for `dt` seconds; return the position."""
        position = self.position
        if self.stuck:
            return position
        signal = self.signal
        if signal is None:
            if self.spring is None:
                return position
            most = dt / self.spring_s
            move = self.spring - position
            self._aim = self.spring
        else:
            if signal <= 0.0:
                self._aim = 0.0
            elif signal >= 1.0:
                self._aim = 1.0
            elif abs(signal - self._aim) > HYSTERESIS:
                self._aim = signal
            move = self._aim - position
            if move == 0.0:
                return position
            most = dt / self.stroke_s
            if abs(move) > 1e-4:
                move *= dt / (LAG_S + dt)
        if move > most:
            move = most
        elif move < -most:
            move = -most
        self.position = position + move
        return self.position

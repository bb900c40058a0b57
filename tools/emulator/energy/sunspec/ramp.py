"""Times of SunSpec controls: a window before, a ramp to, a countdown back."""

from __future__ import annotations


class Ramp:
    """A value that moves to its target in a straight line, after a wait. Seconds."""

    def __init__(self, value: float) -> None:
        self.value = value
        self.target = value
        self._wait_s = 0.0
        self._rate = 0.0

    def to(self, target: float, over_s: float = 0.0, after_s: float = 0.0) -> None:
        """Go to `target` within `over_s`, beginning in `after_s`."""
        self.target = target
        self._wait_s = after_s
        self._rate = abs(target - self.value) / over_s if over_s > 0 else 0.0
        if not over_s and not after_s:
            self.value = target

    def step(self, dt: float) -> float:
        """Go on by `dt` seconds; returns the value."""
        if self.value == self.target:
            return self.value
        if self._wait_s > 0:
            used = min(dt, self._wait_s)
            self._wait_s -= used
            dt -= used
            if self._wait_s > 0 or dt <= 0:
                return self.value
        if self._rate == 0:
            self.value = self.target
        else:
            most = self._rate * dt
            self.value += max(-most, min(most, self.target - self.value))
        return self.value


class Reversion:
    """Counts down to the moment when a command is forgotten."""

    def __init__(self) -> None:
        self.left_s = 0.0
        self.expiries = 0
        self._running = False

    def restart(self, seconds: float) -> None:
        """Count from `seconds`; 0: never."""
        self.left_s = seconds
        self._running = seconds > 0

    def stop(self) -> None:
        """Forget it."""
        self.left_s = 0.0
        self._running = False

    def step(self, dt: float) -> bool:
        """Go on by `dt` seconds; True when the time has just run out."""
        if not self._running:
            return False
        self.left_s -= dt
        if self.left_s > 1e-9:
            return False
        self.stop()
        self.expiries += 1
        return True

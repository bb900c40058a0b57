"""Grid protection of an inverter: limits and times by profile (domain brief §2b). A site's figures are its own."""

from __future__ import annotations

from dataclasses import dataclass

NOMINAL_HZ = 50.0


@dataclass(frozen=True)
class Profile:
    """Limits as (value, seconds), the outermost first: voltage in per unit, frequency in Hz."""

    under_voltage: tuple[tuple[float, float], ...]
    over_voltage: tuple[tuple[float, float], ...]
    under_frequency: tuple[tuple[float, float], ...]
    over_frequency: tuple[tuple[float, float], ...]


PROFILES = {
    "cn": Profile(((0.50, 0.2), (0.85, 2.0)), ((1.35, 0.2), (1.10, 2.0)), ((49.5, 0.2),), ((50.2, 0.2),)),
    "eu": Profile(
        ((0.50, 0.2), (0.85, 2.0)), ((1.35, 0.2), (1.10, 2.0)), ((47.0, 0.1), (47.5, 2.0)), ((52.0, 0.1), (51.5, 2.0))
    ),
}
"""`eu` is the one that lets an island steer its inverters by frequency, so it is what the plant has by default."""


class Protection:
    """Times how long a limit has been passed."""

    def __init__(self, profile: Profile) -> None:
        self._limits = (
            *((0, -1, limit, after) for limit, after in profile.under_voltage),
            *((0, 1, limit, after) for limit, after in profile.over_voltage),
            *((1, -1, limit, after) for limit, after in profile.under_frequency),
            *((1, 1, limit, after) for limit, after in profile.over_frequency),
        )
        self._past = [0.0] * len(self._limits)
        self._low = max(limit for limit, _ in profile.under_voltage)
        self._high = min(limit for limit, _ in profile.over_voltage)
        self._slow = max(limit for limit, _ in profile.under_frequency)
        self._fast = min(limit for limit, _ in profile.over_frequency)
        self._quiet = True

    def within(self, volts_pu: float, hertz: float) -> bool:
        """Whether the grid is inside all limits."""
        return self._low <= volts_pu <= self._high and self._slow <= hertz <= self._fast

    def step(self, dt: float, volts_pu: float, hertz: float) -> bool:
        """Return whether it trips now."""
        if self.within(volts_pu, hertz):
            if not self._quiet:
                self._past = [0.0] * len(self._limits)
                self._quiet = True
            return False
        self._quiet = False
        trips = False
        for number, (which, sign, limit, after) in enumerate(self._limits):
            if sign * ((hertz if which else volts_pu) - limit) > 0:
                self._past[number] += dt
                trips = trips or self._past[number] >= after
            else:
                self._past[number] = 0.0
        return trips

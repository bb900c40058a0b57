"""Containers with gate, dock and scale, the compactor, and the diverter that selects one of them."""

from __future__ import annotations

CAPACITY_G = 8_000_000
TARE_G = 2_400_000
GATE_S = 3.0
LEG_S = 4.0
"""The diverter's way from one position to the next."""
STROKE_S = 24.0
REST_BAR = 15.0
PACK_BAR = 90.0
FULL_BAR = 90.0
"""Added pressure at the end of a stroke when the container is full."""
JAM_BAR = 245.0


class Container:
    """One container under its gate."""

    __slots__ = ("docked", "gate", "gate_target", "grams", "hauled_g", "fault", "changes")

    def __init__(self) -> None:
        self.docked = True
        self.gate = 1.0
        self.gate_target = 1.0
        self.grams = 0
        self.hauled_g = 0
        """What was carried away in it and its predecessors."""
        self.fault = ""
        self.changes = 0

    @property
    def open(self) -> bool:
        """Whether waste can fall into it."""
        return self.docked and self.gate >= 0.9

    @property
    def level(self) -> float:
        """Percent, as the level sensor sees it."""
        return min(100.0, self.grams * 100.0 / CAPACITY_G)

    @property
    def moving(self) -> bool:
        """Whether the gate is on its way."""
        return self.gate != self.gate_target and self.fault != "gate_stuck"

    def command(self, opening: bool) -> bool:
        """Order the gate; an undocked container's stays shut. Returns whether that changes anything."""
        target = 1.0 if opening and self.docked else 0.0
        changed = target != self.gate_target
        self.gate_target = target
        return changed

    def step(self, dt: float) -> None:
        """Move the gate."""
        if not self.moving:
            return
        way = dt / GATE_S
        if self.gate < self.gate_target:
            self.gate = min(self.gate_target, self.gate + way)
        else:
            self.gate = max(self.gate_target, self.gate - way)

    def undock(self) -> None:
        """Drive it away from its seal; the gate falls shut by its own linkage."""
        self.docked = False
        self.gate_target = 0.0

    def exchange(self) -> None:
        """Dock an empty one in its place. The gate stays shut until it is ordered to open."""
        self.hauled_g += self.grams
        self.grams = 0
        self.docked = True
        self.gate_target = 0.0
        self.changes += 1


class Diverter:
    """A flap with three positions, 0 to 2; stays where it is without power."""

    __slots__ = ("position", "target", "fault")

    def __init__(self) -> None:
        self.position = 0.0
        self.target = 0.0
        self.fault = ""

    @property
    def moving(self) -> bool:
        """Whether it is between positions and on its way."""
        return self.position != self.target and self.fault != "stuck"

    @property
    def at(self) -> int:
        """Position reached, -1 between two."""
        nearest = round(self.position)
        return nearest if abs(self.position - nearest) < 0.03 else -1

    def feedback(self, position: int) -> int:
        """Position switch."""
        if self.fault == "both" and position < 2:
            return 1
        return int(self.at == position and self.fault != "no_switch")

    def command(self, target: int) -> None:
        """Drive it to a position; -1 stops it where it is."""
        self.target = float(target) if target >= 0 else self.position

    def step(self, dt: float) -> None:
        """Turn the flap."""
        if not self.moving:
            return
        way = dt / LEG_S
        if self.position < self.target:
            self.position = min(self.target, self.position + way)
        else:
            self.position = max(self.target, self.position - way)


class Compactor:
    """A ram that strokes while it is told to run. `phase` 0 is home."""

    __slots__ = ("run", "phase", "bar", "fault", "strokes")

    def __init__(self) -> None:
        self.run = 0
        self.phase = 0.0
        self.bar = 0.0
        self.fault = ""
        self.strokes = 0

    @property
    def home(self) -> int:
        """Home switch."""
        return int(self.phase < 0.02 and self.fault != "no_home")

    @property
    def at_rest(self) -> bool:
        """Whether nothing moves in it."""
        return not self.run and self.bar < 0.5

    def step(self, dt: float, level: float) -> None:
        """Stroke for `dt` seconds into a container filled to `level` percent."""
        if not self.run:
            self.bar -= self.bar * dt / (0.5 + dt)
            return
        if self.fault == "jam" and self.phase >= 0.3:
            self.bar += (JAM_BAR - self.bar) * dt / (1.0 + dt)
            return
        self.phase += dt / STROKE_S
        if self.phase >= 1.0:
            self.phase -= 1.0
            self.strokes += 1
        push = max(0.0, 1.0 - abs(self.phase - 0.45) / 0.25)
        wanted = REST_BAR + push * (PACK_BAR + FULL_BAR * level / 100.0)
        self.bar += (wanted - self.bar) * dt / (0.3 + dt)

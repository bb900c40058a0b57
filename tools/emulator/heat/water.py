"""Water that carries heat: well-mixed volumes and pipes (domain brief §4f, "Loops").

Energy is counted in joules above water at 0 °C. What flows out of a volume in a step has the temperature that the
volume's own balance uses, so nothing appears or is lost between two parts of the plant.
"""

from __future__ import annotations

from collections import deque

CP = 4186.0
"""J/(kg K)."""
GRAVITY = 9.81
KELVIN = 273.15


class Volume:
    """Well-mixed water. `kg` is its mass, `t` its temperature in °C."""

    __slots__ = ("kg", "t")

    def __init__(self, kg: float, t: float) -> None:
        self.kg = kg
        self.t = t

    @property
    def stored_j(self) -> float:
        """Energy above 0 °C."""
        return self.kg * CP * self.t

    def flow(self, kg: float, t_in: float) -> float:
        """Let `kg` of water of `t_in` pass; return the temperature of what leaves.

        Implicit: stable however much passes, even more than the volume holds.
        """
        self.t = (self.kg * self.t + kg * t_in) / (self.kg + kg)
        return self.t

    def heat(self, joules: float) -> None:
        """Bring heat in (or, negative, take it out)."""
        self.t += joules / (self.kg * CP)


class Pipe:
    """Plug flow: what enters comes out after the pipe's content has passed, whatever the flow does meanwhile.

    `kg` is its content, `parts` the number of slices it is kept in at most: what enters in smaller portions is mixed
    within a slice.
    """

    __slots__ = ("_grain", "_slices", "_sum", "kg", "t_out")

    def __init__(self, kg: float, t: float, parts: int = 120) -> None:
        self.kg = kg
        self.t_out = t
        """Temperature of what left last, °C."""
        self._grain = kg / parts
        self._slices: deque[list[float]] = deque([[self._grain, t] for _ in range(parts)])
        self._sum = kg * t

    @property
    def stored_j(self) -> float:
        """Energy above 0 °C."""
        return self._sum * CP

    def flow(self, kg: float, t_in: float) -> float:
        """Push `kg` of water of `t_in` in; return the mean temperature of what comes out."""
        if kg <= 0.0:
            return self.t_out
        slices = self._slices
        last = slices[-1]
        if last[0] < self._grain:
            total = last[0] + kg
            last[1] += (t_in - last[1]) * kg / total
            last[0] = total
        else:
            slices.append([kg, t_in])
        left = kg
        carried = 0.0
        while left > 0.0:
            first = slices[0]
            if first[0] > left or len(slices) == 1:
                first[0] -= left
                carried += left * first[1]
                break
            carried += first[0] * first[1]
            left -= first[0]
            slices.popleft()
        self._sum += kg * t_in - carried
        self.t_out = carried / kg
        return self.t_out

"""Pressure taps PT1 to PT6: the linear profile of the pipe, broken at plugs, and pressure that is shut in."""

from __future__ import annotations

from tools.emulator.waste.air import Air
from tools.emulator.waste.blockage import Plug
from tools.emulator.waste.layout import MAIN

EVERY_S = 0.095
LAG_S = 0.1
SHUT_IN_S = 300.0
"""Behind a total plug or a shut valve, vacuum changes this slowly."""
SEEPING_S = 8.0
"""Behind a partial plug."""
TIGHT_K = 1e5

Profile = dict[int, list[tuple[float, float, float]]]


class Taps:
    """Vacuum at each branch's tap, Pa."""

    def __init__(self, air: Air) -> None:
        self.vacuum = [0.0] * len(air.layout.branches)
        self._air = air
        self._due_s = 0.0

    def step(self, dt: float, plugs: list[Plug], cut_off: list[bool], vented: list[bool]) -> None:
        """Follow the air. By branch: its sectioning valve is shut; something in it is open to the atmosphere."""
        self._due_s += dt
        if self._due_s < EVERY_S:
            return
        dt, self._due_s = self._due_s, 0.0
        profile = self._air.profile()
        for number, vacuum in enumerate(self.vacuum):
            target, lag = self._target(number, profile, plugs, cut_off[number], vented[number])
            self.vacuum[number] = vacuum + (target - vacuum) * dt / (lag + dt)

    def _target(
        self, number: int, profile: Profile, plugs: list[Plug], cut_off: bool, vented: bool
    ) -> tuple[float, float]:
        """Vacuum that a tap goes to, and how slowly (s)."""
        if cut_off:
            return 0.0, LAG_S if vented else SHUT_IN_S
        branch = self._air.layout.branches[number]
        points = profile.get(number)
        if points and branch.tap <= points[-1][0]:
            return _between(points, branch.tap), LAG_S
        lag = LAG_S
        for plug in plugs:
            if plug.branch == number and plug.at < branch.tap:
                lag = max(lag, _behind(plug))
        points = profile.get(MAIN)
        pressure = max(0.0, self._air.pressure)
        if not points:
            points = [(0.0, pressure, pressure)]
        top = points[-1][0]
        if branch.junction <= top:
            return _between(points, branch.junction), lag
        for plug in plugs:
            if plug.branch == MAIN and top <= plug.at < branch.junction:
                lag = max(lag, _behind(plug))
        return points[-1][2], lag


def _behind(plug: Plug) -> float:
    return SHUT_IN_S if plug.k >= TIGHT_K else SEEPING_S


def _between(points: list[tuple[float, float, float]], at: float) -> float:
    """Vacuum at a position of a pipe's profile."""
    last = points[0]
    for point in points:
        if point[0] >= at:
            if point[0] == last[0]:
                return point[1]
            share = (at - last[0]) / (point[0] - last[0])
            return last[2] + (point[1] - last[2]) * share
        last = point
    return last[2]

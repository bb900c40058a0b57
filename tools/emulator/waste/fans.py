"""Exhausters in series on frequency converters: each gives its share of the pressure."""

from __future__ import annotations

from math import hypot

from tools.emulator.waste.calibration import Calibration

FAULTS = ("trip", "overload", "hot", "vibrates", "no_feedback")
RAMP_UP = 0.08
RAMP_DOWN = 0.08
COAST_S = 6.0
"""Time constant of a fan without drive."""
PROVEN = 0.05
AMBIENT_C = 25.0
RISE_C = 45.0
BEARING_S = 900.0
HOT_C_PER_S = 1.0
AMPS_PER_KW = 1.62
"""400 V, power factor 0.89."""
NO_LOAD_A = 22.0


class Fan:
    """One exhauster. `speed` 0 to 1."""

    __slots__ = ("run", "reference", "speed", "fault", "dropped", "bearing", "watts", "starts", "run_s")

    def __init__(self) -> None:
        self.run = 0
        self.reference = 0.0
        self.speed = 0.0
        self.fault = ""
        self.dropped = False
        """The converter tripped: it wants a fresh run command."""
        self.bearing = AMBIENT_C
        self.watts = 0.0
        self.starts = 0
        self.run_s = 0.0

    @property
    def driven(self) -> bool:
        """Whether the converter turns it."""
        return bool(self.run) and not self.dropped and self.fault != "trip"

    @property
    def steady(self) -> bool:
        """Whether its speed hardly changes."""
        return abs(self.speed - (self.reference if self.driven else 0.0)) < 0.02

    @property
    def running(self) -> int:
        """Run feedback."""
        return int(self.driven and self.speed > PROVEN and self.fault != "no_feedback")

    @property
    def amps(self) -> float:
        """Motor current."""
        if not self.driven:
            return 0.0
        amps = hypot(NO_LOAD_A * min(1.0, self.speed * 4.0), self.watts / 1000.0 * AMPS_PER_KW)
        return amps * 1.8 if self.fault == "overload" else amps

    @property
    def vibration(self) -> float:
        """mm/s at the bearing."""
        calm = 0.2 + 2.4 * self.speed * self.speed
        return calm + 8.0 * self.speed if self.fault == "vibrates" else calm

    def command(self, run: int, reference: float) -> bool:
        """Run command and speed 0 to 1; returns whether something changed."""
        changed = run != self.run or reference != self.reference
        if not run:
            self.dropped = False
        if run and not self.run:
            self.starts += 1
        self.run = run
        self.reference = min(1.0, max(0.0, reference))
        return changed

    def step(self, dt: float) -> None:
        """Turn for `dt` seconds."""
        speed = self.speed
        if self.driven:
            self.run_s += dt
            wanted = self.reference
            if speed < wanted:
                self.speed = min(wanted, speed + RAMP_UP * dt)
            elif speed > wanted:
                self.speed = max(wanted, speed - RAMP_DOWN * dt)
        elif speed:
            speed -= speed * dt / (COAST_S + dt)
            self.speed = speed if speed > 0.01 else 0.0
        if self.fault == "hot" and self.speed:
            self.bearing += HOT_C_PER_S * dt
        else:
            wanted = AMBIENT_C + RISE_C * self.speed * self.speed
            self.bearing += (wanted - self.bearing) * dt / (BEARING_S + dt)

    def fail(self, kind: str) -> None:
        """Start a fault or end it with "". Raises ValueError for an unknown one."""
        if kind and kind not in FAULTS:
            raise ValueError(f"a fan can be {', '.join(FAULTS)}, not {kind!r}")
        if self.fault == "trip" and not kind:
            self.dropped = True
        self.fault = kind


class FanTrain:
    """All exhausters, one behind the other."""

    def __init__(self, cal: Calibration, fans: int = 3) -> None:
        self.fans = tuple(Fan() for _ in range(fans))
        self.head = 0.0
        """Pressure at no flow now, Pa."""
        self.watts = 0.0
        self.energy_j = 0.0
        self._cal = cal
        self._share = cal.shut_off / fans

    @property
    def at_rest(self) -> bool:
        """Nothing turns and nothing is to turn."""
        return self.head == 0.0 and not any(fan.driven for fan in self.fans)

    def step(self, dt: float) -> None:
        """Turn all fans for `dt` seconds."""
        squares = 0.0
        for fan in self.fans:
            fan.step(dt)
            squares += fan.speed * fan.speed
        self.head = self._share * squares

    def load(self, dt: float, vacuum: float, flow: float) -> None:
        """Book the power that `flow` at `vacuum` (Pa) takes during `dt`: P = (p + Rst·Q²)·Q/0.62 + 4 kW."""
        cal = self._cal
        air = 0.0
        if flow > 0.0 and vacuum > 0.0:
            air = (vacuum + cal.dynamic * cal.station_k * flow * flow) * flow / cal.efficiency
        squares = 0.0
        for fan in self.fans:
            if fan.driven:
                squares += fan.speed * fan.speed
        idle = cal.idle_w / len(self.fans)
        total = 0.0
        for fan in self.fans:
            if fan.driven:
                watts = idle + (air * fan.speed * fan.speed / squares if squares else 0.0)
                total += watts
                fan.watts = watts
            else:
                fan.watts = 0.0
        self.watts = total
        self.energy_j += total * dt

    def drop(self) -> None:
        """The supply dipped: every running converter trips on under-voltage."""
        for fan in self.fans:
            if fan.run:
                fan.dropped = True

"""One heat pump of the three: capacity, COP, start, own protections (domain brief §4f).

Q = Qmax·load; COP = 0.50·Tc/(Tc-Te) with Tc = outlet + 3 K and Te = source inlet - 5 K, in kelvins; W = Q/COP; what the
source gives is Q - W.
"""

from __future__ import annotations

from enum import IntEnum
from math import exp

from tools.emulator.heat.water import CP, KELVIN

RATING_W = 300e3
START_S = 60.0
STOP_S = 10.0
SHARE_OF_CARNOT = 0.50
CONDENSER_K = 3.0
EVAPORATOR_K = 5.0
LEAST_LIFT_K = 15.0
"""The compressor keeps at least this between its pressures, however near the temperatures are."""
LAG_S = 20.0
"""Of the compressor's own capacity control."""
DRY_S = 6.0
"""Without water through its condenser the machine is at its pressure switch after this."""
HIGH_OUTLET_C = 72.0
"""Condenser outlet at which the machine's own high-pressure switch opens."""
LOW_OUTLET_C = -1.0
"""Evaporator outlet at which its low-pressure switch opens."""
FLOW_SWITCH = 2.5
"""kg/s through one evaporator below which its flow switch opens, about 25 % of the rated flow."""


class State(IntEnum):
    """What the machine says of itself."""

    UNKNOWN = 0
    OFF = 1
    STARTING = 2
    RUNNING = 3
    STOPPING = 4
    FAULT = 5


class Code(IntEnum):
    """Why it is in fault. All latch until `reset` at the machine."""

    NONE = 0
    HIGH_PRESSURE = 1
    LOW_PRESSURE = 2
    COMPRESSOR = 3
    START = 4


def cop(outlet: float, source: float) -> float:
    """COP at a condenser outlet and a source inlet in °C."""
    condensing = outlet + CONDENSER_K + KELVIN
    lift = condensing - (source - EVAPORATOR_K + KELVIN)
    return SHARE_OF_CARNOT * condensing / max(LEAST_LIFT_K, lift)


def saturation_bar(t: float) -> float:
    """Pressure of the refrigerant (R134a, fitted within 2 % from -10 to 80 °C) at `t` °C, bar absolute."""
    return 2.93 * exp(0.0345 * t - 8.9e-5 * t * t)


class HeatPump:
    """One machine. It starts when its contact is closed, and keeps its condenser outlet at `set_point`."""

    def __init__(self, rating_w: float = RATING_W) -> None:
        self.rating_w = rating_w
        self.order = False
        """Its contact (HPn.Y)."""
        self.set_point = 45.0
        """Wanted condenser outlet, °C (HPn.SP)."""
        self.max_load = 1.0
        """Largest part load 0..1 (HPn.PLR)."""
        self.start_s = START_S
        self.flow_switch_stuck: bool | None = None
        """What its flow switch says whatever flows; None: it works."""
        self.capacity = 1.0
        """Share of the rating that a worn or short-filled machine still gives."""
        self.no_start = False
        """The next start ends in a fault."""
        self.state = State.OFF
        self.code = Code.NONE
        self.load = 0.0
        self.heat_w = 0.0
        self.power_w = 0.0
        self.source_w = 0.0
        self.outlet = 20.0
        self.source_in = 20.0
        self.source_out = 20.0
        self.flow_switch = False
        self.starts = 0
        """Compressor starts since the beginning."""
        self.run_s = 0.0
        self._phase_s = 0.0
        self._dry_s = 0.0

    @property
    def open(self) -> bool:
        """Its condenser branch is open."""
        return self.state in (State.STARTING, State.RUNNING, State.STOPPING)

    @property
    def high_bar(self) -> float:
        """Pressure behind the compressor, bar absolute."""
        t = self.outlet + CONDENSER_K if self.load > 0.0 else 0.5 * (self.outlet + self.source_in)
        return saturation_bar(t)

    @property
    def low_bar(self) -> float:
        """Pressure before the compressor, bar absolute."""
        t = self.source_in - EVAPORATOR_K if self.load > 0.0 else 0.5 * (self.outlet + self.source_in)
        return saturation_bar(t)

    def trip(self, code: Code) -> None:
        """Stop now, in fault."""
        self.state = State.FAULT
        self.code = code
        self._rest()

    def reset(self) -> None:
        """Acknowledge a fault at the machine."""
        if self.state is State.FAULT:
            self.state = State.OFF
            self.code = Code.NONE

    def _rest(self) -> None:
        self.load = self.heat_w = self.power_w = self.source_w = 0.0
        self._phase_s = 0.0
        self._dry_s = 0.0

    def step(self, dt: float, source: float, source_kg_s: float, back: float, kg_s: float) -> None:
        """Go on by `dt` seconds.

        `source`: evaporator inlet °C with `source_kg_s` through this machine; `back`: condenser return °C with `kg_s`
        through this machine's branch.
        """
        self.source_in = source
        stuck = self.flow_switch_stuck
        flows = source_kg_s >= FLOW_SWITCH if stuck is None else stuck
        self.flow_switch = flows
        state = self.state
        if state is State.FAULT:
            self.outlet = back
            return
        if state is State.RUNNING:
            if not self.order or not flows:
                # The contact or the flow switch takes the compressor away at once.
                self._rest()
                self.state = State.STOPPING
                self.outlet = back
                return
            self._run(dt, source, source_kg_s, back, kg_s)
            return
        self.outlet = back
        self.source_out = source
        self._phase_s += dt
        if state is State.OFF:
            if self.order and flows:
                self.state = State.STARTING
                self._phase_s = 0.0
            return
        if state is State.STARTING:
            if not self.order or not flows:
                self.state = State.OFF
            elif self._phase_s >= self.start_s:
                if self.no_start:
                    self.trip(Code.START)
                    return
                self.state = State.RUNNING
                self.starts += 1
                self._phase_s = 0.0
        elif self._phase_s >= STOP_S:
            self.state = State.OFF

    def _run(self, dt: float, source: float, source_kg_s: float, back: float, kg_s: float) -> None:
        self.run_s += dt
        rating = self.rating_w * self.capacity
        carries = kg_s * CP
        wanted = carries * (self.set_point - back) / rating
        most = self.max_load
        if wanted > most:
            wanted = most
        if wanted < 0.0:
            wanted = 0.0
        load = self.load
        load += (wanted - load) * dt / (LAG_S + dt)
        if carries <= 0.0:
            load = 0.0
        self.load = load
        heat = load * rating
        outlet = back + heat / carries if carries > 0.0 else back
        condensing = outlet + (CONDENSER_K + KELVIN)
        lift = condensing - (source - EVAPORATOR_K + KELVIN)
        power = heat * (lift if lift > LEAST_LIFT_K else LEAST_LIFT_K) / (SHARE_OF_CARNOT * condensing)
        self.outlet = outlet
        self.heat_w = heat
        self.power_w = power
        self.source_w = heat - power
        # A flow switch that lies leaves the evaporator without water: it freezes at once.
        self.source_out = source - self.source_w / (source_kg_s * CP) if source_kg_s > 0.1 else source - 100.0 * load
        self._dry_s = 0.0 if carries > 0.0 else self._dry_s + dt
        if outlet > HIGH_OUTLET_C or self._dry_s >= DRY_S:
            self.trip(Code.HIGH_PRESSURE)
        elif self.source_out < LOW_OUTLET_C:
            self.trip(Code.LOW_PRESSURE)

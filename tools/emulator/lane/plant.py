"""A parking lane as the board's terminals see it: the plant that the world wires to a `parking_lane` board.

Conditions are published under their point's attribute ("LB.P" -> "LB_P"), 1 when the named condition holds; analogue
values in the register's own scale. Which contact is normally closed is the wiring's business, not the plant's.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from tools.emulator.lane import geometry as g
from tools.emulator.lane.arm import OPEN, Arm
from tools.emulator.lane.devices import Beam, Edge, Loop, Reader
from tools.emulator.lane.hardwired import HardWired
from tools.emulator.lane.traffic import Rate, Traffic
from tools.emulator.plant import Signals

LIMIT_DEG = 1.0
CURRENT_IDLE = 0.6
CURRENT_PER_NM = 1.0 / 18.0
"""10 A at 180 N*m."""
OPEN_AT_DEG = 90.0


class Lane:
    """One lane. `seed` decides every random thing in it; the same steps give the same lane."""

    PROGRAM = "parking_lane"

    def __init__(self, seed: int = 1, *, rate: Rate | None = None, plates: Callable[[], str] | None = None) -> None:
        rng = Random(seed)
        self.now_ms = 0
        self.arm = Arm()
        self.wired = HardWired()
        self.loops = {name: Loop(span, rng) for name, span in (("LA", g.LA), ("LB", g.LB), ("LC", g.LC))}
        self.beams = {"PE1": Beam(g.PE1), "PE2": Beam(g.PE2)}
        self.edge = Edge()
        self.reader = Reader(rng)
        self.traffic = Traffic(rng, rate, plates=plates)
        self.wind = 2.0
        self.contacts = 0
        """Times the boom touched a vehicle: the master invariant says 0."""
        self.openings = 0
        self.reversals = 0
        self._arm_attached = True
        self._falling_ms = 0
        self._closing = False
        self._was_closed = True
        self._triggered = 0
        self._moved = True
        self._inputs: Signals = {"HATCH": 0, "REL": 0, "EMV": 0, "KEY": 0, "JOG_O": 0, "JOG_C": 0, "ATT": 0}
        self._loops = tuple((loop, name + "_P", name + "_FLT") for name, loop in self.loops.items())
        self.step(0, {})

    # -- the world's side ------------------------------------------------------------------------------------

    def inputs(self) -> Signals:
        """Conditions and scaled values by point attribute; the same mapping every time, refreshed by `step`."""
        return self._inputs

    def step(self, dt_ms: int, outputs: Signals) -> None:
        """Advance by `dt_ms` (up to 20) under the outputs that stood during that time."""
        self.now_ms += dt_ms
        arm = self.arm
        wired = self.wired
        ohms = self.edge.ohms(arm.force)
        wired.step(dt_ms, ohms != 8200)
        yc = outputs.get("YC", 0)
        yo = outputs.get("YO", 0)
        mode, target = wired.drive(yo, yc, outputs.get("SPD", 0))
        before = arm.theta
        arm.step(dt_ms, mode, target)
        degrees = arm.degrees
        if arm.theta < before:
            self._falling_ms += dt_ms
        else:
            self._falling_ms = 0
        self._movements(yo, yc, degrees)
        traffic = self.traffic
        traffic.step(dt_ms, self.now_ms, degrees, self._falling_ms, outputs.get("LT_G", 0))
        if degrees < OPEN_AT_DEG:
            self._never_strike(degrees)
        self._sense(dt_ms, outputs, degrees, ohms)
        trigger = outputs.get("READ_TRG", 0)
        if traffic.vehicles:
            self._read(trigger > self._triggered)
        self._triggered = trigger

    def _movements(self, yo: int, yc: int, degrees: float) -> None:
        closed = degrees <= LIMIT_DEG
        if yc and not yo:
            self._closing = not closed
        elif yo and self._closing:
            self._closing = False
            if not closed:
                self.reversals += 1
        elif closed:
            self._closing = False
        if self._was_closed and degrees > 5.0:
            self._was_closed = False
            self.openings += 1
        elif closed:
            self._was_closed = True

    def _never_strike(self, degrees: float) -> None:
        """The master invariant: count each vehicle whose body the boom's line enters."""
        for vehicle in self.traffic.vehicles:
            if vehicle.front < -g.BOOM_HALF:
                return
            if degrees <= vehicle.strike_deg and vehicle.under_boom() and not vehicle.struck and self._arm_attached:
                vehicle.struck = True
                self.contacts += 1

    def _sense(self, dt_ms: int, outputs: Signals, degrees: float, ohms: int) -> None:
        inputs = self._inputs
        wired = self.wired
        vehicles = self.traffic.vehicles
        now = self.now_ms
        for loop, present, fault in self._loops:
            if vehicles or not loop.idle:
                loop.step(vehicles, now, dt_ms)
                inputs[present] = loop.present
                inputs[fault] = loop.fault
        test = outputs.get("TEST", 0)
        inputs["PE1"] = self.beams["PE1"].broken(vehicles, test)
        inputs["PE2"] = self.beams["PE2"].broken(vehicles, test)
        arm = self.arm
        if arm.omega != 0.0 or self._moved:
            self._moved = arm.omega != 0.0
            inputs["ZO"] = 1 if degrees >= 90.0 - LIMIT_DEG else 0
            inputs["ZC"] = 1 if degrees <= LIMIT_DEG else 0
            inputs["POS"] = int(degrees * 10.0 + 0.5)
        current = CURRENT_IDLE + abs(arm.torque) * CURRENT_PER_NM if arm.torque else 0.0
        inputs["MOT_I"] = min(1000, int(current * 100.0))
        inputs["EDGE"] = ohms
        inputs["SK1"] = wired.relay_healthy
        inputs["ARM_ZOK"] = int(self._arm_attached)
        inputs["FIRE"] = int(wired.fire)
        inputs["ES"] = int(wired.stop_pressed)
        supply = wired.supply
        inputs["UPS_OK"] = int(supply.mains and supply.charge > 0.1)
        inputs["V24"] = int(supply.volts * 10.0)
        inputs["WIND"] = int(self.wind * 10.0)
        reader = self.reader
        inputs["READ_SEQ"] = reader.sequence
        inputs["READ_TOKEN"] = reader.token
        inputs["READ_CONF"] = reader.confidence

    def _read(self, again: bool) -> None:
        for vehicle in self.traffic.vehicles:
            if vehicle.committed or vehicle.reversing:
                continue
            if again and (vehicle.read or vehicle.read_ms > self.now_ms + 60_000):
                vehicle.read = False  # asked again: read, missed or given up
                vehicle.read_ms = -1
            if vehicle.front >= g.READ_FROM and not vehicle.read:
                self.reader.look(vehicle, self.now_ms)
            return

    # -- the bench's side ------------------------------------------------------------------------------------

    @property
    def degrees(self) -> float:
        """Boom angle in degrees, 0 closed to 90 open."""
        return self.arm.degrees

    @property
    def resting(self) -> bool:
        """Whether the boom stands still."""
        return self.arm.omega == 0.0

    def put_boom(self, degrees: float) -> None:
        """Set the boom to an angle at rest, as a test's starting point."""
        self.arm.theta = max(0.0, min(OPEN, degrees / 57.29577951308232))
        self.arm.omega = 0.0
        self.arm.reference = 0.0
        self._was_closed = degrees <= LIMIT_DEG
        self._moved = True

    def turn(self, point: str, on: int) -> None:
        """Set a hand switch or contact of the lane: HATCH, REL, EMV, KEY, JOG.O, JOG.C, ATT, FIRE, ES, ARM.ZOK."""
        attr = point.replace(".", "_")
        if attr == "FIRE":
            self.wired.fire = bool(on)
        elif attr == "ES":
            self.wired.stop_pressed = bool(on)
        elif attr == "ARM_ZOK":
            self._arm_attached = bool(on)
        elif attr in ("HATCH", "REL", "EMV", "KEY", "JOG_O", "JOG_C", "ATT"):
            self._inputs[attr] = int(bool(on))
        else:
            raise ValueError(f"{point} is no switch of a lane")

    def fail(self, device: str, kind: str) -> None:
        """Start a device's own fault ("LB", "open"), end it with kind "". Raises ValueError for what doesn't exist."""
        if device in self.loops:
            self.loops[device].fail(kind)
        elif device in self.beams:
            if kind not in ("", "blocked"):
                raise ValueError(f"a beam can be blocked, not {kind!r}")
            self.beams[device].blocked = bool(kind)
        elif device == "EDGE":
            if kind not in ("", "pressed", "torn"):
                raise ValueError(f"the edge can be pressed or torn, not {kind!r}")
            self.edge.pressed = kind == "pressed"
            self.edge.torn = kind == "torn"
        elif device == "EDGE.RELAY":
            self.wired.edge_relay_stuck = bool(kind)
        elif device == "MAINS":
            self.wired.supply.mains = not kind
        elif device == "SK1":
            self.wired.relay_fault = bool(kind)
        else:
            raise ValueError(f"a lane has no device {device!r} that can fail by itself")

    def counters(self) -> dict[str, int]:
        """Ground truth: what really happened in the lane."""
        traffic = self.traffic
        return {
            "arrived": traffic.arrived,
            "passed": traffic.passed,
            "backed_out": traffic.backed_out,
            "reversals": self.reversals,
            "openings": self.openings,
            "contacts": self.contacts,
            "queue": traffic.queue,
            "degrees": round(self.degrees),
            "in_lane": len(traffic.vehicles) + len(traffic.backlog),
        }

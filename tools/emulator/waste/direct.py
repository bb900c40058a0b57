"""The network with ideal boards: orders act at once, in virtual time, without firmware and without Modbus.

For tests of the collection sequence and for reference calculations: an hour of collecting takes about a second. The
boards' own duties are here in their plain form: start ladder, vacuum and speed regulator, the 12 s limit of a
discharge valve, filter cleaning, compactor. What is *not* here is every refusal of a real board; a sequence that asks
for two open valves gets them, and `violations` tells.

::

    plant = Direct(seed=3, residents=0)
    plant.fill(inlet=1, fraction=0, kg=30)
    plant.divert(0)
    plant.fans_start()
    plant.until(lambda: plant.vacuum_kpa >= 15, within_s=60)
    plant.av_open(1)
    plant.until(lambda: plant.speed >= 18, within_s=20)
    plant.discharge(inlet=1, fraction=0)
    plant.until(lambda: not plant.in_flight_kg() and plant.dv_closed(1, 0), within_s=200)
    assert plant.landed_kg() == 30

Branches and inlets count from 1 as on drawings, fractions from 0 (0 perishable, 1 other, 2 recyclable).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from tools.emulator.waste import station_faults
from tools.emulator.waste.blockage import NEVER, Plug
from tools.emulator.waste.books import Balance, Landing
from tools.emulator.waste.inlet import Chute
from tools.emulator.waste.layout import FRACTIONS, Layout
from tools.emulator.waste.network import Network
from tools.emulator.waste.regulator import VELOCITY_AFTER_S, Regulator

TICK_MS = 100
MAX_OPEN_MS = 12_000
STAGGER_S = 8.0
OFF, VACUUM, VELOCITY, FIXED = "off", "vacuum", "velocity", "fixed"


class NotWithinError(AssertionError):
    """What was waited for did not happen in its virtual time."""


class Direct:
    """One plant for one sequence. Time starts at 0 and passes only in `run` and `until`."""

    def __init__(
        self,
        layout: Layout | None = None,
        seed: int = 1,
        *,
        residents: float = 1.0,
        start_hour: float = 6.0,
        stagger_s: float = STAGGER_S,
    ) -> None:
        """`residents` scales what they bring (0: only what `fill` puts in); `stagger_s` between two fan starts."""
        self.network = Network(layout, seed, start_hour=start_hour, residents=residents)
        self.network.order(self.network.damper, True)
        self.regulator = Regulator()
        self.mode = OFF
        self.speed_set = 22.0
        """Air speed while conveying, m/s."""
        self.vacuum_set = 18.0
        """Vacuum held while no air inlet is open, kPa."""
        self.cap = 1.0
        """Highest fan speed, 0 to 1 (0.7 during curfew)."""
        self.fixed = 0.95
        self.cut_kpa = 29.0
        """P5: above it the speed is cut. Infinity switches that off."""
        self.violations: list[str] = []
        """What no board would have allowed: a second discharge valve, a diverter move with waste in flight."""
        self._stagger_s = stagger_s
        self._started_ms = 0
        self._av_since_ms = -1
        self._pulses: list[tuple[Chute, int]] = []

    # -- time ------------------------------------------------------------------------------------------------

    @property
    def now_ms(self) -> int:
        """Virtual time, ms."""
        return self.network.now_ms

    @property
    def hour(self) -> float:
        """Time of day, hours."""
        return self.network.residents.hour(self.now_ms)

    def run(self, seconds: float) -> None:
        """Let time pass."""
        self._run(self.now_ms + round(seconds * 1000), None)

    def until(self, condition: Callable[[], object], within_s: float, tick_ms: int = TICK_MS) -> float:
        """Run until `condition()` holds, looking every `tick_ms`; returns the seconds it took. NotWithinError."""
        begin = self.now_ms
        if condition() or self._run(begin + round(within_s * 1000), condition, tick_ms):
            return (self.now_ms - begin) / 1000.0
        raise NotWithinError(f"not within {within_s:g} s of virtual time")

    def _run(self, end_ms: int, condition: Callable[[], object] | None, tick_ms: int = TICK_MS) -> bool:
        network = self.network
        while network.now_ms < end_ms:
            busy = self.mode != OFF or self._pulses or condition is not None
            step = tick_ms if busy else 5000
            target = min(end_ms, network.now_ms + step)
            for _chute, until in self._pulses:
                target = min(target, max(until, network.now_ms + 1))
            before = network.now_ms
            network.advance_to(target, exact=True)
            self._boards((network.now_ms - before) / 1000.0)
            if condition is not None and condition():
                return True
        return False

    # -- orders ----------------------------------------------------------------------------------------------

    def fans_start(self, vacuum_kpa: float = 18.0, cap: float = 1.0) -> None:
        """Start the ladder, then hold vacuum; with an air inlet open, air speed."""
        self.vacuum_set = vacuum_kpa
        self.cap = cap
        if self.mode == OFF:
            self.regulator.reset()
            self._started_ms = self.now_ms
        self.mode = VACUUM

    def fans_stop(self) -> None:
        """Switch the exhausters off at once."""
        self.mode = OFF
        for fan in range(len(self.network.fans.fans)):
            self.network.order_fan(fan, 0, 0.0)

    def fans_fixed(self, speed: float) -> None:
        """Run all exhausters at a fixed speed, 0 to 1."""
        if self.mode == OFF:
            self._started_ms = self.now_ms
        self.mode = FIXED
        self.fixed = speed

    def av_open(self, branch: int) -> None:
        """Open a branch's air inlet."""
        for number, valve in enumerate(self.network.air_inlets, 1):
            if number != branch and valve.wanted:
                self.violations.append(f"{self.now_ms} ms: AV{branch} beside AV{number}")
        self.network.order(self.network.air_inlets[branch - 1], True)
        self._av_since_ms = -1

    def av_close(self, branch: int = 0) -> None:
        """Shut a branch's air inlet; 0: all."""
        for number, valve in enumerate(self.network.air_inlets, 1):
            if branch in (0, number):
                self.network.order(valve, False)

    def sv(self, branch: int, opening: bool) -> None:
        """Drive a sectioning valve."""
        self.network.order_section(branch - 1, 1 if opening else -1)

    def discharge(self, inlet: int, fraction: int, open_ms: int = 10_000) -> bool:
        """Open the discharge valve of a fraction for `open_ms` (12 s at most); False: it's open already."""
        chute = self.chute(inlet, fraction)
        if chute.valve.wanted:
            return False
        if not all(other.valve.closed for each in self.network.inlets for other in each.chutes):
            self.violations.append(f"{self.now_ms} ms: DV {inlet}.{fraction} beside another")
        chute.unlocked = False
        self.network.order(chute.valve, True)
        self._pulses.append((chute, self.now_ms + min(open_ms, MAX_OPEN_MS)))
        return True

    def dv_close(self) -> None:
        """End every discharge now."""
        self._pulses = [(chute, self.now_ms) for chute, _ in self._pulses]
        self._end_pulses()

    def divert(self, fraction: int) -> None:
        """Turn the diverter to a fraction's container and open its gate."""
        if self.network.conveying.slugs and fraction != self.network.diverter.target:
            self.violations.append(f"{self.now_ms} ms: diverter moved with waste in flight")
        self.network.diverter.command(fraction)
        self.gate(fraction, True)

    def gate(self, fraction: int, opening: bool) -> None:
        """Order a container's gate."""
        self.network.containers[fraction].command(opening)

    def undock(self, fraction: int) -> None:
        """Take the container away."""
        self.network.containers[fraction].undock()

    def exchange(self, fraction: int) -> None:
        """Put an empty container in its place; the gate stays shut."""
        self.network.containers[fraction].exchange()

    # -- what a sequence reads -------------------------------------------------------------------------------

    @property
    def vacuum_kpa(self) -> float:
        """PT90 as vacuum, kPa, positive."""
        return self.network.air.pressure / 1000.0

    @property
    def speed(self) -> float:
        """FT90: air speed, m/s."""
        return self.network.air.speed

    @property
    def taps_kpa(self) -> list[float]:
        """PT1 to PT6 as vacuum, kPa."""
        return [vacuum / 1000.0 for vacuum in self.network.taps.vacuum]

    @property
    def fans_running(self) -> int:
        """Exhausters proven running."""
        return sum(fan.running for fan in self.network.fans.fans)

    @property
    def fan_speed(self) -> float:
        """Speed given to the exhausters, 0 to 1."""
        return self.regulator.output if self.mode != FIXED else self.fixed

    def chute(self, inlet: int, fraction: int) -> Chute:
        """Return a chute. Raises ValueError when the inlet takes no such fraction."""
        for chute in self.network.inlets[inlet - 1].chutes:
            if chute.fraction == fraction:
                return chute
        raise ValueError(f"inlet {inlet} takes no fraction {fraction}")

    def level(self, inlet: int, fraction: int) -> int:
        """0 below 60 %, 1 LSH, 2 LSHH."""
        chute = self.chute(inlet, fraction)
        return chute.level_high + chute.level_full

    def dv_closed(self, inlet: int, fraction: int) -> bool:
        """Closed switch of a discharge valve, and only that."""
        valve = self.chute(inlet, fraction).valve
        return bool(valve.closed and not valve.opened)

    def all_closed(self) -> bool:
        """Whether every discharge valve is proven closed."""
        return all(
            chute.valve.closed and not chute.valve.opened for each in self.network.inlets for chute in each.chutes
        )

    def av_opened(self, branch: int) -> bool:
        """Open switch of an air inlet."""
        return bool(self.network.air_inlets[branch - 1].opened)

    def av_closed(self, branch: int) -> bool:
        """Closed switch of an air inlet."""
        return bool(self.network.air_inlets[branch - 1].closed)

    def diverter_at(self) -> int:
        """Fraction where the diverter is proven to stand; -1: not proven, or more than one switch."""
        proven = [fraction for fraction in range(FRACTIONS) if self.network.diverter.feedback(fraction)]
        return proven[0] if len(proven) == 1 else -1

    def gate_open(self, fraction: int) -> bool:
        """Whether waste can fall into the container."""
        return self.network.containers[fraction].open

    def container_level(self, fraction: int) -> float:
        """Percent."""
        return self.network.containers[fraction].level

    # -- ground truth ----------------------------------------------------------------------------------------

    @property
    def balance(self) -> Balance:
        """The books, grams."""
        return self.network.balance

    @property
    def energy_kwh(self) -> float:
        """Energy of the fans so far."""
        return self.network.energy_kwh

    @property
    def landings(self) -> list[Landing]:
        """The latest charges that arrived; inlets count from 1."""
        return [replace(landing, inlet=landing.inlet + 1) for landing in self.network.reception.recent]

    def in_flight_kg(self, branch: int = 0) -> float:
        """Waste in the pipes, of one branch or (0) all, kg."""
        conveying = self.network.conveying
        return (conveying.in_flight_of(branch - 1) if branch else conveying.in_flight_g) / 1000.0

    def landed_kg(self) -> float:
        """Waste that arrived so far, kg."""
        return self.network.reception.landed_g / 1000.0

    # -- a test's hand ---------------------------------------------------------------------------------------

    def fill(self, inlet: int, fraction: int, kg: float) -> None:
        """Put waste into a chute."""
        self.chute(inlet, fraction).put(round(kg * 1000))

    def block(self, branch: int, kind: str = "total", at: float | None = None, shakes: int = NEVER) -> Plug:
        """Block a branch between its tap and its first inlet (or `at` metres); gone after so many `shakes`."""
        return station_faults.block(self.network, branch, kind, shakes, at)

    def block_main(self, section: int, kind: str = "total", shakes: int = NEVER) -> Plug:
        """Block the main just downstream of branch `section`'s junction."""
        return station_faults.block_main(self.network, section, kind, shakes)

    def unblock(self, plug: Plug) -> None:
        """Free a plug by hand."""
        station_faults.unblock(self.network, plug)

    def leak(self, k: float, branch: int = 0) -> None:
        """Open a leak of loss factor `k` in the main near the station or in a branch; 0 mends it."""
        station_faults.leak(self.network, branch, k)

    def fail(self, device: str, kind: str) -> None:
        """Start a fault of a device ("FAN2", "trip"; "AV3", "stuck"), end it with ""; see `station_faults`."""
        station_faults.fail(self.network, device, kind)

    def fail_dv(self, inlet: int, fraction: int, kind: str) -> None:
        """Start a fault of a discharge valve (see `valve.FAULTS`), end it with ""."""
        self.network.fail_valve(self.chute(inlet, fraction).valve, kind)

    # -- the boards' plain duties ----------------------------------------------------------------------------

    def _boards(self, dt: float) -> None:
        network = self.network
        self._end_pulses()
        if self.mode != OFF:
            self._fans(dt)
        pressure_drop = network.filter.kilopascal
        if pressure_drop > 1.5:
            network.cleaning = 1
        elif pressure_drop < 0.8:
            network.cleaning = 0
        network.compactor.run = int(self.mode != OFF or not network.compactor.home)

    def _end_pulses(self) -> None:
        if not self._pulses:
            return
        now = self.now_ms
        for chute, until in self._pulses:
            if now >= until:
                self.network.order(chute.valve, False)
                chute.unlocked = True
        self._pulses = [pulse for pulse in self._pulses if pulse[1] > now]

    def _fans(self, dt: float) -> None:
        network = self.network
        output = self._output(dt)
        since = (self.now_ms - self._started_ms) / 1000.0
        for number in range(len(network.fans.fans)):
            if since >= number * self._stagger_s:
                network.order_fan(number, 1, output)

    def _output(self, dt: float) -> float:
        if self.mode == FIXED:
            return self.fixed
        regulator = self.regulator
        kilopascal = self.vacuum_kpa
        if kilopascal > self.cut_kpa:
            return regulator.vacuum(dt, kilopascal, self.cut_kpa - 1.0, self.cap)
        if not any(valve.position > 0.5 for valve in self.network.air_inlets):
            self._av_since_ms = -1
            return regulator.vacuum(dt, kilopascal, self.vacuum_set, self.cap)
        if self._av_since_ms < 0:
            self._av_since_ms = self.now_ms
        if self.now_ms - self._av_since_ms < VELOCITY_AFTER_S * 1000.0:
            output = max(regulator.output, min(0.9, self.cap))
            regulator.hold(min(output, regulator.output + 0.08 * dt))
            return regulator.output
        return regulator.velocity(dt, self.speed, self.speed_set, self.cap)

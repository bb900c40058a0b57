"""The vacuum network: one object that all inlet boards and the station board share.

Time is whole milliseconds. `advance_to` may be called by anybody and as often as wanted: the network advances once.
It chooses its own steps (10 ms while a valve moves, 20 to 50 ms while air moves, up to 5 s at rest), and stops
exactly where an order arrives, so the same orders at the same times give the same network, whoever looks in between.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from random import Random

from tools.emulator.waste.air import Air
from tools.emulator.waste.auxiliaries import Filter, InstrumentAir, Separator
from tools.emulator.waste.books import Balance, Reception
from tools.emulator.waste.calibration import DEFAULT, Calibration
from tools.emulator.waste.containers import Compactor, Container, Diverter
from tools.emulator.waste.conveying import Conveying
from tools.emulator.waste.fans import FanTrain
from tools.emulator.waste.inlet import Inlet
from tools.emulator.waste.layout import FRACTIONS, MAIN, Layout, reference_site
from tools.emulator.waste.openings import Openings
from tools.emulator.waste.residents import Residents
from tools.emulator.waste.taps import Taps
from tools.emulator.waste.valve import Valve

MOVING_MS = 10
LIVELY_MS = 20
CALM_MS = 50
REST_MS = 5000
REST_PA = 20.0
SLOW_S = 0.095
MANHOLE_K = 12.0
MANHOLE_AT = 200.0


class Network:
    """Pipes, valves, fans, containers, chutes and the people who fill them. `seed` decides every random thing."""

    def __init__(
        self,
        layout: Layout | None = None,
        seed: int = 1,
        *,
        start_hour: float = 6.0,
        residents: float = 1.0,
        cal: Calibration = DEFAULT,
        start_ms: int = 0,
    ) -> None:
        """`residents` scales the waste of a day, 0 for none; `start_hour` is the time of day at 0 ms."""
        rng = Random(seed)
        self.layout = layout or reference_site()
        self.now_ms = start_ms
        self.rng = rng
        self.inlets = [Inlet(n, *self.layout.place(n), rng) for n in range(self.layout.inlets)]
        branches = range(len(self.layout.branches))
        self.air_inlets = [Valve(rng) for _ in branches]
        self.sections = [Valve(rng, spring=False, position=1.0) for _ in branches]
        self.damper = Valve(rng)
        """Dampers of the separator; shut without command."""
        self.fans = FanTrain(cal)
        self.containers = tuple(Container() for _ in range(FRACTIONS))
        self.diverter = Diverter()
        self.compactor = Compactor()
        self.separator = Separator()
        self.filter = Filter()
        self.cleaning = 0
        self.instrument_air = InstrumentAir()
        self.air = Air(self.layout, cal)
        self.reception = Reception(self.containers)
        self.conveying = Conveying(self.air, self.reception, rng)
        self.openings = Openings(self.air, self.air_inlets, self.sections, self.inlets)
        self.taps = Taps(self.air)
        self.residents = Residents(self.inlets, rng, start_hour, residents)
        self.mains = True
        self.stop_pressed = False
        self.fire = False
        """Fire in a served building, as the station's panel knows it."""
        self.manhole_open = False
        self.steps = 0
        """Steps of the model: a measure of work done."""
        self.revision = 0
        """Changes whenever anything may have changed."""
        self.max_speed = 0.0
        """Fastest air seen anywhere in the main, m/s."""
        self.two_open_ms = 0
        """Time with more than one discharge valve off its seat: the master invariant says 0."""
        self.valves_open_max = 0
        """Most discharge valves that were off their seats at once."""
        self.on_step: list[Callable[[float], None]] = []
        self._moving: list[Valve] = []
        self._slow_s = 0.0
        self._opened_out = True
        self._landed_g = 0

    # -- orders ----------------------------------------------------------------------------------------------

    @property
    def energised(self) -> bool:
        """Whether spring valves have supply: mains, air, and no emergency stop (hard-wired)."""
        return self.mains and not self.stop_pressed and self.instrument_air.drives_valves

    def order(self, valve: Valve, opening: bool) -> None:
        """Energise or release a valve from now on. Spring valves without supply shut whatever is ordered."""
        if opening == valve.wanted and (opening or not valve.target):
            return
        valve.wanted = opening
        self._drive(valve)

    def _drive(self, valve: Valve) -> None:
        if valve.spring:
            ordered = valve.command(valve.wanted and self.energised)
        else:
            ordered = valve.command(valve.wanted) if self.mains and self.instrument_air.drives_valves else False
        if ordered:
            self.instrument_air.stroke()
            if valve not in self._moving:
                self._moving.append(valve)

    def order_section(self, branch: int, direction: int) -> None:
        """Drive a sectioning valve open (1) or shut (-1); 0: it stays where it is. Branches from 0."""
        valve = self.sections[branch]
        valve.wanted = direction > 0
        if direction == 0 or not self.mains:
            valve.halt()
        else:
            self._drive(valve)

    def order_fan(self, fan: int, run: int, reference: float) -> None:
        """Run command and speed (0 to 1) of one exhauster. A converter without supply wants a fresh command later."""
        self.fans.fans[fan].command(run, reference)
        if run and (self.stop_pressed or not self.mains):
            self.fans.fans[fan].dropped = True

    def fail_valve(self, valve: Valve, kind: str) -> None:
        """Start or end a valve's fault. Raises ValueError for an unknown one."""
        valve.fail(kind)
        self.openings.moved(valve)
        if valve.moving and valve not in self._moving:
            self._moving.append(valve)
        self._opened_out = True

    def valves(self) -> Iterator[Valve]:
        """All spring valves."""
        yield from self.air_inlets
        yield self.damper
        for inlet in self.inlets:
            for chute in inlet.chutes:
                yield chute.valve

    def supply_changed(self) -> None:
        """Mains, stop or instrument air changed: every spring valve follows."""
        for valve in self.valves():
            self._drive(valve)

    def set_mains(self, present: bool) -> None:
        """Take or give the mains of the whole plant; running converters drop out."""
        if present == self.mains:
            return
        self.mains = present
        if not present:
            self.fans.drop()
            self.compactor.run = 0
        self.supply_changed()

    def press_stop(self, pressed: bool) -> None:
        """Press or release the emergency stop: hard-wired, valves shut, fans and compactor without power."""
        if pressed == self.stop_pressed:
            return
        self.stop_pressed = pressed
        if pressed:
            self.fans.drop()
            self.compactor.run = 0
        self.supply_changed()

    def fill(self, inlet: int, valve: int, grams: int) -> None:
        """Put waste into a chute, as residents would; `valve` from 0."""
        self.inlets[inlet].chutes[valve].put(grams)

    def open_manhole(self, is_open: bool) -> None:
        """Lift or put back a manhole's cover on the main: air comes in there."""
        self.manhole_open = is_open
        self.openings.leak("manhole", MANHOLE_K if is_open else 0.0, MAIN, MANHOLE_AT)
        self._opened_out = True

    def openings_changed(self) -> None:
        """A leak, plug or hatch changed by hand."""
        self._opened_out = True

    # -- time ------------------------------------------------------------------------------------------------

    def act_at(self, now_ms: int) -> None:
        """Come right up to `now_ms`, because something is done to the plant then."""
        self.advance_to(now_ms, exact=True)
        self.revision += 1

    def advance_to(self, now_ms: int, *, exact: bool = False) -> None:
        """Advance in own steps as far as they fit before `now_ms`; `exact`: with a shorter last one, right up to it."""
        while True:
            pace = self._pace()
            left = now_ms - self.now_ms
            if left < pace:
                if exact and left > 0:
                    self._step(left)
                return
            self._step(pace)

    def _pace(self) -> int:
        if self._moving:
            return MOVING_MS
        if not self._at_rest():
            if self.conveying.lively:
                return LIVELY_MS
            for fan in self.fans.fans:
                if not fan.steady:
                    return LIVELY_MS
            return CALM_MS
        rest = CALM_MS if self.separator.fault or self.instrument_air.fault else REST_MS
        return max(1, min(rest, self.residents.next_ms - self.now_ms))

    def _at_rest(self) -> bool:
        return (
            self._still()
            and not self.diverter.moving
            and self.compactor.at_rest
            and not any(container.moving for container in self.containers)
        )

    def _still(self) -> bool:
        """Neither air nor waste nor a fan moves."""
        return (
            self.fans.at_rest
            and -REST_PA < self.air.pressure < REST_PA
            and self.air.inflow < 0.02
            and not any(slug.speed for slug in self.conveying.slugs)
        )

    def _step(self, dt_ms: int) -> None:
        dt = dt_ms / 1000.0
        self.steps += 1
        self.revision += 1
        self.now_ms += dt_ms
        if self._moving:
            self._move_valves(dt)
        if self.residents.act(self.now_ms):
            self._opened_out = True
        self._station(dt)
        if self.openings.off_seat:
            self._falls(dt_ms)
        conveying = self.conveying
        air = self.air
        if self._opened_out or conveying.changed or air.pressure > 0.9 * air.cal.breaker:
            self._arrange()
        if not self._moving and self._still():
            self._rest(dt)
        else:
            self.fans.step(dt)
            air.clear_forces()
            conveying.step(dt, self.now_ms, self.diverter.at)
            air.step(dt, self.fans.head)
            self.fans.load(dt, air.pressure, air.fan_flow)
            if air.speed > self.max_speed:
                self.max_speed = air.speed
        self.taps.step(dt, conveying.plugs, self.openings.cut_off, self.openings.vented)
        for hook in self.on_step:
            hook(dt)

    def _move_valves(self, dt: float) -> None:
        for valve in self._moving:
            valve.step(dt)
            self.openings.moved(valve)
        self._moving = [valve for valve in self._moving if valve.moving]
        for branch, valve in enumerate(self.air_inlets):
            self.conveying.stroke(branch, valve.area)
        self.air.damper = self.damper.area
        self._opened_out = True

    def _falls(self, dt_ms: int) -> None:
        """Let waste fall through discharge valves that are open."""
        open_now = 0
        for inlet, chute, _column in self.openings.off_seat.values():
            open_now += not chute.valve.seated
            grams = chute.falls(self.now_ms, self.rng)
            if grams:
                self.conveying.drop(inlet.branch, inlet.at, grams, chute.fraction, inlet.number, self.now_ms)
        if open_now > self.valves_open_max:
            self.valves_open_max = open_now
        if open_now > 1:
            self.two_open_ms += dt_ms

    def _arrange(self) -> None:
        if self.conveying.changed:
            self.openings.changed = True
            self.conveying.changed = False
        self._opened_out = False
        if self.openings.update(self.conveying.plugs):
            self.conveying.arranged()

    def _rest(self, dt: float) -> None:
        """Nothing moves any air."""
        self.fans.step(dt)
        self.fans.load(dt, 0.0, 0.0)
        self.air.fan_flow = 0.0

    def _station(self, dt: float) -> None:
        """Move what stands at the station; what is slow there is looked at ten times a second."""
        if self.diverter.moving and self.mains:
            self.diverter.step(dt)
        for container in self.containers:
            if container.moving:
                container.step(dt)
        self._slow_s += dt
        if self._slow_s < SLOW_S:
            return
        dt, self._slow_s = self._slow_s, 0.0
        instrument_air = self.instrument_air
        drove = instrument_air.drives_valves
        instrument_air.step(dt, self.mains)
        if instrument_air.drives_valves != drove:
            self.supply_changed()
        position = self.diverter.at
        if not self.compactor.at_rest:
            self.compactor.step(dt, self.containers[position].level if position >= 0 else 0.0)
        self.separator.step(dt, self.air.pressure)
        reception = self.reception
        if reception.landed_g != self._landed_g:
            self.filter.load(reception.landed_g - self._landed_g)
            self._landed_g = reception.landed_g
        if reception.hopper_g:
            reception.empty_hopper(position)
        self.filter.step(dt, max(0.0, self.air.fan_flow), self.cleaning)

    # -- accounts --------------------------------------------------------------------------------------------

    @property
    def balance(self) -> Balance:
        """The books as they stand, grams."""
        chutes = received = 0
        for inlet in self.inlets:
            for chute in inlet.chutes:
                chutes += chute.grams
                received += chute.received_g
        return Balance(received, chutes, self.conveying.in_flight_g, self.reception.landed_g)

    @property
    def energy_kwh(self) -> float:
        """What the fans have taken."""
        return self.fans.energy_j / 3.6e6

"""The whole plant and its time: IT loop, heat pumps, buffer and buildings, hot water (domain brief §4a, §4f).

`HeatDistrict.step(dt)` takes 0.1 to 1 s. Actuators are attributes of their tag in lower case, to be set at any time;
true temperatures (°C), flows (kg/s, which is L/s here), pressures (bar) and powers (W) are attributes of their tag, as
they are after the step. Sensors with their lags, noise and faults, and all devices on field lines, are somebody else's.

The hot-water store is cold at its bottom: T41 is the top, T44 the bottom. A charge that shall use the store's content
starts by a low sensor and ends at the lowest.
"""

from __future__ import annotations

from random import Random

from tools.emulator.heat.bacteria import Bacteria
from tools.emulator.heat.books import Books
from tools.emulator.heat.building import Building
from tools.emulator.heat.condenser import Condenser
from tools.emulator.heat.dhw import MAINS_BAR, HotWater
from tools.emulator.heat.draw import Draw
from tools.emulator.heat.dry_cooler import DryCooler
from tools.emulator.heat.evaporator import Evaporator
from tools.emulator.heat.exchanger import UA_CHARGE, UA_SOURCE, Exchanger
from tools.emulator.heat.heat_pump import RATING_W, HeatPump
from tools.emulator.heat.it_hall import ItHall
from tools.emulator.heat.pressure import Circuit
from tools.emulator.heat.pump import Pump, TwinPump
from tools.emulator.heat.valve import Valve
from tools.emulator.heat.water import CP
from tools.emulator.heat.weather import DAY_S, Weather

MACHINES = 3
SLOW_S = 10.0
"""Weather, IT load, draws and bacteria go on in steps of this."""
P101_KG_S = 27.5
"""One pump at full speed; 22 kg/s at the drive's default, 11 K at 1 MW."""
P401_KG_S = 10.0
WARM_ROOM_C = 26.0
"""Rooms at time 0, on a hot day."""
DP101_CLEAN_BAR = 0.12
"""Across a clean filter at 22 kg/s."""


class Orders:
    """What the board's terminals and the devices command. None: no signal, the actuator goes where it goes then."""

    def __init__(self) -> None:
        self.p101a_y = self.p101b_y = False
        self.p201_y = self.p202_y = self.p301_y = self.p401_y = self.p402_y = False
        self.p101_spd: float | None = None
        self.p201_spd: float | None = None
        self.p301_spd: float | None = None
        self.p401_spd: float | None = None
        self.v101_sp: float | None = None
        """1: all to recovery, 0: all to the dry cooler, None: the spring drives it there."""
        self.v301_sp: float | None = None
        self.v401_sp: float | None = None
        """1: store water alone; None: the spring drives it to cold."""
        self.dryc_fan: float | None = None
        """None: full speed."""
        self.dryc_spray: float | None = None
        self.makeup_y = False
        self.vent_y = False
        self.byp_y = False
        """The source goes straight to the condenser circuit (DIRECT)."""
        self.chw_y = False
        self.rej_y = False


class HeatDistrict(Orders):
    """One plant.

    `seed`: of everything random. `start_s`: second of the day at time 0. `day`: day of the year then. `outdoor`,
    `it_w`: prescribed outdoor temperature and IT load, or None. `noise`: relative noise of IT load and draws.
    `rating_w`: of each machine. `store`, `buffer`: temperatures from top to bottom. `it_c`: IT loop (TT101).
    """

    def __init__(
        self,
        seed: int = 1,
        *,
        start_s: float = 0.0,
        day: float = 15.0,
        outdoor: float | None = None,
        spells: float = 0.0,
        it_w: float | None = None,
        it_c: float = 33.0,
        noise: float = 0.0,
        rating_w: float = RATING_W,
        store: tuple[float, float, float, float] = (60.0, 59.5, 59.0, 57.0),
        buffer: tuple[float, float, float, float] = (45.0, 44.0, 42.0, 40.0),
    ) -> None:
        super().__init__()
        rng = Random(seed)
        self.start_s = start_s
        self.now_s = 0.0
        self.weather = Weather(rng, day=day, spells=spells)
        self.weather.forced = outdoor
        self.hall = ItHall(rng, it_c, noise)
        self.hall.forced = it_w
        self.draw = Draw(rng, noise)
        self.v101 = Valve(30.0, 0.0, spring=0.0)
        self.p101 = TwinPump(P101_KG_S, 14.0)
        self.cooler = DryCooler()
        self.hx1 = Exchanger(UA_SOURCE)
        self.evaporator = Evaporator(27.0, 22.0)
        self.machines = tuple(HeatPump(rating_w) for _ in range(MACHINES))
        """Each with `order` (HPn.Y), `set_point`, `max_load`, and its state."""
        self.condenser = Condenser(40.0, 45.0)
        self.hx2 = Exchanger(UA_CHARGE)
        self.p401 = Pump(P401_KG_S, 8.0)
        self.dhw = HotWater(self.draw, store, store[0], store[0] - 4.5)
        self.building = Building(buffer, 42.0, 36.0)
        self.circuits = (Circuit(it_c), Circuit(25.0), Circuit(40.0))
        """IT loop (PT101), evaporators (PT201), condensers and heating (PT301)."""
        self.clogged = 0.0
        """How much the filter's resistance has grown, 0: clean (DP101)."""
        self.bacteria = tuple(Bacteria() for _ in range(5))
        """In the four nodes of the store and in the circulation return."""
        self.books = Books()
        self.tt101 = self.tt102 = self.tt201 = self.tt202 = self.tt203 = self.tt204 = 0.0
        self.tt301 = self.tt302 = self.tt303 = self.tt304 = self.tt305 = self.tt306 = 0.0
        self.tt41 = self.tt42 = self.tt43 = self.tt44 = self.tt45 = self.tt46 = self.tt47 = self.tt50 = 0.0
        self.ft101 = self.ft201 = self.ft301 = self.ft401 = self.ft402 = 0.0
        self.ft202 = 0.0
        """Condenser circuit; there is no such sensor."""
        self.pt101 = self.pt201 = self.pt301 = 0.0
        self.dp101 = self.dp301 = 0.0
        self.hm1_w = self.hm2_w = self.hm3_w = self.hm4_w = 0.0
        """Recovered at HX1, heating, charge of the store, taps."""
        self.it_w = 0.0
        """Cooling that the hall wants (IT.REQ)."""
        self.it_air = 0.0
        """Its supply air (IT.T)."""
        self._slow_s = 0.0
        self._slow(0.0)
        self.building.room = min(WARM_ROOM_C, max(self.building.room, self.weather.outdoor))
        self._first_stored = self.stored_j
        self._publish(it_c - 8.0)

    # -- energies ---------------------------------------------------------------------------------------------

    @property
    def stored_j(self) -> float:
        """Energy of all water above 0 °C."""
        sides = self.dhw.stored_j + self.building.stored_j
        return self.hall.loop.stored_j + self.evaporator.stored_j + self.condenser.stored_j + sides

    @property
    def residual_j(self) -> float:
        """Energy that the books don't explain."""
        return self.books.residual(self.stored_j - self._first_stored)

    @property
    def second(self) -> float:
        """Second of the day."""
        return (self.start_s + self.now_s) % DAY_S

    @property
    def power_w(self) -> float:
        """Electricity of the whole plant: machines, EH1, pumps, fans."""
        return sum(machine.power_w for machine in self.machines) + self.dhw.backup_w + self._pumps_w + self.cooler.fan_w

    @property
    def _pumps_w(self) -> float:
        pumps = self.p101.w + self.evaporator.pump.w + self.condenser.pump.w + self.p401.w
        return pumps + self.building.pump.w + self.dhw.circulation.w

    # -- time -------------------------------------------------------------------------------------------------

    def advance(self, seconds: float, step_s: float = 1.0) -> None:
        """Let time pass without a board."""
        for _ in range(round(seconds / step_s)):
            self.step(step_s)

    def _slow(self, dt: float) -> None:
        """Go on by `dt` seconds with what changes slowly."""
        self.weather.step(dt, self.start_s + self.now_s)
        self.draw.step(dt, self.second)
        self.hall.plan(dt, self.second)
        for place, t in zip(self.bacteria, (*self.dhw.store.t, self.dhw.back.t), strict=True):
            place.step(dt, t)

    def _command(self) -> None:
        """Hand the orders to their actuators."""
        p101 = self.p101
        p101.a.order = self.p101a_y
        p101.b.order = self.p101b_y
        p101.a.speed_signal = p101.b.speed_signal = self.p101_spd
        pump = self.evaporator.pump
        pump.order = self.p201_y
        pump.speed_signal = self.p201_spd
        self.condenser.pump.order = self.p202_y
        pump = self.building.pump
        pump.order = self.p301_y
        pump.speed_signal = self.p301_spd
        pump = self.p401
        pump.order = self.p401_y
        pump.speed_signal = self.p401_spd
        self.dhw.circulation.order = self.p402_y
        self.v101.signal = self.v101_sp
        self.building.mixer.signal = self.v301_sp
        self.dhw.mixer.signal = self.v401_sp
        self.cooler.fan_signal = self.dryc_fan
        self.cooler.spray_signal = self.dryc_spray
        self.evaporator.chilled = self.chw_y

    def step(self, dt: float) -> None:
        """Go on by `dt` seconds, 0.1 to 1."""
        self.now_s += dt
        self._slow_s += dt
        if self._slow_s >= SLOW_S - 1e-9:
            self._slow(self._slow_s)
            self._slow_s = 0.0
        self._command()
        outdoor = self.weather.outdoor
        evaporator = self.evaporator
        condenser = self.condenser
        dhw = self.dhw
        building = self.building
        machines = self.machines
        circuits = self.circuits
        source_bar, evaporator_bar, heating_bar = circuits[0].bar, circuits[1].bar, circuits[2].bar

        # Flows first. All exchange is calculated with the temperatures of the step's beginning.
        source_flow = self.p101.step(dt, source_bar)
        evaporator_flow = evaporator.pump.step(dt, evaporator_bar)
        branches = machines[0].open + machines[1].open + machines[2].open
        condenser_flow = condenser.circulate(dt, branches, heating_bar, self.p401_y)
        charge_flow = self.p401.step(dt, MAINS_BAR)
        share = self.v101.step(dt)

        # The IT loop: through HX1, through the dry cooler, and mixed back to the hall.
        hot = self.hall.loop.t
        hx1 = self.hx1
        recovered_flow = share * source_flow
        to_machines = condenser.back.t
        bypass = self.byp_y
        if bypass:
            recovered = hx1.exchange(hot, recovered_flow, to_machines, condenser_flow)
        else:
            recovered = hx1.exchange(hot, recovered_flow, evaporator.cold.t, 0.0 if self.chw_y else evaporator_flow)
        cooled = self.cooler.step(dt, hot, source_flow - recovered_flow, outdoor)
        back = hot - (recovered + cooled) / (source_flow * CP) if source_flow > 0.0 else self.tt102
        it_j = self.hall.step(dt, back, source_flow)

        # The machines.
        source = evaporator.warm.t
        through = evaporator_flow / MACHINES
        per_branch = condenser_flow / branches if branches else 0.0
        heat = power = 0.0
        for machine in machines:
            machine.step(dt, source, through, to_machines, per_branch)
            heat += machine.heat_w
            power += machine.power_w
        arrives = evaporator.cold.t if bypass else hx1.cold_out
        evaporator.step(dt, evaporator_flow, arrives, heat - power, building.room)

        # What they give goes to the store or to the buffer.
        store = dhw.store.t
        charging = condenser.change_over.position * condenser_flow
        outlet = condenser.out.t
        charged = self.hx2.exchange(outlet, charging, store[3], charge_flow)
        heating_flow = condenser_flow - charging
        returned = to_machines
        if condenser_flow > 0.0:
            returned = (charging * self.hx2.hot_out + heating_flow * building.buffer.t[3]) / condenser_flow
        rejected = self.cooler.reject(to_machines, condenser_flow) if self.rej_y else 0.0
        condenser.step(dt, condenser_flow, heat + recovered if bypass else heat, returned, rejected)
        lost = dhw.step(dt, self.hx2.cold_out, charge_flow, self.weather.cold)
        lost += building.step(dt, outlet, heating_flow, outdoor, heating_bar, evaporator.cooled_w)

        makeup = self.makeup_y
        circuits[0].step(dt, hot, makeup)
        circuits[1].step(dt, source, makeup)
        circuits[2].step(dt, outlet, makeup)

        books = self.books
        books.it += it_j
        books.compressors += power * dt
        books.backup += dhw.backup_w * dt
        books.chilled += evaporator.cooled_w * dt
        books.cooler += cooled * dt
        books.rejected += rejected * dt
        books.heating += building.heat_w * dt
        books.taps += dhw.tap_w * dt
        books.circulation += dhw.network_w * dt
        books.losses += lost
        books.recovered += recovered * dt
        books.charged += charged * dt
        books.pumps += self._pumps_w * dt
        books.fans += self.cooler.fan_w * dt
        books.tap_kg += dhw.tapped * dt
        self.hm1_w = recovered
        self.hm3_w = charged
        self.ft101 = source_flow
        self.ft201 = evaporator_flow
        self.ft202 = condenser_flow
        self.ft401 = charge_flow
        self._publish(back)

    def _publish(self, back: float) -> None:
        """Copy what the sensors see."""
        building = self.building
        dhw = self.dhw
        self.tt101 = self.hall.loop.t
        self.tt102 = back
        self.tt201 = self.evaporator.warm.t
        self.tt202 = self.evaporator.cold.t
        self.tt203 = self.condenser.back.t
        self.tt204 = self.condenser.out.t
        self.tt301, self.tt302, self.tt303, self.tt304 = building.buffer.t
        self.tt305 = building.header.t
        self.tt306 = building.radiators.t
        self.tt41, self.tt42, self.tt43, self.tt44 = dhw.store.t
        self.tt45 = dhw.header.t
        self.tt46 = dhw.back.t
        self.tt47 = self.weather.cold
        self.tt50 = self.weather.outdoor
        self.ft301 = building.flow
        self.ft402 = dhw.circulated
        self.pt101 = self.circuits[0].bar
        self.pt201 = self.circuits[1].bar
        self.pt301 = self.circuits[2].bar
        ratio = self.ft101 / 22.0
        self.dp101 = DP101_CLEAN_BAR * (1.0 + self.clogged) * ratio * ratio
        self.dp301 = building.difference_bar
        self.hm2_w = building.meter_w
        self.hm4_w = dhw.tap_w
        self.it_w = self.hall.load_w
        self.it_air = self.hall.air

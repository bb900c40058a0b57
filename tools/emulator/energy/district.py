"""The 0.4 kV board with everything on it, and its time (domain brief §2a, §2f).

`advance(dt)` takes seconds; steps of 50 to 100 ms show every transient, whole seconds are good enough for a day's
energies. Powers are W; import and discharge are positive at grid and battery, generation is positive at inverters.
"""

from __future__ import annotations

from random import Random

from tools.emulator.energy.array import TOUCH_V, Array
from tools.emulator.energy.battery import Battery
from tools.emulator.energy.books import Books
from tools.emulator.energy.charging import ChargingGroup
from tools.emulator.energy.converter import Converter
from tools.emulator.energy.grid import NOMINAL_V, Breaker, Network
from tools.emulator.energy.inverter import Inverter
from tools.emulator.energy.island import Island
from tools.emulator.energy.loads import Loads, profile
from tools.emulator.energy.meter import Meter
from tools.emulator.energy.weather import DAY_S, Weather

INVERTERS = 6
STEP_S = 0.05
AUX_W = 3_000.0
"""Battery room: air conditioning, controls."""


class District:
    """One plant. `start_s`: second of the day at time 0; `clouds`: see `Weather`; `base_w`: fixed base load."""

    def __init__(
        self,
        seed: int = 1,
        *,
        start_s: float = 0.0,
        clouds: float = 0.0,
        soc: float = 0.5,
        base_w: float | None = None,
        cars: bool = True,
        profile: str = "eu",
        running: bool = False,
    ) -> None:
        rng = Random(seed)
        self.start_s = start_s
        self.now_s = 0.0
        self.weather = Weather(rng, clouds=clouds)
        self.inverters = tuple(Inverter(Array(), profile=profile) for _ in range(INVERTERS))
        self.battery = Battery(soc)
        self.converter = Converter(self.battery, profile=profile)
        self.charging = ChargingGroup(rng) if cars else ChargingGroup(rng, rate=None)
        self.loads = Loads(rng, base_w)
        self.loads.other("auxiliaries", AUX_W, tier=1)
        self.network = Network(rng)
        self.breaker = Breaker()
        self.island = Island(self.converter.rating_w)
        self.meter = Meter(rng)
        self.books = Books()
        self.volts_pu = 1.0
        self.hertz = 50.0
        self.grid_w = 0.0
        self.grid_var = 0.0
        self.dark_s = 0.0
        """Since the bus lost its voltage, 0 while it has it."""
        self.longest_dark_s = 0.0
        self._first_stored = self.stored_wh
        if running:
            self.run_up()

    def run_up(self) -> None:
        """Have everything run that may, as if it had been started long ago; no time passes, no energy is counted."""
        self.weather.step(0.0, self.second)
        for inverter in self.inverters:
            start, inverter.start_s = inverter.start_s, 0.0
            ramp, inverter.ramp = inverter.ramp, 1e9
            counted = inverter.energy_wh, inverter.dc_energy_wh
            for _ in range(3):
                inverter.step(10.0, self.weather.irradiance, self.weather.ambient, 1.0, 50.0)
            inverter.start_s, inverter.ramp = start, ramp
            inverter.energy_wh, inverter.dc_energy_wh = counted
        for _ in range(3):
            self.converter.supervise(1.0, 1.0, 50.0, False)
        demand = self.loads.fixed_w if self.loads.fixed_w is not None else profile(self.second)
        self.grid_w = demand + AUX_W - self.pv_w
        self.meter.glance(self.grid_w, self.volts_pu * NOMINAL_V, self.hertz)

    @property
    def second(self) -> float:
        """Second of the day."""
        return (self.start_s + self.now_s) % DAY_S

    @property
    def stored_wh(self) -> float:
        """Energy in the battery, Wh."""
        return self.battery.soc * self.battery.capacity_wh

    @property
    def pv_w(self) -> float:
        """All inverters."""
        return sum(inverter.w for inverter in self.inverters)

    @property
    def live(self) -> bool:
        """Whether the bus has voltage."""
        return self.volts_pu > 0.1

    @property
    def residual_wh(self) -> float:
        """What the books don't explain; nothing but rounding."""
        return self.books.residual(self.stored_wh - self._first_stored)

    @property
    def held(self) -> bool:
        """The rapid shutdown is held off."""
        return self.inverters[0].array.held

    def hold(self, on: bool) -> None:
        """Energise the hold of the rapid shutdown, or drop it."""
        for inverter in self.inverters:
            inverter.array.held = on

    @property
    def conductors_live(self) -> bool:
        """Feedback of the rapid shutdown: conductors outside the array may carry a voltage that hurts."""
        return self.held or any(inverter.array.volts > TOUCH_V for inverter in self.inverters)

    def shed(self, tier: int, on: bool) -> None:
        """Shed a tier (2 or 3), or give it back. Charging is tier 3."""
        self.loads.shed[tier] = on

    def advance(self, seconds: float, step_s: float = STEP_S) -> None:
        """Let time pass in steps of `step_s`."""
        left = seconds
        while left > 1e-9:
            step = min(step_s, left)
            self.step(step)
            left -= step

    def step(self, dt: float) -> None:
        """One step of `dt` seconds."""
        self.now_s += dt
        second = self.second
        self.network.step(dt)
        self.breaker.step(dt, self.network, self.volts_pu, self.hertz)
        self._bus(dt)
        weather = self.weather
        weather.step(dt, second)
        pv = dc = var = 0.0
        for inverter in self.inverters:
            inverter.step(dt, weather.irradiance, weather.ambient, self.volts_pu, self.hertz)
            pv += inverter.w
            dc += inverter.dc_w
            var += inverter.var
        live = self.live
        self.loads.step(dt, second, live)
        self.charging.supply(live and not self.loads.shed[3])
        self.charging.step(dt, self.now_s, second)
        demand = self.loads.w + self.charging.w
        self._balance(dt, demand, pv, var)
        self.battery.step(dt)
        self._account(dt, pv, dc)
        self.meter.step(dt, self.grid_w, self.grid_var, self.volts_pu * NOMINAL_V, self.hertz)

    def _bus(self, dt: float) -> None:
        """Who holds the voltage of the bus in this step."""
        network, converter = self.network, self.converter
        was = converter.forming
        converter.supervise(dt, self.volts_pu, self.hertz, not self.breaker.closed)
        if self.breaker.closed:
            if network.live:
                self.volts_pu = network.volts_behind(-self.grid_w, -self.grid_var, self.volts_pu or 1.0)
                self.hertz = network.hertz
            else:
                self.volts_pu = self.hertz = 0.0
        elif converter.forming:
            if not was:
                self.island.begin()
            self.volts_pu = 1.0
            self.hertz = self.island.hertz
        else:
            self.volts_pu = self.hertz = 0.0
        self.dark_s = 0.0 if self.live else self.dark_s + dt
        self.longest_dark_s = max(self.longest_dark_s, self.dark_s)

    def _balance(self, dt: float, demand: float, pv: float, var: float) -> None:
        converter = self.converter
        if not converter.forming:
            converter.follow(dt)
            self.grid_w = demand - pv - converter.w
            self.grid_var = self.loads.var - var
            return
        needed = demand - pv
        self.grid_w = self.grid_var = 0.0
        limits = converter.limits
        converter.move(dt, needed)
        self.books.island_gap += (needed - converter.w) * dt / 3600.0
        towards = self.network.hertz if self.breaker.released and self.network.live else None
        if not self.island.step(dt, needed, limits, self.battery.soc, towards):
            converter.collapse()

    def _account(self, dt: float, pv: float, dc: float) -> None:
        books, hours = self.books, dt / 3600.0
        books.pv_dc += dc * hours
        books.pv_ac += pv * hours
        books.inverter_loss += (dc - pv) * hours
        books.loads += self.loads.w * hours
        books.charging += self.charging.w * hours
        books.battery_loss = self.battery.loss_wh
        if self.grid_w > 0:
            books.imported += self.grid_w * hours
        else:
            books.exported -= self.grid_w * hours
            books.most_exported_w = max(books.most_exported_w, -self.grid_w)

"""Electric backup EH1: steps with minimum on and off times, and why they are on (domain brief §4a, §4c H7, H11, §5).

Its steps stand in two banks, in the upper half of the store and at its bottom. What the taps lack is made in the upper
one, a hygiene cycle and a store without machines need both, power to heat takes the cold bottom first. Each bank goes
off at once above `store_max`, below the limit thermostat; the minimum times bind the control, never a protection, a
limit of the gateway or an interlock.
"""

from drivers.blocks.timers import OnDelay
from firmware.programs.heat_sensors import TT41, TT42, TT43, TT44
from protocols.port import const
from protocols.ticks import ticks_diff

# why
NONE = const(0)
STORE_LOW = const(1)
SUPPLY_LOW = const(2)
SENSOR = const(3)
NO_SOURCE = const(4)
PASTEURISE = const(5)
DISINFECT = const(6)
POWER_TO_HEAT = const(7)
WHYS = ("NONE", "STORE_LOW", "SUPPLY_LOW", "SENSOR", "NO_SOURCE", "PASTEURISE", "DISINFECT", "POWER_TO_HEAT")

STEPS = const(6)
_MINUTE = const(60000)
_BACK = const(200)  # 0.01 K: helped until the top is this much above `store_low`
_COOLED = const(100)  # 0.01 K below a limit before there is heat again
_DISINFECT_CYCLE = const(2)  # Hygiene.cycle


class Backup:
    """EH1.

    mask      steps on now: bit n - 1 is EH1.Yn          steps, kw   how many, and their power in 0.1 kW
    wanted    steps wanted before minimum times and limits
    why       what for, see above
    store_low fact: top of the store too cold for too long
    """

    def __init__(self, table, par):
        self.par = par
        self.mask = 0
        self.steps = 0
        self.wanted = 0
        self.kw = 0
        self.why = NONE
        self.store_low = 0
        self._low = OnDelay(300000)
        self._on = tuple([OnDelay(60000) for _ in range(STEPS)])
        self._off = tuple([OnDelay(60000) for _ in range(STEPS)])
        self._charging = 0  # without machines: as the charge, from 54 to 56 degC
        self._upper = 0  # wanted in each bank
        self._lower = 0
        self._uppers = 0  # fitted in each
        self._lowers = 0
        self._upper_hot = 0
        self._lower_hot = 0
        self._surplus_hot = 0
        self._last_on = 0
        self._rested = 0
        self._switched = 0

    def step(self, io, temps, cycle, heat_to, supply_low, no_source, p2h_kw, cap, stop, now):
        """One scan. cycle, heat_to: of `Hygiene`; supply_low: H7 stands; no_source: no heat from the machines for the
        store; p2h_kw: power-to-heat wished, 0.1 kW (0: none or expired); cap: most steps the gateway allows; stop: an
        interlock holds EH1 (all steps off in this scan)."""
        par = self.par
        self._uppers = min(par.eh_upper, par.eh_steps)
        self._lowers = par.eh_steps - self._uppers
        self._demand(temps, cycle, heat_to, supply_low, no_source, p2h_kw, now)
        self.wanted = self._upper + self._lower
        allowed = 0 if stop or temps.store_blind else self._cool_enough(temps.value)
        self._switch(allowed, 0 if stop else cap, now)

    def _demand(self, temps, cycle, heat_to, supply_low, no_source, p2h_kw, now):
        par = self.par
        value = temps.value
        top = value[TT41]
        low = self._low
        low.preset = par.store_low_min * _MINUTE
        self.store_low = low(top < par.store_low + (_BACK if low.q else 0), now)
        start = par.dhw_outlet - par.charge_on
        alone = no_source or temps.store_backup
        if not alone:
            self._charging = 0
        elif value[TT42] < start:
            self._charging = 1
        elif top > par.dhw_outlet - par.charge_off and value[TT42] >= start + par.charge_hyst:
            self._charging = 0
        self._upper = 0
        self._lower = 0
        if heat_to:
            self.why = DISINFECT if cycle == _DISINFECT_CYCLE else PASTEURISE
            self._heat(min(top, value[TT42]), min(value[TT43], value[TT44]), heat_to)
        elif self._charging:
            self.why = NO_SOURCE if no_source else SENSOR
            self._heat(min(top, value[TT42]), value[TT43], par.dhw_outlet)
        elif self.store_low:
            self.why = STORE_LOW
            self._heat(top, par.tap_sp, par.tap_sp)
        elif supply_low and top < par.tap_sp:
            self.why = SUPPLY_LOW
            self._heat(top, par.tap_sp, par.tap_sp)
        else:
            self.why = NONE
        self._surplus(value, p2h_kw)

    def _heat(self, upper, lower, target):
        """A step for each `eh_band` that a bank's half of the store lacks."""
        par = self.par
        band = par.eh_band
        self._upper = max(0, min(self._uppers, (target - upper + band - 1) // band))
        self._lower = max(0, min(self._lowers, (target - lower + band - 1) // band))

    def _surplus(self, value, p2h_kw):
        par = self.par
        if value[TT41] >= par.p2h_store:
            self._surplus_hot = 1
        elif value[TT41] < par.p2h_store - _COOLED:
            self._surplus_hot = 0
        steps = 0 if self._surplus_hot else min(p2h_kw, 32000) // par.eh_kw
        if steps > self._upper + self._lower:
            if not self._upper and not self._lower:
                self.why = POWER_TO_HEAT
            lower = max(self._lower, min(self._lowers, steps - self._upper))
            self._upper = max(self._upper, min(self._uppers, steps - lower))
            self._lower = lower

    def _cool_enough(self, value):
        """Steps that no node forbids, a mask. Heat at the bottom rises: the hottest node counts for it."""
        par = self.par
        upper = max(value[TT41], value[TT42])
        hottest = max(upper, max(value[TT43], value[TT44]))
        if upper >= par.store_max:
            self._upper_hot = 1
        elif upper < par.store_max - _COOLED:
            self._upper_hot = 0
        # What the bottom heats can't be stopped by a top that the other bank has heated, only by its own half.
        lower = max(value[TT43], value[TT44])
        if lower >= par.store_max or hottest >= par.store_max + _COOLED:
            self._lower_hot = 1
        elif lower < par.store_max - _COOLED and hottest < par.store_max + _COOLED // 2:
            self._lower_hot = 0
        upper_mask = (1 << self._uppers) - 1
        lower_mask = ((1 << self._lowers) - 1) << self._uppers
        return (0 if self._upper_hot else upper_mask) | (0 if self._lower_hot else lower_mask)

    def _switch(self, allowed, cap, now):
        par = self.par
        wanted = (1 << self._upper) - 1 | ((1 << self._lower) - 1) << self._uppers
        mask = self.mask
        if not mask and not wanted and self._rested:
            return  # as nearly always: all timers have run out
        room = cap  # for steps that aren't on: none makes one go that is
        for n in range(STEPS):
            if mask & allowed & 1 << n:
                room -= 1
        count = 0
        if self._switched and ticks_diff(now, self._last_on) >= par.eh_stagger_s * 1000:
            self._switched = 0
        rested = 0 if self._switched else 1
        may_on = not self._switched
        for n in range(STEPS):
            bit = 1 << n
            on = self._on[n]
            off = self._off[n]
            on.preset = par.eh_on_s * 1000
            off.preset = par.eh_off_s * 1000
            is_on = mask & bit
            on_long = on(is_on, now)
            off_long = off(not is_on, now)
            if not off_long:
                rested = 0
            if not allowed & bit or count >= cap:
                mask &= ~bit
            elif is_on:
                if not wanted & bit and on_long:
                    mask &= ~bit
            elif wanted & bit and off_long and may_on and room > 0:
                mask |= bit
                room -= 1
                may_on = 0
                self._switched = 1
                self._last_on = now
            if mask & bit:
                count += 1
        self._rested = rested
        self.mask = mask
        self.steps = count
        self.kw = count * par.eh_kw

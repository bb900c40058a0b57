"""The battery: how much it may charge and discharge, what it is asked, and the ramp there (domain brief §2b, E3, E8).

Positive is discharge. The set-point ramps; between charge and discharge it stands at zero for `dead_ms`, counted from
the moment at which the device has read back zero and gives none. What stops the battery doesn't ramp.
"""

from drivers.blocks.rate import RateLimit
from drivers.blocks.timers import OnDelay
from protocols.port import const

# PCS.WHY
NO_WISH = const(0)
WISH = const(1)
TRANSFORMER = const(2)
EXPORT = const(3)
RESERVE = const(4)
CHARGE = const(5)
BATTERY = const(6)
GATEWAY = const(7)
METER = const(8)
STOPPED = const(9)
OBSERVING = const(10)

# BESS.STATE
OFF = const(0)
HOLD = const(1)
CHARGING = const(2)
DISCHARGING = const(3)
DEAD = const(4)
INHIBITED = const(5)
FAULT = const(6)

_FULL = const(1000)


class Bess:
    """Set-point of the battery inverter in 0.1 kW.

    q          set-point now               target      where it ramps to
    charge     charge power allowed        discharge   discharge power allowed
    """

    def __init__(self):
        self.q = 0
        self.target = 0
        self.charge = 0
        self.discharge = 0
        self.why = OBSERVING
        self.state = OFF
        self.known = 0  # the ramp has begun where the device was
        self._ramp = RateLimit(500, 500)
        self._dead = OnDelay(200)
        self._side = 0  # -1 charged last, +1 discharged last

    def begin(self, power):
        """Start the ramp from what the device does."""
        self._ramp.force(power)
        self.q = power
        self.target = power
        self._side = 1 if power > 0 else -1 if power < 0 else 0
        self.known = 1

    def follow(self, power, band):
        """While it forms the grid the device gives what the island takes, whatever it is asked: ask for just that, so
        that nothing jumps when set-points count again."""
        if abs(power - self.q) >= band or abs(power - self.target) >= band:
            self.begin(power)

    def limits(self, io, par, no_charge, no_discharge):
        """Charge and discharge power allowed: rating, battery management, taper near full, what a cause inhibits."""
        charge = par.pcs_kw
        discharge = par.pcs_kw
        if not io.BAT_PCHA_Q and io.BAT_PCHA < charge:
            charge = io.BAT_PCHA
        if not io.BAT_PDIS_Q and io.BAT_PDIS < discharge:
            discharge = io.BAT_PDIS
        if io.BAT_SOC > par.taper_from:
            charge = min(charge, par.pcs_kw * max(0, _FULL - io.BAT_SOC) // (_FULL - par.taper_from))
        self.charge = 0 if no_charge else max(0, charge)
        self.discharge = 0 if no_discharge else max(0, discharge)

    def aim(self, wanted, floor, ceiling, band, why):
        """Choose the target: `wanted`, not below `floor` (the import cap), not above `ceiling` (the export cap), never
        outside what the battery may. A target within `band` of the one that stands is no new one, where that one keeps
        both caps as well."""
        target = wanted
        if target < floor:
            target = floor
            why = TRANSFORMER
        if target > 0 and target > ceiling:
            target = max(0, ceiling)
            why = EXPORT
        if target > self.discharge:
            target = self.discharge
            why = RESERVE if not self.discharge else BATTERY
        elif target < -self.charge:
            target = -self.charge
            why = CHARGE if not self.charge else BATTERY
        self.why = why
        held = self.target
        kept = held >= min(floor, self.discharge) and (held <= 0 or held <= ceiling)
        if -band < target - held < band and target and kept and -self.charge <= held <= self.discharge:
            return
        self.target = target

    def clamp(self):
        """What may not be is ended at once, without a ramp (E3, E8)."""
        if self.q > self.discharge:
            self._ramp.force(self.discharge)
        elif self.q < -self.charge:
            self._ramp.force(-self.charge)
        if self.target > self.discharge:
            self.target = self.discharge
            self.why = RESERVE if not self.discharge else BATTERY
        elif self.target < -self.charge:
            self.target = -self.charge
            self.why = CHARGE if not self.charge else BATTERY

    def stop(self, why):
        """Zero at once."""
        self._ramp.force(0)
        self.q = 0
        self.target = 0
        self.why = why

    def move(self, par, resting, now):
        """One scan of the ramp. `resting`: the device has read back zero, and gives none."""
        ramp = self._ramp
        ramp.up = ramp.down = par.pcs_ramp
        self._dead.preset = par.dead_ms
        rested = self._dead(resting and not self.q, now)
        target = self.target
        side = self._side
        wait = 0
        if target * side < 0:
            if self.q or not rested:
                target = 0
                wait = 1
        q = ramp(target, now)
        self.q = q
        if q:
            self._side = 1 if q > 0 else -1
        if not self.known:
            self.state = OFF
        elif q:
            self.state = DISCHARGING if q > 0 else CHARGING
        elif wait:
            self.state = DEAD
        else:
            self.state = INHIBITED if self.why == RESERVE or self.why == CHARGE else HOLD

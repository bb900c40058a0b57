"""The IT water: source pumps, V101 and the dry cooler (domain brief §4c H1, H12; §4d "V101/IT supply", "DRYC").

IT cooling outranks everything else on the loop, so this part works in every state, OFF included. One demand of the IT
loop is split: up to 50 % it opens V101 to the recovery, above that it moves V101 back to the dry cooler and raises the
fans with it. Without recovery V101 stays at the dry cooler and the fans alone hold the water. A cause (H1) puts V101 to
the dry cooler and the fans to 100 % in the same scan, and lets go only when the cause is over.
"""

from drivers.blocks.split_range import SplitRange
from drivers.three_way_valve import ThreeWayValve
from drivers.twin_pump import TwinPump
from firmware.programs.heat_controller import AUTO, NO_HAND, PROTECTION, STATE, Controller
from firmware.programs.heat_sensors import TT50, TT101, TT102
from protocols.port import const
from protocols.quality import BAD, GOOD
from protocols.ticks import ticks_diff

FULL = const(1000)
HALF = const(500)
_COIL_BAND = const(300)  # 0.01 K above coil_min over which the fans are let go
_DEMAND_SLEW = const(50)  # 0.1 %/s
_FAN_SLEW = const(100)
_CP = const(239)  # flow in 0.01 L/s is 0.1 kW * 239 / 0.01 K
_SPRAY_BAND = const(100)  # 0.01 K of TT50
_SPRAY_FAN = const(100)


class Source:
    """V101, P101 and the dry cooler.

    twin      the source pumps (`drivers.twin_pump`)        valve    V101 with its end switches
    demand    Controller of the IT loop (loop 6)            dryc     Controller of the fans alone (loop 7)
    v101      set value, 0.1 %                              fan, spray, speed: as their outputs
    limited   1: the dry cooler helps the recovery          called   1: H1 stands
    """

    def __init__(self):
        self.twin = TwinPump()
        self.valve = ThreeWayValve()
        self.split = SplitRange(HALF)  # the first half opens V101; the second is the fans, and V101 back against them
        self.demand = Controller(FULL)
        self.dryc = Controller(FULL)
        self.demand.reverse = 1
        self.dryc.reverse = 1
        self.v101 = 0
        self.fan = FULL
        self.spray = 0
        self.speed = 800
        self.limited = 0
        self.called = 0
        self.set_point = 0
        self._hot = 0
        self._opened = 0
        self._law_at = 0
        self._v101_max = 0

    def sense(self, io, par, now):
        """Contacts of pumps and valve."""
        twin = self.twin
        twin.swap_h = par.p101_swap_h
        twin.a.prove_ms = par.p101_prove_ms
        twin.b.prove_ms = par.p101_prove_ms
        twin.sense(io.P101A_RUN, io.P101A_FLT, io.P101B_RUN, io.P101B_FLT, now)
        self.valve.stroke_ms = par.v101_stroke_s * 1000
        if io.V101_ZSO_Q == GOOD and io.V101_ZSC_Q == GOOD:
            self.valve.sense(io.V101_ZSO, io.V101_ZSC, now)

    def protect(self, io, par, call, stop, now):
        """Every scan. call: H1 stands; stop: the hall burns and its policy stops the water. Pumps, and what a cause
        asks at once."""
        self.called = call
        twin = self.twin
        twin.drive(0 if stop else 1, call, now)
        io.P101A_Y = twin.a.y
        io.P101B_Y = twin.b.y
        self.speed = FULL if call else self._speed(io, par)
        if stop:
            self.fan = 0
            self.speed = 0
        if call:
            self.v101 = 0
            self._v101_max = 0
            self.demand.track(FULL, PROTECTION, now, 1)
            if not stop:
                self.fan = FULL
                self.dryc.track(FULL, PROTECTION, now, 1)

    def _speed(self, io, par):
        """Flow goes with the heat of the hall: at one flow, 0.3 MW more would warm the source water by 3.3 K."""
        if io.IT_REQ_Q >= BAD:
            return FULL
        flow = io.IT_REQ * _CP // par.p101_dt
        return min(FULL, max(par.p101_speed, flow * FULL // par.p101_flow))

    def shift(self, before, after, now):
        """Machines stopped taking source heat: their share of it goes to the dry cooler at once, the loop follows."""
        if after >= before or self.demand.mode != AUTO:
            return
        to = HALF + (before - after) * HALF // before
        if self.demand.out < to:
            self.demand.track(to, STATE, now, 1)
            self.split(to)
            self._put(min(self.v101, FULL - self.split.second), max(self.fan, self.split.second))
            self.dryc.track(self.fan, STATE, now, 1)

    def step(self, io, par, temps, recover, set_point, hand, hand_fan, cap, now):
        """The laws (every 500 ms is enough). recover: machines (or DIRECT) take heat; hand, hand_fan: loops 6 and 7 by
        hand, or NO_HAND; cap: largest fan speed wished."""
        self.set_point = set_point
        dt = ticks_diff(now, self._law_at)
        self._law_at = now
        if self.called:
            self.limited = 0
            self._spray(par, temps)
            return
        demand = self.demand
        dryc = self.dryc
        value = temps.value[TT102]
        quality = BAD if temps.reason[TT102] else GOOD
        demand.tune(par.it_kp * 10, par.it_ti, _DEMAND_SLEW)
        dryc.tune(par.dryc_kp * 10, par.dryc_ti, _FAN_SLEW)
        if recover:
            if not self._hot:  # begins where the fans are: nothing kicks
                demand.track(self.split.demand(FULL, self.fan), STATE, now, 1)
            demand.step(set_point, value, quality, 0, FULL, hand, now, FULL)
            self._open(par, dt)
            self.split(demand.out)
            v101 = min(self.split.first, FULL - self.split.second, self._v101_max)
            fan = self.split.second
            if hand_fan != NO_HAND:
                dryc.step(set_point, value, quality, 0, FULL, hand_fan, now, FULL)
                fan = max(fan, dryc.out)
            else:
                dryc.track(fan, STATE, now, 1)
        else:
            self._v101_max = 0
            demand.track(FULL, STATE, now, 1)
            dryc.step(set_point, value, quality, 0, FULL, hand_fan, now, FULL)
            v101 = 0
            fan = dryc.out
        self._hot = recover
        if fan > cap:
            fan = cap
        self._put(v101, self._coil(par, temps, fan))
        self.limited = 1 if recover and demand.out > HALF else 0
        self._spray(par, temps)

    def _open(self, par, dt):
        """V101 is let towards the recovery by a ramp; away from it, it goes at once."""
        if dt < 0 or dt > 1000:
            dt = 1000
        self._v101_max = min(FULL, self._v101_max + par.v101_slew * dt // 1000)

    def _coil(self, par, temps, fan):
        """H13: in frost the water is not cooled below coil_min."""
        if temps.reason[TT102] or temps.value[TT50] > par.frost_off:
            return fan
        above = temps.value[TT102] - par.coil_min
        most = 0 if above <= 0 else above * FULL // _COIL_BAND
        return min(fan, most)

    def _spray(self, par, temps):
        """Spray when the fans alone don't do, and it is warm; until they have next to nothing to do. TT102 says nothing
        of that: the spray itself makes it colder at once, and off again it would be too warm at once."""
        warm = par.dryc_spray - (_SPRAY_BAND if self.spray else 0)
        if temps.value[TT50] < warm or self.fan <= _SPRAY_FAN:
            self.spray = 0
        elif self.fan >= FULL:
            self.spray = FULL

    def _put(self, v101, fan):
        self.v101 = v101
        self.fan = fan

    def put(self, io, now):
        """Outputs."""
        io.V101_SP = self.valve.drive(self.v101, now)
        io.P101_SPD = self.speed
        io.DRYC_FAN = self.fan
        io.DRYC_SPRAY = self.spray

    def tight(self, io, par, temps):
        """Whether the IT hall has no margin for anything but full cooling."""
        if self.called or temps.reason[TT101]:
            return 1
        return 1 if temps.value[TT101] > par.it_water - par.it_margin else 0

"""The energy program's abstract worlds (see `waste_worlds`): its battery, its breaker, its inverters.

The caps are worked out in every scan, ramps take two scans from end to end, delays one to five scans. Devices follow
what they are asked, or lag, or ignore it; the meter tells what follows from load and powers, or nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

from protocols import layout
from protocols.quality import GOOD, STALE
from tests.firmware.programs.waste_worlds import NOW, SCAN, Move, Node, World
from tools.explorer.blocks import RULES
from tools.explorer.graph import Rule, Tick
from tools.explorer.sandbox import Mutation

_DERIVED = (
    *("detail", "completed", "completed_detail", "since", "substate", "missing", "fault_bits", "warn_bits"),
    *("law", "_law_at", "_begun", "_second", "_counts", "_trip_at", "_told_bess", "_told_cut", "_held", "_p", "_q"),
    *("load", "export_cap", "import_cap", "reserve", "soc_floor", "volt_above", "inv_event"),
)
ENERGY_RULES: dict[str, Rule] = {
    **RULES,
    "RateLimit": Rule(frozenset({"up", "down", "_rest", "_rising"}), {"_last": Tick("o._started", "1000")}),
    "Wishes": Rule(frozenset({"_until"})),
    "Bess": Rule(frozenset({"why", "state"})),
    "Pv": Rule(frozenset({"why", "total", "allow", "held", "_need", "power", "silent"})),
    "EvShare": Rule(frozenset({"why", "cut", "_raised", "share", "cap"})),
    "Grid": Rule(
        frozenset({"took", "lost", "left", "trip", "close"}),
        {"_since": Tick("o.state in (1, 4)", "200"), "_window_since": Tick("o._window and o.waits", "100")},
    ),
    "Energy": Rule(frozenset(_DERIVED), {"_moved_at": Tick("True", "60"), "_restored": Tick("False", "1")}),
}
_ON = "reset"


class EnergyWorld(World):
    """What the three share: a plant in order, caps in every scan."""

    name = "energy"
    rules = ENERGY_RULES
    left_out = frozenset({"Table", "Parameters", "NoEvents", "Mean"})
    parameters: ClassVar[dict[str, Any]] = {
        "law_ms": 0,
        "observe_s": 0,
        "pcs_kw": 20,
        "pcs_band": 0,
        "dead_ms": 60,
        "zero_kw": 5,
        "margin": 50,
        "rsd_wait_s": 0,
        "pv_settle_ms": 60,
        "pv_up": 10000,
        "grid_back_s": 0.06,
        "grid_lost_ms": 20,
        "qg_open_ms": 60,
        "qg_close_ms": 100,
        "restore_s": 0,
        "meter_hold_ms": 40,
        "meter_good_s": 0,
        "ev_unit": 0,
        "export_s": 1000,
        "export_trip_s": 1000,
        "tr_high_s": 1000,
        "tr_over_s": 1000,
        "inv3_unit": 0,
        "inv4_unit": 0,
        "inv5_unit": 0,
        "inv6_unit": 0,
    }

    def __init__(self, campaign: str, mutation: Mutation | None = None) -> None:
        super().__init__(campaign, mutation)
        io = self.io
        io.QG_ZCL = io.GRID_OK = 1
        io.GM_V = 2300
        io.BAT_SOC = 600
        io.BAT_VMAX = io.BAT_VMIN = 3300
        io.BAT_TMAX = io.BAT_TMIN = 250
        io.BAT_PCHA = io.BAT_PDIS = 5000
        io.LOC = 1
        for k in (1, 2):
            setattr(io, f"INV{k}_LIM", 1000)
            setattr(io, f"INV{k}_CTL", 1)
        io.PCS_CTL = 1

    def settle(self) -> None:
        """From here on every scan is one in which the caps are worked out."""
        self.program._law_at = NOW

    def capture(self, now: int) -> Any:
        """The program, and the bus outputs: what rests is not written anew in every scan."""
        io = self.io
        return (io.PCS_SET, io.INV1_SET, io.INV2_SET), super().capture(now)

    def restore(self, state: Any) -> None:
        """The reverse of `capture`."""
        io = self.io
        io.PCS_SET, io.INV1_SET, io.INV2_SET = state[0]
        super().restore(state[1])


class BatteryWorld(EnergyWorld):
    """env: power the device has read back, cold, gas, battery trip, empty, gateway gone.

    memory: side of the device's last power, scans for which it has stood at zero since, stop latched.
    """

    campaigns: ClassVar[dict[str, tuple[tuple[int, ...], bool, tuple[str, ...]]]] = {
        "sides": ((1, 4), True, ("SET_PCS 20", "SET_PCS 65516", "SET_PCS 0")),
        "stops": ((2, 3), True, ("SET_PCS 20", "UNIT_STOP 7", "UNIT_START 7", _ON)),
        "gateway": ((5,), True, ("SET_PCS 20", "SET_PCS 65516")),
    }

    def __init__(self, campaign: str, mutation: Mutation | None = None) -> None:
        super().__init__(campaign, mutation)
        self.begin((0, 0, 0, 0, 0, 0), (0, 5, 0))

    def moves(self, node: Node) -> Iterator[Move]:
        """The device follows at once, or stays where it is."""
        env, _, state = node
        self.restore(state)
        for power in sorted({self.io.PCS_SET, env[0]} if self.lags else {self.io.PCS_SET}):
            here = (power, *env[1:])
            for command in ("", *self.commands):
                yield here, command
            for i in self.free:
                yield (*here[:i], 1 - here[i], *here[i + 1 :]), ""

    def place(self, env: tuple[int, ...]) -> None:
        """Measurements and contacts."""
        io = self.io
        io.PCS_P = io.PCS_SP = env[0]
        io.BAT_TMIN = -10 if env[1] else 250
        io.BAT_GAS = env[2]
        io.BAT_EVT = 2 * env[3]
        io.BAT_SOC = 100 if env[4] else 600
        io.link = layout.LINK_SAFE if env[5] else layout.LINK_OK
        io.GM_P = 500 - env[0]

    def judge(
        self, before: tuple[int, ...], env: tuple[int, ...], memory: tuple[int, ...], command: str, result: int
    ) -> tuple[tuple[int, ...], str]:
        """No charge beside discharge, none without the dead time, none that a cause forbids."""
        side, rest, gas = memory
        power = env[0]
        if power:
            side, rest = (1 if power > 0 else -1), 0
        else:
            rest = min(5, rest + 1)
        wanted = self.io.PCS_SET
        self.acted += 1 if wanted else 0
        gas = 1 if env[2] or (gas and command != _ON) else 0
        violation = ""
        if wanted * side < 0 and rest * SCAN <= self.par.dead_ms:
            violation = "charge and discharge without the dead time between them"
        if wanted < 0 and env[1]:
            violation = "charging while it is too cold"
        if wanted and env[3]:
            violation = "a set-point while the battery has tripped"
        if wanted > 0 and env[4]:
            violation = "discharging below the reserve"
        if gas and (wanted or self.io.PCS_RUN or not self.io.HVAC_YOFF):
            violation = "the battery runs although gas was found"
        if env[5] and before[5] and abs(wanted) > max(0, 20 - 10):
            violation = "the battery works on without a gateway"
        if not self.io.ASK & 1 << 6:
            violation = "the battery inverter is not commanded"
        return (side, rest, gas), violation


class BreakerWorld(EnergyWorld):
    """env: breaker (0 closed, 1 between, 2 open), grid out of window, button pressed, voltage gone, contact silent.

    memory: scans for which the grid has been in window, shutdown latched, closing released before, order to close.
    """

    campaigns: ClassVar[dict[str, tuple[tuple[int, ...], bool, tuple[str, ...]]]] = {
        "grid": ((1,), True, ("QG_OPEN", "QG_CLOSE", _ON)),
        "shutdown": ((2,), True, ("QG_OPEN", "QG_CLOSE", _ON)),
        "voltage": ((3, 4), True, ("QG_OPEN", "QG_CLOSE", _ON)),
    }

    def __init__(self, campaign: str, mutation: Mutation | None = None) -> None:
        super().__init__(campaign, mutation)
        self.begin((0, 0, 0, 0, 0), (5, 0, 0, 0))

    def moves(self, node: Node) -> Iterator[Move]:
        """The breaker follows its coils, or lags, or sticks."""
        env, _, state = node
        self.restore(state)
        io = self.io
        at = env[0]
        driven = min(2, at + 1) if io.QG_YTRIP else max(0, at - 1) if io.QG_YCLOSE else at
        for place in sorted({driven, at} if self.lags else {driven}):
            here = (place, *env[1:])
            for command in ("", *self.commands):
                yield here, command
            for i in self.free:
                yield (*here[:i], 1 - here[i], *here[i + 1 :]), ""

    def place(self, env: tuple[int, ...]) -> None:
        """Contacts and voltage. A silent contact reads as open."""
        io = self.io
        io.QG_ZCL = 1 if env[0] < 2 and not env[4] else 0
        io.QG_ZCL_Q = STALE if env[4] else GOOD
        io.GRID_OK = 1 - env[1]
        io.RSD_PB = env[2]
        io.GM_V = 0 if env[3] else 2300

    def judge(
        self, before: tuple[int, ...], env: tuple[int, ...], memory: tuple[int, ...], command: str, result: int
    ) -> tuple[tuple[int, ...], str]:
        """The closing is released by an order alone, on a breaker proven open, to a grid that has lasted."""
        window, down, released, order = memory
        io = self.io
        # Commands come before the scan: they see what the scan before has left.
        if command == "QG_CLOSE" and result == layout.RES_ACCEPTED:
            order = 1
            if window * SCAN < 60:
                return memory, "a closing is accepted for a grid that has not lasted"
            if down:
                return memory, "a closing is accepted during a shutdown"
        window = 0 if env[1] else min(5, window + 1)
        down = 1 if env[2] or (down and command != _ON) else 0
        self.acted += io.QG_YCLOSE
        violation = ""
        if io.QG_YTRIP and io.QG_YCLOSE:
            violation = "the breaker is tripped and closed at once"
        if io.QG_YCLOSE and not released:
            if not order:
                violation = "the closing is released without an order"
            if before[0] != 2 or before[4]:
                violation = "the closing is released on a breaker that is not proven open"
        if io.QG_YCLOSE and (env[1] or down):
            violation = "the closing stays released without a grid, or in a shutdown"
        if down and (io.RSD_YHOLD or io.INV_RUN or io.INV1_SET or not io.ASK & 1):
            violation = "the array is held live during a shutdown"
        if not down and not io.RSD_YHOLD and command != _ON:
            violation = "the hold has dropped without a cause"
        if io.PCS_YFORM and (env[0] != 2 or env[4]) and not io.QG_YCLOSE:
            violation = "the battery forms a grid behind a breaker that is not proven open"
        if not io.QG_YCLOSE:
            order = 0 if released else order
        return (window, down, io.QG_YCLOSE, order), violation


class InverterWorld(EnergyWorld):
    """env: load in 50 kW, power of two inverters in 50 kW, meter silent, inverter 1 deaf, button pressed.

    memory: scans for which the meter has been silent.
    """

    parameters: ClassVar[dict[str, Any]] = {
        **EnergyWorld.parameters,
        "export_cap": 500,
        "inv1_kw": 1000,
        "inv2_kw": 1000,
        "pcs_unit": 0,
    }
    campaigns: ClassVar[dict[str, tuple[tuple[int, ...], bool, tuple[str, ...]]]] = {
        "load": ((0,), False, ()),
        "meter": ((0, 3), False, ()),
        "deaf": ((4,), False, ()),
        "shutdown": ((5,), True, (_ON,)),
        "wishes": ((0,), False, ("SET_EXPORT_CAP 0", "INV_LIMIT 1 300", "INV_LIMIT 0 1000", "UNIT_STOP 2")),
    }

    def __init__(self, campaign: str, mutation: Mutation | None = None) -> None:
        super().__init__(campaign, mutation)
        self.begin((2, 1, 1, 0, 0, 0), (0,))

    def moves(self, node: Node) -> Iterator[Move]:
        """Powers go by one step towards what limit and a full sun leave; a deaf inverter gives all."""
        env, _, state = node
        self.restore(state)
        io = self.io
        places = []
        for k, at in ((1, env[1]), (2, env[2])):
            limit = getattr(io, f"INV{k}_SET") if io.INV_RUN >> (k - 1) & 1 else 0
            goal = 2 if k == 1 and env[4] else limit * 2 // 1000
            driven = at + 1 if goal > at else at - 1 if goal < at else at
            places.append(sorted({driven, at} if self.lags else {driven}))
        for one in places[0]:
            for two in places[1]:
                here = (env[0], one, two, *env[3:])
                for command in ("", *self.commands):
                    yield here, command
                for i in self.free:
                    top = 4 if i == 0 else 2
                    yield (*here[:i], (here[i] + 1) % top, *here[i + 1 :]), ""

    def place(self, env: tuple[int, ...]) -> None:
        """Meter and inverters."""
        io = self.io
        io.INV1_W = 500 * env[1]
        io.INV2_W = 500 * env[2]
        io.INV1_CTL = 0 if env[4] else 1
        io.GM_P = 500 * (env[0] - env[1] - env[2])
        io.GM_P_Q = STALE if env[3] else GOOD
        io.RSD_PB = env[5]

    def judge(
        self, before: tuple[int, ...], env: tuple[int, ...], memory: tuple[int, ...], command: str, result: int
    ) -> tuple[tuple[int, ...], str]:
        """What the inverters may give together never exceeds load and cap, whatever one of them does."""
        io = self.io
        silent = min(9, memory[0] + 1) if env[3] else 0
        limits = [io.INV1_SET, io.INV2_SET]
        self.acted += sum(limits)
        violation = ""
        cap = min(self.par.export_cap, io.EXPORT_CAP)
        most = max(0, 500 * env[0] + cap - self.par.margin)
        may = max(0, most - 1000) if env[4] else most
        asked = limits[1] if env[4] else sum(limits)
        if not env[3] and not memory[0] and asked > may + self.par.margin * 2 // 5 + 2:
            violation = "the limits together exceed what may leave the site"
        if silent > 3 and max(limits) > cap * 1000 // 2000:
            violation = "without a meter an inverter may give more than its share"
        if env[5] and (io.INV_RUN or sum(limits)):
            violation = "an inverter may run during a shutdown"
        if io.ASK & 3 != 3:
            violation = "an inverter is not commanded"
        if command == "INV_LIMIT 1 300" and io.INV1_SET > 300:
            violation = "a wish does not tighten"
        if command == "UNIT_STOP 2" and (io.INV_RUN & 2 or io.INV2_SET):
            violation = "a unit runs that was stopped by hand"
        return (silent,), violation


WORLDS = (BatteryWorld, BreakerWorld, InverterWorld)

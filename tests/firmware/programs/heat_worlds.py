"""The heat program's abstract worlds (see `waste_worlds`): its machines, its IT water, its electric heater.

Scans are half a second apart, so every turn is taken in every scan, and every delay is one to four scans long. The laws
are reduced to the worst that they can ask: the IT loop always wants all the heat recovered, the store always wants its
heater and its charge. Temperatures, hygiene and mixing have their own tests. What is asked of the program is judged by
what the world did, not by what the program believes: how long the hall has been warm, a flow has been missing, a
machine has been off.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

from protocols import layout
from protocols.quality import GOOD, STALE
from tests.firmware.programs.waste_worlds import Move, Node, World
from tools.explorer.blocks import RULES
from tools.explorer.graph import Rule, Tick
from tools.explorer.sandbox import Mutation

STEP = 500
REST = 6  # scans that a machine rests: more than its pumps need
NORMAL = 3  # scans that all must be normal after H1
FLOW = 2  # scans for which a flow may be missing
HOUR = 5000  # ms: the "hour" in which a machine starts twice at most
OFF, STARTING, RUNNING, FAULT = 1, 2, 3, 5
_MINUTE = 60000

_FACTS = (
    *("it_hot", "p101_asked", "p101_change", "tt101_lost", "v101_stuck", "v401_stuck", "hp_asks", "evap_wide"),
    *("h2_third", "hp1_fault", "hp2_fault", "hp3_fault", "scalds", "scorches", "store_over", "supply_cool"),
    *("return_cool", "stagnant", "circ_off", "estimated", "frosty", "it_calls", "hp_barred", "hygiene_on"),
    *("eh1_barred", "it_tight", "proven", "idle"),
)
_DERIVED = (
    *("detail", "completed", "completed_detail", "since", "state", "substate", "missing", "fault_bits", "warn_bits"),
    *("supply_sp", "buffer_sp", "it_sp", "store_sp", "target", "error", "ramped", "src", "allowed", "chill"),
    *("_told_call", "_told_pump", "_told_v101", "_told_kw", "_told_run", "_told_phase", "_since_kept", "_cycle"),
    *("_due", "direct"),
)
HEAT_RULES: dict[str, Rule] = {
    **RULES,
    "RateLimit": Rule(frozenset({"up", "down", "q", "_rest", "_rising", "_last", "_started"})),
    "Wishes": Rule(frozenset({"_until", "_at"})),
    "Pump": Rule(
        frozenset({"run_s", "starts", "_part_ms", "why", "unasked", "_there", "_there_at", "_now", "_begun"}),
        {
            "_since": Tick("o.y and not o._proven", "o.prove_ms"),
            "_gone_at": Tick("o._gone", "o.lost_ms"),
            "_rest_at": Tick("o.failed", "o.rest_ms"),
        },
    ),
    "TwinPump": Rule(frozenset({"duty_s", "changes", "swaps", "_now", "_part_ms", "_begun", "running", "lost"})),
    "HeatPump": Rule(
        frozenset({"news", "wait_s", "fault", "there", "ready", "fitted", "want", "_now", "_part_ms"}),
        {
            "since": Tick("o.phase in (2, 4)", "3000"),
            "_off_at": Tick("o.phase == 5 or (o.phase == 4 and not o.y)", "4000"),
            "_on_at": Tick("o.y", "1500"),
        },
    ),
    "HeatPumps": Rule(frozenset({"kw", "usable", "power", "part", "set_point", "lead"})),
    "Source": Rule(
        frozenset({"speed", "spray", "set_point", "limited", "called"}), {"_law_at": Tick("True", str(STEP))}
    ),
    "HeatLoop": Rule(frozenset({*_FACTS, *_DERIVED})),
}


class Stub:
    """Stands for a part that the search leaves out: whatever is called does nothing."""

    def __init__(self, **values: Any) -> None:
        self.__dict__.update(values)

    def __getattr__(self, name: str) -> Any:
        return lambda *args: None

    def __call__(self, *args: Any) -> None:
        """Nothing."""


class AnyLaw:
    """A controller that wants the worst, `wish`, whenever it is let."""

    def __init__(self, wish: int) -> None:
        self.wish = wish
        self.out = 1000
        self.mode = 2

    def tune(self, *args: int) -> None:
        """Its figures don't matter."""

    def step(self, sp: int, pv: int, quality: int, lo: int, hi: int, hand: int, now: int, fallback: int = -1) -> None:
        """What it wants, or a hand."""
        self.mode = 0 if hand < 0 else 1
        self.out = self.wish if hand < 0 else hand

    def track(self, out: int, held_by: int, now: int, at_once: int = 0) -> None:
        """Follow."""
        self.mode = 2
        self.out = out


class HeatWorld(World):
    """One source side. env: buffer cold, hall warm, data centre silent, evaporator flow missing, condenser pump not
    proven, states of two machines, OFF, P101 A in fault, P101 B in fault, fire in the building.

    memory: scans that the hall has been warm and normal; of each machine its contact, how long it has been off, how
    long its flow has been missing; ages of its starts.
    """

    name = "heat_loop"
    scan_ms = STEP
    rules = HEAT_RULES
    left_out = frozenset({"Table", "Parameters", "NoEvents", "Stub"})
    constants: ClassVar[dict[str, dict[str, Any]]] = {
        "firmware.programs.heat_pump_phase": {"_HOUR_MS": 0},
        "firmware.programs.heat_base": {"_HOUR_MS": 0},
    }
    parameters: ClassVar[dict[str, Any]] = {
        "hp_off_min": REST * STEP / _MINUTE,
        "hp_on_min": 2 * STEP / _MINUTE,
        "hp_pumps_s": 0.5,
        "hp_start_s": 2,
        "hp_unload_s": 0.5,
        "hp_stop_s": 1,
        "hp_starts_h": 12,
        "hp_flow_s": 1,
        "h2_per_h": 2,
        "hp_step_min": 1000,
        "hp2_unit": 0,
        "hp3_unit": 0,
        "it_hot_s": 0.5,
        "it_flow_s": 0.5,
        "it_normal_min": NORMAL * STEP / _MINUTE,
        "v101_slew": 1000,
        "p101_swap_h": 0,
        "p101_prove_ms": 1000,
        "p101_spin_s": 0.5,
        "p2h_lost_s": 0,
    }
    fitted = 1
    rest = REST
    hourly = 0  # most starts in HOUR; 0: not looked at
    campaigns: ClassVar[dict[str, tuple[tuple[int, ...], bool, tuple[str, ...]]]] = {
        "hall": ((0, 1), False, ("STOP", "START")),
        "silence": ((1, 2), False, ("LOOP_MAN 6 500 600",)),
        "flows": ((3, 4, 10), True, ("reset",)),
        "mode": ((0, 3, 7), True, ()),
        "source pumps": ((8, 9, 1), False, ()),
    }

    def __init__(self, campaign: str, mutation: Mutation | None = None) -> None:
        super().__init__(campaign, mutation)
        program = self.program
        program.temps = Stub(
            value=[2000] * 20,
            reason=bytes(20),
            news=0,
            estimates=0,
            sensor_doubt=0,
            source_estimated=0,
            store_blind=0,
        )
        program.season = Stub(known=1, season=0, changed=0, mean=0)
        program.hygiene = Stub(
            cycle=0, supply_low=0, return_low=0, stagnant=0, lamp=0, phase=0, queued=0, tap_sp=0, ended=0
        )
        program.charge = Stub(wanted=0, priority=0, outlet=0, run=1, speed=1000)
        program.tap = Stub(scald=0, scorch=0, stuck=0, out=500)
        program.mix = Stub(out=500)
        program.network_pump = Stub(run=0, speed=0)
        program.circulation = Stub(run=1, off=0)
        program.backup = Stub(mask=63, steps=6, kw=3000, why=0)
        program.fill = Stub(open=0, news=0)
        program.stb = Stub(why=0)
        program.meters = Stub()
        program._limited_on = program._limited_off = lambda x, now: 0
        program.turn = lambda turn, now: 1
        for part in ("store", "mixing", "publish"):
            setattr(program, part, lambda *args: None)
        source = program.source
        source.demand = AnyLaw(500)
        source.dryc = AnyLaw(0)
        source.valve = Stub(stuck=0, drive=lambda sp, now: sp)
        for pump in (source.twin.a, source.twin.b):
            pump.lost_ms = 500
            pump.rest_ms = 0
        io = self.io
        io.FT101 = 2200
        io.PT101 = io.PT201 = io.PT301 = 200
        io.TT202 = 2000
        io.TT204 = 4500
        io.IT_REQ = 8000
        io.LOC = 1
        self.begin((0, 0, 0, 0, 0, OFF, OFF, 0, 0, 0, 0), (0, NORMAL + 1, 0, REST, 0, 0, REST, 0))
        env, memory, state = self._first
        self._first = (1, *env[1:]), memory, state  # rested with a warm buffer; now it is cold

    def moves(self, node: Node) -> Iterator[Move]:
        """Machines follow their contacts, or lag; they may fail."""
        env, _, state = node
        self.restore(state)
        places = []
        for k in (1, 2):
            at = env[4 + k]
            if k > self.fitted:
                places.append([OFF])
                continue
            y = getattr(self.io, f"HP{k}_Y")
            driven = {OFF: STARTING, STARTING: RUNNING}.get(at, at) if y else OFF if at != FAULT else FAULT
            options = {driven, at} if self.lags else {driven}
            if at == FAULT:
                options = {FAULT, OFF}
            elif 10 in self.free and y:
                options.add(FAULT)
            places.append(sorted(options))
        for one in places[0]:
            for two in places[1]:
                here = (*env[:5], one, two, *env[7:])
                for command in ("", *self.commands):
                    yield here, command
                for i in self.free:
                    yield (*here[:i], 1 - here[i], *here[i + 1 :]), ""

    def place(self, env: tuple[int, ...]) -> None:
        """Inputs, and what is believed of them."""
        io = self.io
        value = self.program.temps.value
        value[8] = value[7] = 3000 if env[0] else 6000
        value[0] = 5000 if env[1] else 3400
        value[5] = 4600
        value[12:16] = [6000] * 4
        io.IT_REQ_Q = STALE if env[2] else GOOD
        io.FT201 = 0 if env[3] else 3200
        io.FS201 = 0 if env[3] else 1
        io.P201_RUN = 1
        io.P202_RUN = 0 if env[4] else 1
        io.HP1_ST = env[5]
        io.HP2_ST = env[6]
        io.mode = layout.MODE_OFF if env[7] else layout.MODE_AUTO
        io.P101A_FLT = env[8]
        io.P101B_FLT = env[9]
        io.P101A_RUN = io.P101A_Y if not env[8] else 0
        io.P101B_RUN = io.P101B_Y if not env[9] else 0
        io.FIRE = env[10]

    def capture(self, now: int) -> Any:
        """The program, and what it asks of V101."""
        return self.io.V101_SP, super().capture(now)

    def restore(self, state: Any) -> None:
        """The reverse of `capture`."""
        self.io.V101_SP = state[0]
        super().restore(state[1])

    def judge(
        self, before: tuple[int, ...], env: tuple[int, ...], memory: tuple[int, ...], command: str, result: int
    ) -> tuple[tuple[int, ...], str]:
        """IT cooling first; no machine without flow, none inside its rest."""
        io = self.io
        warm, normal = memory[:2]
        warm = min(4, warm + 1) if env[1] else 0
        violation = ""
        called = warm > 1 or bool(env[2])
        normal = 0 if called else min(NORMAL + 1, normal + 1)
        if normal <= NORMAL and io.V101_SP:
            violation = "V101 is away from the dry cooler while H1 stands"
        if normal <= NORMAL and io.DRYC_FAN != 1000:
            violation = "the dry cooler isn't at full speed while H1 stands"
        if normal <= NORMAL and not (io.P101A_Y and io.P101B_Y) and not env[8] and not env[9]:
            violation = "a source pump rests while H1 stands"
        if not io.P101A_Y and not io.P101B_Y:
            violation = "no source pump runs"
        if env[8] and before[8] and not io.P101B_Y:
            violation = "the other source pump isn't started"
        missing = env[3] or env[4]
        made = [warm, normal]
        ages = memory[8:]
        for k in range(2):
            was, rest, gone = memory[2 + 3 * k : 5 + 3 * k]
            y = getattr(io, f"HP{k + 1}_Y")
            self.acted += y
            gone = min(9, gone + 1) if y and missing else 0
            if y and not was:
                if rest < self.rest:
                    violation = "a machine starts inside its rest"
                if missing:
                    violation = "a machine starts without proven flow"
                if k == 0 and self.hourly:
                    ages = (*ages, 0)
                    if len(ages) > self.hourly:
                        violation = "a machine starts too often"
            if gone > FLOW + 1:
                violation = "a machine runs without proven flow"
            if y and (env[10] or env[7]):
                violation = "a machine runs in a fire, or in OFF"
            rest = 0 if was and not y else min(REST, rest + (0 if y else 1))
            made += [y, rest, gone]
        ages = tuple([age + 1 for age in ages if age + 1 <= HOUR // STEP])
        steps = io.EH1_Y1 | io.EH1_Y2 | io.EH1_Y3 | io.EH1_Y4 | io.EH1_Y5 | io.EH1_Y6
        if steps and (env[10] or env[7]):
            violation = "the heater is on in a fire, or in OFF"
        return (*made, *ages), violation


class HourWorld(HeatWorld):
    """An hour of ten scans, in which a machine may start twice and lose its flow twice."""

    constants: ClassVar[dict[str, dict[str, Any]]] = {
        "firmware.programs.heat_pump_phase": {"_HOUR_MS": HOUR, "_STARTS": 3},
        "firmware.programs.heat_base": {"_HOUR_MS": HOUR},
    }
    parameters: ClassVar[dict[str, Any]] = {**HeatWorld.parameters, "hp_starts_h": 2, "hp_off_min": STEP / _MINUTE}
    hourly = 2
    rest = 1
    campaigns: ClassVar[dict[str, tuple[tuple[int, ...], bool, tuple[str, ...]]]] = {
        "starts": ((10,), False, ("reset",)),
        "third": ((3,), False, ("reset",)),
    }


class PairWorld(HeatWorld):
    """Two machines, both wanted as soon as the first one runs."""

    fitted = 2
    parameters: ClassVar[dict[str, Any]] = {
        **HeatWorld.parameters,
        "hp2_unit": 2,
        "hp_step_min": STEP / _MINUTE,
        "hp_step": 50,
    }
    campaigns: ClassVar[dict[str, tuple[tuple[int, ...], bool, tuple[str, ...]]]] = {
        "demand": ((0,), False, ("HP_MAX 1 3600", "HP_MAX 3 3600")),
        "hall": ((0, 1), False, ()),
        "fire": ((3, 10), False, ("reset",)),
    }


class HeaterWorld(HeatWorld):
    """The electric heater, and charging, which are always wanted. env[3] and env[4]: limit thermostats of store and
    heater open; env[8]: pressure of the heating loop low; env[9]: its thermostat's contact is silent.

    memory: STB_DHW, STB_EH, fire, pressure latched; scans that the pressure has been low.
    """

    parameters: ClassVar[dict[str, Any]] = {**HeatWorld.parameters, "hp1_unit": 0, "p_s": 0.5}
    campaigns: ClassVar[dict[str, tuple[tuple[int, ...], bool, tuple[str, ...]]]] = {
        "heater": ((3, 4, 7, 8, 9, 10), False, ("reset",)),
    }
    fitted = 0

    def begin(self, env: tuple[int, ...], memory: tuple[Any, ...]) -> None:
        """With a memory of its own."""
        super().begin((0, *env[1:]), (0, 0, 0, 0, 0))

    def place(self, env: tuple[int, ...]) -> None:
        """Thermostats and pressure."""
        super().place((*env[:3], 0, 0, *env[5:8], 0, 0, env[10]))
        io = self.io
        io.STB_DHW = env[3]
        io.STB_EH = 1 if env[9] else env[4]
        io.STB_EH_Q = STALE if env[9] else GOOD
        io.PT301 = 70 if env[8] else 200

    def judge(
        self, before: tuple[int, ...], env: tuple[int, ...], memory: tuple[int, ...], command: str, result: int
    ) -> tuple[tuple[int, ...], str]:
        """Off while anything stands, and until it was reset with all of it gone."""
        io = self.io
        low = min(3, memory[4] + 1) if env[8] else 0
        now = (env[3], env[4] or env[9], env[10], 1 if low > 1 else 0)
        reset = command == "reset" and not any(now)
        made = tuple([1 if now[i] or (memory[i] and not reset) else 0 for i in range(4)])
        steps = io.EH1_Y1 | io.EH1_Y2 | io.EH1_Y3 | io.EH1_Y4 | io.EH1_Y5 | io.EH1_Y6
        self.acted += steps
        violation = ""
        if steps and (any(made) or env[7]):
            violation = "the heater is on while it may not"
        if io.P401_Y and (made[0] or made[3] or env[7]):
            violation = "the store is charged while it may not"
        if any(now) and io.P101A_Y + io.P101B_Y == 0:
            violation = "no source pump runs"
        return (*made, low), violation


WORLDS = (HeatWorld, HourWorld, PairWorld, HeaterWorld)

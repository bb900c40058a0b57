"""The two waste programs and their abstract worlds, as `tools.explorer` searches them.

As with the lane: every scan is made, every delay is one to six scans long, so each order in which delays can run out
occurs; inputs are conditioned values; everything that an environment may do next is tried, one change or one command
a scan, while valves and diverter follow their drives or lag at will.

Inlet: two valves with their switches, hatch 1, stop, link, orders, STOP/START, DV_CLOSE and reset. Tokens have their
own tests: here every order is new.

Station: two branches. Exhausters, speed, containers and compactor are reduced to their decisions; branches, diverter,
flight, trips and states are the real ones. A bag may fall in any scan after a permit, and whenever the gateway declares
one; it lands after `FLY` scans of fast air through its own open branch, and knows nothing of the program's timers.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Any, ClassVar

from protocols import layout
from protocols.sheets import load as load_sheet
from protocols.sheets.derive import table as make_table
from tools.explorer.blocks import RULES
from tools.explorer.graph import Graph, Rule, Tick
from tools.explorer.sandbox import Mutation, load

NOW = 1 << 20
SCAN = 20
FLY = 3
_LEFT_OUT = frozenset({"Table", "Parameters", "NoEvents"})

_FACTS = [
    name % k
    for name in ("hatch%d_open", "not_closed%d", "not_open%d", "both_switches%d", "valve%d_fault")
    for k in (1, 2, 3, 4)
]
_VALVE = Rule(
    frozenset(
        {
            *("open_ms", "close_ms", "switches_ms", "drift_ms", "max_ms", "state", "energised_ms"),
            *("open_travel", "close_travel", "opened"),
        }
    ),
    {"_since": Tick("not o._arrived or (o.y and o.max_ms)", "max(o.open_ms, o.close_ms, o.max_ms)")},
)
_MOTOR = Rule(frozenset({"travel_ms", "state", "opened", "closed", "yo", "yc"}), {"_since": Tick("o._driven", "200")})
WASTE_RULES: dict[str, Rule] = {
    **RULES,
    "Valve": _VALVE,
    "MotorValve": _MOTOR,
    "Hatches": Rule(frozenset({"open", "levels", "token", "_read_at", "_seq", "_told", "_since", "locked"})),
    "WasteInlet": Rule(
        frozenset(
            {
                *("since", "jog_at", "token", "_has_token", "detail", "completed", "completed_detail", "_failed"),
                *("_stop_told", "closed", "open_duct", "tripped", "substate", "air_low", *_FACTS),
            }
        ),
        {"_open_at": Tick("o.state == 3", "200")},
    ),
    "Diverter": Rule(frozenset({"travel_ms", "at", "many"}), {"_since": Tick("o.target", "200")}),
    "Branches": Rule(frozenset({"opened", "shut", "failed"})),
    "Flight": Rule(ticks={"_last": Tick("True", "20")}),
    "WasteStation": Rule(
        frozenset(
            {
                *("detail", "completed", "completed_detail", "_now", "_opened_at", "_blown", "jog_at", "dt", "_flow"),
                *("speed_mode", "_vacuum_told", "purge_why", "selected"),
            }
        ),
        {"since": Tick("True", "60")},
    ),
}


class NoEvents:
    """An event ring that nobody reads."""

    def emit(self, code: int, arg0: int = 0, arg1: int = 0) -> None:
        """Forget it."""


Node = tuple[tuple[int, ...], tuple[int, ...], Any]
Move = tuple[tuple[int, ...], str]


class World:
    """What both worlds share. env: what the world does; memory: what the checks remember between scans."""

    name = ""
    constants: ClassVar[dict[str, dict[str, Any]]] = {}
    parameters: ClassVar[dict[str, int]] = {}
    campaigns: ClassVar[dict[str, tuple[tuple[int, ...], bool, tuple[str, ...]]]] = {}
    """By name: inputs that change (places in env), whether drives may lag, commands. The rest stays healthy."""

    def __init__(self, campaign: str, mutation: Mutation | None = None) -> None:
        self.free, self.lags, self.commands = self.campaigns[campaign]
        module = load(
            f"firmware.programs.{self.name}",
            packages=("firmware", "drivers"),
            constants=self.constants,
            mutation=mutation,
        )
        image = load("firmware.runtime.image", packages=("firmware",))
        self.table = make_table(load_sheet(self.name))
        self.par = image.make_parameters(self.table)
        for name, value in self.parameters.items():
            assert hasattr(self.par, name), name
            setattr(self.par, name, value)
        self.io = io = image.make_image(self.table)
        for row in self.table.DI + self.table.AI + self.table.BI:
            setattr(io, row[0], 0)
            setattr(io, row[0] + "_Q", 0)
        io.mode = layout.MODE_AUTO
        io.link = layout.LINK_OK
        self.program = getattr(module, "".join(part.title() for part in self.name.split("_")))(
            self.table, self.par, NoEvents()
        )
        self.acted = 0
        """Scans with an output on: a search without any proves nothing."""

    def initial(self) -> Node:
        """Healthy, at rest, reset."""
        return self._first

    def begin(self, env: tuple[int, ...], memory: tuple[int, ...]) -> None:
        """Start the program and let it come to rest under `env`."""
        self.program.start(self.io, NOW)
        self.program._known = 1
        for i in range(12):
            self.place(env)
            self.io.reset = 1 if i == 6 else 0
            self.program.scan(self.io, NOW + i * SCAN)
        self.io.reset = 0
        self.settle()
        self.graph = Graph(self.program, WASTE_RULES, leave_out=_LEFT_OUT)
        self._first = env, memory, self.capture(NOW + 11 * SCAN)

    def step(self, node: Node, move: Move) -> tuple[Node, str]:
        """One command, one scan."""
        before, memory, state = node
        env, command = move
        program, io = self.program, self.io
        self.restore(state)
        now = NOW + SCAN
        self.place(env)
        program.completed = 0
        result = self.order(command, now) if command and command != "reset" else 0
        io.reset = 1 if command == "reset" else 0
        program.scan(io, now)
        io.reset = 0
        memory, violation = self.judge(before, env, memory, command, result)
        return (env, memory, self.capture(now)), violation

    def capture(self, now: int) -> Any:
        """The program's state, and the outputs: what rests is not written anew in every scan."""
        return tuple([getattr(self.io, row[0]) for row in self.table.DO]), self.graph.capture(now)

    def restore(self, state: Any) -> None:
        """The reverse of `capture`."""
        for row, value in zip(self.table.DO, state[0], strict=True):
            setattr(self.io, row[0], value)
        self.graph.restore(state[1], NOW)

    def order(self, command: str, now: int) -> int:
        """A command with its arguments, "AV_OPEN 1"; returns the result."""
        name, *words = command.split()
        code = getattr(self.table, f"CMD_{name}", None) or getattr(layout, f"CMD_{name}")
        args = [int(word) for word in words] + [0, 0, 0, 0]
        return int(self.program.command(code, *args[:4], self.io, now))

    def trace(self, title: str, moves: list[Move]) -> str:
        """A counterexample in words."""
        lines = [title]
        node = self.initial()
        for env, command in moves:
            node, violation = self.step(node, (env, command))
            on = [row[0] for row in self.table.DO if getattr(self.io, row[0])]
            lines.append(f"{env} {command:12} {self.table.STATES[self.program.state]:9} {' '.join(on)} {violation}")
        return "\n".join(lines)

    # -- what a world says -----------------------------------------------------------------------------------

    def moves(self, node: Node) -> Iterator[Move]:
        """Everything that may happen next."""
        raise NotImplementedError

    def place(self, env: tuple[int, ...]) -> None:
        """Set the inputs."""
        raise NotImplementedError

    def settle(self) -> None:
        """After the first scans."""

    def judge(
        self, before: tuple[int, ...], env: tuple[int, ...], memory: tuple[int, ...], command: str, result: int
    ) -> tuple[tuple[int, ...], str]:
        """The memory after this scan, and the violated invariant or an empty text."""
        raise NotImplementedError


_ORDERS = ("DV_DISCHARGE 1 0 0 1", "DV_DISCHARGE 2 0 0 1")


class InletWorld(World):
    """env: places of two valves (0 closed, 1 between, 2 open), hatch 1 open, stop pressed, gateway lost."""

    name = "waste_inlet"
    constants: ClassVar[dict[str, dict[str, Any]]] = {"firmware.programs.inlet_commands": {"_PULSE_MIN_MS": 20}}
    parameters: ClassVar[dict[str, int]] = {
        "valves": 2,
        "open_ms": 60,
        "max_open_ms": 100,
        "open_travel_ms": 60,
        "close_travel_ms": 60,
        "switches_ms": 20,
        "drift_ms": 20,
        "hatch_ok_ms": 20,
        "air_low_s": 0,
        "air_ok_s": 0,
    }
    campaigns: ClassVar[dict[str, tuple[tuple[int, ...], bool, tuple[str, ...]]]] = {
        "travel": ((), True, (*_ORDERS, "reset")),
        "hazards": ((2, 3), False, (*_ORDERS, "reset")),
        "link": ((4,), False, (*_ORDERS, "STOP", "START", "DV_CLOSE 0")),
    }

    def __init__(self, campaign: str, mutation: Mutation | None = None) -> None:
        super().__init__(campaign, mutation)
        io = self.io
        io.PS93 = 600
        io.ATT = 1
        for k in "1234":
            setattr(io, f"DV{k}_ZDOOR", 1)
        self.begin((0, 0, 0, 0, 0), (0, 0, 0))

    def moves(self, node: Node) -> Iterator[Move]:
        """Valves follow or lag; one input or one command."""
        env, _, state = node
        self.restore(state)
        valves = self.program.valves
        places = []
        for k in range(2):
            driven = min(2, env[k] + 1) if valves[k].y else max(0, env[k] - 1)
            places.append({driven, env[k]} if self.lags else {driven})
        for place in product(*map(sorted, places)):
            here = (*place, *env[2:])
            yield here, ""
            for i in self.free:
                yield (*here[:i], 1 - here[i], *here[i + 1 :]), ""
            for command in self.commands:
                yield here, command

    def place(self, env: tuple[int, ...]) -> None:
        """Switches, hatch, stop, link."""
        io = self.io
        for k in range(2):
            setattr(io, f"DV{k + 1}_ZSC", 1 if env[k] == 0 else 0)
            setattr(io, f"DV{k + 1}_ZSO", 1 if env[k] == 2 else 0)
        io.DV1_ZDOOR = 1 - env[2]
        io.ES = env[3]
        io.link = layout.LINK_LOST if env[4] else layout.LINK_OK
        self.program._has_token = 0

    def judge(
        self, before: tuple[int, ...], env: tuple[int, ...], memory: tuple[int, ...], command: str, result: int
    ) -> tuple[tuple[int, ...], str]:
        """memory: granted valve, scans for which each output has been on."""
        granted, *on = memory
        if result == layout.RES_ACCEPTED:
            granted = int(command.split()[1])
        io = self.io
        now_on = [io.DV1_YO, io.DV2_YO]
        self.acted += sum(now_on)
        violation = ""
        if sum(now_on) > 1:
            violation = "two valves commanded"
        if sum(now_on) and env[3]:
            violation = "a valve is energised while the stop is pressed"
        if now_on[0] and env[2]:
            violation = "a valve is energised under an open hatch"
        for k in range(2):
            if now_on[k] and not on[k]:
                if granted != k + 1:
                    violation = "a valve opens without a new order"
                if env[1 - k] or (env[k] and not before[k]):
                    violation = "a valve opens while another is not closed"
                granted = 0
            on[k] = on[k] + 1 if now_on[k] else 0
            if on[k] * SCAN > self.par.max_open_ms:
                violation = "a valve is energised for longer than the maximum-open time"
        if self.program.completed:
            granted = 0
        return (granted, *on), violation


class _Fan:
    """One of them."""

    fault = 0

    def __init__(self, number: int) -> None:
        self.number = number
        self.barred = 0


class _Fans:
    """Exhausters that run as soon as they are asked."""

    def __init__(self) -> None:
        self.fans = (_Fan(1), _Fan(2), _Fan(3))
        self.wanted = 0
        self.ready = 3
        self.running = 0
        self.complete = 0
        self.news = 0

    def start(self, now: int) -> None:
        self.wanted = 1

    def stop(self) -> None:
        self.wanted = 0

    def sense(self, io: Any, par: Any, dt: int, now: int) -> None:
        self.running = 3 * self.wanted
        self.complete = self.wanted

    def drive(self, io: Any, par: Any, speed: int, now: int) -> None:
        io.FAN1_YRUN = self.wanted


class _Speed:
    """No speed at all."""

    def __init__(self) -> None:
        self.out = self.mode = 0
        self.cap = 1000
        self.speed_set = self.vacuum_set = 0

    def scan(self, *_: object) -> None:
        pass

    def ramp_down(self, par: Any, now: int) -> int:
        return 1


class StationWorld(World):
    """env: places of two air valves (0, 1 between, 2), diverter (0 at A, 1 between, 2 at B), fast air, stop, link."""

    name = "waste_station"
    constants: ClassVar[dict[str, dict[str, Any]]] = {
        **{f"firmware.programs.station_{part}": {"BRANCHES": 2} for part in ("branches", "commands")},
        "firmware.programs.station_flight": {"BRANCHES": 2, "ALL": 3},
    }
    parameters: ClassVar[dict[str, int]] = {
        "speed_ok_ms": 0,
        "convey_after_ms": 0,
        "flow_frozen_ms": 0,
        "purge_max_s": 1,
        "speed_min": 0,
        "length1": 3,
        "length2": 3,
        "u_min": 1000,
        "purge_factor": 26,  # 78 ms: four scans, FLY and one
        "av_travel_ms": 60,
        "sv_travel_ms": 60,
        "div_travel_s": 1,
        "cmp_auto": 0,
        "fans_min": 0,
        "stop_s": 1,
    }
    campaigns: ClassVar[dict[str, tuple[tuple[int, ...], bool, tuple[str, ...]]]] = {
        "flight": ((3,), False, ("FANS_START", "AV_OPEN 1", "PURGE 0", "DIVERT 1", "WASTE 1", "FLIGHT_CLEAR")),
        "branches": ((), True, ("FANS_START", "AV_OPEN 1", "AV_OPEN 2", "AV_CLOSE", "DIVERT 1", "FLIGHT_CLEAR")),
        "stops": ((4,), False, ("FANS_START", "AV_OPEN 1", "PURGE 1", "DIVERT 1", "reset")),
        "link": ((3, 5), False, ("FANS_START", "AV_OPEN 1", "PURGE 1")),
    }

    def __init__(self, campaign: str, mutation: Mutation | None = None) -> None:
        super().__init__(campaign, mutation)
        io = self.io
        io.PS93 = 600
        io.PT90 = -1800
        io.ATT = 1
        io.CMP_ZHOME = 1
        for k in "123456":
            setattr(io, f"SV{k}_ZSO", 1)
            setattr(io, f"AV{k}_ZSC", 1)
        for k in "123":
            setattr(io, f"CNT{k}_ZDOCK", 1)
            setattr(io, f"CNT{k}_ZGATE", 1)
        station = self.program
        station.fans = _Fans()
        station.speed = _Speed()
        for container in station.containers:
            container.docked = container.gate = container.known = 1
            container.state = 0
            container.sense = lambda *_: 0
        station.compactor.scan = lambda *_: None
        station.filter.scan = lambda *_: 0
        self.begin((0, 0, 0, 0, 0, 0), (0, 0, 0, 0, 0))

    def settle(self) -> None:
        """Somebody has seen to it that the pipes are empty."""
        self.program.flight.clear(1)
        self.program.in_flight = 0

    def moves(self, node: Node) -> Iterator[Move]:
        """Air valves and diverter follow or lag; one input, one command, or a bag."""
        env, memory, state = node
        self.restore(state)
        station = self.program
        choices = []
        for k in range(2):
            driven = min(2, env[k] + 1) if station.branches.av[k].y else max(0, env[k] - 1)
            choices.append(sorted({driven, env[k]} if self.lags else {driven}))
        target = station.diverter.target
        at = env[2]
        towards = at + 1 if target == 2 else at - 1 if target == 1 else at
        towards = min(2, max(0, towards))
        choices.append(sorted({towards, at} if self.lags else {towards}))
        for places in product(*choices):
            here = (*places, *env[3:])
            for command in ("", *self.commands):
                yield here, command
            for i in self.free:
                yield (*here[:i], (here[i] + 1) % (3 if i == 5 else 2), *here[i + 1 :]), ""
            if memory[2]:
                yield here, "bag"

    def place(self, env: tuple[int, ...]) -> None:
        """Switches, air, stop, link."""
        io = self.io
        for k in range(2):
            setattr(io, f"AV{k + 1}_ZSC", 1 if env[k] == 0 else 0)
            setattr(io, f"AV{k + 1}_ZSO", 1 if env[k] == 2 else 0)
            shut = self.program.branches.sv[k]._demand == 2  # a sectioning valve has arrived when one looks again
            setattr(io, f"SV{k + 1}_ZSC", int(shut))
            setattr(io, f"SV{k + 1}_ZSO", int(not shut))
        io.DIV1_ZA = 1 if env[2] == 0 else 0
        io.DIV1_ZB = 1 if env[2] == 2 else 0
        io.FT90 = 2200 if env[3] and 2 in env[:2] else 0
        io.ES = env[4]
        io.link = (layout.LINK_OK, layout.LINK_LOST, layout.LINK_SAFE)[env[5]]

    def order(self, command: str, now: int) -> int:
        """A bag is no command: the gateway may be late to declare it, or never do."""
        return 0 if command == "bag" else super().order(command, now)

    def judge(
        self, before: tuple[int, ...], env: tuple[int, ...], memory: tuple[int, ...], command: str, result: int
    ) -> tuple[tuple[int, ...], str]:
        """memory: scans that a bag in each branch still needs, branch with a permit, start granted, fans on."""
        bags = list(memory[:2])
        _, _, permit, granted, fans = memory
        if command == "bag":
            bags[permit - 1] = FLY
        elif command == "WASTE 1":
            bags[0] = FLY
        elif command == "FANS_START" and result == layout.RES_ACCEPTED:
            granted = 1
        for k in range(2):
            if bags[k] and command not in ("bag", "WASTE 1") and self.io.FT90 and env[k] == 2:
                bags[k] -= 1
        io = self.io
        violation = ""
        av = [io.AV1_YO, io.AV2_YO]
        self.acted += io.FAN1_YRUN
        if (io.DIV1_YPOS1 or io.DIV1_YPOS2 or io.DIV1_YPOS3) and any(bags):
            violation = "the diverter moves with waste in flight"
        if sum(av) > 1 or (av[0] and env[1]) or (av[1] and env[0]):
            violation = "two air-inlet valves"
        if env[4] and (sum(av) or io.FAN1_YRUN or io.CMP_YRUN):
            violation = "something runs while the stop is pressed"
        if io.FAN1_YRUN and not fans:
            if not granted:
                violation = "exhausters start without a new order"
            granted = 0
        if io.DV_PERMIT and (env[5] or not sum(av) or env[2] == 1):
            violation = "a discharge is permitted without gateway, air valve or diverter"
        if self.program.completed:
            granted = 0
        permitted = (1 if av[0] else 2) if io.DV_PERMIT else 0
        return (*bags, permitted, granted, io.FAN1_YRUN), violation

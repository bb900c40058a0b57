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
    scan_ms = SCAN
    rules: ClassVar[dict[str, Rule]] = WASTE_RULES
    left_out: ClassVar[frozenset[str]] = _LEFT_OUT
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
            self.program.scan(self.io, NOW + i * self.scan_ms)
        self.io.reset = 0
        self.settle()
        self.graph = Graph(self.program, self.rules, leave_out=self.left_out)
        self._first = env, memory, self.capture(NOW + 11 * self.scan_ms)

    def step(self, node: Node, move: Move) -> tuple[Node, str]:
        """One command, one scan."""
        before, memory, state = node
        env, command = move
        self.restore(state)
        now = NOW + self.scan_ms
        result = self.scan_at(move, now)
        memory, violation = self.judge(before, env, memory, command, result)
        return (env, memory, self.capture(now)), violation

    def scan_at(self, move: Move, now: int) -> int:
        """One command, one scan, from wherever the program stands; returns the command's result."""
        env, command = move
        program, io = self.program, self.io
        self.place(env)
        program.completed = 0
        result = self.order(command, now) if command and command != "reset" else 0
        io.reset = 1 if command == "reset" else 0
        program.scan(io, now)
        io.reset = 0
        return result

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

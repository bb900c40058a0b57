"""The direct simulation behind the port of the collection: what board sessions are in the core.

Station and inlets answer like the boards of the sheets: a station with its own states, a start ladder, a purge for each
branch, refusals; inlets that count pulses, refuse old tokens and know one order at a time. Faults are attributes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from edge_gateway.control.waste.image import Container, Image, Station, Valve, Valves
from edge_gateway.control.waste.orders import STATION, Answer, End, Order
from edge_gateway.control.waste.plant import Branch, Chute, Fraction, Plant
from tools.emulator.waste.direct import Direct

QUIET_M = 900.0
"""Up to this length of a branch, fans at 70 % hold 18 m/s on the reference network."""


def plant_of(direct: Direct, quiet_m: float = QUIET_M) -> Plant:
    """The site model that fits the network."""
    layout = direct.network.layout
    chutes = tuple(
        Chute(f"inlet{inlet.number + 1:02d}", valve, Fraction(chute.fraction), inlet.branch + 1, round(inlet.at))
        for inlet in direct.network.inlets
        for valve, chute in enumerate(inlet.chutes, 1)
    )
    branches = tuple(
        Branch(number, round(branch.end), round(branch.junction), branch.end <= quiet_m)
        for number, branch in enumerate(layout.branches, 1)
    )
    return Plant(chutes, branches)


@dataclass
class DirectBoards:
    """All boards of one plant. `silent` inlets answer nothing; `idle` ones acknowledge and do nothing."""

    direct: Direct
    silent: set[str] = field(default_factory=set)
    idle: set[str] = field(default_factory=set)
    other_parameters: set[str] = field(default_factory=set)
    station_silent: bool = False
    trips: list[str] = field(default_factory=list)
    holds: list[str] = field(default_factory=list)
    purges: list[str] = field(default_factory=list)
    maint: bool = False
    state: str = "IDLE"
    orders: list[tuple[int, Order]] = field(default_factory=list)
    flight: dict[int, int] = field(default_factory=dict)
    """Purge that each branch still needs, ms."""
    pulses: dict[str, int] = field(default_factory=dict)
    """By inlet and fraction."""
    stopping: bool = False
    changing: set[int] = field(default_factory=set)
    delay_ms: int = 200
    quiet_m: float = QUIET_M
    poll_ms: int = 0
    """How often inlets that have no order are read; 0: with each image."""
    _tokens: dict[str, int] = field(default_factory=dict)
    _busy: dict[str, tuple[Order, Chute, Callable[[Answer], None]]] = field(default_factory=dict)
    _later: list[tuple[int, Callable[[], None]]] = field(default_factory=list)
    _opened: set[str] = field(default_factory=set)
    _fast_since: int = 0

    def __post_init__(self) -> None:
        self.plant = plant_of(self.direct, self.quiet_m)
        self._there = [(chute, self.direct.chute(*self._parts(chute))) for chute in self.plant.chutes]
        self._of_inlet = {name: [each for each in self._there if each[0].inlet == name] for name in self.plant.inlets}
        self._polled = -1 << 30
        self._keys: dict[str, object] = {}
        self._seen: dict[str, Valve] = {}
        self._valves = Valves({})

    # --- port ---------------------------------------------------------------------------------------------------------

    def image(self, now: int) -> Image:
        """What the gateway's sessions know now."""
        if now - self._polled >= self.poll_ms:
            self._polled = now
            looked = self._there
        else:
            looked = [each for inlet in self._busy for each in self._of_inlet[inlet]]
        changed = False
        for chute, there in looked:
            name, valve = chute.name, there.valve
            key = (
                there.grams,
                valve.position,
                there.hatch_open,
                there.forced,
                there.deposits,
                valve.fault,
                self.pulses.get(name, 0),
                chute.inlet in self.silent,
                chute.inlet in self.other_parameters,
            )
            if key != self._keys.get(name):
                self._keys[name] = key
                seen = self._valve(chute)
                if seen != self._seen.get(name):
                    self._seen[name] = seen
                    changed = True
        if changed:
            self._valves = Valves(self._seen)
        return Image(self._valves, self._station())

    def send(self, order: Order, now: int, ended: Callable[[Answer], None]) -> None:
        """Give an order to its board; `ended` hears what became of it, unless the board is silent."""
        self.orders.append((now, order))
        if order.board == STATION:
            if self.station_silent:
                return
            reason = self._at_station(order.command, order.args)
            end = End.REFUSED if reason else End.DONE
            takes = 30_000 if order.command in ("FANS_START", "PURGE") else self.delay_ms  # they end with their proof
            self._later.append((now + takes, lambda: ended(Answer(order.key, end, reason))))
        else:
            self._later.append((now + self.delay_ms, lambda: self._at_inlet(order, ended)))

    # --- time ---------------------------------------------------------------------------------------------------------

    def advance(self, ms: int) -> None:
        """Let time pass."""
        direct = self.direct
        before = direct.now_ms
        direct.run(ms / 1000)
        passed = direct.now_ms - before
        due = [act for at, act in self._later if at <= direct.now_ms]
        self._later = [(at, act) for at, act in self._later if at > direct.now_ms]
        for act in due:
            act()
        for inlet in list(self._busy):
            self._pulse(inlet)
        self._board(passed)

    # --- inlets -------------------------------------------------------------------------------------------------------

    def _parts(self, chute: Chute) -> tuple[int, int]:
        return int(chute.inlet[5:]), int(chute.fraction)

    def _valve(self, chute: Chute) -> Valve:
        if chute.inlet in self.silent:
            return Valve()
        there = self.direct.chute(*self._parts(chute))
        valve = there.valve
        fault = "BOTH_SWITCHES" if valve.opened and valve.closed else ""
        if valve.fault.startswith("stuck") and not valve.wanted and not valve.closed and chute.name in self._opened:
            fault = "NOT_CLOSED"
        return Valve(
            True,
            bool(valve.closed),
            bool(valve.opened),
            bool(there.level_high),
            bool(there.level_full),
            there.hatch_open or there.forced,
            fault,
            self.pulses.get(chute.name, 0),
            there.deposits,
            refusal="other parameters than the site file: fraction1" if chute.inlet in self.other_parameters else "",
        )

    def _at_inlet(self, order: Order, ended: Callable[[Answer], None]) -> None:
        if order.board in self.silent:
            return
        number = order.args[-2] << 16 | order.args[-1]
        if order.command == "DV_REVOKE":
            self._tokens[order.board] = max(number, self._tokens.get(order.board, 0))
            ended(Answer(order.key, End.DONE))
            return
        if order.board in self.idle:
            ended(Answer(order.key, End.DONE))
            return
        if number <= self._tokens.get(order.board, 0) or order.board in self._busy:
            ended(Answer(order.key, End.REFUSED, "TOKEN_STALE"))
            return
        self._tokens[order.board] = number
        chute = self.plant.by_name[f"{order.board}.{order.args[0]}"]
        if self._valve(chute).hatch:
            ended(Answer(order.key, End.REFUSED, "interlock: HATCH"))
            return
        self.direct.discharge(*self._parts(chute), open_ms=order.args[1])
        self._busy[order.board] = (order, chute, ended)

    def _pulse(self, inlet: str) -> None:
        order, chute, ended = self._busy[inlet]
        valve = self.direct.chute(*self._parts(chute)).valve
        if valve.opened:
            self._opened.add(chute.name)
        if not valve.wanted and valve.closed and not valve.opened:
            del self._busy[inlet]
            if chute.name in self._opened:
                self._opened.discard(chute.name)
                self.pulses[chute.name] = self.pulses.get(chute.name, 0) + 1
                ended(Answer(order.key, End.DONE))
            else:
                ended(Answer(order.key, End.FAILED, "NOT_OPEN"))

    # --- station ------------------------------------------------------------------------------------------------------

    def _station(self) -> Station:
        direct = self.direct
        if self.station_silent:
            return Station()
        opened = [b.number for b in self.plant.branches if direct.av_opened(b.number)]
        shut = all(direct.av_closed(b.number) for b in self.plant.branches)
        boxes = {
            f + 1: Container(
                direct.network.containers[f].docked,
                direct.gate_open(f),
                direct.container_level(f),
                direct.network.containers[f].grams // 10_000 * 10.0,
                f + 1 not in self.changing,
            )
            for f in range(3)
        }
        at = direct.diverter_at()
        return Station(
            True,
            "",
            self.state,
            self.maint,
            -direct.vacuum_kpa,
            direct.speed,
            True,
            {number: -kpa for number, kpa in enumerate(direct.taps_kpa, 1)},
            opened[0] if len(opened) == 1 else 0 if shut and not opened else -1,
            direct.fans_running,
            at + 1,
            boxes,
            frozenset(self.flight),
            False,
            self.state == "CONVEY" and self.now - self._fast_since >= 3_000 and not (self.holds or self.purges),
            direct.vacuum_kpa >= 15,
            -direct.vacuum_set,
            direct.speed_set,
            tuple(self.trips),
            tuple(self.purges),
            tuple(self.holds),
            (),
            self.trips[0] if self.trips else "",
            direct.network.fans.watts / 1000,
            direct.network.filter.kilopascal,
        )

    @property
    def now(self) -> int:
        """Virtual time, ms."""
        return self.direct.now_ms

    def _at_station(self, command: str, args: tuple[int, ...]) -> str:
        direct = self.direct
        if self.trips and command not in ("FANS_STOP", "AV_CLOSE"):
            return "interlock: NOT_TRIPPED (no trip stands) is missing"
        if command == "DIVERT":
            if self.flight and direct.diverter_at() != args[0]:
                return "interlock: NO_WASTE_IN_FLIGHT (WASTE_IN_FLIGHT: all waste has landed) is missing"
            direct.divert(args[0])
        elif command == "FANS_START":
            direct.fans_start(cap=(args[0] or 1000) / 1000)
            self.state = "STARTING"
        elif command == "FANS_STOP":
            self.stopping = True
            if args[0] or not self.flight:
                self.state = "STOPPING"
                direct.av_close()
                direct.fans_stop()
            else:
                self.state = "PURGE"
        elif command == "AV_OPEN":
            if direct.vacuum_kpa < 15 or not all(direct.av_closed(b.number) for b in self.plant.branches):
                return "interlock: VACUUM (vacuum built up) is missing"
            direct.av_open(args[0])
            self.state = "CONVEY"
        elif command == "AV_CLOSE":
            direct.av_close()
            self.state = "VACUUM" if self.state in ("CONVEY", "PURGE") else self.state
        elif command == "VACUUM_HOLD":
            direct.vacuum_set = args[0] / 100
        elif command == "SPEED":
            direct.speed_set = args[0] / 100
        elif command == "PURGE":
            self.state, self.stopping = "PURGE", bool(args[0])
        elif command == "WASTE":
            self.flight[args[0]] = self._purge_ms(args[0])
        elif command == "CNT_CHANGE":
            self.changing.add(args[0])
            direct.gate(args[0] - 1, False)
        elif command == "CNT_READY":
            self.changing.discard(args[0])
            direct.gate(args[0] - 1, True)
        return ""

    def _purge_ms(self, branch: int) -> int:
        return round(1300 * self.plant.branch[branch].length_m / 10)

    def _board(self, passed: int) -> None:
        direct = self.direct
        if direct.speed < 18 or self.state != "CONVEY":
            self._fast_since = self.now
        if self.state == "STARTING" and direct.fans_running == 3:
            self.state = "VACUUM"
        for branch in self.plant.branch:
            if not direct.av_opened(branch):
                continue
            if self.state == "CONVEY":  # somebody may be dropping
                self.flight[branch] = self._purge_ms(branch)
            elif self.state == "PURGE" and branch in self.flight and direct.speed >= 18:
                self.flight[branch] -= passed
                if self.flight[branch] <= 0:
                    del self.flight[branch]
        if self.state == "PURGE" and not any(direct.av_opened(branch) for branch in self.flight):
            direct.av_close()
            self.state = "STOPPING" if self.stopping else "VACUUM"
            if self.stopping:
                direct.fans_stop()
        if self.state == "STOPPING" and direct.vacuum_kpa < 1:
            self.state, self.stopping = "IDLE", False
        if self.trips and self.state not in ("IDLE", "TRIPPED"):
            direct.av_close()
            direct.fans_stop()
            self.state = "TRIPPED"
        elif self.state == "TRIPPED" and not self.trips:
            self.state = "IDLE"

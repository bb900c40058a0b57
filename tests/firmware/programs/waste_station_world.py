"""The station program's abstract world (see `waste_worlds`)."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Any, ClassVar

from protocols import layout
from tests.firmware.programs.waste_worlds import FLY, Move, Node, World
from tools.explorer.sandbox import Mutation


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
    # Limits of whole seconds are longer than the search looks: those of a fault never run out, a stop's does at once.
    parameters: ClassVar[dict[str, int]] = {
        "speed_ok_ms": 0,
        "convey_after_ms": 0,
        "flow_frozen_ms": 0,
        "purge_max_s": 60,
        "speed_min": 0,
        "length1": 3,
        "length2": 3,
        "u_min": 1000,
        "purge_factor": 26,  # 78 ms: four scans, FLY and one
        "av_travel_ms": 60,
        "sv_travel_ms": 60,
        "div_travel_s": 15,
        "cmp_auto": 0,
        "fans_min": 0,
        "stop_s": 0,
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

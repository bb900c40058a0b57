"""The inlet program's abstract world (see `waste_worlds`)."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Any, ClassVar

from protocols import layout
from tests.firmware.programs.waste_worlds import SCAN, Move, Node, World
from tools.explorer.sandbox import Mutation

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

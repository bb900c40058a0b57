"""The parking lane and its abstract world, as `tools.explorer` searches them.

What is abstracted, and why what is proven here holds of the lane:

* **Time.** Every scan is made; every delay is one to four scans long instead of hundreds. The program uses times only
  in comparisons of an age with a preset, so what counts is the order in which delays run out, and with all delays short
  each order in which they can run out occurs. A reaction within one scan is a reaction within one scan at any length.
* **The boom** is at the closed limit, between, or at the open one. In each scan it follows the drive by one step, or
  lags; at rest it stays, or the spring lifts it (campaign "restart").
* **Who may pass** (`lane_admission`: reader, white-list, gateway) is an oracle that may authorise a vehicle in any
  scan: more than the real one can do. Its own rules (one opening for each vehicle) have their own tests.
* **Inputs** are conditioned values, as the program sees them. A STALE or BAD contact has its fail value, so a stale
  loop is an occupied one; the qualities themselves are the trip engine's and the devices' tests. Beams: a body in both,
  or receivers that don't answer the test.
* **Moves**: in each scan nothing changes, or any one input does, or a command arrives; and in every scan in which the
  boom is being lowered or could begin to, *every combination* of loop, beams, edge and fire is tried.
* **Campaigns** leave different inputs free and hold the others healthy, because all of them at once is too many states
  for a test. Each is complete in itself.

Checked after every scan, on its inputs and its outputs: see `World.violation`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import product
from typing import Any

from protocols import layout
from protocols.sheets import load as load_sheet
from protocols.sheets.derive import table as make_table
from tests.firmware.programs.lane_model import (
    CLOSED,
    CONSTANTS,
    HAZARDS,
    HEALTHY,
    LANE_RULES,
    LEFT_OUT,
    NOW,
    OPEN,
    PARAMETERS,
    SCAN,
    AnyoneMayPass,
    Campaign,
    NoEvents,
)
from tools.explorer.graph import Graph
from tools.explorer.logbook import table as print_table
from tools.explorer.sandbox import Mutation, load

Env = tuple[int, ...]
Memory = tuple[int, ...]


class World:
    """One campaign: the lane with its environment, as `tools.explorer.search` wants it."""

    def __init__(self, campaign: Campaign, mutation: Mutation | None = None) -> None:
        self.campaign = campaign
        self.names = ("pos", *campaign.free)
        module = load(
            "firmware.programs.parking_lane",
            packages=("firmware", "drivers"),
            constants=CONSTANTS,
            mutation=mutation if mutation and not mutation.module.startswith("protocols.") else None,
        )
        image = load("firmware.runtime.image", packages=("firmware",))
        self.table = make_table(_sheet(mutation))
        self.par = image.make_parameters(self.table)
        for name, value in {**PARAMETERS, **campaign.parameters}.items():
            setattr(self.par, name, value)
        self.io = image.make_image(self.table)
        for row in self.table.DI + self.table.AI + self.table.BI:
            setattr(self.io, row[0], 0)
            setattr(self.io, row[0] + "_Q", 0)
        self.lane = lane = module.ParkingLane(self.table, self.par, NoEvents())
        lane.admission = AnyoneMayPass()
        lane._retest.preset = 20
        lane._limit_lost.preset = 10
        lane.heard.preset = 10
        lane.passage._came.preset = 10
        lane.edge.release_ms = 10
        lane.loop._filter.on_ms = 0
        lane.loop._filter.off_ms = 10
        lane.loop._well.preset = 10
        lane.beams.valid_ms = 20
        lane.boom.current.watch = self._watch
        lane.boom.current.begin = lambda *_: None
        lane.boom.current.end = lambda *_: None
        io = self.io
        io.link = layout.LINK_OK
        io.SK1 = io.ARM_ZOK = io.UPS_OK = 1
        io.V24 = 270
        lane.start(io, NOW)
        self.graph = Graph(lane, LANE_RULES, leave_out=LEFT_OUT)
        self._free = [(name, campaign.free[name]) for name in campaign.free]
        self._at = {name: i for i, name in enumerate(self.names)}
        self._hazards = [name for name in HAZARDS if name in campaign.free]
        self._over = 0
        self.lowered = 0
        """Scans that lowered the boom: a campaign without any proves nothing."""
        par = self.par
        self._clear_scans = par.clear_ms // SCAN
        self._beam_scans = par.beams_clear_ms // SCAN
        self._warn_scans = par.preclose_ms // SCAN
        self._hold_scans = par.reversal_hold_ms // SCAN
        self._well_scans = round(par.detector_ok_s * 1000) // SCAN
        env = (campaign.boom, *(values[0] for _, values in self._free))
        self._first = env, (0, 0, 0, 0, self._hold_scans, 0, 0), self.graph.capture(NOW)

    def _watch(self, *_: object) -> int:
        return self._over

    # -- what the search asks --------------------------------------------------------------------------------

    def initial(self) -> tuple[Env, Memory, Any]:
        """Power-up with the boom closed and nothing free away from its first value."""
        return self._first

    def moves(self, node: tuple[Env, Memory, Any]) -> Iterator[tuple[Env, str]]:
        """(environment, command) for everything that may be next."""
        env, _, state = node
        self.graph.restore(state, NOW)
        lane = self.lane
        demand = lane.boom.demand
        pos = env[0]
        driven = min(OPEN, pos + 1) if demand > 0 else max(CLOSED, pos - 1) if demand < 0 else pos
        places = {driven}
        if self.campaign.lags:
            places.add(pos)
        if self.campaign.spring and demand == 0:
            places.add(min(OPEN, pos + 1))
        table = self.table
        critical = demand < 0 or lane.state in (table.ST_PRECLOSE, table.ST_MAINT)
        for place in sorted(places):
            here = (place, *env[1:])
            yield here, ""
            for command in self.campaign.commands:
                yield here, command
            for i, (name, values) in enumerate(self._free, 1):
                if not self._matters(name, env, demand):
                    if env[i] != values[0]:
                        here = (*here[:i], values[0], *here[i + 1 :])
                        yield here, ""
                    continue
                for value in values:
                    if value != env[i] and (name != "heard" or value):
                        yield (*here[:i], value, *here[i + 1 :]), ""
            if critical:
                yield from self._combinations(here)

    def _matters(self, name: str, env: Env, demand: int) -> bool:
        """Whether the program looks at an input: the motor current while closing, the jog buttons with the key."""
        if name == "over":
            return demand < 0
        if name == "jog":
            return bool(env[self._at["mode"]] == layout.MODE_MAINT)
        return True

    def _combinations(self, here: Env) -> Iterator[tuple[Env, str]]:
        """Every combination of hazards that is more than one change away."""
        for values in product(*(self.campaign.free[name] for name in self._hazards)):
            env = list(here)
            changes = 0
            for name, value in zip(self._hazards, values, strict=True):
                changes += env[self._at[name]] != value
                env[self._at[name]] = value
            if changes > 1:
                yield tuple(env), ""

    def step(self, node: tuple[Env, Memory, Any], move: tuple[Env, str]) -> tuple[tuple[Env, Memory, Any], str]:
        """One scan."""
        _, memory, state = node
        env, _ = move
        lane = self.lane
        self.graph.restore(state, NOW - SCAN)
        before = lane.boom.demand
        was_preparing = lane.state == self.table.ST_PRECLOSE
        values = self.scan_at(move, NOW)
        violation, memory = self._judge(values, memory, before, was_preparing)
        return (env, memory, self.graph.capture(NOW)), violation

    def scan_at(self, move: tuple[Env, str], now: int) -> dict[str, int]:
        """Set the inputs and make one scan; returns all abstract inputs by name."""
        env, command = move
        lane = self.lane
        io = self.io
        values = HEALTHY | dict(zip(self.names, env, strict=True))
        self._put(values, command, now)
        lane.scan(io, now)
        self.lowered += io.YC
        io.reset = io.ATT = 0
        lane.admission.authorised = 0 if command != "authorise" else lane.admission.authorised
        return values

    def _put(self, values: Mapping[str, int], command: str, now: int) -> None:
        lane = self.lane
        io = self.io
        pos = values["pos"]
        io.ZC = 1 if pos == CLOSED else 0
        io.ZO = 1 if pos == OPEN else 0
        io.POS = 450 * pos
        io.LA_P = values["la"]
        io.LB_P = 1 if values["lb"] else 0
        io.LB_FLT = 1 if values["lb"] == 2 else 0
        io.LC_P = values["lc"]
        dark = lane.beams.test
        blind = values["blind"]
        io.PE1 = 1 if (values["body"] or dark) and not blind & 1 else 0
        io.PE2 = 1 if (values["body"] or dark) and not blind & 2 else 0
        io.EDGE = 150 if values["edge"] else 8200
        io.FIRE = values["fire"]
        io.ES = values["es"]
        io.EMV = values["emv"]
        io.mode = values["mode"]
        io.JOG_O = 1 if values["jog"] == 1 else 0
        io.JOG_C = 1 if values["jog"] == 2 else 0
        io.FIRE_Q = 0 if values["heard"] else 3
        self._over = values["over"]
        if command == "authorise":
            lane.admission.authorised = 1
        elif command == "reset":
            io.reset = io.ATT = 1
        elif command:
            code = getattr(layout if command in ("START", "STOP") else self.table, "CMD_" + command)
            lane.command(code, 5 if command == "HOLD" else 0, 0, 0, 0, io, now)

    # -- invariants ------------------------------------------------------------------------------------------

    def _judge(self, values: Mapping[str, int], memory: Memory, before: int, was_preparing: bool) -> tuple[str, Memory]:
        """The violated invariant or "", and what the next scan must remember.

        memory: scans that the loop has been clear, the beams have been clear, the lane has warned, the detector has
        been well; scans since a reversal; progress of the beams' test (1 dark seen, 2 good); reversals so far.
        """
        io = self.io
        lane = self.lane
        table = self.table
        loop, beam, warned, well, since, tested, count = memory
        state = lane.state
        clear = not values["lb"]
        loop = min(self._clear_scans + 1, loop + 1) if clear else 0
        # While the transmitters are off, and until the receivers have come back, a body can't be told from the test.
        body = (io.PE1 or io.PE2) and not lane.beams_in_test
        beam = min(self._beam_scans + 1, beam + 1) if not body else 0
        well = min(self._well_scans + 1, well + 1) if values["lb"] != 2 else 0
        since = min(self._hold_scans + 1, since + 1)
        hand = state == table.ST_MAINT
        if io.PE1 and io.PE2:
            tested = 1  # both can see the dark
        elif tested and not io.PE1 and not io.PE2:
            tested = 2  # and the light again
        text = ""
        if io.YO and io.YC:
            text = "both directions are driven"
        elif io.YC and values["lb"]:
            text = "the boom is lowered while LB is occupied"
        elif io.YC and (io.PE1 or io.PE2):
            text = "the boom is lowered while a beam is broken"
        elif io.YC and values["edge"]:
            text = "the boom is lowered while the edge is tripped"
        elif io.YC and values["fire"]:
            text = "the boom is lowered while FIRE is open"
        elif (io.YC or io.YO) and values["es"]:
            text = "the boom moves under an emergency stop"
        elif (io.YC or io.YO) and values["mode"] == layout.MODE_OFF and lane.hold_reason != 1:
            text = "the boom moves in mode OFF"
        elif values["heard"] == 0 and not lane._known and (io.YC or io.YO):
            text = "the boom moves before its conditions are known"
        elif io.YC and before >= 0:
            if tested != 2:
                text = "a closing begins without a good test of the beams"
            elif well <= self._well_scans:
                text = "a closing begins before the loop detector has been well for detector_ok_s"
            elif not hand and warned < self._warn_scans:
                text = "a closing begins without red light for preclose_ms"
            elif not hand and since <= self._hold_scans:
                text = "a closing begins before reversal_hold_ms"
            elif not hand and count >= self.par.reversal_max:
                text = "a closing begins after too many reversals"
        elif io.YC and lane.hold_reason and not hand:
            text = "the boom is lowered although the lane is to be held open"
        elif state == table.ST_PRECLOSE and not was_preparing and loop <= self._clear_scans:
            text = "a closing is prepared before LB was clear for clear_ms"
        elif state == table.ST_PRECLOSE and not was_preparing and beam <= self._beam_scans:
            text = "a closing is prepared before the beams were clear for beams_clear_ms"
        elif before < 0 and not io.YC and not io.YO and not io.ZC and state == table.ST_REVERSING:
            text = "a closing is stopped without reversing"
        elif self._fire_ignored(values, state):
            text = "the lane ignores the fire"
        if io.YC:
            tested = 0
        if state == table.ST_PRECLOSE and io.LT_R:
            warned = min(self._warn_scans, warned + 1)
        elif not io.YC:
            warned = 0
        if state == table.ST_REVERSING:
            since = 0
            if before < 0:
                count = min(self.par.reversal_max, count + 1)
        return text, (loop, beam, warned, well, since, tested, count)

    def _fire_ignored(self, values: Mapping[str, int], state: int) -> bool:
        table = self.table
        fire = self.lane.trips.latched & 1 << table.CAUSE_FIRE
        return bool(fire) and state not in (table.ST_HOLD_OPEN, table.ST_FAULT)

    # -- the trace -------------------------------------------------------------------------------------------

    def logbook(self, title: str, trace: list[tuple[Env, str]]) -> str:
        """Play the moves again, and write down what a person would have seen."""
        columns = ("ms", "command", "boom", *self.names[1:], "PE", "state", "YO", "YC", "TEST", "RED")
        rows = []
        node = self.initial()
        for i, move in enumerate(trace):
            node, _ = self.step(node, move)
            io = self.io
            env, command = move
            boom = ("closed", "between", "open")[env[0]]
            state = self.table.STATES[self.lane.state]
            rows.append((i * SCAN, command, boom, *env[1:], io.PE1 | io.PE2, state, io.YO, io.YC, io.TEST, io.LT_R))
        return print_table(title, columns, rows)


def _sheet(mutation: Mutation | None) -> Any:
    if mutation is None or not mutation.module.startswith("protocols."):
        return load_sheet("parking_lane")
    return load(mutation.module, packages=("protocols.sheets",), mutation=mutation).SHEET

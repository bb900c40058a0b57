"""Random traffic over several lanes at once: what happened in the lanes against what the boards say."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from random import Random

from protocols import layout
from tools.emulator.lane.plant import Lane
from tools.emulator.site import BoardSpec, EmulatedSite, SiteSpec
from tools.emulator.stand_in import StandIn
from tools.emulator.station import Master

LANES = (("IN1", 11, "entry"), ("IN2", 12, "entry"), ("OUT1", 21, "exit"), ("OUT2", 22, "exit"))
PER_HOUR = 330.0
_SLICE_MS = 10_000
_PASSED = 0x0110
_BACKED_OUT = 0x0114


@dataclass
class Account:
    """Truth and the board's word of one lane."""

    name: str
    role: str
    truth: dict[str, int]
    passed: int
    backed_out: int
    missed_reads: int
    reads: int
    overruns: int


@dataclass
class Trips:
    """What a run of random trips came to."""

    trips: int
    world_ms: int
    wall_s: float
    lanes: list[Account]

    def total(self, counter: str) -> int:
        """Sum of a counter of the truth over the lanes."""
        return sum(lane.truth[counter] for lane in self.lanes)


def _people(site: EmulatedSite, rng: Random) -> None:
    """Somebody steps into a beam now and then, mostly when it matters least; sometimes while the boom falls."""

    def step_in(lane: Lane) -> Callable[[], None]:
        def act() -> None:
            beam = rng.choice(("PE1", "PE2"))
            lane.fail(beam, "blocked")
            site.world.after(rng.randint(50, 3000), lambda: lane.fail(beam, ""))
            site.world.after(rng.randint(20_000, 240_000), act)

        return act

    for lane in site.lanes.values():
        site.world.after(rng.randint(20_000, 240_000), step_in(lane))


def random_trips(folder: Path, trips: int, seed: int = 1) -> Trips:
    """Run four lanes until they have had `trips` vehicles, tailgaters, stoppers, trucks and people who back out.

    Two entries have a gateway; two exits have none and let everybody out. Raises AssertionError at the first contact.
    """
    begin = time.monotonic()
    boards = [BoardSpec(name, unit, unit + 90, role, per_hour=PER_HOUR) for name, unit, role in LANES]
    site = EmulatedSite(SiteSpec(str(folder), boards, seed=seed, parked=200))
    rng = Random(seed)
    for lane in site.lanes.values():
        lane.traffic.tailgaters = 0.06
        lane.traffic.backers = 0.08
        lane.traffic.stoppers = 0.02
    _people(site, rng)
    exits = [name for name, _, role in LANES if role == "exit"]
    for name in exits:  # nobody asks them anything until the end
        site.line.disconnect(name)
    master = Master(site.world, site.line)
    gateway = StandIn(master, [11, 12])
    try:
        site.power_on()
        gateway.start()
        while sum(lane.traffic.passed + lane.traffic.backed_out for lane in site.lanes.values()) < trips:
            site.world.run(_SLICE_MS)
            contacts = [name for name, lane in site.lanes.items() if lane.contacts]
            assert not contacts, f"the boom of {contacts} touched a vehicle before {site.world.now_ms} ms"
        for lane in site.lanes.values():
            lane.traffic.limit = 0
        site.world.until(lambda: all(lane.traffic.quiet for lane in site.lanes.values()), within=600_000)
        site.world.run(10_000)
        for name in exits:
            site.line.connect(name, site.boards[name])
        accounts = [_account(site, master, name, unit, role) for name, unit, role in LANES]
    finally:
        site.close()
    done = sum(account.truth["passed"] + account.truth["backed_out"] for account in accounts)
    return Trips(done, site.world.now_ms, time.monotonic() - begin, accounts)


def _account(site: EmulatedSite, master: Master, name: str, unit: int, role: str) -> Account:
    lane = site.lanes[name]
    high, low = master.read(unit, _PASSED, 2)
    return Account(
        name,
        role,
        lane.counters(),
        high << 16 | low,
        master.read(unit, _BACKED_OUT)[0],
        lane.reader.missed,
        lane.reader.reads,
        master.read(unit, layout.H_SCAN_OVR)[0],
    )

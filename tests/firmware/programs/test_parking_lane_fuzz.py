"""The lane under whatever comes: random inputs, qualities, commands and times, the safety invariant after each scan.

The exploration is complete where it looks; this looks everywhere else: real parameters, bad and stale qualities of
every point, every command with any argument, every mode and link.
"""

from __future__ import annotations

from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from protocols import layout
from protocols.quality import BAD, GOOD, STALE
from tests.firmware.programs.portable_lane_bench import HEALTHY, TABLE, TOKEN, Bench

POINTS = [row[0] for row in TABLE.DI + TABLE.AI + TABLE.BI if row[0] not in ("ZO", "ZC", "POS", "PE1", "PE2")]
NORMALLY_CLOSED = {row[0]: row[2] for row in TABLE.DI}
COMMANDS = [row[0] for row in TABLE.COMMANDS] + [layout.CMD_START, layout.CMD_STOP]
HAZARDS = ("LB_P", "LB_FLT", "FIRE", "ES", "HATCH", "REL")


class LaneMachine(RuleBasedStateMachine):
    """One lane on the bench; every rule ends with a scan, and the invariant looks at that scan."""

    bench: Any

    @initialize(role=st.integers(0, 2), mode=st.sampled_from((2, 3, 3, 3)), angle=st.sampled_from((0, 0, 450, 900)))
    def begin(self, role: int, mode: int, angle: int) -> None:
        self.bench = Bench(whitelist=(TOKEN,), role=role, open_wait_s=10)
        self.bench.io.mode = mode
        self.bench.angle = angle

    @rule(name=st.sampled_from(HAZARDS), value=st.integers(0, 1), scans=st.integers(1, 30))
    def hazard(self, name: str, value: int, scans: int) -> None:
        setattr(self.bench.io, name, value)
        self._scans(scans)

    @rule(body=st.integers(0, 3), scans=st.integers(1, 60))
    def body(self, body: int, scans: int) -> None:
        self.bench.bodies = [body & 1, body >> 1]
        self._scans(scans)

    @rule(blind=st.integers(0, 3))
    def blind(self, blind: int) -> None:
        self.bench.beams_blind = blind
        self._scans(1)

    @rule(
        name=st.sampled_from(("EDGE", "MOT_I", "V24", "WIND")),
        value=st.sampled_from((0, 60, 150, 220, 900, 8200, 30000)),
    )
    def measurement(self, name: str, value: int) -> None:
        setattr(self.bench.io, name, value)
        self._scans(1)

    @rule(name=st.sampled_from(POINTS), quality=st.sampled_from((GOOD, BAD, STALE)))
    def quality(self, name: str, quality: int) -> None:
        io = self.bench.io
        setattr(io, name + "_Q", quality)
        if name in NORMALLY_CLOSED:
            setattr(io, name, HEALTHY.get(name, 0) if quality == GOOD else NORMALLY_CLOSED[name])
        self._scans(1)

    @rule(code=st.sampled_from(COMMANDS), a0=st.integers(0, 0xFFFF), a1=st.integers(0, 0xFFFF), small=st.booleans())
    def command(self, code: int, a0: int, a1: int, small: bool) -> None:
        bench = self.bench
        if small:
            a0, a1 = a0 % 11, a1 % 20
        result = bench.lane.command(code, a0, a1, 0, 0, bench.io, bench.now)
        assert layout.RES_ACCEPTED <= result <= layout.RES_FAILED
        self._scans(1)

    @rule(confirm=st.booleans())
    def reset(self, confirm: bool) -> None:
        self.bench.reset(confirm)
        self._look()
        self._scans(1)

    @rule(mode=st.sampled_from((0, 1, 2, 3, 3, 3, 4)), link=st.integers(0, 4), jog=st.integers(0, 3))
    def hand(self, mode: int, link: int, jog: int) -> None:
        io = self.bench.io
        io.mode, io.link, io.JOG_O, io.JOG_C = mode, link, jog & 1, jog >> 1
        self._scans(20)

    @rule()
    def all_healthy(self) -> None:
        bench = self.bench
        for row in TABLE.DI + TABLE.AI + TABLE.BI:
            if row[0] not in ("ZO", "ZC", "POS"):
                setattr(bench.io, row[0], HEALTHY.get(row[0], 0))
            setattr(bench.io, row[0] + "_Q", GOOD)
        bench.bodies = [0, 0]
        bench.beams_blind = 0
        bench.io.mode = layout.MODE_AUTO
        self._scans(300)
        bench.reset(confirm=True)
        bench.command("START")
        bench.command("RELEASE")
        bench.set("LA_P")
        self._scans(3)
        bench.open_once()
        self._scans(400)

    @rule(ms=st.sampled_from((500, 2000, 12000, 25000)))
    def time_passes(self, ms: int) -> None:
        self._scans(ms // 10)

    def _scans(self, count: int) -> None:
        for _ in range(count):
            self.bench.scan()
            self._look()

    def _look(self) -> None:
        """After each scan: what its outputs may be, given its inputs."""
        io = self.bench.io
        lane = self.bench.lane
        assert not (io.YO and io.YC)
        assert 0 <= io.SPD <= 1000
        if io.YO or io.YC:
            assert lane._known
            assert io.SK1
            assert io.ARM_ZOK
            assert not (io.ES or io.HATCH or io.REL)
        if io.YC:
            assert not (io.LB_P or io.LB_FLT or io.PE1 or io.PE2 or io.FIRE)
            assert 5000 <= io.EDGE <= 12000
            for name in ("LB_P", "LB_FLT", "PE1", "PE2", "FIRE", "EDGE", "SK1", "ES"):
                assert getattr(io, name + "_Q") < BAD
            assert not lane.beams.failed
            assert io.LT_R
        assert io.LT_R != io.LT_G or not lane._known

    @invariant()
    def counters_are_small_integers(self) -> None:
        if hasattr(self, "bench"):
            for row in TABLE.STATUS:
                assert 0 <= getattr(self.bench.io, row[0]) <= (0x3FFFFFFF if row[2] == 2 else 0xFFFF), row[0]


LaneMachine.TestCase.settings = settings(max_examples=25, stateful_step_count=30, deadline=None)
TestLane = LaneMachine.TestCase

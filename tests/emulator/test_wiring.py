"""Terminals: what the board's end of the link reads is what the plant shows, faults included."""

from __future__ import annotations

from array import array
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from protocols import layout
from protocols.iolink import MAX_FRAME, STEP_FED, STEP_OUTPUTS, WORLD, BoardEnd, WorldEnd
from tests.emulator.support import TABLE
from tools.emulator.plant import Signals
from tools.emulator.wiring import Wiring, WiringError

NAMES = [row[0] for row in (*TABLE.DI, *TABLE.AI, *TABLE.BI)]


class Bench:
    """A plant whose signals are set by hand."""

    def __init__(self) -> None:
        self.values: Signals = dict.fromkeys(NAMES, 0)

    def step(self, dt_ms: int, outputs: Signals) -> None:
        """Nothing moves."""

    def inputs(self) -> Signals:
        return self.values

    def fail(self, device: str, kind: str) -> None:
        """Nothing fails."""

    def turn(self, point: str, on: int) -> None:
        """No switches."""

    def counters(self) -> dict[str, int]:
        return {}


def read(wiring: Wiring, now_us: int = 5_000_000, rx: bytes = b"") -> dict[str, int]:
    """Decode a frame as the board does."""
    end: Any = BoardEnd(wiring.shape)
    raw = array("i", [0] * wiring.shape.raw_len)
    frame = wiring.world_frame(now_us, rx, now_us - 7)
    assert end.decode(bytearray(frame), len(frame), raw) == WORLD
    assert (end.now_ms, end.now_us, end.rx_n) == (now_us // 1000 & 0x3FFFFFFF, now_us & 0x3FFFFFFF, len(rx))
    return dict(zip(NAMES, raw, strict=True))


@settings(deadline=None, max_examples=60)
@given(st.lists(st.integers(0, 1), min_size=len(TABLE.DI), max_size=len(TABLE.DI)), st.integers(0, 1 << 40))
def test_contacts_arrive_as_levels(conditions: list[int], now_us: int) -> None:
    bench = Bench()
    wiring = Wiring(TABLE, bench)
    for row, condition in zip(TABLE.DI, conditions, strict=True):
        bench.values[row[0]] = condition
    seen = read(wiring, now_us)
    for row, condition in zip(TABLE.DI, conditions, strict=True):
        assert seen[row[0]] == (1 - condition if row[2] else condition)


def test_the_world_end_of_the_codec_makes_the_same_frame() -> None:
    bench = Bench()
    wiring = Wiring(TABLE, bench)
    bench.values.update(POS=450, EDGE=8200, READ_TOKEN=0x3FFFFFFF, LB_P=1)
    end: Any = WorldEnd(wiring.shape)
    raw = array("i", list(read(wiring).values()))
    n = end.world(1, 5000, 5_000_000, raw, b"abc", 3, 4_999_993)
    assert wiring.world_frame(5_000_000, b"abc", 4_999_993) == bytes(end.buf[:n])


def test_measurements_arrive_as_their_signal() -> None:
    bench = Bench()
    wiring = Wiring(TABLE, bench)
    bench.values.update(POS=450, EDGE=8200, V24=320, WIND=0)
    seen = read(wiring)
    assert seen["POS"] == 12_000  # the middle of 4-20 mA
    assert seen["V24"] == 20_000
    assert seen["WIND"] == 4_000
    assert seen["EDGE"] == 8200


def test_a_frame_is_made_anew_only_for_what_changed() -> None:
    bench = Bench()
    wiring = Wiring(TABLE, bench)
    assert read(wiring)["ZO"] == 0
    bench.values["ZO"] = 1
    assert read(wiring)["ZO"] == 1


@pytest.mark.parametrize(
    ("point", "kind", "level"),
    [
        ("PE1", "open", 0),
        ("PE1", "short", 1),
        ("PE1", "stuck_clear", 1),
        ("PE1", "stuck_set", 0),
        ("ZO", "stuck_set", 1),
        ("PE1", "invert", 0),
        ("PE1", "stale", layout.NO_SAMPLE),
        ("POS", "open", 0),
        ("POS", "short", 25_000),
        ("POS", "value", 20_000),
        ("POS", "offset", 20_000),
        ("EDGE", "open", 1_000_000),
        ("EDGE", "short", 0),
        ("READ.SEQ", "stale", layout.NO_SAMPLE),
    ],
)
def test_faults_show_at_the_terminal(point: str, kind: str, level: int) -> None:
    wiring = Wiring(TABLE, Bench())
    name = point.replace(".", "_")
    before = read(wiring)[name]
    wiring.fault(point, kind, 900)
    assert read(wiring)[name] == level
    wiring.fault(point, "")
    assert read(wiring)[name] == before


def test_faults_in_time() -> None:
    bench = Bench()
    wiring = Wiring(TABLE, bench)
    wiring.fault("ZO", "delay", 50)
    wiring.fault("POS", "drift", 90)
    bench.values["ZO"] = 0
    assert read(wiring, 0)["ZO"] == 0
    bench.values["ZO"] = 1
    assert [read(wiring, ms * 1000)["ZO"] for ms in (10, 40, 60)] == [0, 0, 1]
    assert read(wiring, 10_000_000)["POS"] == pytest.approx(4000 + 1600 * 10, abs=2)
    wiring.fault("ZC", "stuck")
    bench.values["ZC"] = 1
    read(wiring)
    assert read(wiring)["ZC"] == 1
    bench.values["ZC"] = 0
    assert read(wiring)["ZC"] == 1


def test_outputs_reach_the_plant_and_a_stuck_relay_does_not_follow() -> None:
    wiring = Wiring(TABLE, Bench())
    end: Any = BoardEnd(wiring.shape)
    out = array("i", [0] * wiring.shape.out_len)
    out[0] = 1
    out[-1] = -5
    n = end.step(STEP_OUTPUTS | STEP_FED, 1234, out, b"xyz", 3)
    assert n < MAX_FRAME
    assert wiring.take_step(memoryview(end.buf)[:n]) == (3, 1234, b"xyz", b"")
    assert (wiring.outputs["YO"], wiring.outputs["SPD"]) == (1, -5)
    wiring.fault("YO", "stuck_off")
    assert wiring.outputs["YO"] == 0
    wiring.fault("YO", "")
    assert wiring.outputs["YO"] == 1
    wiring.de_energise()
    assert not any(wiring.outputs.values())


def test_what_does_not_fit_is_refused() -> None:
    bench = Bench()
    wiring = Wiring(TABLE, bench)
    with pytest.raises(WiringError):
        wiring.take_step(memoryview(b"\x02\x08\x00\x00\x00\x00\x00\x00\x09\x00\x01"))
    with pytest.raises(ValueError, match="melted"):
        wiring.fault("PE1", "melted")
    with pytest.raises(ValueError, match="output YO"):
        wiring.fault("YO", "open")
    del bench.values["PE1"]
    with pytest.raises(WiringError, match="PE1"):
        Wiring(TABLE, bench)

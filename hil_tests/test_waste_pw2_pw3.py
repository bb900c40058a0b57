"""PW2 and PW3: timing of the discharge valves, and never two of them open (domain brief §1b, §1c P4, P13)."""

from __future__ import annotations

from random import Random

import pytest

from hil_tests.conftest import MakeWaste
from hil_tests.waste_rig import WasteRig, inlet_name
from protocols import layout
from tools.emulator.stand_in import Session, StandIn
from tools.emulator.station import Master

INLET = inlet_name(1)
UNIT = 1
DISCHARGE, CLOSE, LOCK = 0x0101, 0x0111, 0x0113
CYCLES = 100
CLOSE_MS = 2500
MAX_OPEN_MS = 12_000
PAIRS = 10_000


@pytest.fixture
def rig(make_waste: MakeWaste) -> WasteRig:
    """One inlet board alone on its line."""
    return make_waste(station=False, gateway=False)


class Terse(StandIn):
    """A stand-in that leaves the line to commands: it reads acknowledgements every 500 ms only."""

    _read_at = 0

    def _read_header(self, session: Session) -> None:
        if self.world.now_ms >= self._read_at:
            self._read_at = self.world.now_ms + 500
            super()._read_header(session)


def led(rig: WasteRig, kind: type[StandIn] = StandIn) -> StandIn:
    """The stand-in for a gateway, supervising the board."""
    gateway = kind(Master(rig.world, rig.wire), [UNIT])
    gateway.answers = False
    gateway.poll_ms = 300
    gateway.start()
    rig.until(lambda: gateway.ready(UNIT), within_s=10)
    return gateway


@pytest.mark.parametrize("valve", [1, 2, 3])
def test_pw2_a_hundred_cycles_without_fault(rig: WasteRig, valve: int) -> None:
    gateway = led(rig)
    opened, closed = f"{INLET}.DV{valve}.YO", f"{INLET}.DV{valve}.ZSC"
    slowest = 0
    for cycle in range(1, CYCLES + 1):
        begin = rig.now
        order = gateway.command_and_wait(UNIT, DISCHARGE, valve, 1000, 0, cycle, within=8000)
        assert order.result == layout.RES_DONE
        off = rig.stamp(opened, 0, begin)
        slowest = max(slowest, rig.stamp(closed, 1, off) - off)
    assert 0 < slowest <= CLOSE_MS
    table = rig.boards[INLET].table
    status = {row[0]: row[1] for row in table.STATUS}
    assert gateway.master.read(UNIT, status[f"DV{valve}_FAULT"]) == (0,)
    assert gateway.master.read(UNIT, status[f"DV{valve}_PULSES"], 2) == (0, CYCLES)
    assert gateway.master.read(UNIT, layout.H_TRIP_BITS, 2) == (0, 0)
    assert rig.valve(1, valve).strokes == 2 * CYCLES


@pytest.mark.parametrize("open_ms", [4000, MAX_OPEN_MS])
@pytest.mark.parametrize("killed_after_ms", [0, 1000, 5000])
def test_pw2_shut_in_time_with_the_gateway_killed(rig: WasteRig, open_ms: int, killed_after_ms: int) -> None:
    gateway = led(rig)
    gateway.command(UNIT, DISCHARGE, 1, open_ms, 0, 1)
    rig.until(lambda: rig.out(INLET, "DV1.YO"), within_s=1)
    energised = rig.stamp(f"{INLET}.DV1.YO", 1)
    rig.world.run(killed_after_ms)
    gateway.kill()
    rig.until(lambda: rig.valve(1, 1).closed and not rig.out(INLET, "DV1.YO"), within_s=15)
    off = rig.stamp(f"{INLET}.DV1.YO", 0, energised)
    travel = rig.stamp(f"{INLET}.DV1.ZSO", 1, energised) - energised
    assert off - energised <= MAX_OPEN_MS
    if open_ms == MAX_OPEN_MS:
        assert off - energised == MAX_OPEN_MS, "the board's own timer, from the moment that it was energised"
    else:
        assert abs(off - energised - travel - open_ms) <= 40, "the pulse ends as it was ordered"
    assert rig.stamp(f"{INLET}.DV1.ZSC", 1, off) - off <= CLOSE_MS
    rig.run(20)
    assert rig.count(f"{INLET}.DV1.YO", 1) == 1, "nothing opens again by itself"


def test_pw2_a_valve_that_sticks_open_is_detected(rig: WasteRig) -> None:
    gateway = led(rig)
    gateway.command(UNIT, DISCHARGE, 1, 10_000, 0, 1)
    rig.until(lambda: rig.valve(1, 1).opened, within_s=3)
    rig.fail(INLET, "DV1", "stuck_open")
    rig.until(lambda: not rig.out(INLET, "DV1.YO"), within_s=12)
    off = rig.stamp(f"{INLET}.DV1.YO", 0)
    rig.until(lambda: not rig.out(INLET, "YOK"), within_s=5)
    assert rig.stamp(f"{INLET}.YOK", 0, off) - off <= 3000 + 20, "P4: 3 s, and the scan that sees it"
    order = gateway.command_and_wait(UNIT, DISCHARGE, 2, 4000, 0, 2)
    assert order.result == layout.RES_INTERLOCK, "no other valve"


def test_pw3_never_two_open_in_ten_thousand_pairs_of_commands(rig: WasteRig) -> None:
    gateway = led(rig, Terse)
    gateway.poll_ms = 500
    chance = Random(3)
    network, table = rig.network, rig.boards[INLET].table
    outputs = rig.boards[INLET].wiring.outputs
    names = [f"DV{k}_YO" for k in (1, 2, 3, 4)]
    energised: set[int] = set()
    most = 0

    def watch() -> None:
        nonlocal most
        on = [k for k, name in enumerate(names, 1) if outputs[name]]
        most = max(most, len(on))
        energised.update(on)

    rig.boards[INLET].on_step = watch
    token = 0
    for _ in range(PAIRS):
        first = chance.randint(1, 3)
        second = chance.choice([k for k in (1, 2, 3) if k != first])
        pair = []
        for index in (first, second):
            kind = chance.random()
            if kind < 0.90:
                token += chance.choice((0, 1, 1, 1))
                arguments = (index, chance.choice((1000, 1000, 1500)), token >> 16, token & 0xFFFF)
                pair.append(gateway.command(UNIT, DISCHARGE, *arguments))
            elif kind < 0.97:
                pair.append(gateway.command(UNIT, CLOSE, chance.choice((0, index))))
            else:
                pair.append(gateway.command(UNIT, LOCK, index, chance.randint(0, 1)))
        rig.until(lambda pair=pair: all(order.sent_ms >= 0 for order in pair), within_s=0.5)  # type: ignore[misc]
        # Most pairs meet a valve in motion, at every moment of its travel.
        rig.world.run(chance.choice((0, 3, 8, 20)))
    rig.run(5)
    assert most == 1 and energised == {1, 2, 3}
    assert network.two_open_ms == 0
    status = {row[0]: row[1] for row in table.STATUS}
    pulses = sum(gateway.master.read(UNIT, status[f"DV{k}_PULSES"], 2)[1] for k in (1, 2, 3))
    assert pulses >= 50
    assert all(chute.valve.closed for chute in network.inlets[0].chutes)

"""A disturbed serial line does nothing to a lane, and the next good frame is answered."""

from __future__ import annotations

from random import Random

import pytest

from hil_tests.conftest import MakeRig
from hil_tests.lane_rig import UNIT, LaneRig
from protocols import layout
from protocols.modbus.crc import crc16


def put(rig: LaneRig, data: bytes) -> None:
    """Somebody else's bytes on the wire, then silence."""
    rig.line.transmit("somebody", data)
    rig.run(rig.line.character_us(len(data)) / 1000 + 5)


@pytest.mark.parametrize(("baud", "bits"), [(9_600, 10), (19_200, 11), (57_600, 10), (115_200, 10)])
def test_a_board_answers_at_its_baud_rate(make_rig: MakeRig, baud: int, bits: int) -> None:
    rig = make_rig(baud=baud, bits=bits, gateway=False)
    begin = rig.world.now_us
    assert rig.header(layout.H_MAGIC) == layout.MAGIC
    took = rig.world.now_us - begin
    on_wire = rig.line.character_us(8 + 7)
    assert on_wire < took < on_wire + rig.line.character_us(8) + 20_000


def test_garbage_changes_nothing(make_rig: MakeRig) -> None:
    rig = make_rig(gateway=False)
    rng = Random(3)
    before = rig.master.read(UNIT, 0x40, 13)
    for _ in range(150):
        put(rig, rng.randbytes(rng.randint(1, 300)))
    assert rig.master.read(UNIT, 0x40, 13) == before
    assert rig.header(layout.H_SCAN_OVR) == 0
    assert rig.board.resets == [layout.RESET_POWER]
    assert rig.closed


@pytest.mark.parametrize("cut", [1, 4, 12, 34])
def test_a_truncated_command_is_no_command(make_rig: MakeRig, cut: int) -> None:
    rig = make_rig(gateway=False)
    block = bytes((UNIT, 16, 0, 0x40, 0, 13, 26)) + bytes(26)
    frame = block + crc16(block, 0, len(block)).to_bytes(2, "little")
    put(rig, frame[:cut])
    assert rig.header(layout.H_ACK_SEQ) == 0
    put(rig, frame)
    assert rig.header(layout.H_MAGIC) == layout.MAGIC


def test_thirty_percent_of_bad_frames_leave_the_link_standing(make_rig: MakeRig) -> None:
    rig = make_rig(seed=4)
    rig.line.fault("corrupt", chance=0.15)
    rig.line.fault("drop", chance=0.15)
    rig.line.fault("delay", chance=0.1, amount=2000)
    vehicle = rig.at_line()
    rig.until(lambda: vehicle.counted, within=60_000)
    rig.line.mend()
    rig.run(3000)
    assert rig.status("PASSED") == 1
    assert rig.lane.contacts == 0
    assert rig.gateway.sessions[UNIT].errors > 0


def test_a_dribbled_request_is_dropped_and_the_next_is_answered(make_rig: MakeRig) -> None:
    rig = make_rig(gateway=False)
    slow = rig.line.fault("dribble", "gateway", amount=1200)  # between T1.5 and T3.5: spoils the frame
    errors = 0
    for _ in range(3):
        try:
            rig.header(layout.H_MAGIC)
        except RuntimeError:
            errors += 1
    assert errors == 3
    rig.line.mend(slow)
    assert rig.header(layout.H_MAGIC) == layout.MAGIC


def test_commands_of_another_unit_are_nobodys_business(rig: LaneRig) -> None:
    before = rig.header(layout.H_ACK_SEQ)
    block = bytes((UNIT + 1, 6, 0, 0x40, 0, 99))
    put(rig, block + crc16(block, 0, len(block)).to_bytes(2, "little"))
    assert rig.header(layout.H_ACK_SEQ) == before
    assert rig.master.read(UNIT, layout.C_GW_HB)[0] != 99

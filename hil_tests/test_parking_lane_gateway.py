"""PK8, PK10 and the injections that concern gateway and commands (domain brief §3b, §3c B8, B11, B14, §3e)."""

from __future__ import annotations

import pytest

from hil_tests.conftest import MakeRig
from hil_tests.lane_rig import UNIT, LaneRig
from hil_tests.lane_states import WAYS, bring, hesitant
from protocols import layout
from protocols.modbus.crc import crc16
from protocols.token import token
from tools.emulator.stand_in import EMERGENCY, OPEN_ONCE, RELEASE

LOCAL_MS = 3000


def until_local(rig: LaneRig) -> int:
    """Run until the board decides by itself; returns the ms it took."""
    begin = rig.now
    while rig.substate != rig.table.SUB_LOCAL_AUTO:
        assert rig.now - begin <= LOCAL_MS
        rig.run(20)
    return rig.now - begin


@pytest.mark.parametrize("state", [state for state in WAYS if state not in ("OFF", "MAINT")])
def test_pk8_local_auto_within_3_s_of_losing_the_gateway(rig: LaneRig, state: str) -> None:
    bring(rig, state)
    rig.gateway.kill()
    begin = rig.now
    until_local(rig)
    assert rig.now - begin <= LOCAL_MS
    assert rig.link >= layout.LINK_LOST
    assert rig.tripped("GATEWAY")
    assert rig.lane.contacts == 0


def test_pk8_a_vehicle_under_the_boom_passes_normally(rig: LaneRig) -> None:
    vehicle = rig.passing()
    rig.gateway.kill()
    until_local(rig)
    rig.until(lambda: vehicle.counted, within=10_000)
    rig.until(lambda: rig.closed, within=10_000)
    assert rig.status("PASSED") == 1
    assert rig.lane.contacts == rig.lane.reversals == 0


def test_pk8_an_exit_is_free_without_a_gateway(make_rig: MakeRig) -> None:
    rig = make_rig(role="exit", gateway=False)
    vehicle = rig.at_line()
    vehicle.read_ms = 1 << 60  # never read
    rig.until(lambda: vehicle.counted, within=25_000)
    assert rig.status("LOCAL.OPENINGS") == 1


def test_pk8_an_entry_goes_by_the_white_list_without_a_gateway(make_rig: MakeRig) -> None:
    rig = make_rig(gateway=False)
    plates = ["浙A00001", "浙A00002", "浙A00003"]
    tokens = sorted(token(plate) for plate in plates)
    listed = b"".join(value.to_bytes(4, "big") for value in tokens)
    head = len(tokens).to_bytes(2, "big") + crc16(listed, 0, len(listed)).to_bytes(2, "big")
    rig.master.write_file(UNIT, 1, 2, listed)
    rig.master.write_file(UNIT, 1, 0, head)
    rig.run(2000)
    assert rig.status("LIST.COUNT") == 3
    stranger = rig.at_line(plate="浙A99999")
    rig.run(20_000)
    assert not stranger.counted
    assert rig.closed
    assert rig.status("DENIED") >= 1
    rig.lane.traffic.vehicles.clear()
    rig.run(1000)
    known = rig.at_line(plate=plates[1])
    rig.until(lambda: known.counted, within=25_000)
    assert rig.status("LOCAL.OPENINGS") == 1


def test_pk8_the_gateway_comes_back_and_replays_nothing(rig: LaneRig) -> None:
    rig.command(layout.CMD_PING)
    rig.gateway.kill()
    rig.run(8000)
    assert rig.link >= layout.LINK_LOST
    openings = rig.status("OPENINGS")
    rig.gateway.start()
    rig.until(lambda: rig.gateway.ready(UNIT), within=10_000)
    rig.run(2000)
    assert rig.status("OPENINGS") == openings
    vehicle = rig.at_line()
    rig.until(lambda: vehicle.counted, within=25_000)
    assert rig.status("LOCAL.OPENINGS") == 0


def test_pk10_an_emergency_vehicle_opens_within_a_second(rig: LaneRig) -> None:
    asked = rig.turn("EMV", 1)
    rig.until(lambda: rig.out("YO"), within=1000)
    assert rig.now - asked <= 1000
    rig.until(lambda: rig.open, within=3000)
    rig.turn("EMV", 0)
    rig.run(30_000)
    assert rig.open
    rig.command(RELEASE)
    rig.until(lambda: rig.closed, within=15_000)
    assert rig.event("HELD_OPEN")
    assert rig.event("HOLD_ENDED")


def test_pk10_an_emergency_passage_ends_by_itself(make_rig: MakeRig) -> None:
    rig = make_rig(emv_max_min=2)
    rig.turn("EMV", 1)
    rig.run(119_000)
    assert rig.open
    rig.until(lambda: rig.closed, within=15_000)
    assert rig.event("HOLD_ENDED")
    rig.run(20_000)
    assert rig.closed  # the contact still stands: a new passage needs a new edge


def test_pk10_the_gateway_may_ask_for_it(rig: LaneRig) -> None:
    begin = rig.now
    rig.gateway.command(UNIT, EMERGENCY, 5)
    rig.until(lambda: rig.out("YO"), within=1000)
    assert rig.now - begin <= 1000
    rig.until_state("HOLD_OPEN", within=3000)
    assert rig.event("HELD_OPEN")


def test_a_repeated_opening_command_opens_once_and_counts_once(rig: LaneRig) -> None:
    rig.gateway.answers = False
    vehicle = rig.at_line()
    rig.run(3000)
    first = rig.open_once(1234)
    for _ in range(20):
        rig.gateway.command(UNIT, OPEN_ONCE, 0, 1234, seq=first.seq)
        rig.run(100)
    rig.until(lambda: vehicle.counted, within=20_000)
    rig.until(lambda: rig.closed, within=15_000)
    assert first.result == layout.RES_DONE
    assert (rig.status("OPENINGS"), rig.status("PASSED")) == (1, 1)


def test_fifty_forged_openings_a_second_open_once_a_vehicle(rig: LaneRig) -> None:
    rig.gateway.answers = False
    vehicle = rig.at_line()
    rig.run(3000)
    for _ in range(250):
        rig.open_once(1234)
        rig.run(20)
    rig.until(lambda: vehicle.counted, within=20_000)
    rig.until(lambda: rig.closed, within=20_000)
    assert (rig.status("OPENINGS"), rig.status("PASSED")) == (1, 1)
    assert rig.event("OPEN_REFUSED")
    assert rig.lane.contacts == 0


def test_a_reader_that_is_silent_for_2_s_has_read_nothing(rig: LaneRig) -> None:
    rig.fault("READ.SEQ", "stale")
    rig.run(3000)
    vehicle = rig.at_line()
    rig.run(8000)
    assert rig.closed
    assert rig.gateway.opened == 0
    rig.open_once()  # the attendant can still let it in
    rig.until(lambda: vehicle.counted, within=20_000)


def test_an_opening_without_a_vehicle_is_refused(rig: LaneRig) -> None:
    order = rig.open_once(77)
    rig.run(3000)
    assert order.result in (layout.RES_INTERLOCK, layout.RES_FAILED, layout.RES_WRONG_MODE)
    assert rig.closed


def test_no_command_survives_a_reboot(rig: LaneRig) -> None:
    rig.gateway.answers = False
    hesitant(rig)
    rig.run(3000)
    rig.open_once(1)
    rig.run(20)
    rig.board.power_off()
    rig.run(500)
    rig.board.power_on()
    rig.gateway.kill()
    rig.run(1500)
    assert rig.header(layout.H_ACK_SEQ) == 0
    assert rig.header(layout.H_BOOT_CNT) == 2
    assert not rig.out("YC")


@pytest.mark.parametrize("state", ["CLOSING", "PASSING", "OPENING"])
def test_a_processor_that_hangs_is_reset_and_nothing_closes(rig: LaneRig, state: str) -> None:
    bring(rig, state)
    hung = rig.now
    rig.board.hang()
    rig.until(lambda: len(rig.board.resets) == 2, within=2500)
    assert not any(rig.out(name) for name in ("YO", "YC"))
    rig.run(15_000)
    assert rig.board.resets[1] == layout.RESET_WATCHDOG
    assert rig.header(layout.H_RESET_CAUSE) == layout.RESET_WATCHDOG
    assert rig.stamp("YC", 1, after=hung + 2500) == -1
    assert rig.lane.contacts == 0


def test_a_power_dip_moves_nothing(rig: LaneRig) -> None:
    rig.closing(50.0)
    rig.board.power_off()
    rig.run(300)
    rig.board.power_on()
    back = rig.now
    rig.run(10_000)
    assert rig.stamp("YC", 1, after=back) == -1
    assert rig.stamp("YO", 1, after=back) == -1

"""The command block of domain brief §7.2, one rule a test. Acks are (ACK_SEQ, ACK_CODE, ACK_RESULT, ACK_DETAIL)."""

from firmware.runtime.commands import SEEN
from protocols import layout
from protocols.sheets.derive import Table
from tests.firmware.portable_rig import TABLE, Rig

OPEN_ONCE = TABLE.CMD_OPEN_ONCE
HOLD = TABLE.CMD_HOLD
RELEASE = TABLE.CMD_RELEASE


def linked():
    rig = Rig()
    rig.run_ms(200)
    rig.link_up()
    return rig


def with_hazard(code):
    """A table whose command `code` is hazardous."""
    table = Table()
    for name in dir(TABLE):
        if not name.startswith("__"):
            setattr(table, name, getattr(TABLE, name))
    table.COMMANDS = tuple([(row[0], row[1], 1 if row[0] == code else row[2], row[3]) for row in TABLE.COMMANDS])
    return table


def test_done_accepted_and_refused_with_detail():
    rig = linked()

    assert rig.command(1, layout.CMD_PING, 77) == (1, layout.CMD_PING, layout.RES_DONE, 77)
    assert rig.command(2, OPEN_ONCE) == (2, OPEN_ONCE, layout.RES_ACCEPTED, 0)
    assert rig.command(3, HOLD, 9) == (3, HOLD, layout.RES_INTERLOCK, 9)
    assert rig.command(4, 0x0999) == (4, 0x0999, layout.RES_BAD_ARGUMENT, 0)


def test_the_ack_is_rewritten_when_the_command_ends():
    rig = linked()
    rig.command(1, OPEN_ONCE)
    before = rig.read(layout.H_ACK_T, 2)

    rig.run_ms(500)
    rig.board.program.complete(layout.RES_FAILED, 12)
    rig.run_ms(20)

    assert rig.read(layout.H_ACK_SEQ, 4) == [1, OPEN_ONCE, layout.RES_FAILED, 12]
    assert 500 <= rig.read(layout.H_ACK_T, 2)[1] - before[1] <= 560


def test_of_an_overtaken_command_no_end_is_told():
    rig = linked()
    rig.command(1, OPEN_ONCE)
    rig.command(2, RELEASE)

    rig.board.program.complete(layout.RES_DONE)
    rig.run_ms(20)

    assert rig.read(layout.H_ACK_SEQ, 3) == [2, RELEASE, layout.RES_DONE]


def test_a_repeat_returns_the_stored_ack_and_does_nothing():
    rig = linked()
    first = rig.command(1, OPEN_ONCE)

    assert [rig.command(1, OPEN_ONCE) for _ in range(3)] == [first] * 3
    assert rig.board.program.orders == 1


def test_a_repeat_after_the_ttl_still_returns_the_stored_ack():
    rig = linked()
    echo = rig.board.supervision.value
    first = rig.command(1, OPEN_ONCE, echo=echo)
    rig.run_ms(3000)

    assert rig.command(1, OPEN_ONCE, echo=echo) == first


def test_a_late_copy_of_an_older_command_is_a_duplicate():
    rig = linked()
    rig.command(1, OPEN_ONCE)
    rig.command(2, RELEASE)

    assert rig.command(1, OPEN_ONCE) == (1, OPEN_ONCE, layout.RES_DUPLICATE, 0)
    assert rig.board.program.orders == 2
    assert rig.command(2, RELEASE) == (2, RELEASE, layout.RES_DONE, 0)


def test_a_wrong_crc_is_ignored_and_the_same_sequence_then_executed():
    rig = linked()

    assert rig.command(5, OPEN_ONCE, crc=0) == (5, OPEN_ONCE, layout.RES_CRC, 0)
    assert rig.board.program.orders == 0
    assert rig.command(5, OPEN_ONCE)[2] == layout.RES_ACCEPTED


def test_age_is_that_of_the_echoed_beat():
    rig = linked()
    echo = rig.board.supervision.value
    seen_at = rig.ms
    while rig.ms - seen_at < 1900:
        rig.run_ms(100)

    assert rig.command(1, OPEN_ONCE, echo=echo)[2] == layout.RES_ACCEPTED
    rig.run_ms(200)
    assert rig.command(2, OPEN_ONCE, echo=echo) == (2, OPEN_ONCE, layout.RES_EXPIRED, 0)
    assert rig.command(3, OPEN_ONCE, echo=echo, ttl=40)[2] == layout.RES_ACCEPTED
    assert rig.command(4, OPEN_ONCE, echo=0x7777)[2] == layout.RES_EXPIRED


def test_a_held_up_command_does_not_vouch_for_itself():
    rig = linked()

    result = rig.command(1, OPEN_ONCE, echo=500, hb=500)

    assert result[2] == layout.RES_EXPIRED
    assert rig.board.supervision.value != 500


def test_the_lease_is_one_gateways_while_the_link_is_ok():
    rig = linked()
    rig.command(1, layout.CMD_PING, owner=5)

    assert rig.command(9, OPEN_ONCE, owner=6) == (9, OPEN_ONCE, layout.RES_NOT_OWNER, 5)
    assert rig.board.program.orders == 0
    assert rig.write(layout.C_GW_ID, 6) == 6  # busy
    rig.run_ms(1100)  # late
    assert rig.command(9, OPEN_ONCE, owner=6)[2] == layout.RES_ACCEPTED
    assert rig.read(layout.C_GW_ID) == [6]
    assert rig.write(layout.C_GW_ID, 0) == 6  # nobody's number


def test_an_expired_block_takes_no_lease():
    rig = linked()
    rig.command(1, layout.CMD_PING, owner=5)
    rig.run_ms(1100)

    assert rig.command(3, OPEN_ONCE, owner=6, echo=999)[2] == layout.RES_EXPIRED
    assert rig.read(layout.C_GW_ID) == [5]


def test_a_new_owner_has_its_own_sequences():
    rig = linked()
    rig.command(1, OPEN_ONCE, owner=5)
    rig.run_ms(1100)

    assert rig.command(1, OPEN_ONCE, owner=6)[2] == layout.RES_ACCEPTED
    assert rig.board.program.orders == 2


def test_a_copy_is_not_executed_after_the_lease_went_to_and_fro():
    rig = linked()
    echo = rig.board.supervision.value
    copy = rig.block(1, OPEN_ONCE, echo=echo, owner=5)
    rig.write(layout.C_GW_HB, *copy)
    rig.run_ms(1000)
    rig.command(7, layout.CMD_PING, echo=echo, owner=6)
    assert rig.read(layout.C_GW_ID) == [6]

    rig.write(layout.C_GW_HB, *copy)

    assert rig.read(layout.H_ACK_SEQ, 3) == [1, OPEN_ONCE, layout.RES_DUPLICATE]
    assert rig.board.program.orders == 1


def test_an_expired_sequence_may_be_sent_anew():
    rig = linked()
    assert rig.command(1, OPEN_ONCE, echo=999)[2] == layout.RES_EXPIRED
    assert rig.command(1, OPEN_ONCE)[2] == layout.RES_ACCEPTED


def test_more_commands_than_can_be_remembered_are_refused():
    rig = linked()
    echo = rig.board.supervision.value
    results = [rig.command(n, RELEASE, echo=echo, ttl=100)[2] for n in range(1, SEEN + 3)]
    assert results == [layout.RES_DONE] * SEEN + [layout.RES_BUSY] * 2
    rig.run_ms(10000)
    echo = rig.link_up(500)
    assert rig.command(200, RELEASE)[2] == layout.RES_DONE


def test_configured_owner_admits_that_gateway_alone():
    rig = Rig()
    rig.board.config.write(OWNER=6)
    rig = Rig(store=rig.store)
    rig.link_up()

    assert rig.command(1, OPEN_ONCE, owner=5)[2] == layout.RES_NOT_OWNER
    assert rig.command(1, OPEN_ONCE, owner=6)[2] == layout.RES_ACCEPTED


def test_a_wrong_key_is_a_bad_argument():
    rig = linked()

    assert rig.command(1, OPEN_ONCE, key=0) == (1, OPEN_ONCE, layout.RES_BAD_ARGUMENT, layout.C_KEY)
    assert rig.command(2, OPEN_ONCE, key=layout.KEY_ARM)[2] == layout.RES_BAD_ARGUMENT  # nothing to arm
    assert rig.board.program.orders == 0


def test_a_hazardous_command_is_armed_then_executed_once():
    rig = Rig(table=with_hazard(HOLD))
    rig.link_up()

    assert rig.command(1, HOLD, 3)[2] == layout.RES_BAD_ARGUMENT
    assert rig.command(2, HOLD, 3, key=layout.KEY_ARM)[2] == layout.RES_DONE
    assert rig.board.program.orders == 0
    assert rig.command(3, HOLD, 3) == (3, HOLD, layout.RES_INTERLOCK, 3)
    assert rig.command(4, HOLD, 3)[2] == layout.RES_BAD_ARGUMENT  # armed once, executed once
    assert rig.board.program.orders == 1


def test_arming_is_for_the_same_arguments_and_for_five_seconds():
    rig = Rig(table=with_hazard(HOLD))
    rig.link_up()

    rig.command(1, HOLD, 3, key=layout.KEY_ARM)
    assert rig.command(2, HOLD, 4)[2] == layout.RES_BAD_ARGUMENT
    armed_at = rig.ms
    rig.command(3, HOLD, 3, key=layout.KEY_ARM)
    rig.run_ms(4900 - (rig.ms - armed_at))
    rig.link_up(100)
    rig.run_ms(100)
    assert rig.command(4, HOLD, 3)[2] == layout.RES_BAD_ARGUMENT


def test_sequence_zero_is_no_command():
    rig = linked()
    rig.command(1, layout.CMD_PING)

    assert rig.command(0, OPEN_ONCE)[0] == 1
    assert rig.board.program.orders == 0


def test_nothing_survives_a_reboot():
    rig = linked()
    block = rig.block(1, OPEN_ONCE)
    rig.write(layout.C_GW_HB, *block)

    rig = Rig(store=rig.store, reset_cause=layout.RESET_WATCHDOG)

    assert rig.read(layout.H_ACK_SEQ, 6) == [0] * 6
    rig.write(layout.C_GW_HB, *block)
    assert rig.read(layout.H_ACK_SEQ, 3) == [1, OPEN_ONCE, layout.RES_EXPIRED]
    assert rig.board.program.orders == 0


def test_modes_and_their_commands():
    rig = linked()

    assert rig.command(1, layout.CMD_SET_MODE, layout.MODE_OFF)[2] == layout.RES_DONE
    assert rig.read(layout.H_MODE) == [layout.MODE_OFF]
    assert rig.command(2, OPEN_ONCE)[2:] == (layout.RES_WRONG_MODE, layout.MODE_OFF)
    assert rig.command(3, layout.CMD_SET_MODE, layout.MODE_MAINT)[2] == layout.RES_WRONG_MODE
    assert rig.command(4, layout.CMD_SET_MODE, 9)[2] == layout.RES_BAD_ARGUMENT


def test_maintenance_is_the_keys_alone():
    rig = linked()
    rig.contact("KEY", 1)
    rig.run_ms(200)
    assert rig.read(layout.H_MODE) == [layout.MODE_MAINT]

    rig.link_up(50)
    assert rig.command(1, layout.CMD_SET_MODE, layout.MODE_AUTO)[2] == layout.RES_WRONG_MODE
    assert rig.command(2, layout.CMD_GO_SAFE)[2] == layout.RES_WRONG_MODE
    assert rig.command(3, OPEN_ONCE)[2] == layout.RES_WRONG_MODE
    rig.contact("KEY", 0)
    rig.run_ms(200)
    assert rig.read(layout.H_MODE) == [layout.MODE_AUTO]


def test_reset_is_an_edge_of_one_scan():
    rig = linked()

    assert rig.command(1, layout.CMD_RESET)[2] == layout.RES_DONE
    rig.run_ms(500)

    assert rig.board.program.resets == 1


def test_go_safe_drops_the_outputs_and_stays():
    rig = linked()
    rig.contact("LA_P", 0)
    rig.run_ms(100)
    assert rig.out[0] == 1

    assert rig.command(1, layout.CMD_GO_SAFE)[2] == layout.RES_DONE
    rig.run_ms(20)

    assert rig.out[0] == 0
    assert rig.read(layout.H_MODE) == [layout.MODE_OFF]


def test_time_is_kept_from_then_on():
    rig = linked()
    assert rig.read(layout.H_TIME_S, 4) == [0, 0, 0, 0]

    assert rig.command(1, layout.CMD_TIME, 0x68A0, 0xFFFF, 1000)[2] == layout.RES_BAD_ARGUMENT
    assert rig.command(2, layout.CMD_TIME, 0x68A0, 0xFFFF, 900)[2] == layout.RES_DONE
    rig.run_ms(1000)

    high, low, ms, quality = rig.read(layout.H_TIME_S, 4)
    assert (high, quality) == (0x68A1, 1)
    assert low * 1000 + ms in range(880, 980)


def test_reboot_is_hazardous_and_resets_half_a_second_later():
    rig = linked()

    assert rig.command(1, layout.CMD_REBOOT)[2] == layout.RES_BAD_ARGUMENT
    assert rig.command(2, layout.CMD_REBOOT, key=layout.KEY_ARM)[2] == layout.RES_DONE
    assert rig.command(3, layout.CMD_REBOOT)[2] == layout.RES_ACCEPTED
    rig.run_ms(400)
    assert not rig.reset_wanted
    rig.run_ms(200)
    assert rig.reset_wanted
    assert list(rig.out) == [row[2] for row in TABLE.DO + TABLE.AO]

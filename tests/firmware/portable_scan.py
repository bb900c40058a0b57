"""The scan loop: period, deadline, watchdog, what a crash and a self-check leave behind."""

from firmware.main import crash
from firmware.runtime.board import FAULT_OF_PROGRAM
from protocols import layout
from protocols.quality import BAD, GOOD, STALE
from tests.firmware.portable_rig import TABLE, Idle, Rig


def test_one_scan_each_ten_milliseconds_and_one_feed_each_scan():
    rig = Rig()
    scans = rig.board.scans
    fed = rig.fed

    rig.run_ms(1000)

    assert rig.board.scans - scans == 100
    assert rig.fed - fed == 100
    assert rig.read(layout.H_SCAN_MAX, 2) == [0, 0]


def test_an_input_moves_an_output_in_the_same_scan():
    rig = Rig()
    rig.run_ms(1000)
    rig.contact("LA_P", 0)

    rig.run_ms(20)
    assert rig.out[0] == 0  # the filter of 20 ms
    rig.run_ms(20)
    assert rig.out[0] == 1


def test_ticks_may_wrap_while_it_runs():
    for start in (0x3FFFFFFF // 1000 - 2, 0x3FFFFFFF - 2):  # microseconds wrap; milliseconds wrap
        rig = Rig(start_ms=start)
        scans = rig.board.scans
        rig.run_ms(5000)
        assert rig.board.scans - scans == 500
        assert rig.read(layout.H_UPTIME, 2) == [0, 5]
        assert rig.read(layout.H_SCAN_OVR) == [0]
        rig.contact("LA_P", 0)
        rig.run_ms(50)
        assert rig.out[0] == 1


def late(rig, us):
    """The world gives the turn back that much later than asked."""
    rig.us += us
    rig.hal.end.now_us = rig.hal.end.now_us + us
    rig.hal.end.now_ms = rig.hal.end.now_us // 1000


def test_a_late_scan_within_its_period_is_no_overrun():
    rig = Rig()
    rig.run_ms(500)
    late(rig, 9000)
    rig.run_ms(500)
    assert rig.read(layout.H_SCAN_MAX, 2) == [90, 0]


def test_missed_periods_are_counted_once_left_out_and_not_fed():
    rig = Rig()
    rig.run_ms(500)
    scans = rig.board.scans
    fed = rig.fed
    late(rig, 55000)
    rig.run_ms(100)

    assert rig.board.overruns == 1
    assert rig.board.scan_max_us in range(50000, 66000)
    assert rig.board.scans - scans <= 12  # five were not caught up
    assert rig.fed - fed == rig.board.scans - scans - 1
    newest = layout.EVENT_RING + 6 * ((rig.board.events.head - 1) % 16)
    assert rig.read(newest) == [layout.EV_SCAN_OVERRUN]


def test_the_watchdog_starves_when_the_self_check_fails():
    rig = Rig()
    rig.run_ms(2000)
    rig.board.config.active[3] ^= 1  # a bit flips
    rig.run_ms(1100)
    fed = rig.fed
    rig.run_ms(1000)
    assert rig.fed == fed
    assert rig.read(layout.H_FAULT_BITS, 2) == [1 << 8, 0]


def test_stale_inputs_take_their_fail_state():
    rig = Rig()
    rig.run_ms(100)
    assert rig.board.io.LB_P_Q == GOOD
    rig.contact("LB_P", layout.NO_SAMPLE)
    rig.contact("SK1", layout.NO_SAMPLE)
    rig.run_ms(2100)
    assert (rig.board.io.LB_P, rig.board.io.SK1) == (1, 0)
    assert rig.board.io.LB_P_Q in (BAD, STALE)
    assert rig.read(layout.DI_BAD_WORDS) == [1 << 1 | 1 << 10]


class Crashing(Idle):
    """Opens, then fails."""

    def scan(self, io, now):
        super().scan(io, now)
        io.YO = 1
        if self.age(now) > 300:
            raise ValueError("division of a lane by zero")


def test_a_program_that_raises_leaves_safe_outputs_and_a_record():
    rig = Rig(Crashing)
    try:
        rig.run_ms(1000)
    except ValueError as error:
        crash(rig.board, error)
    assert list(rig.out) == [row[2] for row in TABLE.DO + TABLE.AO]
    assert rig.reset_wanted and not rig.hal.alive

    again = Rig(store=rig.store, reset_cause=layout.RESET_SOFT)
    log = again.board.events.faults
    assert (log[0], log[1], log[5]) == (1, layout.EV_FAULT, FAULT_OF_PROGRAM)
    assert again.read(layout.H_BOOT_CNT, 2) == [2, layout.RESET_SOFT]


def test_the_end_of_the_world_ends_the_board():
    rig = Rig()
    rig.gone = True
    rig.run_ms(1000)
    assert not rig.hal.alive


def test_header_counts_beats_of_the_board():
    rig = Rig()
    before = rig.read(layout.H_BRD_HB)[0]
    rig.run_ms(1000)
    assert rig.read(layout.H_BRD_HB)[0] - before in (10, 11)


def test_link_changes_are_events_and_reach_the_program():
    rig = Rig()
    rig.link_up()
    head = rig.board.events.head
    assert rig.board.io.link == layout.LINK_OK
    rig.run_ms(2100)
    assert rig.board.io.link == layout.LINK_SAFE
    ring = rig.board.regs
    codes = [ring[layout.EVENT_RING + 6 * (n % 16)] for n in range(head, rig.board.events.head)]
    assert codes == [layout.EV_LINK, layout.EV_LINK]

"""HT8, anti-cycle: a machine rests for 5 min at least and starts 4 times an hour at most (§4b, §6).

Starts and stops are those of the contactors (HPn.Y) as their terminals carry them, with the sheet's own times, in a
time-lapse. The demand flaps as no plant's does, and the board's power goes away in between.
"""

from __future__ import annotations

from hil_tests.conftest import MakeHeat
from hil_tests.heat_rig import HeatRig

OFF_MS = 5 * 60_000
ON_MS = 10 * 60_000
HOUR_MS = 3_600_000
STARTS_H = 4
MACHINES = (1, 2, 3)
SCAN_MS = 1_000
WARM_BUFFER, COLD_BUFFER = 5_500, 3_000


def switched(rig: HeatRig, machine: int) -> list[tuple[int, int]]:
    """(ms, on) of a machine's contactor; what it is at power-up isn't a change."""
    rows = [(ms, value) for ms, at, value in rig.trace.changes if at == f"HP{machine}_Y"]
    return [(ms, value) for (ms, value), before in zip(rows[1:], rows, strict=False) if value != before[1]]


def assert_rests(rig: HeatRig, least_on_ms: int = 0) -> int:
    """Every rest, every run and every hour of all machines; returns how often they started."""
    starts = 0
    for machine in MACHINES:
        rows = switched(rig, machine)
        on = [ms for ms, value in rows if value]
        off = [ms for ms, value in rows if not value]
        starts += len(on)
        for at in on:
            before = [ms for ms in off if ms < at]
            assert not before or at - before[-1] >= OFF_MS, f"HP{machine} rested {(at - before[-1]) / 1000} s"
            assert sum(1 for ms in on if at - HOUR_MS < ms <= at) <= STARTS_H, f"HP{machine} at {at}"
            after = [ms for ms in off if ms > at]
            assert not after or after[0] - at >= least_on_ms, f"HP{machine} ran {(after[0] - at) / 1000} s"
    return starts


def demand(rig: HeatRig, wanted: bool) -> None:
    """The buffer's sensors say that it is cold, or full."""
    for tag in ("TT301", "TT302", "TT303", "TT304"):
        rig.fault(tag, "value", COLD_BUFFER if wanted else WARM_BUFFER)


def power_dip(rig: HeatRig) -> None:
    rig.board.power_off()
    rig.run(2)
    rig.board.power_on()


def test_ht8_a_demand_that_flaps_every_two_minutes(make_heat: MakeHeat) -> None:
    """Machines run for 10 min and rest for 5, whatever is wanted meanwhile."""
    rig = make_heat(gateway=False, lapse_ms=SCAN_MS, it_normal_min=1)
    for k in range(90):
        demand(rig, k % 2 == 0)
        rig.run(120)
    assert assert_rests(rig, ON_MS - SCAN_MS) >= 6, "and they did run"


def test_ht8_protections_that_flap_don_t_start_a_machine_more_often(make_heat: MakeHeat) -> None:
    """Flow that comes and goes stops it at once each time: its rest and its four starts hold all the same."""
    rig = make_heat(gateway=False, lapse_ms=SCAN_MS, it_normal_min=1, h2_per_h=10, hp_pumps_s=10)
    demand(rig, True)
    rig.run_up()
    for _ in range(12):
        rig.fail("P201", "seized")
        rig.until(lambda: not any(rig.out(f"HP{n}.Y") for n in MACHINES), within_s=30)
        rig.fail("P201", "")
        rig.run(420)
    starts = assert_rests(rig)
    assert starts >= STARTS_H
    assert max(rig.value(f"HP{n}.HOUR") or 0 for n in MACHINES) <= STARTS_H


def test_ht8_a_reboot_is_no_way_round_the_rest(make_heat: MakeHeat) -> None:
    """Power gone for a moment, again and again: the rest begins anew, and the starts of the hour are not forgotten."""
    rig = make_heat(gateway=False, lapse_ms=SCAN_MS, it_normal_min=1, hp_pumps_s=10)
    demand(rig, True)
    rig.run_up()
    for _ in range(STARTS_H - 1):
        power_dip(rig)
        went = rig.now
        rig.until(lambda: any(rig.out(f"HP{n}.Y") for n in MACHINES), within_s=900)
        assert rig.now - went >= OFF_MS
        rig.run(60)
    power_dip(rig)
    rig.run(2_400)
    assert assert_rests(rig) == STARTS_H, "and no fifth one in this hour"


def test_ht8_nor_are_stop_and_start_from_the_desk(make_heat: MakeHeat) -> None:
    rig = make_heat(lapse_ms=SCAN_MS, it_normal_min=1, hp_pumps_s=10, hp2_unit=0, hp3_unit=0)
    demand(rig, True)
    rig.run_up()
    for _ in range(6):
        rig.command("STOP", within_s=20)
        rig.run(30)
        rig.command("START", within_s=20)
        rig.run(400)
    assert assert_rests(rig) >= 2

"""HT4: flow switch, freeze and limit thermostats trip with the software stopped (§4a, §4c H2, H3, H5, §6).

"Stopped" three ways: the firmware hangs with its outputs standing, as a program that loops without feeding a watchdog
that has failed too; its process is killed; and the board runs, but its relays are welded and do what they like.
"""

from __future__ import annotations

import pytest

from hil_tests.conftest import MakeHeat
from hil_tests.heat_rig import QUICK, HeatRig
from protocols import layout
from tools.emulator.heat.hard_wired import HEATER_LIMIT_C, STORE_LIMIT_C

ACTS_S = 2
"""Steps of the time-lapse in which the plant is looked at."""
STEPS = range(1, 7)
FOREVER_US = 1 << 62


def stopped(rig: HeatRig) -> None:
    """The firmware hangs, and its watchdog is dead: nothing that stands at an output changes any more."""
    rig.board.wdt_ms = 0
    rig.board.dog_us = FOREVER_US
    rig.board.hang()


@pytest.fixture
def rig(make_heat: MakeHeat) -> HeatRig:
    """Machines run, EH1's relays are closed, whatever the program wants."""
    rig = make_heat(gateway=False, lapse_ms=1_000, **QUICK)
    rig.run_up()
    for step in STEPS:
        rig.board.wiring.fault(f"EH1.Y{step}", "stuck_on")
    rig.run(30)
    assert rig.kw("eh1") == 300.0 and rig.kw("hp1") > 100
    return rig


def commanded(rig: HeatRig) -> dict[str, int]:
    return dict(rig.board.wiring.outputs)


@pytest.mark.parametrize("kind", ["trip", "seized"])
def test_ht4_without_evaporator_flow_the_machines_stop(rig: HeatRig, kind: str) -> None:
    """Before the water in the evaporator can freeze."""
    for n in (1, 2, 3):
        rig.fail(f"HP{n}", "no_switch")  # the machines' own are tested below
    stopped(rig)
    before = commanded(rig)
    rig.fail("P201", kind)
    rig.until(lambda: not rig.running(), within_s=ACTS_S if kind == "seized" else 5)
    rig.run(10)
    assert not any(machine.order for machine in rig.district.machines), "by the flow switch in their circuit"
    lowest = rig.true("TT202")
    for _ in range(60):
        rig.run(1)
        lowest = min(lowest, rig.true("TT202"))
    assert lowest > 3.0
    assert not rig.running() and commanded(rig) == before and before["HP1_Y"] == 1, "the board had no part in it"


def test_ht4_a_machine_stops_by_its_own_flow_switch(rig: HeatRig) -> None:
    """FS201 has stuck at "flow" as well."""
    rig.fail("FS201", "stuck")
    stopped(rig)
    rig.fail("P201", "seized")
    rig.until(lambda: not rig.running(), within_s=20)
    assert rig.true("TT202") > 1.0


def test_ht4_the_thermostat_of_the_store_takes_heater_and_charge_away(rig: HeatRig) -> None:
    """With six steps welded nobody but STB.DHW ends it."""
    stopped(rig)
    rig.district.draw.forced = 0.0
    rig.until(lambda: rig.kw("eh1") == 0.0, within_s=7200)
    assert rig.plant.inputs()["STB_DHW"] == 1 and not rig.plant.hard_wired.may_charge
    assert STORE_LIMIT_C - 0.5 < max(rig.district.dhw.store.t) < STORE_LIMIT_C + 2.0
    rig.run(600)
    assert rig.kw("eh1") == 0.0 and not rig.district.p401_y
    with pytest.raises(ValueError, match="can't be reset"):
        rig.turn("STB.DHW", 0)


def test_ht4_the_thermostat_of_the_heater_takes_it_away(rig: HeatRig) -> None:
    stopped(rig)
    rig.fail("EH1", "dry")
    rig.until(lambda: rig.kw("eh1") == 0.0, within_s=120)
    assert rig.plant.hard_wired.flange < HEATER_LIMIT_C + 5.0
    rig.run(300)
    assert rig.kw("eh1") == 0.0, "cooling down lets nothing on again"


@pytest.mark.parametrize("switch", ["STB.DHW", "STB.EH"])
def test_ht4_the_test_button_of_each_thermostat(rig: HeatRig, switch: str) -> None:
    stopped(rig)
    rig.turn(switch, 1)
    rig.run(ACTS_S)
    assert rig.kw("eh1") == 0.0
    assert switch == "STB.EH" or not rig.plant.hard_wired.may_charge


def test_ht4_a_killed_process_leaves_a_plant_that_cools_and_heats_nothing(rig: HeatRig) -> None:
    for step in STEPS:
        rig.board.wiring.fault(f"EH1.Y{step}", "")
    rig.board.power_off()
    rig.until(lambda: not rig.running() and rig.kw("eh1") == 0.0, within_s=2)
    rig.until(lambda: rig.district.v101.position < 0.02, within_s=30)
    rig.run(300)
    assert rig.true("FT101") > 20.0 and rig.true("TT101") < 40.0
    assert rig.true("TT45") < 65.0


def test_ht4_what_acted_by_wire_is_read_and_stays_until_confirmed(make_heat: MakeHeat) -> None:
    """The board comes back: it mirrors the thermostat, and a reset from the desk alone doesn't do."""
    rig = make_heat(**QUICK)
    rig.board.power_off()
    rig.turn("STB.DHW", 1)
    rig.run(5)
    rig.board.power_on()
    rig.run(5)
    rig.until(lambda: rig.gateway.ready(rig.unit), within_s=20)
    assert rig.tripped("STB_DHW")
    rig.turn("STB.DHW", 0)
    rig.run(1)
    first_out = rig.table.CAUSE_STB_DHW + 1
    rig.reset(confirm=False)
    assert rig.header(layout.H_FIRST_OUT) == first_out
    rig.reset()
    assert rig.header(layout.H_FIRST_OUT) != first_out

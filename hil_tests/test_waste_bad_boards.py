"""Boards that can't be believed: contradicting feedback, other parameters, an acknowledgement and nothing behind it.
Each is detected, named to whoever asks, and nothing opens."""

from __future__ import annotations

from pathlib import Path

import pytest

from edge_gateway.control.waste import requests
from edge_gateway.control.waste.state import State
from firmware.programs.inlet_commands import InletCommands
from hil_tests.conftest import MakeWaste
from hil_tests.waste_rig import WasteRig, inlet_name, short_pipes
from protocols import layout
from tools.emulator.site import BoardSpec, provision

INLET = inlet_name(1)
READ_S = 1.0


def trouble(rig: WasteRig, chute: str) -> str:
    """What people read beside a chute."""
    return next(str(row["trouble"]) for row in rig.gateway.task.chutes() if row["chute"] == chute)


def test_both_switches_of_a_valve_at_rest(make_waste: MakeWaste) -> None:
    rig = make_waste(pipes=short_pipes())
    rig.drop(1, 1, 30)
    rig.fault(INLET, "DV1.ZSO", "stuck_set")
    rig.run(READ_S)
    assert rig.trips(INLET) == ["SWITCHES1"] and trouble(rig, "inlet01.1") == "BOTH_SWITCHES"
    with pytest.raises(requests.RefusedError, match=r"inlet01\.1 can't be emptied: .*BOTH_SWITCHES.*mend and reset"):
        rig.gateway.task.collect("perishable", INLET, "test")
    rig.fault(INLET, "DV1.ZSO", "")
    rig.run(READ_S)
    assert trouble(rig, "inlet01.1") == "BOTH_SWITCHES", "it stays until somebody has looked and reset it"
    rig.confirm()
    rig.run(READ_S)
    assert rig.trips(INLET) == [] and trouble(rig, "inlet01.1") == ""
    assert rig.gateway.task.collect("perishable", INLET, "test") == {"chutes": ["inlet01.1"]}
    assert rig.discharges() == 0


def test_both_switches_of_an_open_valve(make_waste: MakeWaste) -> None:
    rig = make_waste(pipes=short_pipes(), fractions=("perishable", "perishable", "other"))
    rig.drop(1, 1, 30)
    rig.drop(1, 2, 30)
    rig.collect("inlet01.1", "inlet01.2")
    rig.until(lambda: rig.valve(1, 1).opened, within_s=90)
    at = rig.fault(INLET, "DV1.ZSC", "stuck_set")
    rig.until(lambda: not rig.out(INLET, "DV1.YO"), within_s=1)
    assert rig.now - at <= 200 + 2 * 20, "switches_ms, and the scans that sample and judge"
    rig.until_state(State.TRIPPED, within_s=READ_S)
    assert rig.gateway.task.control.memory.tripped == "BOTH_SWITCHES inlet01.1"
    rig.until(lambda: rig.valves_shut and not rig.fans_ordered, within_s=30)
    rig.run(20)
    assert rig.discharges() == 1 and rig.network.two_open_ms == 0, "no other valve"


def test_a_board_swapped_for_one_with_other_parameters(make_waste: MakeWaste) -> None:
    rig = make_waste(pipes=short_pipes())
    rig.drop(1, 1, 30)
    board = rig.boards[INLET]
    board.power_off()
    other = BoardSpec(INLET, board.unit, 100 + board.unit, program="waste_inlet", params={"fraction1": 2})
    provision(rig.folder / INLET / "flash", other, rig.wire.baud)
    rig.run(1)
    board.power_on()
    rig.until(lambda: rig.gateway.named("CONFIG_DIFFERS"), within_s=20)
    rig.until(lambda: trouble(rig, "inlet01.1"), within_s=6)
    assert "fraction1 is 2 on the board, 0 in the site file" in trouble(rig, "inlet01.1")
    with pytest.raises(requests.RefusedError, match=r"other parameters than the site file: fraction1 .*give the board"):
        rig.gateway.task.collect(None, INLET, "test")
    rig.network.fill(0, 0, 50_000)
    rig.run(70)
    assert rig.is_in(State.IDLE) and rig.discharges() == 0, "a full chute behind it starts nothing either"


def test_a_board_that_acknowledges_and_does_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The firmware runs on the host here, for it is made to lie."""
    monkeypatch.setattr(InletCommands, "_discharge", lambda *_: layout.RES_DONE)
    rig = WasteRig(
        tmp_path, runtime="host", pipes=short_pipes(), fractions=("perishable", "perishable", "other"), poll_ms=500
    )
    try:
        rig.start()
        rig.drop(1, 1, 30)
        rig.drop(1, 2, 30)
        rig.collect("inlet01.1", "inlet01.2")
        rig.until_state(State.IDLE, within_s=200)
        skipped = {draft.source: draft.body["why"] for _, draft in rig.gateway.named("CHUTE_SKIPPED")}
        assert skipped == dict.fromkeys(("inlet01.1", "inlet01.2"), f"board {INLET} acknowledged and did nothing")
        assert "acknowledged and did nothing" in trouble(rig, "inlet01.1")
        assert rig.gateway.task.control.memory.books.in_chutes == 60_000 and rig.network.balance.chutes == 60_000
        rig.until(lambda: not rig.fans_ordered and rig.valves_shut, within_s=30)
        assert rig.discharges() == 0
    finally:
        print(rig.logbook())
        rig.close()

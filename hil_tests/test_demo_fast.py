"""The demo in fast motion: nothing in it depends on how fast the machine is, but how long it takes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from hil_tests.demo_run import DemoRun


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_in_a_minute_waste_is_on_its_way_and_power_under_control(tmp_path: Path, demo_run: list[DemoRun]) -> None:
    """The run starts by itself, on real boards, with the real core, and what is in the pipe is what left the chutes."""
    report_file = tmp_path / "report.json"
    run = DemoRun("--for", "70s", "--speed", "100", "--report", str(report_file))
    demo_run.append(run)
    said, _ = run.process.communicate(timeout=280)
    assert run.process.returncode == 0, said
    report = json.loads(report_file.read_text(encoding="utf-8"))
    assert report["seconds"] >= 70
    assert 0 < report["speed"] < 100
    assert all(board["link"] == "ok" for board in report["boards"])
    assert max(board["scan_overruns"] for board in report["boards"]) == 0  # a board that waits is not late
    assert max(board["heap_growth_bytes"] for board in report["boards"]) == 0
    waste = report["waste"]
    assert waste["runs"] == 1
    assert waste["pulses"] >= 1
    assert waste["valves_open_max"] == 1
    assert waste["kg_in_flight"] > 10
    assert waste["kg_dropped"] == pytest.approx(waste["kg_in_chutes"] + waste["kg_in_flight"] + waste["kg_landed"])
    assert waste["kg_balance"] == waste["books"]["balance_kg"] == 0
    energy = report["energy"]
    assert (energy["state"], energy["board_state"]) == ("OPTIMISE", "RUN")  # after a minute of looking on
    assert len(energy["units"]["answering"]) == energy["units"]["of"] == 10
    assert len(energy["setpoints"]["mirrored"]) == energy["setpoints"]["of"] == 7
    assert energy["setpoints"]["problems"] == {}
    assert energy["pv_kwh"] > 2
    assert abs(energy["balance_residual_wh"]) < 0.001
    assert energy["soc_pct"] == pytest.approx(energy["soc_told_pct"], abs=0.2)
    assert energy["max_export_kw"] <= energy["export_cap_kw"] == 200
    heat = report["heat"]
    assert heat["state"] == "FROST"  # a cold morning, and heat pumps rest for five minutes after power-up
    assert [machine["phase"] for machine in heat["machines"]] == ["anti-cycle"] * 3
    assert all(0 < machine["wait_s"] < 240 for machine in heat["machines"])
    assert heat["it_margin_k"] > 5
    assert heat["cooler_kwh"] > heat["it_kwh"] > 10
    assert len(heat["units"]["answering"]) == heat["units"]["of"] == 7
    assert heat["told_c"] == pytest.approx(heat["true_c"], abs=0.6)
    assert (heat["heating_supply"]["taken"], heat["problems"]) == (True, {})
    assert heat["hygiene"]["cycle"] == "none"
    assert 0 < heat["hygiene"]["next_min"] <= 7 * 24 * 60
    assert abs(heat["balance_residual_j"]) < 10
    assert (report["parking"]["contacts"], report["uplink"]["gaps"]) == (0, 0)
    assert report["parking"]["passed"] > 0
    assert run.left_behind() == []

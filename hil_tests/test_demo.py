"""The demo as its users run it: the whole site on the wall clock, reported, interrupted, killed.

What the plants did is measured against the time that they had: a slow machine makes it less, and nothing late. Of the
wall clock is left that counts are lower bounds, and that processes may take 20 s to end.
"""

from __future__ import annotations

import json
import signal
import subprocess
from pathlib import Path
from typing import Any

import pytest

from hil_tests.demo_run import EDGECTL, DemoRun

pytestmark = pytest.mark.wall_clock

LANES = ("entry1", "entry2", "exit1", "exit2", "emergency1")
INLETS = tuple(f"inlet{number:02}" for number in range(1, 25))
IN_PROCESS = tuple(inlet for index, inlet in enumerate(INLETS) if index % 4)
"""The first inlet of each branch is a process of its own."""
PROGRAMS = {
    **dict.fromkeys(LANES, "parking_lane"),
    "station": "waste_station",
    **dict.fromkeys(INLETS, "waste_inlet"),
    "energy1": "energy",
    "heat1": "heat_loop",
}
SCANS_S = {"parking_lane": 100, "waste_station": 50, "waste_inlet": 50, "energy": 50, "heat_loop": 10}
REST_S = 300
"""After power-up nobody knows when a heat pump has run last: for so long it stays off (H4)."""


@pytest.mark.slow
@pytest.mark.timeout(180)
def test_thirty_seconds_of_the_demo_report_a_working_site(tmp_path: Path, demo_run: list[DemoRun]) -> None:
    report_file = tmp_path / "report.json"
    run = DemoRun("--for", "30s", "--report", str(report_file))
    demo_run.append(run)
    said, _ = run.process.communicate(timeout=150)
    assert run.process.returncode == 0, said
    report: dict[str, Any] = json.loads(report_file.read_text(encoding="utf-8"))

    plant_s = report["plant_seconds"]  # since power-up, which is some seconds before the thirty
    boards = report["boards"]
    assert [board["id"] for board in boards] == list(PROGRAMS)
    for board in boards:
        assert board["program"] == PROGRAMS[board["id"]]
        assert board["runtime"].startswith("cpython " if board["id"] in IN_PROCESS else "micropython ")
        assert board["runtime"].endswith(" in process") == (board["id"] in IN_PROCESS)
        # All were ok at once before the thirty seconds began; the gateway of a busy machine may be late just now.
        assert (board["mode"], board["link"]) in (("AUTO", "ok"), ("AUTO", "late"))
        # The gateway may have heard of it some seconds ago.
        assert board["scans"] > 0.7 * plant_s * SCANS_S[PROGRAMS[board["id"]]]
        # Some 100 bytes come to the energy board on the wall clock and stay; in virtual time none (test_demo_fast.py).
        assert board["heap_growth_bytes"] <= (512 if board["id"] == "energy1" else 0)
        assert (board["scan_overruns"], board["resets"]) == (0, 0)
    assert report["tags"]["total"] > 3000
    assert report["tags"]["good"] > 0.9 * report["tags"]["total"]
    assert report["parking"]["passed"] > 0
    assert report["parking"]["contacts"] == 0
    waste = report["waste"]
    assert waste["runs"] == 1  # chutes are full at the start
    assert waste["state"] not in ("IDLE", "TRIPPED", "BLOCKED")
    assert waste["valves_open_max"] <= 1
    assert waste["blockages"] == 0
    assert waste["kg_dropped"] > 1000
    assert waste["kg_balance"] == waste["books"]["balance_kg"] == 0
    energy = report["energy"]
    assert (energy["state"], energy["board_state"]) == ("OBSERVE", "OBSERVE")  # for its first minute
    # Nobody holds the sun back while the management looks on; clouds take no more than 43 % of it.
    hours = plant_s / 3600
    sun_kw = energy["true_flow_kw"]["pv"]
    assert sun_kw > 150
    assert 0.5 * sun_kw * hours < energy["pv_kwh"] < 2 * sun_kw * hours
    assert energy["load_kwh"] > 300 * hours
    drawn = energy["load_kwh"] + energy["charging_kwh"] - energy["pv_kwh"]
    assert energy["import_kwh"] - energy["export_kwh"] == pytest.approx(drawn, abs=0.01)  # the battery rests
    assert abs(energy["balance_residual_wh"]) < 0.001
    assert energy["max_export_kw"] <= energy["export_cap_kw"] == 200
    assert len(energy["units"]["answering"]) == energy["units"]["of"] == 10
    assert len(energy["setpoints"]["mirrored"]) == energy["setpoints"]["of"] == 7
    heat = report["heat"]
    assert heat["state"] in ("SAFE_COOLING", "FROST") if plant_s < REST_S - 20 else heat["state"] != "TRIPPED"
    # IT comes first: all of its heat and more goes, though no heat pump runs yet, and the taps have what they should.
    assert 0.4 * 850 * hours < heat["it_kwh"] < 2 * 850 * hours
    assert heat["cooler_kwh"] + heat["recovered_kwh"] > 0.5 * heat["it_kwh"]
    assert heat["it_margin_k"] > 5
    assert heat["told_c"]["it_water"] == pytest.approx(heat["true_c"]["it_water"], abs=1.0)  # a late gateway is behind
    assert heat["true_c"]["store_top"] > 55
    assert heat["true_c"]["return"] > 50
    assert heat["taps_kwh"] > 0
    assert heat["backup_kwh"] == 0
    assert abs(heat["balance_residual_j"]) < 10
    assert len(heat["units"]["answering"]) == heat["units"]["of"] == 7
    assert heat["heating_supply"]["taken"]
    assert 35 <= heat["heating_supply"]["value"] <= 50
    assert heat["problems"] == {}
    uplink = report["uplink"]
    assert uplink["journalled"] > 100
    assert uplink["acked"] == uplink["received"] == uplink["journalled"]
    assert (uplink["gaps"], uplink["duplicates"]) == (0, 0)
    assert run.left_behind() == []


@pytest.mark.slow
@pytest.mark.timeout(120)
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_an_interrupted_demo_ends_cleanly(number: signal.Signals, demo_run: list[DemoRun]) -> None:
    run = DemoRun()
    demo_run.append(run)
    run.until_linked()
    assert len(run.family()) >= 18  # itself, the world, fourteen boards, supervisor, core, services
    run.process.send_signal(number)
    said, _ = run.process.communicate(timeout=60)
    assert run.process.returncode == 0, said
    assert "Traceback" not in said
    assert run.left_behind() == []


@pytest.mark.slow
@pytest.mark.timeout(120)
def test_a_killed_demo_leaves_no_process_behind(demo_run: list[DemoRun]) -> None:
    run = DemoRun()
    demo_run.append(run)
    run.until_linked()
    run.process.kill()
    run.process.wait(10)
    assert run.left_behind() == []


def test_a_wrong_time_is_refused_before_anything_starts() -> None:
    done = subprocess.run([str(EDGECTL), "demo", "--for", "soon"], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "30s" in done.stderr
    assert "Traceback" not in done.stderr

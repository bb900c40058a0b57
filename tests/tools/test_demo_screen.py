"""The demo's screen: everything fits the columns and the rows that it promises."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from tools.demo.main import summary
from tools.demo.screen import WIDTH, render
from tools.demo.view import Event, Lane, View
from tools.demo.waste import waste_report, waste_view

STATUS = {
    "state": "DISCHARGE",
    "tripped": "",
    "unblock": "",
    "why": "",
    "why_not": [],
    "run": {
        "number": 12,
        "why": "4 chutes are full",
        "pulses": 17,
        "legs": [{"fraction": "recyclable", "branch": 6, "chutes": ["inlet24.3"]}],
    },
    "station": {"heard": True, "state": "CONVEYING", "vacuum_kpa": -15.25, "speed": 21.5, "branch": 6},
    "books": {
        "dropped_kg": 12345.6,
        "in_chutes_kg": 9876.5,
        "in_flight_kg": 105.0,
        "landed_kg": 2364.1,
        "balance_kg": 0.0,
    },
    "containers": [
        {"number": k, "fraction": name, "docked": k != 2, "level": 33.0 * k, "kg": 1234.0}
        for k, name in enumerate(("perishable", "other", "recyclable"), 1)
    ],
}
TRUTH = {
    "fans": 3,
    "kwh": 123.4,
    "dropped_g": 12_345_678,
    "chutes_g": 9_876_543,
    "in_flight_g": 105_000,
    "landed_g": 2_364_135,
    "balance_g": 0,
    "pulses": 17,
    "blockages": 0,
    "valves_open_max": 1,
    "deposits": 230,
    "inlets": [{"branch": n // 4 + 1, "percent": [4 * n, 60, 100], "open": [0, 0, int(n == 23)]} for n in range(24)],
}


def _screen(height: int) -> list[str]:
    lane = Lane("entry1", "Entry lane 1", "entry", "HOLD_OPEN", False, 89.0, "green", "fire", "ok", "AUTO", 1234, 7)
    view = View(
        elapsed_s=3725,
        site="Qicai",
        lanes=(lane,) * 5,
        boards=30,
        linked=30,
        occupancy=440,
        capacity=440,
        full_at=432,
        scans=12_345_678,
        overruns=12_345,
        tags_total=3532,
        tags_good=3472,
        events=tuple(Event("12:34:56.789", f"inlet{n:02}", f"event {n}") for n in range(20)),
        waste=waste_view(STATUS, TRUTH),
        hour=7.75,
        speed=3.5,
    )
    out = io.StringIO()
    Console(width=WIDTH, file=out).print(render(view, height))
    return out.getvalue().splitlines()


@pytest.mark.parametrize("height", [40, 44, 50])
def test_the_screen_fits_and_cuts_nothing_off(height: int) -> None:
    lines = _screen(height)
    assert len(lines) <= height
    assert {len(line) for line in lines} == {WIDTH}
    text = "\n".join(lines)
    assert "…" not in text
    for shown in ("run 12: recyclable of branch 6", "15.2 kPa", "21.5 m/s", "branch 6", "12345.7", "30 of 30 boards"):
        assert shown in text
    assert "07:45 at the plant · 3.5 times as fast as the clock" in lines[-1]


def test_more_rows_show_more_events() -> None:
    assert sum("event" in line for line in _screen(50)) - sum("event" in line for line in _screen(40)) == 10


def test_an_open_valve_is_shown_where_it_is() -> None:
    (row,) = [line for line in _screen(44) if "branch 6  " in line and "kPa" not in line]
    assert row.split()[6][2] == "v"


def test_the_report_balances_and_its_summary_says_what_was_collected() -> None:
    waste = waste_report(STATUS, {"runs": 11}, TRUTH)
    assert waste is not None
    assert (waste["runs"], waste["pulses"], waste["kg_balance"]) == (12, 17, 0)
    assert waste["kg_dropped"] == pytest.approx(waste["kg_in_chutes"] + waste["kg_in_flight"] + waste["kg_landed"])
    report = {
        "seconds": 30.0,
        "speed": None,
        "boards": [{"link": "ok"}] * 30,
        "parking": {"passed": 9, "contacts": 0},
        "uplink": {"received": 5, "journalled": 5, "gaps": 0},
        "waste": waste,
        "energy": None,
    }
    assert "12 runs, 17 discharges, 2364 kg landed" in summary(report)
    assert "runs" not in summary({**report, "waste": None})

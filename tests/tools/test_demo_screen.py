"""The demo's screen: everything fits the columns and the rows that it promises."""

from __future__ import annotations

import io
from typing import Any

import pytest
from rich.console import Console

from tools.demo.energy import METHODS, energy_report, energy_view
from tools.demo.heat import heat_report, heat_view
from tools.demo.main import summary
from tools.demo.screen import WIDTH, render
from tools.demo.view import Event, Lane, View
from tools.demo.waste import waste_report, waste_view

POWER = (
    "peak shave   transformer above 80 %; ",
    "10 of 10 units, 7 of 7 set-points held",
    "-1012.5 kW",
    "transformer 108 %",
    "5 of 6 run, least limit 94 %",
    "board: export cap",
    "SoC 100.0 %",
    "the board allows no more",
    "88 of 92 charge, 16.0 A each",
    "all that is connected at 32 A",
    "told to others: grid lost",
)
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
ENERGY: dict[str, Any] = {
    "state": "PEAK_SHAVE",
    "why": "transformer above 80 %",
    "board": "energy1",
    "heard": True,
    "refusal": "",
    "flow": {"grid_kw": -1012.5, "pv_kw": 600.0, "battery_kw": -499.9, "ev_kw": 113.7, "loads_kw": 1494.1},
    "grid": {"volts": 225.4, "hz": 49.99, "there": True, "closed": True},
    "transformer": {"pct": 108.2, "level": 80},
    "battery": {"soc": 100.0, "soh": 98.0},
    "inverters": [{"name": f"INV{n}", "kw": 100.0, "limit_pct": 100.0 - n, "up": n != 6} for n in range(1, 7)],
    "ev": {"connected": 92, "charging": 88, "share_a": 16.0},
    "signal": {"row": "grid lost"},
    "problems": {},
    "plan": {"why": ""},
}
SAID: dict[str, Any] = {
    METHODS[0]: ENERGY,
    METHODS[1]: {
        "set_points": [
            {
                "name": "battery",
                "kw": -499.9,
                "held_by": "what devices and safety allow",
                "why": "the board allows no more; ramp",
                "limits": [
                    {"decides": False, "why": "own consumption first"},
                    {"decides": True, "why": "the board allows no more"},
                ],
            },
            {"name": "EV", "kw": 600.0, "held_by": None, "why": "all that is connected at 32 A", "limits": []},
            {"name": "PV", "kw": 600.0, "held_by": None, "why": "all that the sun gives", "limits": []},
        ]
    },
    METHODS[2]: {
        "limits": [{"name": "import cap", "limit": 1280.0}, {"name": "export cap", "limit": 200.0}],
        "shed": 0,
    },
}
TAGS: dict[str, dict[str, Any]] = {
    **{f"energy1.INV{n}.{point}": {"value": 1, "quality": "good"} for n in range(1, 7) for point in ("W", "CTL")},
    "energy1.INV3.CTL": {"value": 0, "quality": "good"},
    "energy1.PCS.CTL": {"value": 1, "quality": "stale"},
    "energy1.PCS.P": {"value": 1, "quality": "good"},
    "energy1.GM.P": {"value": 1, "quality": "bad"},
    "energy1.EV.P": {"value": 1, "quality": "good"},
    "energy1.MET.G": {"value": 1, "quality": "good"},
    "energy1.PV.WHY": {"text": "export cap", "quality": "good"},
    "energy1.PCS.WHY": {"text": "wish", "quality": "good"},
}
_POINTS = {
    **{f"TT{n}": 36.26 for n in (101, 102, 305)},
    **{f"TT4{n}": 58.84 for n in range(1, 7)},
    **{f"HP{n}.ST": 3 for n in (1, 2, 3)},
    **{f"HM{n}.KW": 1234.0 for n in (1, 2, 3)},
    "IT.REQ": 1000.0,
    "V101.SP": 100.0,
    "V301.SP": 100.0,
    "DRYC.FAN": 100.0,
}
HEAT: dict[str, Any] = {
    "state": "RUN",
    "substate": "DHW_PRIORITY",
    "why": "normal",
    "row": "normal",
    "lost": "",
    "board": "heat1",
    "heard": True,
    "season": "heating",
    "outdoor": {"degC": -12.3, "from": "measured"},
    "it_margin_k": 13.4,
    "points": {name: {"value": value, "quality": "good", "estimate": None} for name, value in _POINTS.items()},
    "machines": [
        {"number": 1, "phase": "run", "lead": True, "wait_s": 0.0, "kw": 299.6, "outlet_c": 62.04, "fault": 0.0},
        {"number": 2, "phase": "anti-cycle", "lead": False, "wait_s": 299.0, "kw": 0.0, "outlet_c": 40.0, "fault": 0},
        {"number": 3, "phase": "stopping", "lead": False, "wait_s": None, "kw": None, "outlet_c": None, "fault": 3.0},
    ],
    "eh1": {"kw": 300.0, "why": "NETWORK_DISINFECT"},
    "loops": [{"name": "heating", "set_point": 44.6}, {"name": "dhw", "set_point": 60.0}],
    "hygiene": {"cycle": "none", "phase": "idle", "hot_min": 0.0, "next_min": 2362.0, "key": False},
    "alarms": [{"name": "HP_FAULT", "row": "H9", "consequence": "that heat pump off"}],
    "problems": {},
}
HEAT["points"]["TT43"]["estimate"] = "open"
HEAT["points"]["HM2.KW"]["quality"] = "stale"
_CURVE = {"name": "heating", "value": 44.6, "unit": "degC", "held_by": None, "taken": True}
HEAT_SAID: dict[str, Any] = {
    "heat.status": HEAT,
    "heat.explain": {"set_points": [{**_CURVE, "why": "curve of housing at -12.3 degC outside (measured)"}]},
}
WARMTH = (
    "run, dhw priority",
    "HP_FAULT (H9): that heat pump off",
    "6 of 7 units",
    "1000 kW, TT101 36.3 TT102 36.3 °C, margin 13.4 K  V101 100 %, HX1 1234 kW, fans 100 %",
    "HP1* run 300 kW, 62.0 °C",
    "HP2 anti-cycle, 299 s",
    "HP3 stopping, fault 3",
    "36.3 → 44.6 °C, V301 100 %, (1234) kW: curve of housing at -12.3 degC outside (measu…",
    "58.8 58.8 ~58.8 58.8 °C   taps TT45 58.8 → 60.0, TT46 58.8 °C",
    "300 kW: NETWORK_DISINFECT  hygiene: next cycle in 1 d 15 h 22 min, outdoors -12.3 °C",
)


def _tag(name: str) -> dict[str, Any]:
    return TAGS.get(name, {})


def _held(name: str) -> dict[str, Any]:
    """All is well, which takes the most room."""
    return {"value": 1, "quality": "good"} if name.endswith((".W", ".P", ".G", ".CTL")) else _tag(name)


def _screen(height: int) -> list[str]:
    lane = Lane("entry1", "Entry lane 1", "entry", "HOLD_OPEN", False, 89.0, "green", "fire", "ok", "AUTO", 1234, 7)
    view = View(
        elapsed_s=3725,
        site="Qicai",
        lanes=(lane,) * 5,
        boards=31,
        linked=31,
        occupancy=440,
        capacity=440,
        full_at=432,
        scans=12_345_678,
        overruns=12_345,
        tags_total=3532,
        tags_good=3472,
        events=tuple(Event("12:34:56.789", f"inlet{n:02}", f"event {n}") for n in range(40)),
        waste=waste_view(STATUS, TRUTH),
        energy=energy_view(SAID, _held),
        heat=heat_view(HEAT_SAID),
        hour=7.75,
        speed=3.5,
    )
    out = io.StringIO()
    Console(width=WIDTH, file=out).print(render(view, height))
    return out.getvalue().splitlines()


@pytest.mark.parametrize("height", [43, 44, 50, 56])
def test_the_screen_fits_and_cuts_nothing_off(height: int) -> None:
    lines = _screen(height)
    assert len(lines) <= height
    assert {len(line) for line in lines} == {WIDTH}
    text = "\n".join(lines)
    assert text.count("…") == 2  # reasons, which `edgectl energy explain` and `edgectl heat explain` have in full
    for shown in (
        "run 12: recyclable of branch 6",
        "15.2 kPa",
        "21.5 m/s",
        "branch 6",
        "12345.7",
        "31 of 31 boards",
        *POWER,
        *WARMTH,
    ):
        assert shown in text
    assert "07:45 at the plant · 3.5 times as fast as the clock" in lines[-1]


def test_more_rows_show_more_events() -> None:
    assert sum("event" in line for line in _screen(70)) - sum("event" in line for line in _screen(60)) == 10


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
        "heat": None,
    }
    assert "12 runs, 17 discharges, 2364 kg landed" in summary(report)
    assert "runs" not in summary({**report, "waste": None})


def test_who_limits_is_the_board_where_that_is_stricter_and_else_the_gateways_reason() -> None:
    energy = energy_view(SAID, _tag)
    assert energy is not None
    flows = {flow.name: flow for flow in energy.flows}
    assert flows["PV"].held_by == "board: export cap"
    assert flows["battery"].held_by == "the board allows no more"
    assert flows["EV"].held_by == "all that is connected at 32 A"
    assert (flows["EV"].kw, flows["grid"].kw) == (-113.7, -1012.5)
    silent = energy_view({**SAID, METHODS[0]: {**ENERGY, "heard": False}}, lambda name: {})
    assert silent is not None
    assert (silent.why, silent.answering, silent.mirrored) == ("the energy board is silent", 0, 0)
    assert energy_view({}, _tag) is None


def test_the_report_has_what_really_flowed_beside_what_the_gateway_says() -> None:
    truth = {
        f"{name}_w": watts for name, watts in (("grid", 1500), ("pv", 2), ("battery", 3), ("charging", 4), ("load", 5))
    }
    energies = {f"{name}_wh": 12_345 for name in ("pv", "import", "export", "charging", "load")}
    truth |= {**energies, "residual_uwh": 2, "most_exported_w": 205_000, "soc_ppm": 501_234}
    report = energy_report(SAID, _tag, truth)
    assert report is not None
    assert (report["pv_kwh"], report["import_kwh"], report["export_kwh"]) == (12.345, 12.345, 12.345)
    assert (report["max_export_kw"], report["export_cap_kw"]) == (205.0, 200.0)
    assert (report["soc_pct"], report["soc_told_pct"], report["balance_residual_wh"]) == (50.1234, 100.0, 2e-6)
    assert (report["true_flow_kw"]["grid"], report["flow_kw"]["grid"]) == (1.5, -1012.5)
    assert report["setpoints"]["mirrored"] == ["INV1", "INV2", "INV4", "INV5", "INV6"]
    assert "GM" not in report["units"]["answering"]
    assert len(report["units"]["answering"]) == 9
    assert energy_report(SAID, _tag, {}) is None  # before the emulator has said anything


def test_the_heat_plant_says_what_is_the_matter_and_when_the_next_hygiene_cycle_comes() -> None:
    quiet = {**HEAT, "alarms": [], "substate": "NONE"}
    heat = heat_view({**HEAT_SAID, "heat.status": quiet})
    assert heat is not None
    assert (heat.state, heat.why, heat.alarm) == ("RUN", "electricity: normal", False)
    hygiene = {**HEAT["hygiene"], "cycle": "PASTEURISE", "phase": "holding", "hot_min": 25.0}
    silent = {**quiet, "heard": False, "why": "heat1 is silent", "hygiene": hygiene}
    heat = heat_view({"heat.status": silent, "heat.explain": {"set_points": []}})
    assert heat is not None
    assert (heat.why, heat.alarm, heat.held) == ("heat1 is silent", True, "")
    assert heat.hygiene == "pasteurise, holding, hot 25 min"
    heat = heat_view({**HEAT_SAID, "heat.status": {**quiet, "hygiene": {**HEAT["hygiene"], "next_min": 65535.0}}})
    assert heat is not None
    assert heat.hygiene == "next cycle not known"
    assert heat_view({}) is None


def test_the_heat_report_has_true_energies_beside_what_was_told() -> None:
    names = ("it", "recovered", "cooler", "heating", "taps", "backup", "compressors", "pumps")
    truth = {f"{name}_wh": 12_345 for name in names}
    truth |= {"it_water": 3498, "store_top": 6012, "supply": 5990, "return": 5512}
    truth |= {"tap_litres": 31, "residual_j": 0, "starts": 2}
    report = heat_report(HEAT_SAID, truth)
    assert report is not None
    assert (report["it_kwh"], report["recovered_kwh"], report["pumps_kwh"]) == (12.345, 12.345, 12.345)
    assert (report["true_c"]["supply"], report["told_c"]["supply"]) == (59.9, 58.84)
    assert report["heating_supply"]["value"] == 44.6
    assert report["alarms"] == ["HP_FAULT"]
    assert report["units"] == {"answering": ["HP1", "HP2", "HP3", "HM1", "HM3", "DC"], "of": 7}
    assert heat_report(HEAT_SAID, {}) is None  # before the emulator has said anything

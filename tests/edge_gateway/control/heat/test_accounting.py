"""The heat books over hours, kills and silent meters, and the figures that are made of them (domain brief §4g)."""

from __future__ import annotations

import json
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from edge_gateway.control.heat.accounting import HOUR, METER, METERS, Electric, HeatBooks, estimate, heat_kw
from edge_gateway.control.heat.hygiene import Hygiene
from edge_gateway.control.heat.kpi import days, kpis, latest
from protocols.sheets.heat_loop import SHEET

HOUR_MS = 3_600_000
BEGIN = 1_800_000_000_000 - 1_800_000_000_000 % HOUR_MS
"""A full hour (UTC ms)."""

POINTS: dict[str, float] = {
    "TT101": 34.0, "TT102": 27.0, "FT101": 27.34,                            # 800 kW of IT
    "TT201": 22.0, "TT202": 17.0, "FT201": 19.14,                            # 400 kW of them recovered
    "TT305": 45.0, "TT306": 38.0, "FT301": 13.67,                            # 400 kW heating
    "TT204": 60.0, "TT44": 50.0, "FT401": 2.39,                              # 100 kW hot-water charge
    "TT41": 62.0, "TT42": 61.0, "TT43": 60.0, "TT45": 60.5, "TT46": 55.5, "TT47": 12.0,
    "HM1.KW": 400.0, "HM1.ERR": 0, "HM1.KWH": 1000, "HM2.KW": 400.0, "HM2.ERR": 0, "HM2.KWH": 2000,
    "HM3.KW": 100.0, "HM3.ERR": 0, "HM3.KWH": 3000, "HM4.KWH": 400, "FQ.L": 7000,
    "HP1.KW": 280.0, "HP2.KW": 240.0, "HP3.KW": 0.0, "HP1.PEL": 70.0, "HP2.PEL": 60.0, "HP3.PEL": 0.0,
    "HP1.STARTS": 10, "HP2.STARTS": 20, "HP3.STARTS": 30, "EH1.KW": 0.0,
    "P101A.RUN": 1, "P101B.RUN": 0, "P101.SPD": 80.0, "P201.RUN": 1, "P201.SPD": 100.0, "P202.RUN": 1,
    "P301.RUN": 1, "P301.SPD": 50.0, "P401.RUN": 0, "P401.SPD": 40.0, "P402.RUN": 1, "DRYC.FAN": 50.0,
}  # fmt: skip


class Bench:
    """A plant whose points stand, whose counters count, and books that look once in 2 s."""

    def __init__(self, memory: dict[str, Any] | None = None, begin: int = BEGIN) -> None:
        self.points = dict(POINTS)
        self.missing: set[str] = set()
        self.books = HeatBooks(Electric(), memory)
        self.now = 5_000
        self.utc = begin
        self.state = "RUN"
        self.hours: list[dict[str, Any]] = []
        self.told: list[dict[str, Any]] = []
        self.look(0)

    def value(self, name: str) -> float | None:
        found = None if name in self.missing else self.points.get(name)
        return int(found) if found is not None and (name.endswith(".KWH") or name == "FQ.L") else found

    def look(self, ms: int = 2_000) -> None:
        self.now += ms
        self.utc += ms
        for note in self.books.step(self.value, self.state, self.now, self.utc):
            (self.hours if note.name == HOUR else self.told).append(dict(note.body))
            assert note.name in (HOUR, METER)

    def minutes(self, minutes: float) -> None:
        for _ in range(round(30 * minutes)):
            self.flow(1 / 30)
            self.look()

    def flow(self, minutes: float) -> None:
        for meter, kw in (("HM1", 400.0), ("HM2", 400.0), ("HM3", 100.0), ("HM4", 60.0)):
            self.points[f"{meter}.KWH"] += kw * minutes / 60
        self.points["FQ.L"] += 1_064.0 * minutes / 60  # 60 kW between 12 and 60.5 degC

    def killed(self) -> Bench:
        """Another life of the gateway, with what the file has; the plant is the same."""
        after = Bench(json.loads(json.dumps(self.books.as_dict())), self.utc)
        after.points, after.now, after.hours, after.told = self.points, 100, list(self.hours), list(self.told)
        return after


def test_an_hour_in_the_books() -> None:
    bench = Bench()
    bench.minutes(61)
    (hour,) = bench.hours
    assert hour["begin"] == BEGIN
    assert hour["seen_s"] == pytest.approx(3600, abs=4)
    for name, kwh in (("recovered", 400), ("heating", 400), ("charge", 100), ("taps", 60), ("it", 800)):
        assert hour[name] == pytest.approx(kwh, abs=1.5), name
    assert (hour["machines"], hour["machines_electric"]) == (pytest.approx(520, abs=1), pytest.approx(130, abs=1))
    assert hour["pumps"] == pytest.approx(4.1 * 0.512 + 4.1 + 2.4 + 2.1 / 8 + 0.1, rel=0.01)
    assert hour["dry_cooler"] == pytest.approx(3.75, rel=0.01)  # 30 kW at half speed: the cube
    assert hour["litres"] == pytest.approx(1064, abs=3)
    assert hour["it_least_k"] == 6.0
    assert bench.told == []


def test_a_silent_meter_is_estimated_by_temperature_and_flow_and_repaid() -> None:
    bench = Bench()
    bench.minutes(10)
    bench.missing.add("HM1.KW")
    bench.minutes(55)
    bench.missing.clear()
    bench.minutes(60)
    first, second = bench.hours
    assert first["recovered"] == pytest.approx(400, rel=0.02)
    assert first["estimated"]["recovered"] == pytest.approx(333, rel=0.02)
    assert first["recovered"] + second["recovered"] == pytest.approx(800, abs=1.5)
    assert set(second["repaid"]) == {"recovered"}
    assert [told["what"] for told in bench.told] == ["SILENT", "RETURNED"]
    assert [told["meter"] for told in bench.told] == ["HM1", "HM1"]


def test_a_meter_that_says_it_is_wrong_is_not_believed_but_a_low_battery_is() -> None:
    bench = Bench()
    bench.points["HM2.ERR"] = 0x08
    bench.minutes(5)
    assert bench.told == []
    bench.points["HM2.ERR"] = 0x04
    bench.minutes(5)
    assert [told["what"] for told in bench.told] == ["SILENT"]


def test_a_kill_in_the_middle_of_an_hour_loses_nothing_of_the_meters() -> None:
    bench = Bench()
    bench.minutes(25)
    after = bench.killed()
    after.flow(10)  # ten minutes pass
    after.utc += 600_000
    after.look(0)
    after.minutes(26)
    (hour,) = after.hours
    assert hour["begin"] == BEGIN
    assert hour["recovered"] == pytest.approx(400, abs=2)
    assert hour["seen_s"] == pytest.approx(3000, abs=5)
    assert hour["it"] == pytest.approx(800 * 50 / 60, rel=0.01)  # nobody looked for ten minutes


def test_a_kill_over_the_full_hour_closes_it() -> None:
    bench = Bench()
    bench.minutes(50)
    after = bench.killed()
    after.utc += HOUR_MS
    after.look(0)
    (hour,) = after.hours
    assert (hour["begin"], hour["recovered"]) == (BEGIN, pytest.approx(333, abs=1))


def test_an_hour_that_was_journalled_twice_counts_once() -> None:
    bench = Bench()
    bench.minutes(61)
    (hour,) = bench.hours
    part = {**hour, "seen_s": 1800, "recovered": 200.0}
    assert latest([part, hour]) == latest([hour, part]) == [hour]


def test_while_the_board_is_silent_only_meters_go_on() -> None:
    bench = Bench()
    bench.minutes(10)
    bench.state = ""
    bench.minutes(20)
    bench.state = "RUN"
    bench.minutes(31)
    (hour,) = bench.hours
    assert hour["recovered"] == pytest.approx(400, abs=2)
    assert hour["it"] == pytest.approx(800 * 40 / 60, rel=0.01)
    assert (bench.told, hour["estimated"]) == ([], {})


def test_other_peoples_memory_is_refused() -> None:
    for wrong in ({}, {"version": 9, "meters": {}, "hour": None}, {"version": 1, "meters": 3, "hour": None}):
        with pytest.raises(ValueError, match="heat books"):
            HeatBooks(Electric(), wrong)


def test_the_figures_of_a_day() -> None:
    bench = Bench()
    bench.minutes(60)
    bench.points.update({"TT45": 58.0, "TT46": 54.0, "TT101": 36.5, "EH1.KW": 65.0, "HP1.STARTS": 12})
    bench.minutes(30)
    bench.state = "PASTEURISE"
    bench.points.update(dict.fromkeys(("TT41", "TT42", "TT43", "TT44"), 70.5))
    bench.minutes(31)
    found = kpis(bench.hours, BEGIN, BEGIN + 2 * HOUR_MS)
    assert found["covered_pct"] == pytest.approx(100, abs=0.2)
    assert found["recovered_kwh"] == pytest.approx(800, abs=2)
    it = 800 + 27.34 * 4.18 * 9.5
    assert found["recovery_pct"] == pytest.approx(100 * 800 / it, abs=0.5)
    assert found["energy_reuse_factor"] == pytest.approx(800 / (it + 7.5), abs=0.01)
    electric = 2 * (130 + 8.86) + 65
    assert found["system_cop"] == pytest.approx(1000 / electric, rel=0.01)
    assert found["machine_cop"] == pytest.approx(4.0, abs=0.01)
    assert found["back_up_pct"] == pytest.approx(100 * 65 / (65 + 1040), abs=0.2)
    assert found["dhw_m3"] == pytest.approx(2.13, abs=0.01)
    assert found["dhw_kwh_per_m3"] == pytest.approx(56.4, abs=1)
    assert (found["supply_60_pct"], found["return_55_pct"]) == (pytest.approx(50, abs=0.1), pytest.approx(50, abs=0.1))
    assert (found["hygiene_min"], found["store_70_min"]) == (30, 30)
    assert (found["starts"], found["starts_per_day"]) == (2, pytest.approx(24, abs=0.1))
    assert found["it_least_margin_k"] == 3.5
    assert found["it_near_kmin"] == pytest.approx(1.5 * 60, rel=0.01)
    assert found["dry_cooler_kwh"] == 7.5
    assert found["states_h"] == {"PASTEURISE": 0.5, "RUN": 1.5}


def test_nothing_known_is_no_figure() -> None:
    found = kpis([], BEGIN, BEGIN + HOUR_MS)
    assert found["covered_pct"] == 0
    for name in ("recovery_pct", "system_cop", "supply_60_pct", "starts_per_day", "it_least_margin_k"):
        assert found[name] is None, name


def test_books_by_local_day() -> None:
    bench = Bench()
    bench.minutes(121)
    moved = [{**bench.hours[0], "begin": BEGIN - 20 * HOUR_MS}, bench.hours[1]]
    rows = days(moved, ZoneInfo("Asia/Shanghai"))
    assert [row["hours"] for row in rows] == [1, 1]
    assert rows[0]["day"] < rows[1]["day"]
    assert rows[1]["recovered"] == pytest.approx(400, abs=1.5)


def test_estimates_by_temperature_and_flow() -> None:
    def value(name: str) -> float | None:
        return POINTS.get(name)

    assert estimate("recovered", value) == pytest.approx(400, rel=0.01)
    assert estimate("heating", value) == pytest.approx(400, rel=0.01)
    assert estimate("charge", value) == pytest.approx(100, rel=0.01)
    assert estimate("taps", value, drawn_lph=1064) == pytest.approx(60, rel=0.01)
    weak = {**POINTS, "HP1.KW": 40.0, "HP2.KW": 0.0}
    assert estimate("charge", weak.get) == 40.0  # the store takes no more than there is
    assert heat_kw(None, 60.0, 10.0) is None
    assert estimate("recovered", lambda _name: None) == 0.0


def test_every_point_that_is_asked_for_is_one_of_the_board_in_the_unit_that_is_meant() -> None:
    asked: set[str] = set()

    def value(name: str) -> float | None:
        asked.add(name)
        return POINTS[name]

    HeatBooks(Electric()).step(value, "RUN", 1_000, BEGIN)
    books = HeatBooks(Electric())
    for now in (1_000, 2_000):
        books.step(value, "RUN", now, BEGIN + now)
    for name in METERS:
        estimate(name, value, 100.0)
    Hygiene(()).step(value, "PASTEURISE", "", "", 1_000, BEGIN)
    units = {point.name: point.unit for point in SHEET.points if hasattr(point, "unit")}
    contacts = {point.name for point in SHEET.points if not hasattr(point, "unit")}
    meant = {"TT": "degC", "FT": "L/s", ".KW": "kW", "PEL": "kW", "KWH": "kWh", "SPD": "%", "FAN": "%", "FQ.L": "L"}
    assert len(asked) > 40
    for name in asked:
        unit = next((unit for part, unit in meant.items() if name.startswith(part) or name.endswith(part)), None)
        assert name in contacts if unit is None and name not in units else unit is None or units[name] == unit, name

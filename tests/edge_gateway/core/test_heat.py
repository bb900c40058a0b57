"""District heat in the core, over Modbus TCP: its image, its set-points, its local API, what is on record."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from edge_gateway.api.client import Client
from edge_gateway.api.wire import ApiError, Code
from edge_gateway.cli.exits import CommandFailed
from edge_gateway.cli.heat_commands import app
from edge_gateway.journal import Kind
from tests.edge_gateway.core.heat_board import HeatBoard, site_file
from tests.edge_gateway.core.lanes import Lane, serving
from tests.edge_gateway.core.test_core import Running, online, running
from tests.edge_gateway.core.test_energy import EnergyBoard

pytestmark = pytest.mark.wall_clock


@pytest.fixture
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="de-") as name:
        yield Path(name)


def edgectl(core: Running, *args: str, columns: int = 100, typed: str | None = None) -> tuple[int, str]:
    """Exit code and what was printed."""
    environment = {"COLUMNS": str(columns), "TZ": "UTC"}
    result = CliRunner().invoke(app, [*args, "--socket", str(core.socket)], input=typed, env=environment)
    if isinstance(result.exception, CommandFailed):
        return result.exception.code, str(result.exception)
    return result.exit_code, result.output


def test_it_tells_the_board_what_the_buildings_need_and_says_why(folder: Path) -> None:
    board = HeatBoard("heat1", 141, 0)
    with serving(board) as boards, running(site_file(folder, boards)) as core, Client(core.socket) as client:
        core.wait_for(lambda now: online(now) and now["heat"]["state"] == "RUN")
        assert boards.until(lambda: (1, 4250, 900, 0) in board.told("SET_SP"))  # 5 degC: half way from 50 to 35
        assert boards.until(lambda: (5, 6000, 900, 0) in board.told("SET_SP"))
        assert boards.until(lambda: (6200, 900, 0, 0) in board.told("DHW_SP"))
        assert not board.told("P2H") and not board.told("HP_MAX"), "who asks for nothing tells nothing"
        found = client.call("heat.status")
        assert (found["season"], found["substate"], found["it_margin_k"]) == ("heating", "HEATING", 5.0)
        assert found["points"]["TT45"] == {
            "value": 60.0, "unit": "degC", "quality": "good", "reason": "", "estimate": None,
        }  # fmt: skip
        assert found["machines"][0]["phase"] == "run" and found["machines"][0]["lead"]
        told = {each["name"]: each for each in client.call("heat.explain")["set_points"]}
        assert told["heating"]["why"] == "curve of housing at 5.0 degC outside (measured)"
        assert told["heating"]["taken"] is True and told["it"]["value"] is None

        client.call("heat.setpoint", name="machines", value=1, minutes=5, why="compressor oil")
        assert board.told("HP_MAX")[-1] == (1, 60, 0, 0), "the answer comes when the board has taken it"
        client.call("heat.setpoint", name="machines", value=None)
        assert board.told("HP_MAX")[-1] == (3, 60, 0, 0)
        for name, value, said in (
            ("dhw", 64, "64 degC is above 62: hotter water scalds"),
            ("dhw", 50, "50 degC is below 55: in cooler hot water bacteria grow"),
            ("charge", 66, "66 degC is above 65"),
            ("heating", 55, "above 50: highest supply of the board"),
            ("it", 30, "IT cooling comes first"),
        ):
            with pytest.raises(ApiError, match=said) as refused:
                client.call("heat.setpoint", name=name, value=value)
            assert refused.value.code is Code.BAD_PARAMS
        with pytest.raises(ApiError, match="did you mean `heating`"):
            client.call("heat.setpoint", name="heatin", value=40)
        assert client.call("tags", pattern="heat.HEATING.SET")[0]["value"] == 42.5
    audits = [(r.name, r.body.get("what")) for r in core.records(Kind.AUDIT) if r.source == "heat"]
    assert audits == [("HEAT_SETPOINT", "machines"), ("HEAT_AUTO", "machines")]


def test_an_ordered_set_point_outlives_a_restart_of_the_gateway_and_not_its_time(folder: Path) -> None:
    board = HeatBoard("heat1", 141, 0)
    with serving(board) as boards:
        site = site_file(folder, boards)
        with running(site) as core, Client(core.socket) as client:
            core.wait_for(lambda now: online(now) and now["heat"]["state"] == "RUN")
            client.call("heat.setpoint", name="heating", value=39, minutes=10, why="balancing")
            client.call("heat.setpoint", name="it", value=20, minutes=0.01)
            client.call("heat.setpoint", name="dhw", value=58, minutes=10)
            client.call("heat.setpoint", name="dhw", value=None)
            assert boards.until(lambda: "it" not in client.call("heat.status")["orders"])
        with running(site) as core, Client(core.socket) as client:
            core.wait_for(lambda now: online(now) and bool(client.call("heat.status")["set_points"]))
            orders = client.call("heat.status")["orders"]
            told = {each["name"]: each for each in client.call("heat.explain")["set_points"]}
    assert list(orders) == ["heating"] and 500 < orders["heating"]["left_s"] <= 600
    assert told["heating"]["value"] == 39 and told["heating"]["why"] == "balancing"


def test_a_board_that_refuses_is_named(folder: Path) -> None:
    board = HeatBoard("heat1", 141, 0)
    with serving(board) as boards, running(site_file(folder, boards)) as core, Client(core.socket) as client:
        core.wait_for(lambda now: online(now) and now["heat"]["state"] == "RUN")
        assert boards.until(lambda: bool(board.told("DHW_SP")))
        board.result = 6  # bad argument
        with pytest.raises(ApiError, match="heat1 did not take it: refused by the board: bad argument") as refused:
            client.call("heat.setpoint", name="heat-pump", value=50)
        assert refused.value.code is Code.REFUSED
        assert "heat-pump" in client.call("heat.status")["problems"]
        with pytest.raises(ApiError, match="heat1: PASTEURISE: bad argument"):
            client.call("heat.pasteurise")


def test_a_hot_network_needs_key_words_and_names_and_is_on_record(folder: Path) -> None:
    board = HeatBoard("heat1", 141, 0)
    hot: dict[str, Any] = {"responsible": "Li Wei", "notice": "posters and calls", "confirm": "DISINFECT test"}
    with serving(board) as boards, running(site_file(folder, boards)) as core, Client(core.socket) as client:
        core.wait_for(lambda now: online(now) and now["heat"]["state"] == "RUN")
        assert boards.until(lambda: client.call("heat.status")["points"]["TT45"]["quality"] == "good")
        with pytest.raises(ApiError, match=r"the disinfection key at heat1 \(KEY.DIS\) is not turned") as refused:
            client.call("heat.disinfect", **hot)
        assert refused.value.code is Code.REFUSED and not board.told("DISINFECT")
        board.contact("KEY.DIS")
        assert boards.until(lambda: client.call("heat.status")["hygiene"]["key"])
        wrongs: list[tuple[dict[str, Any], str]] = [
            ({**hot, "confirm": "yes"}, "`confirm` must be `DISINFECT test`"),
            ({**hot, "responsible": " "}, "`responsible` must not be empty"),
            ({**hot, "notice": 5}, "`notice` must be a text"),
        ]
        for wrong, said in wrongs:
            with pytest.raises(ApiError, match=said):
                client.call("heat.disinfect", **wrong)
        assert not board.told("DISINFECT")
        with pytest.raises(ApiError, match="no network is being disinfected"):
            client.call("heat.flush", tap="clinic", by="Li Wei")
        begun = client.call("heat.disinfect", **hot)
        assert begun["done"] and [tap["id"] for tap in begun["taps"]] == ["housing-a", "clinic"]
        board.state("NETWORK_DISINFECT")
        board.put("HYG.WHY", 5)  # operator
        core.wait_for(lambda now: now["heat"]["state"] == "NETWORK_DISINFECT")
        assert boards.until(lambda: client.call("heat.report")["hygiene"]["running"] is not None)
        with pytest.raises(ApiError, match="no tap `clinik`; did you mean `clinic`"):
            client.call("heat.flush", tap="clinik", by="Li Wei")
        with pytest.raises(ApiError, match=r"not on record: the return is 55.5 degC|isn't on record: the return"):
            client.call("heat.flush", tap="clinic", by="Li Wei")
        board.put_value("TT46", 71.0)
        assert boards.until(lambda: client.call("heat.status")["points"]["TT46"]["value"] == 71.0)
        assert client.call("heat.flush", tap="clinic", by="Chen Yu")["left"] == ["housing-a"]
        assert client.call("heat.flush", tap="1", by="Chen Yu")["left"] == []
        assert board.told("FLUSHED")[-1] == (1, 0, 0, 0)
        board.put("HYG.RESULT", 1)
        board.state("RUN", "HEATING")
        assert boards.until(lambda: client.call("heat.report")["hygiene"]["running"] is None)
        (cycle,) = client.call("heat.report")["hygiene"]["cycles"]
        assert (cycle["kind"], cycle["result"]) == ("NETWORK_DISINFECT", "done") and cycle["by"].startswith("Li Wei (")
        assert [(each["name"], each["by"]) for each in cycle["flushed"]] == [
            ("clinic", "Chen Yu"),
            ("housing-a", "Chen Yu"),
        ]
    names = [r.name for r in core.records(Kind.AUDIT) if r.source == "heat"]
    assert names == ["DISINFECT", "HEAT_FLUSH", "HEAT_FLUSH"]
    assert "HEAT_HYGIENE" in [r.name for r in core.records(Kind.EVENT, Kind.ALARM)]


def test_the_records_outlive_a_restart(folder: Path) -> None:
    board = HeatBoard("heat1", 141, 0)
    with serving(board) as boards:
        site = site_file(folder, boards)
        with running(site) as core, Client(core.socket) as client:
            core.wait_for(lambda now: online(now) and now["heat"]["state"] == "RUN")
            client.call("heat.pasteurise")
            board.state("PASTEURISE")
            assert boards.until(lambda: client.call("heat.report")["hygiene"]["running"] is not None)
        with running(site) as core, Client(core.socket) as client:
            core.wait_for(lambda now: online(now) and now["heat"]["state"] == "PASTEURISE")
            cycle = client.call("heat.report")["hygiene"]["running"]
    assert cycle["kind"] == "PASTEURISE" and cycle["by"].startswith(("uid", "local"))


def test_what_the_power_plant_says_holds_for_heat_in_the_same_second(folder: Path) -> None:
    board, power = HeatBoard("heat1", 141, 0), EnergyBoard("power", 500, 0)
    with serving(board, power) as boards:
        path = site_file(
            folder,
            boards,
            "energy: {board: power, plan: {method: rules}}\n",
            "  - {id: power, program: energy, line: p, unit: 1, dev_id: 500}\n",
            f"  - {{id: p, type: tcp, host: 127.0.0.1, port: {boards['power'].port}}}\n",
        )
        with running(path) as core, Client(core.socket) as client:
            core.wait_for(lambda now: online(now) and now["energy"]["state"] == "OBSERVE")
            power.put("BAT.SOC", 290)
            core.wait_for(lambda now: now["heat"]["why"] == "SoC < 30 %")
            made = client.call("heat.setpoint", name="eh1", value=100)
            assert (made["value"], made["held_by"]) == (0, "the battery's reserve")
            power.put("BAT.SOC", 600)
            assert boards.until(lambda: (1000, 30, 0, 0) in board.told("P2H"))
            power.put("SHED.TIER", 3)
            assert boards.until(lambda: (0, 60, 0, 0) in board.told("EH1_MAX"))
            assert boards.until(lambda: (1, 60, 0, 0) in board.told("HP_MAX"))
            told = {each["name"]: each for each in client.call("heat.explain")["set_points"]}
            assert told["machines"]["held_by"] == told["eh1"]["held_by"] == "grid and transformer"
            power.put("SHED.TIER", 0)
            assert boards.until(lambda: (3000, 60, 0, 0) in board.told("EH1_MAX")), "and it is told that it is over"


def test_a_silent_board_is_told_nothing_and_a_site_without_one_says_so(folder: Path) -> None:
    board = HeatBoard("heat1", 141, 0, parameters={"supply_max": 4800})
    with serving(board) as boards, running(site_file(folder, boards)) as core, Client(core.socket) as client:
        core.wait_for(lambda now: online(now) and "supply_max is 4800 on the board" in now["heat"]["why"])
        assert not board.told("SET_SP")
        with pytest.raises(ApiError, match="supply_max is 4800 on the board") as refused:
            client.call("heat.pasteurise")
        assert refused.value.code is Code.REFUSED
    with (
        serving(Lane("in1", 301, 0)) as lanes,
        running(lanes.site_file(folder)) as core,
        Client(core.socket) as client,
        pytest.raises(ApiError, match="no `heat` section"),
    ):
        client.call("heat.status")


def test_the_drawing_fits_a_terminal_and_marks_what_is_not_measured(folder: Path) -> None:
    board = HeatBoard("heat1", 141, 0)
    board.doubt("TT43", "DRIFT")
    board.trip("SENSOR", "LEAK")
    board.put("TT47", 0x8000)  # a wire is open
    with serving(board) as boards, running(site_file(folder, boards)) as core, Client(core.socket) as client:
        core.wait_for(lambda now: online(now) and now["heat"]["state"] == "RUN")
        assert boards.until(lambda: client.call("heat.status")["points"]["TT43"]["estimate"] == "drifted")
        assert boards.until(lambda: client.call("heat.status")["set_points"].get("heating") == 42.5)
        client.call("heat.setpoint", name="heating", value=40, minutes=30, why="balancing")
        code, shown = edgectl(core, "status", columns=80)
        rows = shown.splitlines()
        assert code == 0 and max(map(len, rows)) <= 80 and len(rows) <= 26, shown
        for part in ("TT101 35.0", "28.5 L/s", "HP1 run 280 kW 47.0", "COP 4.0", "TT45 60.0", "P101 A●B○", "TT46 55.5"):
            assert part in shown, shown
        assert "~59.0" in shown and "cold ---" in shown, "an estimate, and what nobody knows"
        assert "42.0 (→42.5)" in shown, "a value with its set-point"
        alarms = [row for row in rows if row.startswith(("LEAK (H10, P1)", "SENSOR (H11, P3)"))]
        assert [alarm.split()[0] for alarm in alarms] == ["LEAK", "SENSOR"], "the more urgent one first"
        assert "not believed: TT43 drifted" in shown and "ordered: heating 40 for" in shown
        wide = edgectl(core, "status", columns=140)[1].splitlines()
        assert wide[2:21] == rows[2:21], "the drawing is the same on a wider screen"

        code, shown = edgectl(core, "explain")
        assert code == 0 and "balancing" in shown and "hot-water" not in shown
        for name in ("explain", "report", "lost", "status"):
            code, text = edgectl(core, name, "--json")
            assert code == 0 and json.loads(text), name
        assert boards.until(lambda: client.call("heat.report", hours=1)["states_h"].get("RUN") is not None), "this hour"
        code, shown = edgectl(core, "report", "--days")
        assert code == 0 and "system COP" in shown and "Books by day" in shown and "Hygiene, due by" in shown
        assert "TT50" in edgectl(core, "lost")[1]
        assert edgectl(core, "setpoint", "charge", "63") == (0, "charge 63 degC: the board has it\n")
        assert edgectl(core, "setpoint", "charge", "auto") == (0, "charge 62 degC: the board has it\n")
        assert edgectl(core, "setpoint", "it", "auto") == (0, "it: the board's own\n")
        assert edgectl(core, "setpoint", "dhw", "warm") == (2, "a set-point is a number or auto, not `warm`")
        code, said = edgectl(core, "setpoint", "dhw", "66")
        assert code == 5 and "scald band" in said


def test_nobody_disinfects_by_accident(folder: Path) -> None:
    board = HeatBoard("heat1", 141, 0)
    with serving(board) as boards, running(site_file(folder, boards)) as core, Client(core.socket) as client:
        core.wait_for(lambda now: online(now) and now["heat"]["state"] == "RUN")
        assert boards.until(lambda: client.call("heat.status")["points"]["TT45"]["quality"] == "good")
        code, said = edgectl(core, "disinfect", "--yes")
        assert code == 2 and "a person reads what happens and types the word" in said
        code, said = edgectl(core, "disinfect")
        assert code == 5 and "the key at heat1 (KEY.DIS) is not turned" in said
        board.contact("KEY.DIS")
        assert boards.until(lambda: client.call("heat.status")["hygiene"]["key"])
        assert edgectl(core, "disinfect", typed="Li Wei\nposters\nyes\n") == (5, "that was not it. Nothing was done.")
        assert edgectl(core, "disinfect", typed="Li Wei\n") == (5, "nothing was done")
        assert not board.told("DISINFECT")
        code, shown = edgectl(core, "disinfect", "--notice", "posters", typed="Li Wei\nDISINFECT test\n")
        assert (
            code == 0
            and "70 degC and more at EVERY tap" in shown
            and "Li Wei is responsible" in shown
            and "tell first: duty engineer (extension 2210)" in shown
        )
        assert len(board.told("DISINFECT")) == 2, "armed, then executed"
        board.state("NETWORK_DISINFECT")
        board.put_value("TT46", 71.0)
        assert boards.until(lambda: client.call("heat.report")["hygiene"]["running"] is not None)
        assert boards.until(lambda: client.call("heat.status")["points"]["TT46"]["value"] == 71.0)
        code, shown = edgectl(core, "flush", "clinic", "--by", "Chen Yu")
        assert (code, shown) == (0, "clinic is on record, flushed by Chen Yu\nopen: housing-a\n")
        assert edgectl(core, "abort") == (0, "heat1: no cycle is under way\n") and board.told("ABORT")
        board.put("HYG.CYCLE", 1)
        assert boards.until(lambda: client.call("heat.status")["hygiene"]["cycle"] == "PASTEURISE")
        assert edgectl(core, "abort") == (0, "heat1: PASTEURISE ends\n")
        code, shown = edgectl(core, "report")
        assert code == 0 and "NETWORK_DISINFECT" in shown and "housing-a open" in shown
    (audit,) = [r.body for r in core.records(Kind.AUDIT) if r.name == "DISINFECT"]
    assert (audit["responsible"], audit["notice"]) == ("Li Wei", "posters")


def test_a_loop_is_tested_by_one_at_a_time_and_an_order_is_not_mixed_with_it(folder: Path) -> None:
    board = HeatBoard("heat1", 141, 0)
    board.put_value("TT101", 33.0)
    with serving(board) as boards, running(site_file(folder, boards)) as core, Client(core.socket) as client:
        core.wait_for(lambda now: online(now) and now["heat"]["state"] == "RUN")
        assert boards.until(lambda: client.call("heat.status")["it_margin_k"] == 7.0)
        assert edgectl(core, "tune", "--abort") == (5, "no loop was tested since the gateway has started")
        with pytest.raises(ApiError, match="no loop `heatin`; did you mean `heating`"):
            client.call("heat.tune.start", loop="heatin")
        client.call("heat.setpoint", name="heat-pump", value=50)
        with pytest.raises(ApiError, match="an order stands for heat-pump"):
            client.call("heat.tune.start", loop="heat-pump")
        client.call("heat.setpoint", name="heat-pump", value=None)
        begun = client.call("heat.tune.start", loop="heating", step=4)
        assert (begun["phase"], begun["step"], begun["over"]) == ("SETTLE", 4, False)
        with pytest.raises(ApiError, match="heating is being tested by"):
            client.call("heat.tune.start", loop="dhw")
        with pytest.raises(ApiError, match="heating is being tested; `edgectl heat tune --abort` ends it"):
            client.call("heat.setpoint", name="heating", value=40)
        assert client.call("heat.tune.status")["value"] in (None, 42.0)
        assert "being tested: heating" in edgectl(core, "status")[1]
        code, said = edgectl(core, "tune", "--abort")
        assert code == 0 and said.startswith("heating: ABORTED, ended by ")
        assert boards.until(lambda: client.call("heat.status")["tuning"] == "")
    assert "HEAT_TUNE" in [r.name for r in core.records(Kind.AUDIT)]

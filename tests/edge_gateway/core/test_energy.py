"""The energy management in the core, over Modbus TCP: its image, its set-points, its local API, edgectl's tables."""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from typer.testing import CliRunner

from edge_gateway.api.client import Client
from edge_gateway.api.wire import ApiError, Code
from edge_gateway.cli.energy_commands import app
from edge_gateway.cli.exits import CommandFailed
from edge_gateway.journal import Kind
from protocols import layout
from protocols.modbus.bank import ArrayBank
from protocols.sheets import load
from protocols.sheets.derive import param_registers
from tests.edge_gateway.core.lanes import Lane, Lanes, serving
from tests.edge_gateway.core.test_core import Running, online, running
from tests.edge_gateway.core.test_waste import inlet, station
from tests.edge_gateway.fieldbus.support import board_registers

SHEET = load("energy")
CODES = {command.code: command.name for command in SHEET.commands}


@dataclass
class EnergyBoard(Lane):
    """The registers of an energy board: it takes every command, and nothing moves."""

    parameters: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        ArrayBank.__init__(self, 0, 0)
        self.points = {point.name: point for point in SHEET.points}
        self.holding = board_registers(SHEET, self.dev_id, 0x300)
        for param, register in zip(SHEET.params, param_registers(SHEET), strict=True):
            self.holding[register] = self.parameters.get(param.name, param.default)
        self.holding[layout.H_MODE] = layout.MODE_AUTO
        self._began = time.monotonic()
        for name, value in {"GM.P": 3000, "GM.V": 2300, "GM.F": 5000, "BAT.SOC": 600, "BAT.SOH": 990}.items():
            self.put(name, value)
        for name, value in {"CHARGE.MAX": 5000, "DISCH.MAX": 5000, "PCS.ST": 4, "PCS.CTL": 1}.items():
            self.put(name, value)
        for number in range(1, 7):
            self.put(f"INV{number}.ST", 4)
        self.contact("QG.ZCL")
        self.contact("GRID.OK")

    def contact(self, name: str, on: int = 1) -> None:
        """Sets the logical value of a digital input."""
        bit = self.points[name].bit
        word = layout.DI_WORDS + bit // 16
        mask = 1 << bit % 16
        self.holding[word] = self.holding[word] & ~mask | (mask if on else 0)

    def put(self, point: str, value: int) -> None:
        row = self.points[point]
        words = getattr(row, "words", 1)
        if words == 2:
            self.holding[row.reg] = value >> 16 & 0xFFFF
        self.holding[row.reg + words - 1] = value & 0xFFFF

    def told(self, name: str) -> list[tuple[int, ...]]:
        """Arguments of the commands of that name, in their order."""
        return [args for _seq, code, args in self.executed if CODES.get(code) == name]


WASTE = """\
waste:
  station: station
  branches: [{number: 1, length_m: 600, joins_m: 300}]
  inlets: [{board: inlet01, branch: 1, distance_m: 400}]
"""


@pytest.fixture
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="de-") as name:
        yield Path(name)


def site_file(folder: Path, boards: Lanes, extra: str = "") -> Path:
    text = f"""\
site: {{id: test, name: Test, timezone: UTC}}
gateway: {{id: gw1, run_dir: run, journal: {{group_ms: 1}}}}
lines:
  - {{id: net, type: tcp, host: 127.0.0.1, port: {boards["power"].port}}}
boards:
  - {{id: power, program: energy, line: net, unit: 1, dev_id: 500}}
energy:
  board: power
  plan: {{method: rules}}
  feeders: [{{name: fans, tier: 3, kw: 165}}, {{name: it, tier: 1}}]
{extra}"""
    path = folder / "site.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def edgectl(core: Running, *args: str) -> tuple[int, str]:
    """Exit code and what was printed."""
    result = CliRunner().invoke(app, [*args, "--socket", str(core.socket)], env={"COLUMNS": "100", "TZ": "UTC"})
    if isinstance(result.exception, CommandFailed):
        return result.exception.code, str(result.exception)
    return result.exit_code, result.output


def test_it_observes_holds_its_caps_and_says_who_decides(folder: Path) -> None:
    power = EnergyBoard("power", 500, 0)
    power.put("GM.P", 14000)  # 1,400 kW: 130 more than the cap leaves
    power.put("EV.CONN1", 0b11)
    with serving(power) as boards, running(site_file(folder, boards)) as core, Client(core.socket) as client:
        core.wait_for(lambda now: online(now) and now["energy"]["state"] == "OBSERVE")
        core.wait_for(lambda now: (1300, 30, 0, 0) in power.told("SET_PCS"))
        found = client.call("energy.status")
        assert found["flow"]["grid_kw"] == 1400.0 and found["battery"]["soc"] == 60.0
        assert found["ev"]["connected"] == 2
        assert power.told("SET_IMPORT_CAP")[0] == (12800, 30, 0, 0)
        assert power.told("SET_RESERVE")[0] == (300, 30, 0, 0)
        assert {args[0] for args in power.told("EV_ENABLE")} == {0, 1, 2, 3, 4, 5}, "six words of 16 points"
        told = {point["name"]: point for point in client.call("energy.explain")["set_points"]}
        assert told["battery"]["kw"] == 130.0 and told["battery"]["held_by"] == "transformer and EV cap"
        (row,) = (row for row in client.call("energy.limits")["limits"] if row["name"] == "import cap")
        assert (row["at"], row["limit"], row["left"]) == (1400.0, 1280.0, -120.0)

        client.call("energy.limit", cap="import", kw=900, ttl_s=60, why="feeder work")
        core.wait_for(lambda now: (5000, 30, 0, 0) in power.told("SET_PCS"))  # all that the battery has
        assert "feeder work" in client.call("energy.explain")["set_points"][0]["why"]
        core.wait_for(lambda now: (9000, 30, 0, 0) in power.told("SET_IMPORT_CAP"))
        with pytest.raises(ApiError, match="`cap` must be import or export") as error:
            client.call("energy.limit", cap="sideways", kw=1)
        assert error.value.code is Code.BAD_PARAMS
        assert client.call("energy.report")["set_points"] == 0, "no quarter hour is over"
        assert client.call("tags", pattern="ems.STATE")[0]["text"] == "OBSERVE"
        lost = {row["signal"]: row["then"] for row in client.call("energy.lost")}
        assert "6 A" in lost["EV.P"]
    assert [r.name for r in core.records(Kind.AUDIT) if r.source == "energy"] == ["LIMIT"]


def test_an_ordered_cap_outlives_a_restart_of_the_gateway_and_not_its_time(folder: Path) -> None:
    power = EnergyBoard("power", 500, 0)
    with serving(power) as boards:
        site = site_file(folder, boards)
        with running(site) as core, Client(core.socket) as client:
            client.call("energy.limit", cap="import", kw=900, ttl_s=600, why="feeder work")
            client.call("energy.limit", cap="export", kw=50, ttl_s=600)
            client.call("energy.limit", cap="export", kw=100, ttl_s=0.5)
        with running(site) as core, Client(core.socket) as client:
            rows = {row["name"]: row for row in client.call("energy.limits")["limits"]}
    assert (rows["import cap"]["limit"], rows["export cap"]["limit"]) == (900.0, 200.0)
    assert "feeder work" in rows["import cap"]["why"]


def test_a_lost_grid_is_opened_shed_and_told(folder: Path) -> None:
    power = EnergyBoard("power", 500, 0)
    power.put("EV.CONN2", 0b101)
    with serving(power) as boards, running(site_file(folder, boards)) as core:
        core.wait_for(lambda now: online(now) and now["energy"]["state"] == "OBSERVE")
        core.wait_for(lambda now: bool(power.told("SET_PCS")))
        core.wait_for(lambda now: (1, 0b101, 30, 0) in power.told("EV_ENABLE"))
        assert power.told("EV_SHARE")[-1][0] == 60, "6 A to begin with"
        power.contact("GRID.OK", 0)
        core.wait_for(lambda now: now["energy"]["state"] == "ISLAND" and bool(power.told("QG_OPEN")))
        core.wait_for(lambda now: any(args[0] == 3 for args in power.told("SHED")))
        power.contact("QG.ZCL", 0)
        core.wait_for(lambda now: (1, 0, 0, 0) in power.told("PCS_FORM"))
        before = len(power.told("SET_PCS"))
        core.wait_for(lambda now: any(args[0] == 2 for args in power.told("SHED")))  # black start: tier 2 too
        assert len(power.told("SET_PCS")) == before, "who forms a grid gets no set-point"
        assert power.told("EV_SHARE")[-1][0] == 0
        with Client(core.socket) as client:
            power.put("SHED.TIER", 2)
            core.wait_for(lambda now: client.call("energy.status")["island"]["shed"] == 2)
            found = client.call("energy.status")
            assert found["island"]["state"] == "BLACK_START"
            assert [feeder["off"] for feeder in found["feeders"]] == [True, False]
        assert "shed from tier 2 on: fans" in edgectl(core, "status")[1]
    assert "ISLAND" in [r.name for r in core.records(Kind.EVENT) if r.source == "energy"]


def test_the_waste_collection_hears_of_it(folder: Path) -> None:
    power = EnergyBoard("power", 500, 0)
    power.put("BAT.SOC", 290)
    with serving(power, station(), inlet(1)) as boards:
        names = ("station", "inlet01")
        path = site_file(folder, boards, WASTE)
        lines = "".join(f"  - {{id: l_{n}, type: tcp, host: 127.0.0.1, port: {boards[n].port}}}\n" for n in names)
        listed = "".join(
            f"  - {{id: {n}, program: waste_{p}, line: l_{n}, unit: 1, dev_id: {boards[n].dev_id}}}\n"
            for n, p in zip(names, ("station", "inlet"), strict=True)
        )
        text = path.read_text().replace("boards:\n", lines + "boards:\n" + listed)
        path.write_text(text, encoding="utf-8")
        with running(path) as core, Client(core.socket) as client:
            core.wait_for(lambda now: online(now) and now["waste"]["station"]["heard"])
            core.wait_for(lambda now: client.call("waste.plan")["hints"] == "battery below 30 %")
            assert client.call("tags", pattern="ems.HEAT")[0]["text"] == "no power-to-heat"
            power.put("BAT.SOC", 400)
            core.wait_for(lambda now: client.call("waste.plan")["hints"] is None)


def test_a_site_without_power_says_so(folder: Path) -> None:
    with (
        serving(Lane("in1", 301, 0)) as lanes,
        running(lanes.site_file(folder)) as core,
        Client(core.socket) as client,
        pytest.raises(ApiError, match="no `energy` section"),
    ):
        client.call("energy.status")


def test_tables_fit_and_say_the_same(folder: Path) -> None:
    power = EnergyBoard("power", 500, 0)
    power.put("GM.P", 14000)
    power.put("INV2.W", 553)
    power.put("INV2.ST", 7)
    with serving(power) as boards, running(site_file(folder, boards)) as core:
        core.wait_for(lambda now: online(now) and now["energy"]["state"] == "OBSERVE")
        core.wait_for(lambda now: (1300, 30, 0, 0) in power.told("SET_PCS"))
        shown = {}
        for name in ("status", "limits", "explain", "report", "lost"):
            code, shown[name] = edgectl(core, name)
            assert code == 0 and max(len(line) for line in shown[name].splitlines()) <= 100, shown[name]
            assert json.loads(edgectl(core, name, "--json")[1])
        assert "OBSERVE" in shown["status"] and "SoC 60 %" in shown["status"]
        assert "rules stand in" in shown["status"] and "-120" in shown["limits"]
        assert "battery: 130 kW (wished 0): import cap of 1280 kW" in shown["explain"]
        assert "GM.P" in shown["lost"] and "set-points taken" in shown["report"]
        held = edgectl(core, "limit", "export", "50", "--why", "operator")
        assert held == (
            0,
            "import cap 1280 kW (import cap of 1280 kW)\nexport cap 50 kW (export cap by order: operator)\n",
        )
        assert edgectl(core, "limit", "import", "99999") == (5, "`kw` must be 0 to 6553")

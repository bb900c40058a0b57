"""The energy management in the core, over Modbus TCP: its image, its set-points, its local API, edgectl's tables."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from edge_gateway.api.client import Client
from edge_gateway.api.wire import ApiError, Code
from edge_gateway.journal import Kind
from protocols import layout
from protocols.modbus.bank import ArrayBank
from protocols.sheets import load
from protocols.sheets.derive import param_registers
from tests.edge_gateway.core.lanes import Lane, Lanes, serving
from tests.edge_gateway.core.test_core import Running, online, running
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
{extra}"""
    path = folder / "site.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def edgectl(core: Running, *args: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from edge_gateway.cli.app import main; main()", "energy", *args]
    env = {**os.environ, "COLUMNS": "100", "TZ": "UTC"}
    where = ["--socket", str(core.socket)]
    return subprocess.run([*command, *where], capture_output=True, text=True, timeout=60, env=env, check=False)


def test_it_observes_holds_its_caps_and_says_who_decides(folder: Path) -> None:
    power = EnergyBoard("power", 500, 0)
    power.put("GM.P", 14000)  # 1,400 kW: 130 more than the cap leaves
    power.put("EV.CONN1", 0b11)
    with serving(power) as boards, running(site_file(folder, boards)) as core, Client(core.socket) as client:
        core.wait_for(lambda now: online(now) and now["energy"]["state"] == "OBSERVE")
        core.wait_for(lambda now: (1300, 30, 0, 0) in power.told("SET_PCS"))
        found = client.call("energy.status")
        assert found["flow"]["grid_kw"] == 1400.0 and found["battery"]["soc"] == 60.0
        assert found["ev"]["connected"] == 2 and found["ev"]["share_a"] == 0.0
        assert power.told("SET_IMPORT_CAP")[0] == (12800, 30, 0, 0)
        assert power.told("SET_RESERVE")[0] == (300, 30, 0, 0)
        assert power.told("EV_SHARE")[0][0] == 0, "nobody may charge while the battery shaves"
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


def test_a_lost_grid_is_opened_shed_and_told(folder: Path) -> None:
    power = EnergyBoard("power", 500, 0)
    with serving(power) as boards, running(site_file(folder, boards)) as core:
        core.wait_for(lambda now: online(now) and now["energy"]["state"] == "OBSERVE")
        core.wait_for(lambda now: bool(power.told("SET_PCS")))
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
            assert client.call("energy.status")["island"]["state"] == "BLACK_START"
    assert "ISLAND" in [r.name for r in core.records(Kind.EVENT) if r.source == "energy"]


def test_a_site_without_power_says_so(folder: Path) -> None:
    with (
        serving(Lane("in1", 301, 0)) as lanes,
        running(lanes.site_file(folder)) as core,
        Client(core.socket) as client,
        pytest.raises(ApiError, match="no `energy` section"),
    ):
        client.call("energy.status")

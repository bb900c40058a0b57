"""The waste collection in the core, over Modbus TCP: its image, its local API, its refusals, and edgectl's tables."""

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
from tests.edge_gateway.core.lanes import PATIENCE_S, Lane, Lanes, serving
from tests.edge_gateway.core.test_core import Running, online, running
from tests.edge_gateway.fieldbus.support import board_registers

pytestmark = pytest.mark.wall_clock

STATION_IDLE = 1


@dataclass
class WasteBoard(Lane):
    """The registers of a station or an inlet: it obeys every command and nothing moves."""

    program: str = "waste_inlet"
    parameters: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        ArrayBank.__init__(self, 0, 0)
        sheet = load(self.program)
        self.points = {point.name: point for point in sheet.points}
        self.holding = board_registers(sheet, self.dev_id, 0x300)
        for param, register in zip(sheet.params, param_registers(sheet), strict=True):
            self.holding[register] = self.parameters.get(param.name, param.default)
        self.holding[layout.H_MODE] = layout.MODE_AUTO
        self._began = time.monotonic()

    def contact(self, name: str, on: int = 1) -> None:
        """Sets the logical value of a digital input."""
        bit = self.points[name].bit
        mask = 1 << bit % 16
        word = layout.DI_WORDS + bit // 16
        self.holding[word] = self.holding[word] & ~mask | (mask if on else 0)

    def put(self, point: str, value: int) -> None:
        row = self.points[point]
        if getattr(row, "words", 1) == 2:
            self.holding[row.reg] = value >> 16 & 0xFFFF
        self.holding[row.reg + getattr(row, "words", 1) - 1] = value & 0xFFFF


def inlet(number: int, **parameters: int) -> WasteBoard:
    board = WasteBoard(f"inlet{number:02d}", 100 + number, 0, parameters=parameters)
    for valve in (1, 2, 3):
        board.contact(f"DV{valve}.ZSC")
        board.contact(f"DV{valve}.ZDOOR")
    return board


def station() -> WasteBoard:
    board = WasteBoard("station", 200, 0, program="waste_station")
    board.holding[layout.H_STATE] = STATION_IDLE
    for branch in range(1, 7):
        board.contact(f"AV{branch}.ZSC")
    board.contact("DIV1.ZA")
    for number in (1, 2, 3):
        board.contact(f"CNT{number}.ZDOCK")
        board.contact(f"CNT{number}.ZGATE")
    board.put("SPEED.SET", 2200)
    board.put("VACUUM.SET", 1800)
    return board


@pytest.fixture
def boards() -> Iterator[Lanes]:
    with serving(station(), inlet(1), inlet(2)) as served:
        yield served


@pytest.fixture
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="de-") as name:
        yield Path(name)


def site_file(folder: Path, boards: Lanes, extra: str = "") -> Path:
    names = ("station", "inlet01", "inlet02")
    lines = [f"  - {{id: l_{name}, type: tcp, host: 127.0.0.1, port: {boards[name].port}}}" for name in names]
    listed = [
        f"  - {{id: {name}, program: waste_{'station' if name == 'station' else 'inlet'}, line: l_{name}, unit: 1, "
        f"dev_id: {boards[name].dev_id}}}"
        for name in names
    ]
    text = "\n".join(
        [
            "site: {id: test, name: Test, timezone: Asia/Shanghai}",
            "gateway: {id: gw1, run_dir: run, journal: {group_ms: 1}}",
            *("lines:", *lines, "boards:", *listed),
            "waste:",
            "  station: station",
            "  branches: [{number: 1, length_m: 600, joins_m: 300}]",
            "  inlets:",
            "    - {board: inlet01, branch: 1, distance_m: 400}",
            "    - {board: inlet02, branch: 1, distance_m: 500}",
            '  curfew: {from: "00:00", to: "00:00"}',
            extra,
        ]
    )
    path = folder / "site.yaml"
    path.write_text(text + "\n", encoding="utf-8")
    return path


def edgectl(core: Running, *args: str) -> subprocess.CompletedProcess[str]:
    command = [
        sys.executable,
        "-c",
        "from edge_gateway.cli.app import main; main()",
        "waste",
        *args,
        "--socket",
        str(core.socket),
    ]
    env = {**os.environ, "COLUMNS": "100", "TZ": "UTC"}
    return subprocess.run(command, capture_output=True, text=True, timeout=60, env=env, check=False)


def ready(core: Running) -> None:
    core.wait_for(lambda now: online(now) and now["waste"]["station"]["heard"])


def test_a_person_asks_and_a_station_that_does_nothing_is_named(boards: Lanes, folder: Path) -> None:
    with running(site_file(folder, boards)) as core, Client(core.socket) as client:
        ready(core)
        found = client.call("waste.status")
        assert found["state"] == "IDLE" and len(found["chutes"]) == 6
        assert {chute["level"] for chute in found["chutes"]} == {"low"}
        for code, place, fraction, said in (
            (Code.NOT_FOUND, "inlet09", None, "no inlet `inlet09`"),
            (Code.NOT_FOUND, None, "glass", "no fraction `glass`"),
            (Code.REFUSED, None, None, "these chutes are empty; name an inlet"),
        ):
            with pytest.raises(ApiError, match=said) as error:
                client.call("waste.collect", inlet=place, fraction=fraction)
            assert error.value.code is code
        asked = client.call("waste.collect", inlet="inlet01", fraction="other")
        assert asked["chutes"] == ["inlet01.2"]
        core.wait_for(lambda now: now["waste"]["run"] is not None and now["waste"]["state"] == "PRECHECK")
        with pytest.raises(ApiError, match="collect has to wait: run 1 is in PRECHECK; when that run has ended"):
            client.call("waste.collect", inlet="inlet01")
        assert client.call("waste.report")["runs"] == 0
    names = [r.name for r in core.records(Kind.EVENT) if r.source == "waste"]
    assert names[:2] == ["RUN_BEGAN", "STATE"]
    audit = [r for r in core.records(Kind.AUDIT) if r.name == "COLLECT"]
    assert len(audit) == 1 and audit[0].body["inlet"] == "inlet01"
    memory = json.loads((core.socket.parent / "waste.json").read_text())
    assert memory["state"] == "PRECHECK", "it goes on there"


def test_tables_fit_and_a_full_chute_starts_a_run(boards: Lanes, folder: Path) -> None:
    full = boards["inlet02"]
    assert isinstance(full, WasteBoard)
    full.contact("DV1.LSH")
    full.contact("DV1.LSHH")
    with running(site_file(folder, boards)) as core:
        ready(core)
        core.wait_for(lambda now: now["waste"]["run"] is not None)
        shown = edgectl(core, "status")
        assert shown.returncode == 0 and "full 80 kg" in shown.stdout and "1 chute is full" in shown.stdout
        planned = edgectl(core, "plan")
        assert "run 1 is under way; if it were not: 1 chute is full" in planned.stdout
        report = edgectl(core, "report")
        assert "kWh/t" in report.stdout
        for table in (shown, planned, report):
            assert max(len(line) for line in table.stdout.splitlines()) <= 100, table.stdout
        figures = json.loads(edgectl(core, "report", "--json").stdout)
        assert {
            *("kwh_per_t", "t_per_day", "starts_per_day", "late_chutes_pct", "blockages_per_1000_pulses", "night_runs"),
            *("availability_pct", "pulse_to_landing_s", "container_fill_at_change_pct", "filter_kpa_per_day"),
        } <= set(figures), "all that §1g names"
        refused = edgectl(core, "reset")
        assert refused.returncode == 5 and "nothing is tripped" in refused.stderr


def test_a_board_with_other_parameters_is_named_and_left_alone(folder: Path) -> None:
    with serving(station(), inlet(1, fraction1=2), inlet(2)) as boards, running(site_file(folder, boards)) as core:
        ready(core)
        core.wait_for(lambda now: now["tags"]["good"] == now["tags"]["total"])
        with Client(core.socket) as client:
            status = core.wait_for(lambda now: online(now))
            assert status["waste"]["state"] == "IDLE"
            deadline = time.monotonic() + PATIENCE_S
            while "parameters" not in client.call("waste.status")["chutes"][0]["trouble"]:
                assert time.monotonic() < deadline
            with pytest.raises(
                ApiError,
                match="inlet01 runs other parameters than the site file: fraction1 is 2 on the board",
            ):
                client.call("waste.collect", inlet="inlet01")


def test_a_site_without_waste_says_so(folder: Path) -> None:
    with serving(Lane("in1", 301, 0)) as lanes, running(lanes.site_file(folder)) as core:
        with Client(core.socket) as client, pytest.raises(ApiError, match="no `waste` section"):
            client.call("waste.status")
        assert edgectl(core, "status").returncode == 5

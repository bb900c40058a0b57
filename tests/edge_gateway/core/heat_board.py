"""The registers of a heat board: it takes every command, and nothing moves."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from pathlib import Path

from protocols import layout
from protocols.modbus.bank import ArrayBank
from protocols.sheets import load
from protocols.sheets.derive import param_registers
from protocols.sheets.heat_points import TEMPERATURES
from tests.edge_gateway.core.lanes import Lane, Lanes
from tests.edge_gateway.fieldbus.support import board_registers

SHEET = load("heat_loop")
CODES = {command.code: command.name for command in SHEET.commands}
WARM = {
    "TT101": 35.0, "TT102": 27.0, "TT201": 25.0, "TT202": 20.0, "TT203": 40.0, "TT204": 46.0,
    "TT301": 46.0, "TT302": 45.0, "TT303": 43.0, "TT304": 40.0, "TT305": 42.0, "TT306": 36.0,
    "TT41": 61.0, "TT42": 60.5, "TT43": 59.0, "TT44": 57.0, "TT45": 60.0, "TT46": 55.5, "TT47": 12.0, "TT50": 5.0,
    "FT101": 28.5, "FT201": 26.0, "FT301": 18.2, "FT401": 0.0, "FT402": 0.9,
    "PT101": 1.6, "PT201": 1.5, "PT301": 1.4, "DP101": 0.12, "DP301": 0.3,
    "IT.REQ": 850.0, "IT.T": 23.5, "L1.PV": 42.0, "L1.SP": 42.5, "L1.OUT": 61.0,
    "HP1.KW": 280.0, "HP1.PEL": 70.0, "HP1.TO": 47.0,
}  # fmt: skip


@dataclass
class HeatBoard(Lane):
    """parameters: those that differ from the sheet's defaults."""

    parameters: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        ArrayBank.__init__(self, 0, 0)
        self.points = {point.name: point for point in SHEET.points}
        self.holding = board_registers(SHEET, self.dev_id, 0x300)
        for param, register in zip(SHEET.params, param_registers(SHEET), strict=True):
            self.holding[register] = self.parameters.get(param.name, param.default) & 0xFFFF
        self.holding[layout.H_MODE] = layout.MODE_AUTO
        self._began = time.monotonic()
        self.state("RUN", "HEATING")
        for name, value in WARM.items():
            self.put_value(name, value)
        self.put("HP1.PHASE", 3)
        self.put("HP.LEAD", 1)
        self.contact("P101A.RUN")
        self.contact("V101.ZSO")

    def state(self, name: str, substate: str = "NONE") -> None:
        """Puts the plant into a state."""
        self.holding[layout.H_STATE] = SHEET.states.index(name)
        self.holding[layout.H_SUBSTATE] = SHEET.substates.index(substate)

    def contact(self, name: str, on: int = 1) -> None:
        """Sets the logical value of a digital input."""
        bit = self.points[name].bit
        word = layout.DI_WORDS + bit // 16
        mask = 1 << bit % 16
        self.holding[word] = self.holding[word] & ~mask | (mask if on else 0)

    def trip(self, *names: str) -> None:
        """The causes that stand, and no others."""
        bits = sum(1 << bit for bit, cause in enumerate(SHEET.causes) if cause.name in names)
        self.holding[layout.H_TRIP_BITS] = bits >> 16
        self.holding[layout.H_TRIP_BITS + 1] = bits & 0xFFFF

    def put(self, point: str, value: int) -> None:
        row = self.points[point]
        words = getattr(row, "words", 1)
        if words == 2:
            self.holding[row.reg] = value >> 16 & 0xFFFF
        self.holding[row.reg + words - 1] = value & 0xFFFF

    def put_value(self, point: str, value: float) -> None:
        """A value in its own unit."""
        self.put(point, round(value * self.points[point].scale))

    def doubt(self, temperature: str, why: str) -> None:
        """The board doesn't believe a temperature: OPEN, SHORT, DRIFT, FROZEN or SWAP."""
        names = [name for name, _meaning in TEMPERATURES]
        self.put(f"EST.{why}", 1 << names.index(temperature))

    def told(self, name: str) -> list[tuple[int, ...]]:
        """Arguments of the commands of that name, in their order."""
        return [args for _seq, code, args in self.executed if CODES.get(code) == name]


def site_file(folder: Path, boards: Lanes, extra: str = "", more_boards: str = "", more_lines: str = "") -> Path:
    """A site with the heat board `heat1`."""
    text = f"""\
site: {{id: test, name: Test, timezone: Asia/Shanghai}}
gateway: {{id: gw1, run_dir: run, journal: {{group_ms: 1}}}}
lines:
  - {{id: net, type: tcp, host: 127.0.0.1, port: {boards["heat1"].port}}}
{more_lines}boards:
  - {{id: heat1, program: heat_loop, line: net, unit: 1, dev_id: 141}}
{more_boards}heat:
  board: heat1
  buildings: [{{name: housing}}]
  curfew: {{from: "00:00", to: "00:00"}}
  taps: [{{id: housing-a, where: House A}}, {{id: clinic}}]
  contacts: [{{role: duty engineer, reach: extension 2210}}]
{extra}"""
    path = folder / "site.yaml"
    path.write_text(text, encoding="utf-8")
    return path

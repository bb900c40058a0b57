"""The heat plant as an engineer draws it (domain brief §4a), with what is measured at its place; 80 columns wide.

A value is told by how far it can be believed: 35.0 good, ~35.0 an estimate or uncertain, (35.0) old, --- not known.
Temperatures are degC, flows L/s; a set-point stands behind its value in brackets with an arrow, with M in
manual and T where somebody else holds the actuator.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from edge_gateway.cli.canvas import Canvas
from edge_gateway.cli.text import _

if TYPE_CHECKING:
    from rich.text import Text

WIDTH = 80
_MODES = {"manual": " M", "tracking": " T"}
_STYLES = {"good": "green", "uncertain": "yellow", "bad": "red", "stale": "magenta"}

# fmt: off
_PIPES = (
    "                         ┌──────┐ recovery       ┌─────┐",
    "            ────────────►│ V101 ├───────────────►│ HX1 ├────────┐",
    "                         └──┬───┘                └──┬──┘        │",
    "                            └─►[dry cooler             ]───────►┤",
    "        ◄──[P101              ]◄──────────┬─────────┼───────────┘",
    "                                                    │",
    " evaporator            ►─[P201              ]───────┴─►",
    "   [HP1                        ]",
    "   [HP2                        ]",
    "   [HP3                        ]",
    " condenser             ►─[P202  ]────┬────────────┬───►",
    "      ┌──────────────────────────────┘            └─[HX2]─[P401             ]─┐",
    "      │                                       ┌───────────────────────────────┘",
    " ┌────┴─────┐                             ┌───┴──────┐",
    " │          ├─[V301        ]─►            │          ├─[V401        ]─► taps",
    " │          │ [P301                 ]     │          │",
    " │          │                             │          │◄─[P402             ]◄─",
    " │          │◄── return                   │          │◄─ cold",
    " └──────────┘                             └──────────┘",
)
# fmt: on


class _Drawing:
    def __init__(self, found: dict[str, Any]) -> None:
        self.found = found
        self.points: dict[str, dict[str, Any]] = found["points"]
        self.loops = {loop["name"]: loop for loop in found["loops"]}
        self.canvas = Canvas(WIDTH, len(_PIPES))
        self.canvas.draw(*_PIPES)

    def word(self, row: int, column: int, text: str, style: str = "") -> int:
        return self.canvas.put(row, column, text, style)

    def value(self, row: int, column: int, name: str, digits: int = 1, label: str = "", unit: str = "") -> int:
        """Label, value and unit of a point; returns the column behind them."""
        column = self.canvas.put(row, column, f"{label} " if label else "")
        text, style = shown(self.points.get(name), digits)
        column = self.canvas.put(row, column, text, style)
        return self.canvas.put(row, column, f" {unit}" if unit else "")

    def wanted(self, row: int, column: int, loop: str) -> int:
        """The set-point of a loop; M when it is in manual, T when somebody else holds its actuator and it follows."""
        found = self.loops[loop]
        if found["set_point"] is None:
            return column
        mark = _MODES.get(found["mode"], "")
        return self.canvas.put(row, column, f" (→{found['set_point']:.1f}{mark})", "yellow" if mark else "cyan")

    def pump(self, row: int, column: int, *names: str) -> int:
        """A pump, or two of which one has duty: a full circle runs, an empty one stands; then its speed."""
        for name in names:
            run = self.points.get(f"{name}.RUN")
            known = run is not None and run["quality"] == "good"
            runs = known and run is not None and bool(run["value"])
            mark, style = ("●", "green") if runs else ("○", "") if known else ("?", "red")
            suffix = name[-1] if len(names) > 1 else ""
            column = self.canvas.put(row, column, suffix)
            column = self.canvas.put(row, column, mark, style)
        return column


def drawing(found: dict[str, Any]) -> Text:
    """The whole plant. found: what `heat.status` answers."""
    d = _Drawing(found)
    _source(d)
    _machines(d)
    _heating(d)
    _hot_water(d)
    return d.canvas.text()


def shown(point: dict[str, Any] | None, digits: int = 1) -> tuple[str, str]:
    """A value with its mark and style."""
    if point is None or not isinstance(point["value"], int | float) or point["quality"] == "bad":
        return ("~?" if point is not None and point["estimate"] else "---"), _STYLES["bad"]
    text = f"{point['value']:.{digits}f}"
    if point["estimate"]:
        return f"~{text}", _STYLES["uncertain"]
    if point["quality"] == "stale":
        return f"({text})", _STYLES["stale"]
    return (f"~{text}" if point["quality"] == "uncertain" else text), _STYLES[point["quality"]]


def _source(d: _Drawing) -> None:
    """IT hall, V101, HX1 and the dry cooler."""
    d.word(0, 1, _("IT HALL"), "bold")
    d.value(1, 1, "IT.REQ", 0, unit="kW")
    d.value(2, 1, "IT.T", label=_("air"))
    d.value(0, 12, "TT101", label="TT101")
    d.value(0, 43, "V101.SP", 0, unit="%")
    d.value(1, 69, "HM1.KW", 0, unit="kW")
    d.value(3, 43, "DRYC.FAN", 0, unit="%")
    at = d.pump(4, 17, "P101A", "P101B")
    d.value(4, at + 1, "P101.SPD", 0, unit="%")
    d.value(5, 11, "FT101", unit="L/s")
    d.value(5, 22, "PT101", 2, unit="bar")
    at = d.value(5, 38, "TT102", label="TT102")
    d.wanted(5, at, "it")


def _machines(d: _Drawing) -> None:
    """Heat pumps between evaporator and condenser loop."""
    d.value(6, 12, "TT201", label="TT201")
    at = d.pump(6, 31, "P201")
    d.value(6, at + 1, "FT201", unit="L/s")
    d.value(6, 56, "TT202", label="TT202")
    for machine in d.found["machines"]:
        row = 6 + machine["number"]
        phase = machine["phase"] or "?"
        style = "green" if phase == "run" else "red" if machine["fault"] else "yellow" if phase == "anti-cycle" else ""
        at = d.word(row, 8, phase, style)
        if machine["kw"] is not None and phase == "run":
            d.word(row, at, f" {machine['kw']:.0f} kW {_number(machine['outlet_c'])}")
        at = 33
        if machine["lead"]:
            at = d.word(row, at, _("lead "), "cyan")
        if machine["fault"]:
            at = d.word(row, at, _("fault {code:.0f} ").format(code=machine["fault"]), "red")
        if machine["wait_s"]:
            at = d.word(row, at, _("waits {s:.0f} s ").format(s=machine["wait_s"]), "yellow")
        if phase == "run" and machine["kw"] and machine["electric_kw"]:
            d.word(row, at, _("COP {cop:.1f}").format(cop=machine["kw"] / machine["electric_kw"]))
    d.value(10, 12, "TT203", label="TT203")
    d.pump(10, 31, "P202")
    at = d.value(10, 56, "TT204", label="TT204")
    d.wanted(10, at, "heat-pump")


def _heating(d: _Drawing) -> None:
    """Buffer, mixing valve, heating network."""
    d.word(12, 8, _("BUFFER"), "bold")
    for number in range(4):
        d.value(14 + number, 3, f"TT30{number + 1}")
    at = d.value(14, 20, "V301.SP", 0, unit="%")
    at = d.value(14, 30, "TT305")
    d.wanted(14, at, "heating")
    at = d.pump(15, 20, "P301")
    at = d.value(15, at + 1, "FT301", unit="L/s")
    d.value(16, 14, "DP301", 2, label="Δp", unit="bar")
    d.value(16, 28, "HM2.KW", 0, unit="kW")
    d.value(17, 24, "TT306")


def _hot_water(d: _Drawing) -> None:
    """Store, charging, taps and circulation, electric heater."""
    at = d.pump(11, 64, "P401")
    d.value(11, at + 1, "FT401", unit="L/s")
    d.value(11, 39, "HM3.KW", 0, unit="kW")
    d.word(12, 39, _("STORE"), "bold")
    for number in range(4):
        d.value(14 + number, 45, f"TT4{number + 1}")
    d.value(14, 61, "V401.SP", 0, unit="%")
    at = d.value(13, 58, "TT45", label="TT45")
    d.wanted(13, at, "dhw")
    at = d.pump(16, 62, "P402")
    d.value(16, at + 1, "FT402", unit="L/s")
    d.value(15, 58, "TT46", label="TT46")
    d.value(17, 62, "TT47")
    eh1 = d.found["eh1"]
    kw = "---" if eh1["kw"] is None else f"{eh1['kw']:.0f}"
    style = "yellow" if eh1["kw"] else ""
    d.word(18, 54, f" EH1 {kw} kW {eh1['why'] if eh1['kw'] else ''}".rstrip(), style)


def _number(value: float | None) -> str:
    return "---" if value is None else f"{value:.1f}"

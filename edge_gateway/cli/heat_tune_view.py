"""How a step test goes, and what it has shown."""

from __future__ import annotations

import sys
from types import TracebackType
from typing import TYPE_CHECKING, Any

from edge_gateway.cli.output import plain, table
from edge_gateway.cli.text import _

if TYPE_CHECKING:
    from rich.console import Group
    from rich.table import Table

_PHASES = {
    "SETTLE": _("waits for a plant that stands still"),
    "STEP": _("the step stands"),
    "BACK": _("back, and waits"),
    "RETURN": _("gives the loop back to AUTO"),
    "IDENTIFY": _("works it out"),
    "DONE": _("done"),
    "ABORTED": _("given up"),
}
_WIDTH = 99


class Progress:
    """One line that is written over on a terminal; elsewhere one line a phase. quiet: none at all."""

    def __init__(self, quiet: bool = False) -> None:
        self._quiet = quiet
        self._terminal = sys.stderr.isatty()
        self._phase = ""

    def __enter__(self) -> Progress:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._terminal and self._phase and not self._quiet:
            sys.stderr.write("\n")

    def show(self, found: dict[str, Any]) -> None:
        """On standard error: standard output has the result alone."""
        if self._quiet or (not self._terminal and found["phase"] == self._phase):
            return
        self._phase = found["phase"]
        line = progress_line(found)
        sys.stderr.write(f"\r{line:<{_WIDTH}}" if self._terminal else line + "\n")
        sys.stderr.flush()


def progress_line(found: dict[str, Any]) -> str:
    """Where a test is, in one line."""
    words = _PHASES.get(found["phase"], found["phase"])
    if found["phase"] == "ABORTED" or (found["phase"] == "RETURN" and found["why"]):
        words += f": {found['why']}"
    seen = _("value {value}, set-point {sp}, output {out} %").format(
        value=_number(found["value"], 2), sp=_number(found["set_point"], 2), out=_number(found["output"], 1)
    )
    line = _("{loop} {s:4.0f} of at most {most} s  {words}  ({seen})").format(
        loop=found["loop"], s=found["elapsed_s"], most=found["longest_s"], words=words, seen=seen
    )
    return line[:_WIDTH]


def result_view(found: dict[str, Any]) -> Group:
    """The process, then the parameters, then what they do when the process is another one."""
    from rich.console import Group
    from rich.text import Text

    result = found["result"]
    parts: list[Any] = [Text(_("{loop}: {what}, a step of {step:+g} {of}").format(of=_stepped(found), **found))]
    if result["model"] is None:
        return Group(*parts)
    parts.append(_model(found, result["model"]))
    if result["suggestion"] is None:
        parts.append(Text(_("its controller is the machine's own: no parameters of the board belong to it")))
        return Group(*parts)
    parts += [_parameters(found, result), _robustness(result["suggestion"])]
    words = ", ".join(f"{name}: {value}" for name, value in result["words"].items())
    parts.append(Text(_("not applied; in the site file, under the board's parameters: {words}").format(words=words)))
    parts.append(Text(_("beware: {text}").format(text=found["beware"]), style="yellow"))
    for name in result["outside"]:
        parts.append(Text(_("{name} is outside the range that the board takes").format(name=name), style="yellow"))
    return Group(*parts)


def _stepped(found: dict[str, Any]) -> str:
    return "%" if found["way"] == "output" else plain(found["unit"])


def _model(found: dict[str, Any], model: dict[str, Any]) -> Table:
    unit = found["unit"]
    gain, lag, dead = model["spread"]
    made = table(_("The process"), "", ">" + _("value"), ">+-", "")
    # Of a loop whose controller is the machine's own the set-point is what moves it.
    per = f"{unit}/%" if found["result"]["suggestion"] is not None else f"{unit}/{unit}"
    made.add_row(_("gain"), f"{model['gain']:.4g}", f"{abs(model['gain']) * gain:.2g}", per)
    made.add_row(_("lag"), f"{model['lag_s']:.1f}", f"{model['lag_s'] * lag:.1f}", "s")
    made.add_row(_("dead time"), f"{model['dead_s']:.1f}", f"{dead:.1f}", "s")
    made.add_row(_("drift"), f"{3600 * model['drift']:.2f}", "", f"{unit}/h")
    made.add_row(_("fit"), f"{model['fit_pct']:.1f}", "", _("% of {n} samples").format(n=model["samples"]))
    return made


def _parameters(found: dict[str, Any], result: dict[str, Any]) -> Table:
    suggestion = result["suggestion"]
    made = table(_("Parameters"), "", ">" + _("in force"), ">" + _("suggested"), "")
    columns = (suggestion["in_force"], suggestion["suggested"])

    def row(name: str, of: Any, unit: str) -> None:
        made.add_row(name, *("-" if each is None else of(each) for each in columns), unit)

    row("Kp", lambda each: f"{each['kp']:.3g}", f"%/{found['unit']}")
    row("Ti", lambda each: f"{each['ti_s']:.1f}", "s")
    row(_("overshoot"), lambda each: f"{_as_identified(each)['overshoot_pct']:.1f}", "%")
    row(_("settled within 5 %"), lambda each: _number(_as_identified(each)["settle_s"], 0), "s")
    row(_("gain margin"), lambda each: f"{each['gain_margin']:.1f}", "x")
    row(_("phase margin"), lambda each: f"{each['phase_margin']:.0f}", _("degrees"))
    return made


def _robustness(suggestion: dict[str, Any]) -> Table:
    """One row a process 30 % beside the identified one."""
    made = table(
        _("If gain and lag are off"),
        ">" + _("gain x"),
        ">" + _("lag x"),
        ">" + _("overshoot (%)"),
        ">" + _("settled (s)"),
        "",
    )
    for row in suggestion["suggested"]["rows"]:
        swings = _("[red]oscillates[/]") if row["oscillates"] else ""
        made.add_row(
            f"{row['gain']:g}", f"{row['lag']:g}", f"{row['overshoot_pct']:.1f}", _number(row["settle_s"], 0), swings
        )
    return made


def _as_identified(judged: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = next(row for row in judged["rows"] if row["gain"] == row["lag"] == 1.0)
    return found


def _number(value: float | None, digits: int) -> str:
    return "?" if value is None else f"{value:.{digits}f}"

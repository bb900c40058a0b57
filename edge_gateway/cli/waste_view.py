"""Tables of the waste collection."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from edge_gateway.cli.output import plain, table
from edge_gateway.cli.text import _

if TYPE_CHECKING:
    from rich.console import Group
    from rich.table import Table

_MARKS = {"full": "[red]full[/]", "high": "[yellow]high[/]", "low": "low", "unknown": "[red]?[/]"}


def status_view(status: dict[str, Any]) -> Group:
    """The sequence above, one row an inlet below."""
    from rich.console import Group
    from rich.text import Text

    lines = [Text.from_markup(line) for line in _lines(status)]
    return Group(*lines, Text(""), _inlets(status["chutes"]), _containers(status["containers"]))


def plan_view(plan: dict[str, Any]) -> Group:
    """What would run, and every chute with its reason."""
    from rich.console import Group
    from rich.text import Text

    head = _("[bold]a run is due now[/]: {why}") if plan["now"] else _("no run now: {why}")
    if plan["run"] is not None:
        head = _("run {run} is under way; if it were not: {why}")
    lines = [Text.from_markup(head.format(why=plain(plan["why"]), run=plan["run"]))]
    if not plan["now"] and plan["next_ms"]:
        lines.append(Text(_("the next is due by time at {at}").format(at=_day_clock(plan["next_ms"]))))
    made = table(_("Chutes"), _("chute"), _("fraction"), ">" + _("branch"), _("when"), _("why"))
    for entry in plan["chutes"]:
        now = plan["now"] and any(entry["chute"] in leg["chutes"] for leg in plan["legs"])
        when = _("now") if now else _day_clock(entry["at_ms"]) if entry["at_ms"] else "-"
        made.add_row(entry["chute"], entry["fraction"], str(entry["branch"]), when, plain(entry["why"]))
    return Group(*lines, Text(""), made)


def report_view(figures: dict[str, Any]) -> Group:
    """One row a figure, with its goal where the brief names one."""
    from rich.console import Group
    from rich.text import Text

    period = _("from {begin} to {end}").format(
        begin=_day_clock(figures["from_ms"]), end=_day_clock(figures["until_ms"])
    )
    made = table(_("Waste collection"), _("figure"), ">" + _("value"), ">" + _("goal"))
    tonnes = ", ".join(f"{name} {value:.2f}" for name, value in figures["t_per_day"].items())
    rows: list[tuple[str, str, str]] = [
        (_("collected (kg)"), _number(figures["kg"]), ""),
        (_("t/day by fraction"), tonnes or "-", ""),
        (_("energy (kWh)"), _number(figures["kwh"]), ""),
        (_("kWh/t"), _number(figures["kwh_per_t"]), "≤ 30"),
        (_("runs"), _number(figures["runs"]), ""),
        (_("starts/day"), _number(figures["starts_per_day"]), ""),
        (_("runs at night"), _number(figures["night_runs"]), ""),
        (_("discharges, a run"), f"{figures['pulses']}, {_number(figures['pulses_per_run'])}", ""),
        (_("blockages, per 1,000"), f"{figures['blockages']}, {_number(figures['blockages_per_1000_pulses'])}", ""),
        (_("trips"), _number(figures["trips"]), ""),
        (_("chutes full too long (%)"), _number(figures["late_chutes_pct"]), "≤ 1"),
        (_("availability (%)"), _number(figures["availability_pct"]), "≥ 99"),
        (_("discharge to landing (s)"), _number(figures["pulse_to_landing_s"]), ""),
        (_("container fill at change (%)"), _number(figures["container_fill_at_change_pct"]), "≥ 90"),
        (
            _("filter (kPa, a day)"),
            f"{_number(figures['filter_kpa'])}, {_trend(figures['filter_kpa_per_day'])}",
            "≤ 1.5",
        ),
    ]
    for row in rows:
        made.add_row(*row)
    return Group(Text(period), Text(""), made)


def _lines(status: dict[str, Any]) -> list[str]:
    station, books, run = status["station"], status["books"], status["run"]
    lines = [_("state [bold]{state}[/]: {why}").format(state=status["state"], why=plain(_why(status)))]
    if run is not None:
        left = sum(len(leg["chutes"]) for leg in run["legs"])
        lines.append(
            _("run {number} ({why}): {pulses} discharges, {kwh:.1f} kWh, {left} more to empty").format(
                **{**run, "why": plain(run["why"])}, left=left
            )
        )
    lines.append(
        _("station {state}: {vacuum:.1f} kPa, {speed:.1f} m/s, branch {branch}").format(
            state=station["state"] if station["heard"] else _("[red]not heard[/]"),
            vacuum=station["vacuum_kpa"],
            speed=station["speed"],
            branch=station["branch"] or "-",
        )
    )
    lines.append(
        _("kg: {dropped_kg:.0f} dropped = {in_chutes_kg:.0f} in chutes + {in_flight_kg:.0f} in flight + ").format(
            **books
        )
        + _("{landed_kg:.0f} landed").format(**books)
    )
    return lines


def _why(status: dict[str, Any]) -> str:
    if status["tripped"]:
        return _("tripped by {cause}; see to it, then `edgectl waste reset`").format(cause=status["tripped"])
    if status["unblock"]:
        return str(status["unblock"])
    if status["paused"]:
        return _("paused after a trip; `edgectl waste resume` or `collect`")
    if status["run"] is not None:
        return str(status["run"]["why"])
    return "; ".join(status["why_not"]) or str(status["why"])


def _inlets(chutes: list[dict[str, Any]]) -> Table:
    made = table(
        _("Inlets"), _("inlet"), ">" + _("branch"), ">m", _("perishable"), _("other"), _("recyclable"), _("trouble")
    )
    for inlet in dict.fromkeys(chute["inlet"] for chute in chutes):
        own = [chute for chute in chutes if chute["inlet"] == inlet]
        cells = [
            "\n".join(_chute(chute) for chute in own if chute["fraction"] == fraction) or "-"
            for fraction in ("perishable", "other", "recyclable")
        ]
        trouble = "; ".join(dict.fromkeys(chute["trouble"] for chute in own if chute["trouble"]))
        made.add_row(inlet, str(own[0]["branch"]), str(own[0]["distance_m"]), *cells, plain(trouble))
    return made


def _chute(chute: dict[str, Any]) -> str:
    """Level, estimate, and when it was emptied last."""
    emptied = _clock(chute["emptied_ms"]) if chute["emptied_ms"] else "-"
    mark = "[bold]open[/]" if chute["open"] else _MARKS[chute["level"]]
    return f"{mark} {chute['kg']:.0f} kg {emptied}"


def _containers(containers: list[dict[str, Any]]) -> Table:
    made = table(_("Containers"), ">" + _("container"), _("fraction"), _("docked"), ">%", ">kg")
    for box in containers:
        docked = _("yes") if box["docked"] else "[red]" + _("no") + "[/]"
        made.add_row(str(box["number"]), box["fraction"], docked, f"{box['level']:.0f}", f"{box['kg']:.0f}")
    return made


def _clock(utc_ms: int) -> str:
    return datetime.fromtimestamp(utc_ms / 1000).strftime("%H:%M")


def _day_clock(utc_ms: int) -> str:
    return datetime.fromtimestamp(utc_ms / 1000).strftime("%d.%m. %H:%M")


def _trend(value: float | None) -> str:
    return "-" if value is None else f"{value:+g}"


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:g}"

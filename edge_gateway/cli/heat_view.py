"""What people read of the heat plant: the drawing with what is wrong beneath it, and tables."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from edge_gateway.cli.heat_drawing import drawing
from edge_gateway.cli.output import plain, table
from edge_gateway.cli.text import _

if TYPE_CHECKING:
    from rich.console import Group
    from rich.table import Table


def status_view(found: dict[str, Any]) -> Group:
    """How it stands in two lines, the drawing, and below it what somebody has to know."""
    from rich.console import Group
    from rich.text import Text

    def line(markup: str) -> Text:
        made = Text.from_markup(markup, overflow="ellipsis")
        made.no_wrap = True
        return made

    return Group(*map(line, _head(found)), drawing(found), *map(line, _foot(found)))


def _head(found: dict[str, Any]) -> list[str]:
    outdoor = found["outdoor"]
    state = found["state"] or "?"
    if found["substate"] not in ("", "NONE"):
        state += f" / {found['substate']}"
    doubt = "" if outdoor["from"] == "measured" else f" [yellow]({plain(outdoor['from'])})[/]"
    margin = "?" if found["it_margin_k"] is None else f"{found['it_margin_k']:.1f}"
    lines = [
        _("{board} [bold]{state}[/]  season {season}  outdoors {degC:.1f} degC{doubt}").format(
            board=found["board"], state=state, season=found["season"] or "?", degC=outdoor["degC"], doubt=doubt
        )
    ]
    if not found["heard"] or found["refusal"]:
        silent = _("the heat board {board} is silent; what is shown is old").format(board=found["board"])
        lines.append(f"[red]{plain(found['refusal'] or silent)}[/]")
    elif found["lost"]:
        lines.append(_("[red]the data centre's heat is lost[/]: {why}").format(why=plain(found["lost"])))
    else:
        lines.append(_("IT margin {margin} K  electricity: {row}").format(margin=margin, row=plain(found["row"])))
    return lines


def _foot(found: dict[str, Any]) -> list[str]:
    """Alarms, hygiene, orders, what the board did not take."""
    lines = [
        f"[red]{alarm['name']}[/] ({alarm['row']}, P{alarm['priority']}): {plain(alarm['consequence'])}"
        for alarm in found["alarms"]
    ]
    hygiene = found["hygiene"]
    if hygiene["cycle"] not in ("", "none"):
        told = _("[yellow]{cycle}[/]: {phase}, hot for {hot} min, given up in {left} min, {taps} taps flushed")
        lines.append(
            told.format(
                cycle=hygiene["cycle"],
                phase=hygiene["phase"],
                hot=_whole(hygiene["hot_min"]),
                left=_whole(hygiene["left_min"]),
                taps=_whole(hygiene["taps_flushed"]),
            )
        )
    for name, order in found["orders"].items():
        told = _("ordered: {name} {value:g} for {min} min more ({why})")
        lines.append(told.format(name=name, value=order["value"], min=order["left_s"] // 60, why=plain(order["why"])))
    if found["tuning"]:
        lines.append(_("[yellow]being tested[/]: {loop}").format(loop=found["tuning"]))
    lines += [_("[red]not taken[/] {name}: {why}").format(name=n, why=plain(w)) for n, w in found["problems"].items()]
    doubted = {n: p["estimate"] for n, p in found["points"].items() if p["estimate"]}
    if doubted:
        listed = ", ".join(f"{name} {why}" for name, why in doubted.items())
        lines.append(_("[yellow]not believed[/]: {listed}").format(listed=listed))
    return lines


def explain_view(found: dict[str, Any]) -> Group:
    """Each set-point with its limits; a star marks the one that decides."""
    from rich.console import Group
    from rich.text import Text

    lines = [_("electricity: {row}").format(row=plain(found["row"]))]
    if found["refusal"]:
        lines.append(f"[red]{plain(found['refusal'])}[/]")
    made = table(_("Set-points"), _("name"), ">" + _("value"), ">" + _("wish"), "", "", _("why"))
    for point in found["set_points"]:
        mark = "[red]!" if point["taken"] is False else "*" if point["held_by"] else ""
        why = plain(point["why"]) + (f" [dim]({point['held_by']})[/]" if point["held_by"] else "")
        value = _("board's own") if point["value"] is None else f"{point['value']:g}"
        wish = "" if point["wish"] is None or point["wish"] == point["value"] else f"{point['wish']:g}"
        made.add_row(point["name"], value, wish, point["unit"], mark, why)
    lines += [_("[red]not taken[/] {name}: {why}").format(name=n, why=plain(w)) for n, w in found["problems"].items()]
    return Group(*(Text.from_markup(line) for line in lines), made)


def report_view(figures: dict[str, Any], days: bool) -> Group:
    """The figures of the domain brief §4g, hygiene, and with `days` the books by day."""
    from rich.console import Group

    parts: list[Any] = [_figures(figures), _cycles(figures["hygiene"])]
    if days:
        parts.insert(1, _days(figures["days"]))
    return Group(*parts)


def _figures(f: dict[str, Any]) -> Table:
    period = _("Heat, {begin} to {end}").format(begin=_clock(f["from_ms"]), end=_clock(f["until_ms"]))
    made = table(period, _("figure"), ">" + _("value"), ">" + _("goal"))
    estimated = ", ".join(f"{name} {kwh:g}" for name, kwh in f["estimated_kwh"].items())
    rows: list[tuple[str, str, str]] = [
        (_("time in the books (%)"), _number(f["covered_pct"]), ""),
        (_("IT heat, recovered of it (kWh)"), f"{_number(f['it_heat_kwh'])}, {_number(f['recovered_kwh'])}", ""),
        (_("recovery ratio (%)"), _number(f["recovery_pct"]), ""),
        (_("energy reuse factor"), _number(f["energy_reuse_factor"], 3), ""),
        (_("heating (kWh)"), _number(f["heating_kwh"]), ""),
        (_("hot water at the taps (kWh, m3)"), f"{_number(f['dhw_kwh'])}, {_number(f['dhw_m3'])}", ""),
        (_("heat for each m3 (kWh)"), _number(f["dhw_kwh_per_m3"]), ""),
        (_("system COP, with pumps"), _number(f["system_cop"], 2), ""),
        (_("heat pumps: COP, electricity (kWh)"), f"{_number(f['machine_cop'], 2)}, {_number(f['machines_kwh'])}", ""),
        (_("back-up EH1 (kWh, % of the heat)"), f"{_number(f['back_up_kwh'])}, {_number(f['back_up_pct'])}", ""),
        (_("pumps, dry cooler (kWh)"), f"{_number(f['pumps_kwh'])}, {_number(f['dry_cooler_kwh'])}", ""),
        (_("TT45 at 60 degC and above (% of time)"), _number(f["supply_60_pct"]), ""),
        (_("TT46 at 55 degC and above (% of time)"), _number(f["return_55_pct"]), ""),
        (_("hygiene cycles, store at 70 degC (min)"), f"{f['hygiene_min']}, {f['store_70_min']}", ""),
        (_("starts of heat pumps, each day"), f"{f['starts']}, {_number(f['starts_per_day'])}", ""),
        (_("least margin of IT (K)"), _number(f["it_least_margin_k"]), "> 0"),
        (_("IT nearer than 5 K to its limit (K min)"), _number(f["it_near_kmin"]), "0"),
        (_("of it estimated (kWh)"), estimated or "-", ""),
    ]
    for row in rows:
        made.add_row(*row)
    return made


def _days(days: list[dict[str, Any]]) -> Table:
    made = table(
        _("Books by day (kWh)"), _("day"), ">h", ">IT", ">" + _("recovered"), ">" + _("heating"), ">" + _("charge"),
        ">" + _("taps"), ">m3", ">HP el", ">EH1", ">" + _("estimated"),
    )  # fmt: skip
    for day in days:
        names = ("it", "recovered", "heating", "charge", "taps", "m3", "machines_electric", "back_up", "estimated")
        made.add_row(day["day"], str(day["hours"]), *(_number(day[name]) for name in names))
    return made


def _cycles(hygiene: dict[str, Any]) -> Table:
    late = _("overdue since {day}") if hygiene["overdue"] else _("due by {day}")
    title = _("Hygiene, {due}").format(due=late.format(day=_clock(hygiene["due_ms"])))
    made = table(title, _("began"), _("cycle"), _("by"), _("result"), ">" + _("store"), ">70 degC", _("taps"))
    running = [hygiene["running"]] if hygiene["running"] is not None else []
    for cycle in [*running, *hygiene["cycles"][:10]]:
        done = [f"{each['name']} {_hour(each['utc_ms'])} {plain(each['by'])}" for each in cycle["flushed"]]
        open_ = [_("{name} [red]open[/]").format(name=each["name"]) for each in cycle["open"]]
        good = "green" if cycle["result"] == "done" else "yellow" if cycle["result"] == "running" else "red"
        made.add_row(
            _clock(cycle["began_utc"]),
            cycle["kind"],
            plain(cycle["by"]),
            f"[{good}]{cycle['result']}[/]" + (_(" (gap)") if cycle["gap"] else ""),
            _number(cycle["store_c"]),
            _("{min} min").format(min=_number(cycle["hot_min"])),
            "\n".join([*done, *open_]) or "-",
        )
    return made


def _clock(utc_ms: int) -> str:
    return datetime.fromtimestamp(utc_ms / 1000).strftime("%d.%m. %H:%M")


def _hour(utc_ms: int) -> str:
    return datetime.fromtimestamp(utc_ms / 1000).strftime("%H:%M")


def _whole(value: float | None) -> str:
    return "?" if value is None else f"{value:.0f}"


def _number(value: float | None, digits: int = 1) -> str:
    return "-" if value is None else f"{value:.{digits}f}".rstrip("0").rstrip(".") if digits else f"{value:.0f}"

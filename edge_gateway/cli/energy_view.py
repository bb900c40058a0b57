"""Tables of the energy management."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from edge_gateway.cli.output import plain, table
from edge_gateway.cli.text import _

if TYPE_CHECKING:
    from rich.console import Group
    from rich.table import Table

_BAR = 24


def status_view(found: dict[str, Any]) -> Group:
    """State, power flow, battery, inverters, vehicles."""
    from rich.console import Group
    from rich.text import Text

    lines = [_("state [bold]{state}[/]: {why}").format(state=found["state"], why=plain(found["why"]))]
    if not found["heard"] or found["refusal"]:
        silent = _("the energy board {board} is silent").format(board=found["board"])
        lines.append(f"[red]{plain(found['refusal'] or silent)}[/]")
    plan = found["plan"]
    words = _("the plan is followed") if not plan["why"] else _("rules stand in: {why}").format(why=plain(plan["why"]))
    lines.append(words)
    signal = found["signal"]
    lines.append(_("told to others: {row}; heat: {heat}").format(row=signal["row"], heat=plain(signal["heat"])))
    off = [feeder["name"] for feeder in found["feeders"] if feeder["off"]]
    if found["island"]["shed"]:
        names = _(": {feeders}").format(feeders=", ".join(off)) if off else ""
        lines.append(_("[red]shed[/] from tier {tier} on").format(tier=found["island"]["shed"]) + names)
    lines += [_("[red]not taken[/] {name}: {why}").format(name=n, why=plain(w)) for n, w in found["problems"].items()]
    heads = [Text.from_markup(line) for line in lines]
    return Group(*heads, Text(""), _flow(found), _devices(found))


def _flow(found: dict[str, Any]) -> Table:
    """Where power comes from and where it goes."""
    flow, points, battery = found["flow"], found["set_points"], found["battery"]
    grid, transformer, island = found["grid"], found["transformer"], found["island"]
    ev = found["ev"]
    away = _("[red]grid away[/], {state}").format(state=island["state"])
    if island["grid_back_s"] is not None and island["state"] != "GRID_OK":
        away = _("{state}, grid back for {s} s").format(state=island["state"], s=island["grid_back_s"])
    volts = _("{volts} V, {hz} Hz").format(volts=_number(grid["volts"]), hz=_number(grid["hz"], 2))
    load = _("transformer {pct} %").format(pct=_number(transformer["pct"]))
    rows = [
        (_("grid"), flow["grid_kw"], None, (volts if grid["there"] else away) + f", {load}"),
        (_("PV"), flow["pv_kw"], points.get("PV"), _("of {n} inverters").format(n=len(found["inverters"]))),
        (_("battery"), flow["battery_kw"], points.get("battery"), _battery(battery)),
        (_("vehicles"), _less(flow["ev_kw"]), points.get("EV"), _ev(ev)),
        (_("loads"), _less(flow["loads_kw"]), None, ""),
    ]
    most = max([abs(kw) for _name, kw, _set, _more in rows if kw is not None] or [1.0]) or 1.0
    made = table(_("Power flow"), "", ">kW", _("gives"), ">" + _("set (kW)"), _("more"))
    for name, kw, wanted, more in rows:
        bar = "" if kw is None else "█" * round(_BAR * abs(kw) / most)
        style = "green" if (kw or 0) >= 0 else "yellow"
        made.add_row(name, _number(kw), f"[{style}]{bar}[/]", _number(wanted), more)
    return made


def _battery(battery: dict[str, Any]) -> str:
    more = _("SoC {soc} %, SoH {soh} %").format(soc=_number(battery["soc"]), soh=_number(battery["soh"]))
    trips = ", ".join(battery["trips"])
    deaf = "" if battery["follows"] else _(", [red]does not follow[/]")
    return more + (f", [red]{plain(trips)}[/]" if trips else "") + deaf


def _ev(ev: dict[str, Any]) -> str:
    return _("{charging} of {connected} charge, {share} A each, {waiting} wait").format(
        charging=ev["charging"],
        connected="?" if ev["connected"] is None else ev["connected"],
        share=_number(ev["share_a"]),
        waiting=ev["waiting"],
    )


def _devices(found: dict[str, Any]) -> Table:
    made = table(_("Inverters"), _("unit"), ">kW", ">" + _("limit (%)"), _("runs"))
    for unit in found["inverters"]:
        runs = _("yes") if unit["up"] else "[red]" + _("no") + "[/]"
        made.add_row(unit["name"], _number(unit["kw"]), _number(unit["limit_pct"]), runs)
    return made


def limits_view(found: dict[str, Any]) -> Table:
    """One row a limit, in the order in which they count."""
    made = table(_("Limits"), _("limit"), ">" + _("now"), ">" + _("limit"), ">" + _("left"), "", _("whose"))
    for row in found["limits"]:
        left = _number(row["left"])
        left = f"[red]{left}[/]" if row["left"] is not None and row["left"] < 0 else left
        made.add_row(row["name"], _number(row["at"]), _number(row["limit"]), left, row["unit"], plain(row["why"]))
    return made


def explain_view(found: dict[str, Any]) -> Group:
    """Each set-point with its limits; a star marks the one that decides."""
    from rich.console import Group
    from rich.text import Text

    lines = [_("state [bold]{state}[/]: {why}").format(state=found["state"], why=plain(found["why"]))]
    if found["refusal"]:
        lines.append(f"[red]{plain(found['refusal'])}[/]")
    plan = found["plan"]
    if plan["why"]:
        lines.append(_("rules stand in for the plan: {why}").format(why=plain(plan["why"])))
    elif plan["made_ms"]:
        lines.append(_("plan of {at}, peak {kw} kW").format(at=_clock(plan["made_ms"]), kw=_number(plan["peak_kw"])))
    lines.append(_("told to others: {row}").format(row=found["signal"]["row"]))
    parts: list[Any] = [Text.from_markup(line) for line in lines]
    for point in found["set_points"]:
        title = _("{name}: {kw} kW (wished {wish}): {why}").format(
            name=point["name"], kw=_number(point["kw"]), wish=_number(point["wish_kw"]), why=plain(point["why"])
        )
        made = table(title, "", ">#", _("limit"), ">" + _("least"), ">" + _("most"), _("why"))
        for row in point["limits"]:
            why = plain(row["why"]) + ("" if row["granted"] else _(" (not all of it)"))
            mark = "*" if row["decides"] else ""
            made.add_row(mark, str(row["order"]), row["of"], _number(row["low_kw"]), _number(row["high_kw"]), why)
        if not point["limits"]:
            made.add_row("", "", _("nothing limits it"), "", "", "")
        parts.append(made)
    parts.append(Text(_("vehicles: {why}").format(why=found["ev"]["why"] or "-")))
    return Group(*parts)


def report_view(figures: dict[str, Any]) -> Table:
    """One row a figure, with its goal where the brief names one."""
    begin, end = _clock(figures["from_ms"]), _clock(figures["until_ms"])
    made = table(
        _("Energy, {begin} to {end}").format(begin=begin, end=end), _("figure"), ">" + _("value"), ">" + _("goal")
    )
    by = ", ".join(f"{cause} {kwh:g}" for cause, kwh in figures["curtailed_by_kwh"].items())
    up = ", ".join(f"{number}: {_number(pct)}" for number, pct in figures["availability_pct"].items())
    rows: list[tuple[str, str, str]] = [
        (_("time in the books (%)"), _number(figures["covered_pct"]), ""),
        (_("PV (kWh)"), _number(figures["pv_kwh"]), ""),
        (_("import, export (kWh)"), f"{_number(figures['import_kwh'])}, {_number(figures['export_kwh'])}", ""),
        (_("consumption, of it vehicles (kWh)"), f"{figures['consumption_kwh']:g}, {figures['ev_kwh']:g}", ""),
        (_("self-consumption (%)"), _number(figures["self_consumption_pct"]), ""),
        (_("self-sufficiency (%)"), _number(figures["self_sufficiency_pct"]), ""),
        (_("performance ratio (%)"), _number(figures["performance_ratio_pct"]), ""),
        (_("peak import, 15 min (kW)"), _number(figures["peak_import_kw"]), ""),
        (_("curtailed (kWh)"), _number(figures["curtailed_kwh"]), ""),
        (_("curtailed by cause (kWh)"), by or "-", ""),
        (_("battery, charged and discharged (kWh)"), f"{figures['charge_kwh']:g}, {figures['discharge_kwh']:g}", ""),
        (_("battery, round trip (%)"), _number(figures["round_trip_pct"]), "86"),
        (_("battery, equivalent cycles"), _number(figures["equivalent_cycles"], 2), ""),
        (_("battery, SoH (%)"), _number(figures["soh_pct"]), ""),
        (_("vehicles waited (h)"), _number(figures["ev_waiting_h"]), ""),
        (_("availability by inverter (%)"), up or "-", ""),
        (_("set-points taken (%)"), _number(figures["set_point_success_pct"]), ""),
        (_("set-points, 95 % within (ms)"), _number(figures["set_point_p95_ms"]), ""),
        (_("without meter or plan (min)"), _number(figures["fallback_min"]), ""),
        (_("loads shed (min)"), _number(figures["shed_min"]), ""),
    ]
    for row in rows:
        made.add_row(*row)
    return made


def lost_view(rows: list[dict[str, Any]]) -> Table:
    """One row a signal."""
    made = table(_("When a signal is lost"), _("signal"), ">" + _("held (s)"), _("then"), _("in"))
    for row in rows:
        made.add_row(row["signal"], f"{row['hold_ms'] / 1000:g}", plain(row["then"]), row["where"])
    return made


def _less(value: float | None) -> float | None:
    return None if value is None else 0.0 - value


def _clock(utc_ms: int) -> str:
    return datetime.fromtimestamp(utc_ms / 1000).strftime("%d.%m. %H:%M")


def _number(value: float | None, digits: int = 1) -> str:
    return "-" if value is None else f"{value:.{digits}f}".rstrip("0").rstrip(".") if digits else f"{value:.0f}"

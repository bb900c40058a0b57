"""`edgectl heat status|explain|setpoint|pasteurise|disinfect|abort|flush|report|lost|tune`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from edge_gateway.cli import exits
from edge_gateway.cli.catalogue import COMMANDS
from edge_gateway.cli.connect import SITE_OPTION, SOCKET_OPTION, ask
from edge_gateway.cli.heat_tune import HELP as TUNE_HELP
from edge_gateway.cli.heat_tune import tune
from edge_gateway.cli.output import JSON_OPTION, print_json, show
from edge_gateway.cli.text import _

app = typer.Typer(help=COMMANDS["heat"].help, no_args_is_help=True)


@app.command(help=_("Show the plant as it is drawn, with temperatures, flows, machines, and what is wrong."))
def status(
    site: Annotated[Path | None, SITE_OPTION] = None,
    socket: Annotated[Path | None, SOCKET_OPTION] = None,
    json: Annotated[bool, JSON_OPTION] = False,
) -> None:
    """Exit code 5 when the site has no heat plant."""
    from edge_gateway.cli.heat_view import status_view

    show(ask(site, socket, "heat.status"), json, status_view)


@app.command(help=_("Say for each set-point what it is, who limits it and why."))
def explain(
    site: Annotated[Path | None, SITE_OPTION] = None,
    socket: Annotated[Path | None, SOCKET_OPTION] = None,
    json: Annotated[bool, JSON_OPTION] = False,
) -> None:
    """A star marks what is held by a limit, an exclamation mark what the board did not take."""
    from edge_gateway.cli.heat_view import explain_view

    show(ask(site, socket, "heat.explain"), json, explain_view)


@app.command(help=_("Set a set-point for a while, or give it back: `setpoint heating 42`, `setpoint heating auto`."))
def setpoint(
    name: Annotated[str, typer.Argument(help=_("heating, dhw, charge, it, machines, ...: as `explain` lists them."))],
    value: Annotated[str, typer.Argument(help=_("A number in the set-point's unit, or auto."))],
    minutes: Annotated[float, typer.Option(help=_("For how long (min)."), min=0.1)] = 60.0,
    why: Annotated[str, typer.Option(help=_("What explain says."))] = "",
    site: Annotated[Path | None, SITE_OPTION] = None,
    socket: Annotated[Path | None, SOCKET_OPTION] = None,
    json: Annotated[bool, JSON_OPTION] = False,
) -> None:
    """Journalled with your user; ends by itself. Exit code 5 outside the hygiene, scald or machine's band."""
    number = None if value.lower() == "auto" else _number(value)
    made = ask(site, socket, "heat.setpoint", name=name, value=number, minutes=minutes, why=why)
    if json:
        print_json(made)
        return
    if made.get("value") is None:
        typer.echo(_("{name}: {why}").format(name=name, why=made.get("why") or _("kept until the board is heard")))
        return
    held = "" if made["held_by"] is None else _(", limited: {why}").format(why=made["why"])
    taken = _("the board has it") if made["taken"] else _("the board hasn't answered yet")
    what = _("{name} {value:g} {unit}").format(name=name, value=made["value"], unit=made["unit"]).rstrip()
    typer.echo(f"{what}{held}: {taken}")


@app.command(help=_("Heat the hot-water store up now: 70 degC for an hour; the taps stay at theirs."))
def pasteurise(
    site: Annotated[Path | None, SITE_OPTION] = None,
    socket: Annotated[Path | None, SOCKET_OPTION] = None,
    json: Annotated[bool, JSON_OPTION] = False,
) -> None:
    """The board does it each week by itself. Exit code 5 when it can't now; the message says why."""
    _told(ask(site, socket, "heat.pasteurise", wait_s=20), _("{board}: PASTEURISE is under way"), json)


@app.command(help=_("Make the network hot, to disinfect it: needs the key at the board and your typed word."))
def disinfect(
    responsible: Annotated[str, typer.Option(help=_("Who is on the spot and watches it; asked for if absent."))] = "",
    notice: Annotated[str, typer.Option(help=_("How people were told; asked for if absent."))] = "",
    yes: Annotated[bool, typer.Option("--yes", help=_("Refused: a person types the word."))] = False,
    site: Annotated[Path | None, SITE_OPTION] = None,
    socket: Annotated[Path | None, SOCKET_OPTION] = None,
    json: Annotated[bool, JSON_OPTION] = False,
) -> None:
    """Exit code 5 when the key isn't turned, the word wasn't typed, or the board refuses."""
    if yes:
        raise exits.CommandFailed(
            _("there is no --yes here: 70 degC at every tap scalds, so a person reads what happens and types the word"),
            exits.USAGE,
        )
    found = ask(site, socket, "heat.status")
    _show_what_happens(found)
    if not found["hygiene"]["key"]:
        raise exits.CommandFailed(
            _("the key at {board} (KEY.DIS) is not turned: somebody must be on the spot. Nothing was done.").format(
                board=found["board"]
            ),
            exits.REFUSED,
        )  # fmt: skip
    responsible = responsible or _ask(_("who is on the spot and watches it"))
    notice = notice or _ask(_("how were people told"))
    words = f"DISINFECT {found['site']}"
    if _ask(_("type `{words}` to begin").format(words=words)) != words:
        raise exits.CommandFailed(_("that was not it. Nothing was done."), exits.REFUSED)
    done = ask(site, socket, "heat.disinfect", wait_s=20, responsible=responsible, notice=notice, confirm=words)
    _told(done, _("{board}: NETWORK_DISINFECT has begun; {responsible} is responsible"), json)
    if not json:
        typer.echo(_("then, tap by tap: edgectl heat flush TAP --by NAME"))


@app.command(help=_("End the hygiene cycle that is under way."))
def abort(
    site: Annotated[Path | None, SITE_OPTION] = None,
    socket: Annotated[Path | None, SOCKET_OPTION] = None,
    json: Annotated[bool, JSON_OPTION] = False,
) -> None:
    """The record says that it was aborted, and by whom."""
    done = ask(site, socket, "heat.abort", wait_s=20)
    none = done["cycle"] in ("", "none")
    _told(done, _("{board}: no cycle is under way") if none else _("{board}: {cycle} ends"), json)


@app.command(help=_("Record that a tap had 70 degC for 3 minutes, during a network disinfection."))
def flush(
    tap: Annotated[str, typer.Argument(help=_("Its id or number in the site file."))],
    by: Annotated[str, typer.Option(help=_("Who flushed it."))],
    site: Annotated[Path | None, SITE_OPTION] = None,
    socket: Annotated[Path | None, SOCKET_OPTION] = None,
    json: Annotated[bool, JSON_OPTION] = False,
) -> None:
    """Exit code 5 while the return is below 70 degC or no network is hot."""
    done = ask(site, socket, "heat.flush", wait_s=20, tap=tap, by=by)
    if json:
        print_json(done)
        return
    left = ", ".join(done["left"])
    typer.echo(_("{tap} is on record, flushed by {flushed_by}").format(**done))
    typer.echo(_("open: {left}").format(left=left) if left else _("every tap is flushed"))


@app.command(help=_("Report figures over a period: recovery, COP, hot water, hygiene, back-up, IT margin."))
def report(
    hours: Annotated[float, typer.Option(help=_("Length of the period up to now (h)."), min=0.01)] = 24.0,
    days: Annotated[bool, typer.Option("--days", help=_("The books by day too."))] = False,
    site: Annotated[Path | None, SITE_OPTION] = None,
    socket: Annotated[Path | None, SOCKET_OPTION] = None,
    json: Annotated[bool, JSON_OPTION] = False,
) -> None:
    """The figures of the domain brief §4g, and who flushed what when."""
    from edge_gateway.cli.heat_view import report_view

    show(ask(site, socket, "heat.report", hours=hours), json, lambda figures: report_view(figures, days))


@app.command(help=_("Say what is done when a signal is lost."))
def lost(
    site: Annotated[Path | None, SITE_OPTION] = None,
    socket: Annotated[Path | None, SOCKET_OPTION] = None,
    json: Annotated[bool, JSON_OPTION] = False,
) -> None:
    """One row a signal: for how long its last value counts, and what then."""
    from edge_gateway.cli.energy_view import lost_view

    show(ask(site, socket, "heat.lost"), json, lost_view)


app.command(help=TUNE_HELP)(tune)


def _show_what_happens(found: dict[str, Any]) -> None:
    """On standard error, so that --json stays a document."""
    hygiene, points = found["hygiene"], found["points"]
    turned = _("turned") if hygiene["key"] else _("not turned")
    lines = [
        _("Network disinfection of {site} by board {board}:").format(site=found["site"], board=found["board"]),
        _("  the store is heated to 73 degC, V401 opens fully: 70 degC and more at EVERY tap. It scalds in seconds."),
        _("  scald protection (H6) rests meanwhile; mixing valves at vulnerable users stay in force."),
        _("  each of {n} taps is flushed for 3 min under supervision; it ends by itself after 6 h.").format(
            n=len(hygiene["taps"])
        ),
        _("  it is recorded who began it, who watches it, how people were told, and each tap with its time."),
        _("  now: state {state}, store {top} degC, supply {tap} degC, return {back} degC, key {turned}").format(
            state=found["state"],
            top=_value(points, "TT41"),
            tap=_value(points, "TT45"),
            back=_value(points, "TT46"),
            turned=turned,
        ),
    ]
    told = ", ".join(f"{each['role']} ({each['reach']})" for each in hygiene["contacts"])
    if told:
        lines.append(_("  tell first: {contacts}").format(contacts=told))
    for line in lines:
        typer.echo(line, err=True)


def _value(points: dict[str, Any], name: str) -> str:
    from edge_gateway.cli.heat_drawing import shown

    return shown(points.get(name))[0]


def _ask(what: str) -> str:
    try:
        return str(typer.prompt(what, err=True)).strip()
    except typer.Abort:
        raise exits.CommandFailed(_("nothing was done"), exits.REFUSED) from None


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise exits.CommandFailed(
            _("a set-point is a number or auto, not `{text}`").format(text=text), exits.USAGE
        ) from None


def _told(done: dict[str, Any], words: str, json: bool) -> None:
    if json:
        print_json(done)
    else:
        typer.echo(words.format(**done))

"""`edgectl waste status|collect|plan|report|reset|resume|change`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from edge_gateway.cli import waste_view
from edge_gateway.cli.catalogue import COMMANDS
from edge_gateway.cli.connect import SITE_OPTION, SOCKET_OPTION, ask
from edge_gateway.cli.output import JSON_OPTION, print_json, show
from edge_gateway.cli.text import _

app = typer.Typer(help=COMMANDS["waste"].help, no_args_is_help=True)


@app.command(help=_("Show the collection and every inlet: level, fraction, when it was emptied."))
def status(
    site: Annotated[Path | None, SITE_OPTION] = None,
    socket: Annotated[Path | None, SOCKET_OPTION] = None,
    json: Annotated[bool, JSON_OPTION] = False,
) -> None:
    """One row an inlet."""
    show(ask(site, socket, "waste.status"), json, waste_view.status_view)


@app.command(help=_("Collect now: everything, one fraction, one inlet, or one chute."))
def collect(
    fraction: Annotated[str | None, typer.Option(help=_("perishable, other or recyclable."))] = None,
    inlet: Annotated[str | None, typer.Option(help=_("Id of the inlet's board."))] = None,
    site: Annotated[Path | None, SITE_OPTION] = None,
    socket: Annotated[Path | None, SOCKET_OPTION] = None,
    json: Annotated[bool, JSON_OPTION] = False,
) -> None:
    """Exit code 5 when it is refused; the message says what would release it."""
    asked = ask(site, socket, "waste.collect", fraction=fraction, inlet=inlet)
    if json:
        print_json(asked)
        return
    typer.echo(_("asked for: {chutes}").format(chutes=", ".join(asked["chutes"])))


@app.command(help=_("Say what would run now and when, and why, chute by chute."))
def plan(
    site: Annotated[Path | None, SITE_OPTION] = None,
    socket: Annotated[Path | None, SOCKET_OPTION] = None,
    json: Annotated[bool, JSON_OPTION] = False,
) -> None:
    """Changes nothing. Exit code 5 while the plant is tripped."""
    show(ask(site, socket, "waste.plan"), json, waste_view.plan_view)


@app.command(help=_("Report figures over a period: kWh/t, runs, blockages, late chutes, container fill."))
def report(
    hours: Annotated[float, typer.Option(help=_("Length of the period up to now (h)."), min=0.01)] = 24.0,
    site: Annotated[Path | None, SITE_OPTION] = None,
    socket: Annotated[Path | None, SOCKET_OPTION] = None,
    json: Annotated[bool, JSON_OPTION] = False,
) -> None:
    """The figures of the domain brief §1g."""
    show(ask(site, socket, "waste.report", hours=hours), json, waste_view.report_view)


@app.command(help=_("Reset a trip after its cause was seen to on the spot. Nothing starts by it."))
def reset(
    site: Annotated[Path | None, SITE_OPTION] = None,
    socket: Annotated[Path | None, SOCKET_OPTION] = None,
    json: Annotated[bool, JSON_OPTION] = False,
) -> None:
    """Exit code 5 when nothing is tripped."""
    _told(ask(site, socket, "waste.reset"), json)


@app.command(help=_("Let runs start by themselves again after a reset."))
def resume(
    site: Annotated[Path | None, SITE_OPTION] = None,
    socket: Annotated[Path | None, SOCKET_OPTION] = None,
    json: Annotated[bool, JSON_OPTION] = False,
) -> None:
    """Exit code 5 while it is tripped."""
    _told(ask(site, socket, "waste.resume"), json)


@app.command(help=_("Change a container: its gate shuts, and it is tared when the next one is docked."))
def change(
    container: Annotated[int, typer.Argument(help=_("1, 2 or 3."))],
    site: Annotated[Path | None, SITE_OPTION] = None,
    socket: Annotated[Path | None, SOCKET_OPTION] = None,
    json: Annotated[bool, JSON_OPTION] = False,
) -> None:
    """Exit code 5 while waste is in flight or a run is under way."""
    _told(ask(site, socket, "waste.change", container=container), json)


def _told(found: dict[str, Any], json: bool) -> None:
    if json:
        print_json(found)
    else:
        typer.echo(_("state {state}").format(**found))

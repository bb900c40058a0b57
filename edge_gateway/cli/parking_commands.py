"""`edgectl parking show|correct`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from edge_gateway.cli.catalogue import COMMANDS
from edge_gateway.cli.connect import SITE_OPTION, SOCKET_OPTION, ask
from edge_gateway.cli.exits import REFUSED, CommandFailed
from edge_gateway.cli.output import JSON_OPTION, console, print_json, table
from edge_gateway.cli.text import _

app = typer.Typer(help=COMMANDS["parking"].help, no_args_is_help=True)


@app.command(help=_("Show occupancy and what passed each lane."))
def show(
    site: Annotated[Path | None, SITE_OPTION] = None,
    socket: Annotated[Path | None, SOCKET_OPTION] = None,
    json: Annotated[bool, JSON_OPTION] = False,
) -> None:
    """Exit code 5 when the site has no car park."""
    parking = ask(site, socket, "status")["parking"]
    if parking is None:
        raise CommandFailed(_("this site has no car park"), REFUSED)
    if json:
        print_json(parking)
        return
    typer.echo(
        _("{occupancy} of {full_at} places taken ({capacity} in all), {coming} on their way in").format(**parking)
    )
    made = table(_("Lanes"), _("lane"), _("role"), ">" + _("passed"))
    for lane, passed in parking["passed"].items():
        made.add_row(lane, parking["roles"][lane], str(passed))
    console().print(made)


@app.command(help=_("Take over how many vehicles a person counted. It's journalled with your user."))
def correct(
    occupancy: Annotated[int, typer.Argument(help=_("Vehicles inside now."), min=0)],
    site: Annotated[Path | None, SITE_OPTION] = None,
    socket: Annotated[Path | None, SOCKET_OPTION] = None,
    json: Annotated[bool, JSON_OPTION] = False,
) -> None:
    """Exit code 5 when the number can't be."""
    parking = ask(site, socket, "parking.correct", occupancy=occupancy)
    if json:
        print_json(parking)
    else:
        typer.echo(_("{occupancy} of {full_at} places taken").format(**parking))

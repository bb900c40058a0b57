"""`edgectl status`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from edge_gateway.cli.catalogue import COMMANDS
from edge_gateway.cli.connect import SITE_OPTION, SOCKET_OPTION, ask
from edge_gateway.cli.output import JSON_OPTION, console, print_json

app = typer.Typer()


@app.command(help=COMMANDS["status"].help)
def status(
    site: Annotated[Path | None, SITE_OPTION] = None,
    socket: Annotated[Path | None, SOCKET_OPTION] = None,
    json: Annotated[bool, JSON_OPTION] = False,
) -> None:
    """Exit code 4 when no gateway answers."""
    answer = ask(site, socket, "status")
    if json:
        print_json(answer)
        return
    from edge_gateway.cli.live_view import status_view

    console().print(status_view(answer))

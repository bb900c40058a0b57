"""`edgectl watch`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from edge_gateway.cli.catalogue import COMMANDS
from edge_gateway.cli.connect import SITE_OPTION, SOCKET_OPTION, connect, translated
from edge_gateway.cli.output import JSON_OPTION, console, print_json_line

app = typer.Typer()

_EVENTS = 10


@app.command(help=COMMANDS["watch"].help)
def watch(
    site: Annotated[Path | None, SITE_OPTION] = None,
    socket: Annotated[Path | None, SOCKET_OPTION] = None,
    json: Annotated[bool, JSON_OPTION] = False,
) -> None:
    """With --json, one status a line, twice a second."""
    with connect(site, socket) as client, translated():
        if json:
            for _stream, data in client.stream("status"):
                print_json_line(data)
            return
        from rich.live import Live

        from edge_gateway.cli.live_view import status_view

        events = client.call("events", limit=_EVENTS, kinds=["event", "alarm", "command", "gap"])
        now = client.call("status")
        screen = console()
        with Live(status_view(now, events), console=screen, screen=screen.is_terminal, auto_refresh=False) as live:
            for stream, data in client.stream("status", "journal"):
                if stream == "journal":
                    events = (events + data)[-_EVENTS:]
                else:
                    now = data
                    live.update(status_view(now, events), refresh=True)

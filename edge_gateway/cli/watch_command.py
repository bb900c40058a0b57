"""`edgectl watch`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from edge_gateway.cli.catalogue import COMMANDS
from edge_gateway.cli.connect import SITE_OPTION, SOCKET_OPTION, follow
from edge_gateway.cli.output import JSON_OPTION, console, print_json_line
from edge_gateway.cli.text import _

app = typer.Typer()

_EVENTS = 10
_KINDS = ["event", "alarm", "command", "gap"]


@app.command(help=COMMANDS["watch"].help)
def watch(
    site: Annotated[Path | None, SITE_OPTION] = None,
    socket: Annotated[Path | None, SOCKET_OPTION] = None,
    json: Annotated[bool, JSON_OPTION] = False,
) -> None:
    """With --json, one status a line, twice a second. It goes on when core is started again."""
    if json:
        for stream, data in follow(site, socket, "status"):
            if stream == "status":
                print_json_line(data)
        return
    from rich.live import Live
    from rich.text import Text

    from edge_gateway.cli.live_view import status_view

    events: list[dict[str, Any]] = []
    first = ("events", {"limit": _EVENTS, "kinds": _KINDS})
    news = follow(site, socket, "status", "journal", first=first)
    screen = console()
    with Live(Text(_("connecting")), console=screen, screen=screen.is_terminal, auto_refresh=False) as live:
        for stream, data in news:
            if stream == "away":
                live.update(Text(_("{reason}; waiting for it").format(reason=data), style="red"), refresh=True)
            elif stream == "first":
                events = data
            elif stream == "journal":
                events = (events + [record for record in data if record["kind"] in _KINDS])[-_EVENTS:]
            else:
                live.update(status_view(data, events), refresh=True)

"""`edgectl event tail`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from edge_gateway.cli.catalogue import COMMANDS
from edge_gateway.cli.connect import SITE_OPTION, SOCKET_OPTION, connect, translated
from edge_gateway.cli.output import JSON_OPTION, console, print_json_line
from edge_gateway.cli.text import _

app = typer.Typer(help=COMMANDS["event"].help, no_args_is_help=True)


@app.callback()
def _group() -> None:
    """Keeps `event` a group while it has one command."""


_KINDS = ["event", "alarm", "command", "audit", "gap"]


@app.command(help=_("Show the newest entries of the journal, and with --follow those to come."))
def tail(
    lines: Annotated[int, typer.Option("--lines", "-n", min=1, max=1000, help=_("So many entries."))] = 20,
    follow: Annotated[bool, typer.Option("--follow", "-f", help=_("Go on with new entries until Ctrl-C."))] = False,
    kind: Annotated[
        list[str] | None, typer.Option(help=_("event, alarm, command, audit, gap or sample. Repeatable."))
    ] = None,
    site: Annotated[Path | None, SITE_OPTION] = None,
    socket: Annotated[Path | None, SOCKET_OPTION] = None,
    json: Annotated[bool, JSON_OPTION] = False,
) -> None:
    """With --json, one entry a line. Samples are shown only where asked for, and never followed."""
    kinds = kind or _KINDS
    with connect(site, socket) as client, translated():
        if not follow:
            _show(client.call("events", limit=lines, kinds=kinds), json)
            return
        stream = client.stream("journal")
        records = client.call("events", limit=lines, kinds=kinds)
        _show(records, json)
        last = records[-1]["seq"] if records else 0
        for _name, data in stream:
            fresh = [record for record in data if record["seq"] > last and record["kind"] in kinds]
            if fresh:
                last = fresh[-1]["seq"]
                _show(fresh, json, plain=True)


def _show(records: list[dict[str, Any]], json: bool, plain: bool = False) -> None:
    if json:
        for record in records:
            print_json_line(record)
        return
    from edge_gateway.cli.live_view import clock, details, event_table

    if not plain:
        console().print(event_table(records, _("Journal")))
        return
    for record in records:
        what = f"{record['source']} {record['name']} {details(record)}"
        typer.echo(f"{record['seq']:>8} {clock(record['utc_ms'])} {what}".rstrip())

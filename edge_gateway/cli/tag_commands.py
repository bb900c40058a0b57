"""`edgectl tag list|read`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from edge_gateway.cli.catalogue import COMMANDS
from edge_gateway.cli.connect import SITE_OPTION, SOCKET_OPTION, ask, connect, translated
from edge_gateway.cli.output import JSON_OPTION, console, print_json, table
from edge_gateway.cli.text import _

app = typer.Typer(help=COMMANDS["tag"].help, no_args_is_help=True)


@app.command("list", help=_("List tags with value, quality and time."))
def list_(
    pattern: Annotated[str, typer.Argument(help=_("Names with * and ?, as in 'entry1.*'."))] = "*",
    site: Annotated[Path | None, SITE_OPTION] = None,
    socket: Annotated[Path | None, SOCKET_OPTION] = None,
    json: Annotated[bool, JSON_OPTION] = False,
) -> None:
    """All tags when no pattern is given."""
    _show(ask(site, socket, "tags", pattern=pattern), json)


@app.command(help=_("Read tags by name."))
def read(
    names: Annotated[list[str], typer.Argument(help=_("Names of tags, as in entry1.STATE."))],
    site: Annotated[Path | None, SITE_OPTION] = None,
    socket: Annotated[Path | None, SOCKET_OPTION] = None,
    json: Annotated[bool, JSON_OPTION] = False,
) -> None:
    """Exit code 5 when there is no such tag."""
    with connect(site, socket) as client, translated():
        tags: list[dict[str, Any]] = []
        for name in names:
            tags += client.call("tags", pattern=name)
    _show(tags, json)


def _show(tags: list[dict[str, Any]], json: bool) -> None:
    if json:
        print_json(tags)
        return
    from edge_gateway.cli.live_view import clock, coloured

    made = table(_("Tags"), _("tag"), ">" + _("value"), _("unit"), _("quality"), _("time"), _("meaning"))
    for tag in tags:
        made.add_row(
            tag["name"],
            tag["text"],
            tag["unit"],
            coloured(tag["quality"]) + (f" {tag['reason']}" if tag["reason"] else ""),
            clock(tag["utc_ms"]) if tag["utc_ms"] else "",
            tag["meaning"],
        )
    console().print(made)

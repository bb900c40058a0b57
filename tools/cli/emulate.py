"""`edgectl emulate`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from edge_gateway.cli import exits
from edge_gateway.cli.output import JSON_OPTION
from edge_gateway.cli.text import _

app = typer.Typer()


@app.command(help=_("Emulate the plants and boards of a site, for a gateway or a master of your own."))
def emulate(
    site: Annotated[Path, typer.Argument(help=_("The site file."))],
    link: Annotated[
        Path | None,
        typer.Option(help=_("Put a symbolic link to the line's port here; PATH-LINE if there are several.")),
    ] = None,
    storage: Annotated[
        Path | None, typer.Option(help=_("Keep the boards' storage here; else it is temporary."))
    ] = None,
    tcp: Annotated[int, typer.Option(min=0, max=65_000, help=_("Also Modbus TCP, on this port and following."))] = 0,
    for_: Annotated[str | None, typer.Option("--for", metavar="TIME", help=_("End after this time: 30s, 2m."))] = None,
    hour: Annotated[float, typer.Option(min=0, max=24, help=_("Time of day at the start; it shapes traffic."))] = 7.75,
    seed: Annotated[int, typer.Option(help=_("Another seed, another morning."))] = 1,
    json: Annotated[bool, JSON_OPTION] = False,
) -> None:
    """Real firmware on real MicroPython. With --json, one report a line, five times a second."""
    from tools.cli.duration import seconds
    from tools.emulator.command import run

    duration = seconds(for_) if for_ is not None else None
    try:
        run(site, link=link, storage=storage, tcp=tcp, duration_s=duration, hour=hour, seed=seed, as_json=json)
    except (RuntimeError, ValueError, OSError) as error:
        raise exits.CommandFailed(str(error)) from None

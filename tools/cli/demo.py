"""`edgectl demo`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from edge_gateway.cli import exits
from edge_gateway.cli.text import _

app = typer.Typer()


@app.command(help=_("Run a whole emulated site: plants, boards, gateway and broker, live on the screen."))
def demo(
    for_: Annotated[str | None, typer.Option("--for", metavar="TIME", help=_("End after this time: 30s, 2m."))] = None,
    report: Annotated[Path | None, typer.Option(help=_("Write a JSON report to this file in the end."))] = None,
    site: Annotated[Path | None, typer.Option(help=_("Another site file than that of Qicai."))] = None,
    parked: Annotated[int, typer.Option(min=0, help=_("Vehicles inside at the start."))] = 180,
    hour: Annotated[float, typer.Option(min=0, max=24, help=_("Time of day at the start; it shapes traffic."))] = 7.75,
    seed: Annotated[int, typer.Option(help=_("Another seed, another morning."))] = 1,
    filling: Annotated[
        float, typer.Option(min=0, max=100, help=_("How full the fullest waste chutes are at the start, %."))
    ] = 97.0,
    speed: Annotated[
        float | None,
        typer.Option(
            min=1, help=_("Plant time, so many times as fast if it can be reached; --for is plant time then.")
        ),
    ] = None,
    picture: Annotated[Path | None, typer.Option(help=_("Save the last screen as SVG."))] = None,
) -> None:
    """Without a terminal, a line every five seconds takes the place of the screen."""
    from tools.cli.duration import seconds
    from tools.demo.main import main
    from tools.demo.run import DEFAULT_SITE, Options

    duration = seconds(for_) if for_ is not None else None
    try:
        main(Options(site or DEFAULT_SITE, duration, parked, hour, seed, filling, speed), report, picture)
    except RuntimeError as error:
        raise exits.CommandFailed(str(error)) from None

"""`edgectl energy status|limits|explain|limit|report|lost|sunspec`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from edge_gateway.cli import energy_view
from edge_gateway.cli.catalogue import COMMANDS
from edge_gateway.cli.connect import SITE_OPTION, SOCKET_OPTION, ask
from edge_gateway.cli.energy_sunspec import app as sunspec
from edge_gateway.cli.output import JSON_OPTION, print_json, show
from edge_gateway.cli.text import _

app = typer.Typer(help=COMMANDS["energy"].help, no_args_is_help=True)
app.add_typer(sunspec, name="sunspec", help=_("Look at any SunSpec device on a line; needs no site file."))


@app.command(help=_("Show where power flows, and how battery, inverters and vehicles stand."))
def status(
    site: Annotated[Path | None, SITE_OPTION] = None,
    socket: Annotated[Path | None, SOCKET_OPTION] = None,
    json: Annotated[bool, JSON_OPTION] = False,
) -> None:
    """Exit code 5 when the site has no power plant."""
    show(ask(site, socket, "energy.status"), json, energy_view.status_view)


@app.command(help=_("Show every limit, where the plant is, and what is left."))
def limits(
    site: Annotated[Path | None, SITE_OPTION] = None,
    socket: Annotated[Path | None, SOCKET_OPTION] = None,
    json: Annotated[bool, JSON_OPTION] = False,
) -> None:
    """In the order in which they count."""
    show(ask(site, socket, "energy.limits"), json, energy_view.limits_view)


@app.command(help=_("Say for each set-point who limits it and why, and what the plan is."))
def explain(
    site: Annotated[Path | None, SITE_OPTION] = None,
    socket: Annotated[Path | None, SOCKET_OPTION] = None,
    json: Annotated[bool, JSON_OPTION] = False,
) -> None:
    """All limits in their order; a star marks the one that decides."""
    show(ask(site, socket, "energy.explain"), json, energy_view.explain_view)


@app.command(help=_("Tighten a cap for a while, as a network operator orders it."))
def limit(
    cap: Annotated[str, typer.Argument(help=_("import or export."))],
    kw: Annotated[float, typer.Argument(help=_("The cap (kW); one above the site's own changes nothing."), min=0)],
    minutes: Annotated[float, typer.Option(help=_("For how long (min)."), min=0.1)] = 60.0,
    why: Annotated[str, typer.Option(help=_("What explain says."))] = "",
    site: Annotated[Path | None, SITE_OPTION] = None,
    socket: Annotated[Path | None, SOCKET_OPTION] = None,
    json: Annotated[bool, JSON_OPTION] = False,
) -> None:
    """Journalled with your user; ends by itself."""
    found = ask(site, socket, "energy.limit", cap=cap, kw=kw, ttl_s=60 * minutes, why=why)
    if json:
        print_json(found)
        return
    for name, held in found["caps"].items():
        typer.echo(_("{name} cap {kw:.0f} kW ({why})").format(name=name, **held))


@app.command(help=_("Report figures over a period: self-consumption, peak, curtailment, battery, set-points."))
def report(
    hours: Annotated[float, typer.Option(help=_("Length of the period up to now (h)."), min=0.01)] = 24.0,
    site: Annotated[Path | None, SITE_OPTION] = None,
    socket: Annotated[Path | None, SOCKET_OPTION] = None,
    json: Annotated[bool, JSON_OPTION] = False,
) -> None:
    """The figures of the domain brief §2g."""
    show(ask(site, socket, "energy.report", hours=hours), json, energy_view.report_view)


@app.command(help=_("Say what is done when a signal is lost."))
def lost(
    site: Annotated[Path | None, SITE_OPTION] = None,
    socket: Annotated[Path | None, SOCKET_OPTION] = None,
    json: Annotated[bool, JSON_OPTION] = False,
) -> None:
    """One row a signal: for how long its last value counts, and what then."""
    show(ask(site, socket, "energy.lost"), json, energy_view.lost_view)

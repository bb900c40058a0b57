"""`edgectl run`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from edge_gateway.cli import exits
from edge_gateway.cli.catalogue import COMMANDS
from edge_gateway.cli.text import _

app = typer.Typer()

SET_OPTION = typer.Option("--set", metavar="PATH=VALUE", help=_("Use this value instead of the file's. Repeatable."))


@app.command(help=COMMANDS["run"].help)
def run(
    site: Annotated[Path, typer.Argument(help=_("The site file."))],
    set_: Annotated[list[str] | None, SET_OPTION] = None,
    log_level: Annotated[str, typer.Option(help=_("DEBUG, INFO, WARNING or ERROR."))] = "INFO",
) -> None:
    """Core and services under one supervisor, in the foreground; logs go to standard error."""
    from edge_gateway import supervisor
    from edge_gateway.process import Arguments, RunsAlreadyError, setup_logging

    level = log_level.upper()
    if level not in ("DEBUG", "INFO", "WARNING", "ERROR"):
        raise exits.CommandFailed(_("no log level `{level}`").format(level=log_level), exits.USAGE)
    setup_logging(level)
    try:
        code = supervisor.run(Arguments(str(site), tuple(set_ or ()), level))
    except RunsAlreadyError as error:
        raise exits.CommandFailed(str(error), exits.REFUSED) from None
    except OSError as error:
        raise exits.CommandFailed(_("the gateway can't start: {error}").format(error=error)) from None
    raise typer.Exit(code)

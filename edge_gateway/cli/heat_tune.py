"""`edgectl heat tune LOOP`: a step test under a person's eyes. It suggests parameters and never applies them.

`edge_gateway.cli.heat_commands` hangs `tune` into its group. The gateway gives a test up that nobody watches, so
whoever starts one stays until it is over.
"""

from __future__ import annotations

from pathlib import Path
from time import sleep
from typing import TYPE_CHECKING, Annotated, Any

import typer

from edge_gateway.cli.connect import SITE_OPTION, SOCKET_OPTION, ask, connect, translated
from edge_gateway.cli.exits import FAILED, NOT_RUNNING, USAGE, CommandFailed
from edge_gateway.cli.output import JSON_OPTION, console, print_json
from edge_gateway.cli.text import _

if TYPE_CHECKING:
    from edge_gateway.api.client import Client

HELP = _("Step a loop a little and back, name its gain, lag and dead time, suggest parameters; applies nothing.")

_PERIOD_S = 1.0
_LOOPS = "heating, heating-pump, heat-pump, charge, dhw, it, dry-cooler"


def tune(
    loop: Annotated[str | None, typer.Argument(help=_LOOPS)] = None,
    step: Annotated[
        float | None,
        typer.Option(help=_("A smaller step than the loop's own (% of output, or K of set-point)."), min=0.0),
    ] = None,
    abort: Annotated[
        bool, typer.Option("--abort", help=_("End the test that runs; the loop goes back to AUTO."))
    ] = False,
    site: Annotated[Path | None, SITE_OPTION] = None,
    socket: Annotated[Path | None, SOCKET_OPTION] = None,
    json: Annotated[bool, JSON_OPTION] = False,
) -> None:
    """Exit code 1 when the test was given up or the loop can't be identified, 5 when it can't begin.

    Ctrl-C ends the test and waits until the loop is back in AUTO.
    """
    if abort:
        found = ask(site, socket, "heat.tune.abort")
        if json:
            print_json(found)
        else:
            typer.echo(_("{loop}: {phase}, {why}").format(**found))
        return
    if loop is None:
        raise CommandFailed(_("name a loop: {loops}").format(loops=_LOOPS), USAGE)
    from edge_gateway.cli.heat_tune_view import Progress, result_view

    with connect(site, socket) as client, translated(), Progress(quiet=json) as progress:
        found = _watched(client, loop, step, progress)
    if json:
        print_json(found)
    elif found["result"] is not None:
        console().print(result_view(found))
    if found["result"] is None:
        raise CommandFailed(_("{loop}: the test was given up: {why}").format(**found), FAILED)
    if found["result"]["model"] is None:
        why = found["result"]["why"]
        raise CommandFailed(_("{loop} can't be identified: {why}").format(loop=loop, why=why), FAILED)


def _watched(client: Client, loop: str, step: float | None, progress: Any) -> dict[str, Any]:
    """Starts it and stays until it is over. Raises KeyboardInterrupt when the loop is back after a Ctrl-C."""
    from edge_gateway.api.client import NotRunning

    found: dict[str, Any] = client.call("heat.tune.start", loop=loop, **({} if step is None else {"step": step}))
    interrupted = False
    while not found["over"]:
        try:
            progress.show(found)
            sleep(_PERIOD_S)
            found = client.call("heat.tune.status")
        except KeyboardInterrupt:
            if interrupted:
                raise
            interrupted = True
            found = client.call("heat.tune.abort")
        except NotRunning as error:
            text = _("{error}; what the test ordered expires on the board, and the loop goes back to AUTO by itself")
            raise CommandFailed(text.format(error=error), NOT_RUNNING) from None
    progress.show(found)
    if interrupted:
        raise KeyboardInterrupt
    return found

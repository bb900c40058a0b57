"""`edgectl board list|show|command`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from edge_gateway.cli import exits
from edge_gateway.cli.catalogue import COMMANDS
from edge_gateway.cli.connect import SITE_OPTION, SOCKET_OPTION, ask
from edge_gateway.cli.output import JSON_OPTION, console, plain, print_json, table
from edge_gateway.cli.text import _

app = typer.Typer(help=COMMANDS["board"].help, no_args_is_help=True)

BOARD_ARGUMENT = typer.Argument(help=_("Id of the board in the site file."))


@app.command("list", help=_("List the boards and how they stand."))
def list_(
    site: Annotated[Path | None, SITE_OPTION] = None,
    socket: Annotated[Path | None, SOCKET_OPTION] = None,
    json: Annotated[bool, JSON_OPTION] = False,
) -> None:
    """One row a board."""
    boards = ask(site, socket, "boards")
    if json:
        print_json(boards)
        return
    from edge_gateway.cli.live_view import board_table

    console().print(board_table(boards))


@app.command(help=_("Show one board: session, trips, missing permissives, commands."))
def show(
    board: Annotated[str, BOARD_ARGUMENT],
    site: Annotated[Path | None, SITE_OPTION] = None,
    socket: Annotated[Path | None, SOCKET_OPTION] = None,
    json: Annotated[bool, JSON_OPTION] = False,
) -> None:
    """Everything but its tags."""
    found = ask(site, socket, "board", board=board)
    if json:
        print_json(found)
        return
    from edge_gateway.cli.live_view import coloured, duration

    screen = console()
    rows = [
        (_("program"), f"{found['program']}, {_('firmware')} {found['header'].get('firmware', '?')}"),
        (_("line"), f"{found['line']}, {_('unit')} {found['unit']}, {_('device')} {found['dev_id']}"),
        (_("session"), f"{coloured(found['session'])} {plain(found['problem'])}"),
        (_("link"), coloured(found["link"])),
        (_("mode, state"), f"{found['mode']}, {found['state']}"),
        (_("up"), f"{duration(found['uptime_s'])}, {_('restarts seen')}: {found['reboots']}"),
        (
            _("scans"),
            _("{scans}, late {scan_overruns}, heap growth {heap_growth_bytes} B").format(**found),
        ),
        (_("trips"), ", ".join(found["trips"]) or "-"),
        (_("first-out"), found["first_out"] or "-"),
        (_("missing"), ", ".join(found["missing"]) or "-"),
        (_("requests"), f"{found['requests']}, {_('timeouts')} {found['timeouts']}, {found['round_trip_ms']} ms"),
    ]
    facts = table(f"{found['id']}  {plain(found['title'])}", "", "")
    facts.show_header = False
    for row in rows:
        facts.add_row(*row)
    screen.print(facts)
    different = found["different_parameters"]
    if different:
        parameters = table(
            _("Parameters that differ from the site file"), _("parameter"), ">" + _("site"), ">" + _("board")
        )
        for name, values in different.items():
            parameters.add_row(name, str(values["site"]), str(values["board"]))
        screen.print(parameters)
    commands = table(_("Commands"), _("command"), _("arguments"), _("meaning"))
    for command in found["commands"]:
        commands.add_row(command["name"], " ".join(command["args"]), command["meaning"])
    screen.print(commands)


@app.command(help=_("Send a command to a board and wait for its end."))
def command(
    board: Annotated[str, BOARD_ARGUMENT],
    name: Annotated[str, typer.Argument(help=_("Name of the command, as `board show` lists it."))],
    args: Annotated[list[str] | None, typer.Argument(help=_("Its arguments: numbers, or a mode by name."))] = None,
    site: Annotated[Path | None, SITE_OPTION] = None,
    socket: Annotated[Path | None, SOCKET_OPTION] = None,
    timeout: Annotated[float, typer.Option(help=_("Longest wait for the end (s)."), min=0.1, max=300.0)] = 30.0,
    json: Annotated[bool, JSON_OPTION] = False,
) -> None:
    """Exit code 0 when done, 5 when refused, 6 when the end wasn't seen in time."""
    done = ask(
        site, socket, "command", wait_s=timeout + 5, board=board, command=name, args=args or [], timeout_s=timeout
    )
    if json:
        print_json(done)
    elif done["done"]:
        typer.echo(_("{board}: {command} done").format(**done))
    if done["done"]:
        return
    if done["refused"]:
        why = f" ({done['reason']})" if done["reason"] else ""
        raise exits.CommandFailed(f"{board}: {done['command']}: {done['end']}{why}", exits.REFUSED)
    raise exits.CommandFailed(_("{board}: {command} was accepted and hasn't ended yet").format(**done), exits.TIMED_OUT)

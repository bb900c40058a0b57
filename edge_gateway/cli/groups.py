"""The top of the command tree: our own commands, and groups that other distributions hang in by entry point.

A module is imported when its command is used or its help line is shown, not before.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

import typer
from typer.core import TyperGroup

from edge_gateway.cli.text import _

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

ENTRY_POINT_GROUP = "district_edge.edgectl"

OWN = {
    "site": "edge_gateway.cli.site_commands:app",
}
"""Our own commands, in the order of the help text: name to `module:attribute` (a typer.Typer)."""


class EdgectlGroup(TyperGroup):
    """Finds commands by name in OWN, then among the entry points; ours win."""

    def list_commands(self, ctx: Any) -> list[str]:
        """Names of all commands: ours first, then those hung in, sorted."""
        return [*OWN, *sorted(name for name in _entry_points() if name not in OWN)]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The command of that name, imported now; None if there is none."""
        if cmd_name in OWN:
            module, _colon, attribute = OWN[cmd_name].partition(":")
            return _named(getattr(import_module(module), attribute), cmd_name)
        entry = _entry_points().get(cmd_name)
        if entry is None:
            return None
        try:
            return _named(entry.load(), cmd_name)
        except (ImportError, AttributeError) as error:
            return _unavailable(cmd_name, str(error))


def _entry_points() -> dict[str, EntryPoint]:
    from importlib.metadata import entry_points

    return {entry.name: entry for entry in entry_points(group=ENTRY_POINT_GROUP)}


def _named(app: Any, name: str) -> Any:
    command = typer.main.get_command(app) if isinstance(app, typer.Typer) else app
    command.name = name
    return command


def _unavailable(name: str, reason: str) -> Any:
    """Stands in for a group whose package can't be imported, so that the rest of edgectl works."""
    from edge_gateway.cli.exits import FAILED, CommandFailed

    stub = typer.Typer(add_completion=False)

    @stub.command(
        name,
        help=_("Not available: {reason}").format(reason=reason),
        context_settings={"allow_extra_args": True, "ignore_unknown_options": True},
    )
    def unavailable() -> None:
        raise CommandFailed(_("`{name}` is not available: {reason}").format(name=name, reason=reason), FAILED)

    return _named(stub, name)

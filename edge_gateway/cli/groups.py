"""The top of the command tree: our own commands, and groups that other distributions hang in.

A module is imported when its command is used, not before; the help text of our own needs none of them.
"""

from __future__ import annotations

from typing import Any

import typer
from typer.core import TyperGroup

from edge_gateway.cli import plugins
from edge_gateway.cli.catalogue import COMMANDS
from edge_gateway.cli.exits import FAILED, CommandFailed
from edge_gateway.cli.text import _


class EdgectlGroup(TyperGroup):
    """Finds commands by name: our own first, then what is hung in."""

    _listing = False

    def list_commands(self, ctx: Any) -> list[str]:
        """Names of all commands: ours in their order, then those hung in, sorted."""
        return [*COMMANDS, *sorted(name for name in plugins.find() if name not in COMMANDS)]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The command of that name; None if there is none."""
        own = COMMANDS.get(cmd_name)
        if own is not None:
            return _stub(cmd_name, own.help) if self._listing else _named(plugins.load(own.target), cmd_name)
        target = plugins.find().get(cmd_name)
        if target is None:
            return None
        try:
            return _named(plugins.load(target), cmd_name)
        except (ImportError, AttributeError) as error:
            return _stub(cmd_name, _("Not available: {reason}").format(reason=error))

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """The help text, for which only the names and lines of commands are needed."""
        self._listing = True
        try:
            super().format_help(ctx, formatter)
        finally:
            self._listing = False


def _named(app: Any, name: str) -> Any:
    command = typer.main.get_command(app) if isinstance(app, typer.Typer) else app
    command.name = name
    return command


def _stub(name: str, text: str) -> Any:
    """A line in the help text; used, it says why it can't be: a package that can't be imported."""
    app = typer.Typer(add_completion=False)

    @app.command(name, help=text, context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
    def unavailable() -> None:
        raise CommandFailed(f"`{name}`: {text}", FAILED)

    return _named(app, name)

"""How commands print: JSON for programs, tables of at most 100 columns for people."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.table import Table

MAX_COLUMNS = 100

JSON_OPTION = typer.Option("--json", help="Print JSON instead of a table.")


def print_json(value: Any) -> None:
    """One JSON document on standard output."""
    import json

    sys.stdout.write(json.dumps(value, indent=2, ensure_ascii=False, default=str) + "\n")


def show(found: Any, json: bool, view: Callable[[Any], RenderableType]) -> None:
    """What a command has found: JSON for a program, `view` of it for a person."""
    if json:
        print_json(found)
    else:
        console().print(view(found))


def print_json_line(value: Any) -> None:
    """One JSON document in one line, written through at once: for streams."""
    import json

    sys.stdout.write(json.dumps(value, ensure_ascii=False, default=str) + "\n")
    sys.stdout.flush()


def console() -> Console:
    """Where tables go: as wide as the terminal, but never wider than 100 columns; 100 when there is none."""
    from shutil import get_terminal_size

    from rich.console import Console

    return Console(width=min(MAX_COLUMNS, get_terminal_size((MAX_COLUMNS, 24)).columns), highlight=False)


def plain(text: str) -> str:
    """Text that comes from outside, so that brackets in it aren't taken for styles."""
    from rich.markup import escape

    return escape(text)


def table(title: str, *columns: str) -> Table:
    """An empty table in the house style. A column that begins with `>` is right-aligned."""
    from rich import box
    from rich.table import Table

    made = Table(title=title, box=box.SIMPLE_HEAD, title_justify="left", pad_edge=False)
    for column in columns:
        if column.startswith(">"):
            made.add_column(column[1:], justify="right", no_wrap=True)
        else:
            made.add_column(column, overflow="fold")
    return made

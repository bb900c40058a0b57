"""`edgectl site check|schema`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from edge_gateway.cli import exits
from edge_gateway.cli.catalogue import COMMANDS
from edge_gateway.cli.output import JSON_OPTION, print_json
from edge_gateway.cli.text import _

app = typer.Typer(help=COMMANDS["site"].help, no_args_is_help=True)

SET_OPTION = typer.Option("--set", metavar="PATH=VALUE", help=_("Use this value instead of the file's. Repeatable."))


@app.command(help=_("Check a site file; every error has its place and what would be right."))
def check(
    file: Annotated[Path, typer.Argument(help=_("The site file."))],
    set_: Annotated[list[str] | None, SET_OPTION] = None,
    json: Annotated[bool, JSON_OPTION] = False,
) -> None:
    """Exit code 0 when the file is right, 3 when it is not."""
    from edge_gateway.site import SiteError, load_site

    try:
        loaded = load_site(file, tuple(set_ or ()))
    except SiteError as error:
        if not json:
            raise
        print_json({"ok": False, "file": str(file), "problems": [problem.as_dict() for problem in error.problems]})
        raise typer.Exit(exits.SITE_WRONG) from None
    from edge_gateway.core.lines import planned_loads

    site = loaded.site
    try:
        loads = planned_loads(loaded)
    except ValueError as error:
        raise exits.CommandFailed(str(error), exits.SITE_WRONG) from None
    boards = {line.id: sum(board.line == line.id for board in site.boards) for line in site.lines}
    if json:
        lines = [{"id": name, "boards": boards[name], "planned_load": round(load, 3)} for name, load in loads.items()]
        print_json({"ok": True, "file": str(file), "site": site.site.id, "lines": lines, "problems": []})
        return
    typer.echo(_("{file} is right: site {site}").format(file=file, site=site.site.id))
    for name, load in loads.items():
        text = _("  line {line}: {boards} boards, {load:.0f} % of its time planned")
        typer.echo(text.format(line=name, boards=boards[name], load=100 * load))


@app.command(help=_("Print the JSON Schema of the site file."))
def schema(
    output: Annotated[Path | None, typer.Option("--output", "-o", help=_("Write to this file instead."))] = None,
) -> None:
    """Editors take it for completion and checks while typing."""
    import json

    from edge_gateway.site.schema import json_schema

    text = json.dumps(json_schema(), indent=2, ensure_ascii=False) + "\n"
    if output is None:
        typer.echo(text, nl=False)
        return
    try:
        output.write_text(text, encoding="utf-8")
    except OSError as error:
        raise exits.CommandFailed(f"{output}: {error.strerror}") from None

"""Tables of SunSpec devices."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from edge_gateway.cli.output import plain, table
from edge_gateway.cli.text import _

if TYPE_CHECKING:
    from rich.console import Group
    from rich.table import Table


def scan_view(line: str, rows: list[dict[str, Any]], silent: list[int]) -> Group:
    """One row a unit."""
    from rich.console import Group
    from rich.text import Text

    made = table(
        plain(line), ">" + _("unit"), _("maker"), _("model"), _("version"), _("serial"), ">" + _("base"), _("models")
    )
    for row in rows:
        models = ", ".join(f"{m['id']}" if m["known"] else f"{m['id']}?" for m in row["models"])
        said = f"[red]{plain(row['cause'])}[/]" if row["cause"] else models
        base = "-" if row["base"] is None else str(row["base"])
        made.add_row(
            str(row["unit"]), *(plain(row[key]) for key in ("maker", "model", "version", "serial")), base, said
        )
    parts: list[Any] = [made]
    if any(not m["known"] for row in rows for m in row["models"]):
        parts.append(Text(_("? a model that is skipped by its length: its points have no names here")))
    if silent:
        numbers = ", ".join(str(unit) for unit in silent)
        parts.append(Text(_("no answer from {units}").format(units=numbers)))
    return Group(*parts)


def dump_view(found: dict[str, Any]) -> Iterator[Table | str]:
    """One table a model, then what was refused."""
    yield _("unit {unit}: {maker} {model} {version}, serial {serial}").format(
        **{key: plain(str(found[key])) for key in ("unit", "maker", "model", "version", "serial")}
    )
    for model in found["models"]:
        title = _("model {id} at {address}, {length} registers").format(**model)
        if not model["known"]:
            yield title + _(": not known here")
            continue
        made = table(title, ">" + _("register"), _("point"), ">" + _("value"), _("unit"), _("setting"))
        for path, point in model["points"].items():
            if point["text"] != "-":
                mark = _("yes") if point["setting"] else ""
                at = str(model["address"] + point["offset"])
                made.add_row(at, path, plain(point["text"]), plain(point["unit"]), mark)
        empty = sum(point["text"] == "-" for point in model["points"].values())
        if empty:
            made.caption = _("{n} points are not implemented").format(n=empty)
            made.caption_justify = "left"
        yield made
    for refused in found["refused"]:
        yield _("[red]refused[/] model {model}, register {address}: exception {exception}").format(**refused)


def diff_view(told: list[dict[str, Any]]) -> Table | str:
    """One row a difference."""
    if not told:
        return _("nothing differs")
    made = table(_("Differences"), ">" + _("model"), _("what"), ">" + _("old"), ">" + _("new"))
    for row in told:
        made.add_row(str(row["model"]), row["what"], plain(_text(row["old"])), plain(_text(row["new"])))
    return made


def _text(value: Any) -> str:
    return "-" if value is None else str(value)

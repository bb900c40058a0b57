"""The cause-and-effect matrix of a program, as a page that prints on A3 landscape."""

from __future__ import annotations

from typing import Any

from protocols import layout

_ON_BAD = {layout.ON_BAD_TRIP: "trips", layout.ON_BAD_HOLD: "holds", layout.ON_BAD_IGNORE: "not judged"}
_RESET = {
    layout.RESET_AUTO: "by itself",
    layout.RESET_REMOTE: "reset",
    layout.RESET_LOCAL: "local confirmation + reset",
}


def _time(value: int | str) -> str:
    return f"`{value}`" if isinstance(value, str) else f"{value} ms" if value else "at once"


def markdown(sheet: Any) -> str:
    """The matrix of `sheet`: a row a cause, a column an effect, then what a person reads in the alarm."""
    effects = [effect.name for effect in sheet.effects]
    lines = [
        f"# Cause and effect: {sheet.title}",
        "",
        f"Made from `protocols/sheets/{sheet.name}.py`; `make docs` makes it again, and CI checks that it is current.",
        "The software claims no SIL or PL. Rows marked *hard-wired* act by hardware alone; the software mirrors them.",
        "",
        "| row | cause | condition | after | healthy for | bad signal | latch | reset | " + " | ".join(effects) + " |",
        "|---" * (8 + len(effects)) + "|",
    ]
    for cause in sheet.causes:
        marks = " | ".join("**X**" if effect in cause.effects else "" for effect in effects)
        name = f"{cause.name} *hard-wired*" if cause.hard_wired else cause.name
        lines.append(
            f"| {cause.ref} | {name} | `{cause.when}` | {_time(cause.after)} | {_time(cause.clear)} "
            f"| {_ON_BAD[cause.on_bad]} | {'yes' if cause.latch else 'no'} | {_RESET[cause.reset]} | {marks} |"
        )
    lines += ["", "| effect | what it does |", "|---|---|"]
    lines += [f"| {effect.name} | {effect.meaning} |" for effect in sheet.effects]
    lines += ["", "## What a person does", "", "| cause | priority | consequence | action |", "|---|---|---|---|"]
    lines += [f"| {c.name} | {c.priority} | {c.consequence} | {c.action} |" for c in sheet.causes]
    lines += [
        "",
        "## Permissives",
        "",
        "| bit | permissive | condition | needed for | meaning |",
        "|---|---|---|---|---|",
    ]
    for bit, permissive in enumerate(sheet.permissives):
        groups = ", ".join(permissive.needed_for)
        lines.append(f"| {bit} | {permissive.name} | `{permissive.when}` | {groups} | {permissive.meaning} |")
    lines += ["", "## I/O list", "", "| point | kind | meaning | when the signal is lost |", "|---|---|---|---|"]
    for point in sheet.points:
        lines.append(f"| {point.name} | {point.kind} | {point.meaning} | {_fail(point)} |")
    return "\n".join(lines) + "\n"


def _fail(point: Any) -> str:
    if point.kind == "DI":
        return f"counts as {'present' if point.nc else 'absent'} (open contact)"
    if point.kind == "AI":
        return str(point.fail)
    if point.kind == "BI":
        return f"no value after {point.stale_ms} ms"
    if point.kind in ("DO", "AO", "BO"):
        return f"safe value {point.safe}"
    return ""

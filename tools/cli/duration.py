"""Durations on a command line."""

from __future__ import annotations

import re

import typer

from edge_gateway.cli.text import _

_UNITS = {"": 1.0, "s": 1.0, "m": 60.0, "min": 60.0, "h": 3600.0}


def seconds(text: str) -> float:
    """A duration as people write it: `30s`, `2m`, `90`. Raises typer.BadParameter."""
    found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*(s|m|min|h|)", text.strip())
    if found is None or float(found[1]) <= 0:
        raise typer.BadParameter(_("write a time such as 30s or 2m"))
    return float(found[1]) * _UNITS[found[2]]

"""Command groups that other distributions hang in: entry points of the group `district_edge.edgectl`.

The files are read here (their format is packaging's "entry points specification") because importlib.metadata alone
takes a fifth of the time that the help may take. A distribution that isn't unpacked in a folder of sys.path is not
found.
"""

from __future__ import annotations

import os
import sys
from importlib import import_module
from typing import Any

GROUP = "district_edge.edgectl"


def find(path: list[str] | None = None) -> dict[str, str]:
    """Name to `module:attribute` of everything that is hung in; the first on sys.path wins."""
    found: dict[str, str] = {}
    for folder in sys.path if path is None else path:
        try:
            with os.scandir(folder or ".") as entries:
                names = sorted(entry.name for entry in entries if entry.name.endswith((".dist-info", ".egg-info")))
        except OSError:
            continue
        for name in names:
            for key, target in _group(os.path.join(folder or ".", name, "entry_points.txt")):  # noqa: PTH118 - pathlib is slower
                found.setdefault(key, target)
    return found


def load(target: str) -> Any:
    """The object of `module:attribute`. Raises ImportError, AttributeError."""
    module, _colon, attribute = target.partition(":")
    thing: Any = import_module(module)
    for step in attribute.split("."):
        thing = getattr(thing, step)
    return thing


def _group(file: str) -> list[tuple[str, str]]:
    try:
        with open(file, encoding="utf-8") as text:  # noqa: PTH123
            content = text.read()
    except (OSError, UnicodeDecodeError):
        return []
    if f"[{GROUP}]" not in content:
        return []
    found = []
    section = ""
    for line in content.splitlines():
        stripped = line.strip()
        if stripped.startswith("["):
            section = stripped.strip("[]").strip()
        elif section == GROUP and "=" in stripped and not stripped.startswith(("#", ";")):
            key, _equals, value = stripped.partition("=")
            found.append((key.strip(), value.partition("[")[0].strip()))
    return found

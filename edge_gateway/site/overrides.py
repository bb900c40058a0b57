"""`--set path=value`: one value of the site file given on the command line instead.

A path is keys joined by dots; an item of a list is named by its `id` or by its index: `gateway.scan_ms`,
`boards.entry1.unit`, `parking.entries.0`.
"""

from __future__ import annotations

from typing import Any

from ruamel.yaml.error import YAMLError

from edge_gateway.site.document import Document, Path, parse_scalar
from edge_gateway.site.problems import Position, Problem, SiteError, did_you_mean


def apply(document: Document, overrides: tuple[str, ...]) -> None:
    """Puts the values into the document; raises SiteError that points into the argument."""
    problems: list[Problem] = []
    for argument in overrides:
        try:
            _apply_one(document, argument)
        except SiteError as error:
            problems.extend(error.problems)
    if problems:
        raise SiteError(problems)


def _apply_one(document: Document, argument: str) -> None:
    origin = f"--set {argument}"
    left, equals, right = argument.partition("=")
    if not equals or not left:
        raise SiteError(
            [Problem(Position(origin, 1, 1), "no value is set", argument, "write path=value, as in gateway.scan_ms=50")]
        )
    place = Position(origin, 1, len(left) + 2)
    try:
        value = parse_scalar(right)
    except YAMLError:
        raise SiteError([Problem(place, "this value can't be read", right, "quote it")]) from None

    path: Path = ()
    here: Any = document.data
    words = left.split(".")
    for depth, word in enumerate(words):
        column = 1 + sum(len(w) + 1 for w in words[:depth])
        last = depth == len(words) - 1
        key = _step(here, word, Position(origin, 1, column))
        path = (*path, key)
        if last:
            here[key] = value
        else:
            if isinstance(here, dict) and here.get(key) is None:
                here[key] = {}
            here = here[key]
    _forget(document, path)
    document.values[path] = place
    document.keys[path] = Position(origin, 1, 1)
    document.texts[path] = right


def _step(here: Any, word: str, place: Position) -> str | int:
    if isinstance(here, dict):
        return word
    if isinstance(here, list):
        names = [item["id"] for item in here if isinstance(item, dict) and isinstance(item.get("id"), str)]
        if word in names:
            return next(i for i, item in enumerate(here) if isinstance(item, dict) and item.get("id") == word)
        if word.isdigit() and int(word) < len(here):
            return int(word)
        raise SiteError([Problem(place, "no such item", word, did_you_mean(word, names) or f"0 to {len(here) - 1}")])
    raise SiteError([Problem(place, "nothing can be set below a single value", word)])


def _forget(document: Document, path: Path) -> None:
    """Drops places of what the new value replaced, so that no error points to text that isn't in force."""
    for table in (document.values, document.keys, document.texts):
        for known in [p for p in table if p[: len(path)] == path]:
            del table[known]

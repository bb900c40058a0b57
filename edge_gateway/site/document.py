"""A YAML 1.2 document as plain values that remember where they stand.

The node tree of ruamel.yaml is read rather than its objects: only nodes know the place of every key and value, and only
there a duplicate key can still be seen.
"""

from __future__ import annotations

from dataclasses import dataclass
from io import StringIO
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from edge_gateway.site.problems import Position, Problem, SiteError

Path = tuple[str | int, ...]
"""Where a value stands in the document: keys and list indices from the top."""

_MAX_TEXT = 60
_MAX_DEPTH = 32


@dataclass(slots=True)
class Document:
    """Values of one document (`data`), and the place and text of every key and value, by path."""

    origin: str
    data: Any
    values: dict[Path, Position]
    keys: dict[Path, Position]
    texts: dict[Path, str]

    def at(self, path: Path) -> Position:
        """Place of a value; of the nearest enclosing one where the value itself isn't in the file."""
        for end in range(len(path), -1, -1):
            found = self.values.get(path[:end])
            if found is not None:
                return found
        return Position(self.origin, 1, 1)

    def at_key(self, path: Path) -> Position:
        """Place of the key that introduces a value."""
        return self.keys.get(path) or self.at(path)

    def text(self, path: Path) -> str:
        """A scalar as it is written in the file; empty for a mapping or a list."""
        return self.texts.get(path, "")


def parse(text: str, origin: str) -> Document:
    """Reads YAML 1.2. Raises SiteError for broken YAML, duplicate keys, keys that aren't words and cyclic aliases."""
    yaml = YAML(typ="safe", pure=True)
    try:
        node = yaml.compose(StringIO(text))
    except MarkedYAMLError as error:
        raise SiteError([_syntax_problem(error, text, origin)]) from None
    except YAMLError as error:
        raise SiteError([Problem(Position(origin, 1, 1), f"this is no YAML: {error}")]) from None
    reader = _Reader(yaml, origin)
    data = None if node is None else reader.value(node, ())
    if reader.problems:
        raise SiteError(reader.problems)
    return Document(origin, data, reader.values, reader.keys, reader.texts)


def parse_scalar(text: str) -> Any:
    """The value of one YAML scalar or flow collection, as on the right of `--set path=value`."""
    return YAML(typ="safe", pure=True).load(StringIO(text))


class _Reader:
    def __init__(self, yaml: YAML, origin: str) -> None:
        self.constructor = yaml.constructor
        self.origin = origin
        self.values: dict[Path, Position] = {}
        self.keys: dict[Path, Position] = {}
        self.texts: dict[Path, str] = {}
        self.problems: list[Problem] = []

    def place(self, node: Node) -> Position:
        mark = node.start_mark
        return Position(self.origin, mark.line + 1, mark.column + 1)

    def value(self, node: Node, path: Path) -> Any:
        self.values[path] = self.place(node)
        if len(path) > _MAX_DEPTH:
            self.problems.append(Problem(self.place(node), "nested too deep, or an alias that contains itself"))
            return None
        if isinstance(node, MappingNode):
            return self.mapping(node, path)
        if isinstance(node, SequenceNode):
            return [self.value(item, (*path, index)) for index, item in enumerate(node.value)]
        assert isinstance(node, ScalarNode)
        return self.scalar(node, path)

    def scalar(self, node: ScalarNode, path: Path) -> Any:
        quote = node.style if node.style in ("'", '"') else ""
        text = node.value if len(node.value) <= _MAX_TEXT else node.value[: _MAX_TEXT - 3] + "..."
        self.texts[path] = quote + text + quote
        if node.tag == "tag:yaml.org,2002:timestamp":
            return node.value  # a date in a site file is text to whoever reads it
        try:
            return self.constructor.construct_object(node)
        except (YAMLError, ValueError) as error:
            self.problems.append(Problem(self.place(node), f"this value can't be read: {error}", self.texts[path]))
            return None

    def mapping(self, node: MappingNode, path: Path) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, ScalarNode):
                self.problems.append(Problem(self.place(key_node), "a key must be one word"))
                continue
            key = key_node.value
            below = (*path, key)
            if key in result:
                first = self.keys[below]
                self.problems.append(
                    Problem(
                        self.place(key_node),
                        f"the key `{key}` is given twice",
                        key,
                        f"keep one; the first is in line {first.line}, column {first.column}",
                    )
                )
                continue
            self.keys[below] = self.place(key_node)
            result[key] = self.value(value_node, below)
        return result


def _syntax_problem(error: MarkedYAMLError, text: str, origin: str) -> Problem:
    mark = error.problem_mark or error.context_mark
    if mark is None:
        return Problem(Position(origin, 1, 1), f"this is no YAML: {error.problem or error.context}")
    lines = text.splitlines()
    offending = lines[mark.line].strip()[:_MAX_TEXT] if mark.line < len(lines) else ""
    what = ", ".join(str(part) for part in (error.context, error.problem) if part)
    right = "indent with spaces, quote text that holds `: `"
    begin = error.context_mark
    if begin is not None and "flow" in (error.context or ""):
        right = f"what began in line {begin.line + 1}, column {begin.column + 1} is not closed"
    return Problem(Position(origin, mark.line + 1, mark.column + 1), f"this is no YAML: {what}", offending, right)

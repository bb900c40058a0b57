"""The state of an object graph as one hashable tuple, in which times are ages.

Control programs keep the tick at which something began. Two states that differ only in *when* they were reached are
the same, so a tick is captured as its age, and only while anything still looks at it; on restoring, it is laid back by
the same age. Which attributes are ticks, and when they matter, is said by a `Rule` for each class. Capturing and
restoring is code generated for the graph at hand: a few microseconds for a program of some dozens of blocks.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import BuiltinFunctionType, FunctionType, MethodType, ModuleType
from typing import Any

from protocols.ticks import PERIOD_MASK

State = tuple[Any, ...]

_ATOMS = (bool, int, float)
_FIXED = (str, bytes, type(None), type, FunctionType, MethodType, BuiltinFunctionType, ModuleType)


class GraphError(TypeError):
    """The graph holds something of which no state can be made."""


@dataclass(frozen=True)
class Tick:
    """When a tick matters, and how long: both are expressions over the object ``o``. Ages beyond `cap` (ms) are all the
    same: for a timer that asks ``age >= preset``, the preset."""

    while_: str = "True"
    cap: str = str(PERIOD_MASK)


@dataclass(frozen=True)
class Rule:
    """How objects of one class are captured.

    ignore: attributes that are outputs, or follow from the rest within one scan. ticks: attributes that hold a time.
    capture / restore: ``capture(o, now)`` makes a hashable of what attributes can't express, ``restore(o, value, now)``
    puts it back.
    """

    ignore: frozenset[str] = frozenset()
    ticks: Mapping[str, Tick] = field(default_factory=dict)
    capture: Callable[[Any, int], Any] | None = None
    restore: Callable[[Any, Any, int], None] | None = None


class Graph:
    """Captures and restores everything mutable that is reachable from `root` by attributes, tuples and lists.

    Objects whose class name is in `leave_out` are not entered. Raises GraphError for containers without a meaning here.
    """

    def __init__(self, root: object, rules: Mapping[str, Rule], *, leave_out: frozenset[str] = frozenset()) -> None:
        self._rules = rules
        self._leave_out = leave_out
        self._objects: list[object] = []
        self._seen: dict[int, str] = {}
        self._helpers: dict[str, Any] = {}
        self._capture: list[str] = []
        self._restore: list[str] = []
        self.names: list[str] = []
        self._enter(root, "program")
        namespace: dict[str, Any] = {f"o{i}": o for i, o in enumerate(self._objects)}
        namespace |= self._helpers
        namespace["array"] = array
        names = ", ".join(f"s{i}" for i in range(len(self._capture)))
        source = (
            f"def capture(now):\n    return ({', '.join(self._capture)},)\n"
            f"def restore(state, now):\n    {names}, = state\n    " + "\n    ".join(self._restore) + "\n"
        )
        exec(source, namespace)  # noqa: S102 - generated above, from the graph's own attribute names
        self.capture: Callable[[int], State] = namespace["capture"]
        self.restore: Callable[[State, int], None] = namespace["restore"]

    def describe(self, state: State) -> dict[str, Any]:
        """A captured state by attribute path, to look at."""
        return dict(zip(self.names, state, strict=True))

    def _enter(self, value: object, path: str) -> None:
        if isinstance(value, (*_ATOMS, *_FIXED)) or id(value) in self._seen or type(value).__name__ in self._leave_out:
            return
        if isinstance(value, (tuple, list)):
            for i, part in enumerate(value):
                self._enter(part, f"{path}[{i}]")
            return
        if not hasattr(value, "__dict__"):
            raise GraphError(f"{path} is a {type(value).__name__}: no state can be made of it")
        name = f"o{len(self._objects)}"
        self._seen[id(value)] = name
        self._objects.append(value)
        rule = self._rules.get(type(value).__name__, Rule())
        for attr, part in vars(value).items():
            if attr in rule.ignore:
                continue
            self._slot(name, attr, part, f"{path}.{attr}", rule)
        if rule.capture is not None and rule.restore is not None:
            self._helpers |= {f"capture_{name}": rule.capture, f"restore_{name}": rule.restore}
            self._put(path, f"capture_{name}({name}, now)", f"restore_{name}({name}, $, now)")

    def _slot(self, name: str, attr: str, value: object, path: str, rule: Rule) -> None:
        place = f"{name}.{attr}"
        tick = rule.ticks.get(attr)
        if tick is not None:
            running = tick.while_.replace("o.", f"{name}.")
            cap = tick.cap.replace("o.", f"{name}.")
            age = f"min((now - {place}) & {PERIOD_MASK}, int({cap}))"
            self._put(path, f"({age} if {running} else -1)", f"{place} = (now - $) & {PERIOD_MASK} if $ >= 0 else now")
        elif isinstance(value, _ATOMS):
            self._put(path, place, f"{place} = $")
        elif isinstance(value, bytearray):
            self._put(path, f"bytes({place})", f"{place}[:] = $")
        elif isinstance(value, array):
            self._put(path, f"{place}.tobytes()", f"{place}[:] = array({value.typecode!r}, $)")
        elif isinstance(value, list) and all(isinstance(part, _ATOMS) for part in value):
            self._put(path, f"tuple({place})", f"{place}[:] = $")
        else:
            self._enter(value, path)

    def _put(self, path: str, capture: str, restore: str) -> None:
        self.names.append(path)
        self._restore.append(restore.replace("$", f"s{len(self._capture)}"))
        self._capture.append(capture)

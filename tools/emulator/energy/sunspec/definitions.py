"""Where every point of a model stands, from the definitions that pysunspec2 ships."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from sunspec2.device import get_model_def

NOT_IMPLEMENTED = {
    "int16": 0x8000,
    "sunssf": 0x8000,
    "uint16": 0xFFFF,
    "enum16": 0xFFFF,
    "bitfield16": 0xFFFF,
    "count": 0xFFFF,
    "pad": 0x8000,
    "acc16": 0,
    "int32": 0x8000_0000,
    "uint32": 0xFFFF_FFFF,
    "enum32": 0xFFFF_FFFF,
    "bitfield32": 0xFFFF_FFFF,
    "acc32": 0,
    "ipaddr": 0,
    "float32": 0x7FC0_0000,
    "int64": 0x8000_0000_0000_0000,
    "uint64": 0xFFFF_FFFF_FFFF_FFFF,
    "bitfield64": 0xFFFF_FFFF_FFFF_FFFF,
    "acc64": 0,
    "float64": 0x7FF8_0000_0000_0000,
    "eui48": 0xFFFF_FFFF_FFFF_FFFF,
}
"""What a point holds that its device doesn't have; strings and IPv6 addresses hold zeros."""
SIGNED = frozenset(("int16", "int32", "int64", "sunssf"))


@dataclass(frozen=True, slots=True)
class Point:
    """One point. `at` counts registers from the model's ID; `sf` is a number, the name of a point, or None."""

    name: str
    type: str
    at: int
    size: int
    sf: int | str | None
    writable: bool
    symbols: frozenset[int]
    """Values that an enumeration may take; empty: not an enumeration."""


@cache
def definition(model: int) -> Mapping[str, Any]:
    """Top group of a model's definition. Raises sunspec2's ModelDefinitionError for an unknown model."""
    group: Mapping[str, Any] = get_model_def(model)["group"]
    return group


def points_of(model: int, counts: Mapping[str, int]) -> dict[str, Point]:
    """Points in their order, repeated ones as "Crv[0].Pt[2].V".

    `counts`: repetitions by group name, for groups that may repeat (0 when not given).
    """
    points: dict[str, Point] = {}
    _walk(definition(model), "", counts, points, 0)
    return points


def _walk(group: Mapping[str, Any], prefix: str, counts: Mapping[str, int], points: dict[str, Point], at: int) -> int:
    for point in group.get("points", ()):
        enumeration = point["type"].startswith("enum")
        symbols = frozenset(each["value"] for each in point.get("symbols", ())) if enumeration else frozenset[int]()
        points[prefix + point["name"]] = Point(
            prefix + point["name"],
            point["type"],
            at,
            point["size"],
            point.get("sf"),
            point.get("access", "R") == "RW",
            symbols,
        )
        at += point["size"]
    for inner in group.get("groups", ()):
        name = inner["name"]
        if "count" in inner:
            repeated = inner["count"] if isinstance(inner["count"], int) and inner["count"] else counts.get(name, 0)
            for index in range(repeated):
                at = _walk(inner, f"{prefix}{name}[{index}].", counts, points, at)
        else:
            at = _walk(inner, f"{prefix}{name}.", counts, points, at)
    return at

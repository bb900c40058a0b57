"""Turns a published model definition into the one line that `drivers.sunspec.definition` reads."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import sunspec2

FOLDER = Path(sunspec2.__file__).parent / "models" / "json"
TYPES = {
    "uint16": "u16",
    "int16": "i16",
    "enum16": "e16",
    "bitfield16": "b16",
    "acc16": "a16",
    "count": "cnt",
    "sunssf": "sf",
    "pad": "pad",
    "uint32": "u32",
    "int32": "i32",
    "enum32": "e32",
    "bitfield32": "b32",
    "acc32": "a32",
    "float32": "f32",
    "ipaddr": "ip4",
    "uint64": "u64",
    "int64": "i64",
    "acc64": "a64",
    "float64": "f64",
    "eui48": "eui",
    "ipv6addr": "ip6",
    "string": "str",
}
Json = Mapping[str, Any]


def numbers() -> list[int]:
    """Return the ids of the models that have a published definition, in order."""
    return sorted(int(path.stem.partition("_")[2]) for path in FOLDER.glob("model_*.json"))


def load(model: int) -> Json:
    """Return the published definition of ``model``. Raises FileNotFoundError where there is none."""
    found: Json = json.loads((FOLDER / f"model_{model}.json").read_text(encoding="utf-8"))
    return found


def line(model: int) -> str:
    """Return our one line for ``model``."""
    return " ".join(_group(load(model)["group"]))


def _group(group: Json) -> list[str]:
    tokens = [_point(point) for point in group.get("points", ())]
    for inner in group.get("groups", ()):
        count = f"[{inner['count']}]" if "count" in inner else ""
        tokens += [f"{{{inner['name']}{count}", *_group(inner), "}"]
    return tokens


def _point(point: Json) -> str:
    kind = TYPES[point["type"]]
    size = str(point["size"]) if kind == "str" else ""
    factor = f"*{point['sf']}" if "sf" in point else ""
    unit = "/" + point["units"].strip().replace(" ", "_") if point.get("units") else ""
    return f"{point['name']}:{kind}{size}{factor}{unit}{'!' if point.get('access') == 'RW' else ''}"

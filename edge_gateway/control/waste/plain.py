"""Records as plain dicts for the file. `dataclasses.asdict` copies every value with `deepcopy`: of a memory with 72
chutes, written after each change, that is ten times the work of all the rest of a scan."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

_SCALARS = (str, int, float, bool, type(None))


_names: dict[type, tuple[str, ...]] = {}


def plain(record: Any) -> dict[str, Any]:
    """A dataclass as a dict of its fields, with all that is in it; scalars, dicts, lists and dataclasses."""
    kind = type(record)
    names = _names.get(kind)
    if names is None:
        names = _names[kind] = tuple(each.name for each in fields(record))
    return {name: _value(getattr(record, name)) for name in names}


def _value(value: Any) -> Any:
    if isinstance(value, _SCALARS):
        return value
    if isinstance(value, dict):
        return {key: _value(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_value(each) for each in value]
    return plain(value)

"""Records as plain dicts for the file. `dataclasses.asdict` copies every value with `deepcopy`: of a memory with 72 chutes,
written after each change, that is ten times the work of all the rest of a scan."""

from __future__ import annotations

from dataclasses import fields
from functools import cache
from typing import Any

_SCALARS = (str, int, float, bool, type(None))


def plain(record: Any) -> dict[str, Any]:
    """A dataclass as a dict of its fields, with all that is in it; scalars, dicts, lists and dataclasses."""
    return {name: _value(getattr(record, name)) for name in _names(type(record))}


def _value(value: Any) -> Any:
    if isinstance(value, _SCALARS):
        return value
    if isinstance(value, dict):
        return {key: _value(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_value(each) for each in value]
    return plain(value)


@cache
def _names(kind: type) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind))

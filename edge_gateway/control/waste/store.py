"""The memory of the collection as text of a file."""

from __future__ import annotations

import json

from edge_gateway.control.waste.state import Memory


def to_text(memory: Memory) -> str:
    """The file's content."""
    return json.dumps(memory.as_dict(), separators=(",", ":"))


def from_text(text: str) -> Memory:
    """The reverse. Raises ValueError when it isn't one of ours."""
    data = json.loads(text)
    if not isinstance(data, dict):
        raise ValueError("this is no waste memory")
    return Memory.of(data)

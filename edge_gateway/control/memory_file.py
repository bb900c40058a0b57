"""The car park's memory on disk: written beside, synced and renamed over, so that a kill leaves the old or the new."""

from __future__ import annotations

import json
import os
from pathlib import Path

from edge_gateway.control.parking import Memory


def store(path: Path, memory: Memory) -> None:
    """Raises OSError; then the old file stands."""
    write_text(path, to_text(memory))


def to_text(memory: Memory) -> str:
    """The file's content."""
    return json.dumps(
        {
            "occupancy": memory.occupancy,
            "inside": {str(token): when for token, when in memory.inside.items()},
            "passed": memory.passed,
        }
    )


def load(path: Path) -> Memory | None:
    """What was stored; None when there is nothing. Raises ValueError when the file isn't one of ours."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    try:
        return Memory(
            occupancy=max(0, int(data["occupancy"])),
            inside={int(token): int(when) for token, when in data["inside"].items()},
            passed={str(lane): int(count) for lane, count in data["passed"].items()},
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"{path}: {error}") from None


def write_text(path: Path, text: str) -> None:
    """Replaces a file as one step and puts it on the disk."""
    beside = path.with_name(path.name + ".new")
    with beside.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)

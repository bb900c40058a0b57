"""Get umodbus, the usual Modbus library of MicroPython, as a peer; nothing of ours needs it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

NAME = "umodbus 2.3.7"
REQUIREMENT = "micropython-modbus==2.3.7"
CACHE = Path(__file__).parents[2] / "build" / "peers" / "umodbus-2.3.7"


def folder() -> Path:
    """Return the folder that holds the package ``umodbus``, fetched once. Raises RuntimeError where it can't be had.

    The archive on PyPI is meant for MicroPython's own installer and has no build file: pip fetches and unpacks it, then
    refuses it. ``--no-clean`` leaves what it unpacked.
    """
    if (CACHE / "umodbus" / "functions.py").is_file():
        return CACHE
    with tempfile.TemporaryDirectory() as scratch:
        command = [sys.executable, "-m", "pip", "download", "--no-clean", "--no-deps", "--no-cache-dir", REQUIREMENT]
        done = subprocess.run(
            [*command, "--dest", scratch],
            env={**os.environ, "TMPDIR": scratch},
            capture_output=True,
            text=True,
            check=False,
        )
        found = next(Path(scratch).glob("pip-download-*/*/umodbus"), None)
        if found is None:
            raise RuntimeError(f"pip could not fetch {REQUIREMENT}:\n{done.stderr}")
        CACHE.mkdir(parents=True, exist_ok=True)
        shutil.copytree(found, CACHE / "umodbus", dirs_exist_ok=True)
    return CACHE

"""Compile a C peer beside this file."""

from __future__ import annotations

import subprocess
from pathlib import Path

HERE = Path(__file__).parent


def compile_peer(source: str, folder: Path, package: str = "libmodbus") -> Path:
    """Compile `source` (a file beside this one) against `package` of pkg-config; return the program in `folder`."""
    program = folder / Path(source).stem
    asked = ["pkg-config", "--cflags", "--libs", package]
    flags = subprocess.run(asked, check=True, capture_output=True, text=True).stdout.split()
    subprocess.run(["cc", "-O1", "-Wall", "-Werror", "-o", str(program), str(HERE / source), *flags], check=True)
    return program

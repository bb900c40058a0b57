"""Tests of portable code, each run under CPython and under real MicroPython.

Write them as plain functions ``test_*`` with ``assert`` in ``tests/<package>/portable_<what>.py``: no pytest, no
typing, nothing that MicroPython lacks. One line beside them collects the lot::

    # tests/drivers/test_portable.py
    from tests.portable import cases, run

    @pytest.mark.parametrize("case", cases(__file__))
    def test_portable(case): run(case)

Each file gets one MicroPython process; a machine without MicroPython fails these tests, it doesn't skip them.
"""

from __future__ import annotations

import ast
import functools
import importlib
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest
from _pytest.mark import ParameterSet

from tools import micropython

ROOT = Path(__file__).resolve().parent.parent
TIMEOUT_S = 280
RUNTIMES = ("cpython", "micropython")


@dataclass(frozen=True)
class Case:
    """One test function on one runtime."""

    runtime: str
    file: Path
    test: str


def tests_in(file: Path) -> tuple[str, ...]:
    """Return the names of the test functions in ``file``, in order, without importing it."""
    body = ast.parse(file.read_text(encoding="utf-8"), str(file)).body
    return tuple(n.name for n in body if isinstance(n, ast.FunctionDef) and n.name.startswith("test_"))


def cases(beside: str) -> list[ParameterSet]:
    """Return pytest parameters for each ``test_*`` in each ``portable_*.py`` of the folder that holds ``beside``."""
    return [
        pytest.param(Case(runtime, file, test), id=f"{runtime}-{file.stem.removeprefix('portable_')}-{test}")
        for file in sorted(Path(beside).resolve().parent.glob("portable_*.py"))
        for test in tests_in(file)
        for runtime in RUNTIMES
    ]


def run(case: Case) -> None:
    """Run one case; fails with what the test printed."""
    if case.runtime == "cpython":
        getattr(importlib.import_module(_module(case.file)), case.test)()
        return
    code, output = _on_micropython(case.file)
    lines = output.splitlines()
    if f"PASS {case.test}" not in lines:
        pytest.fail(f"{case.file.name}::{case.test} on MicroPython (exit {code}):\n{output}", pytrace=False)


def _module(file: Path) -> str:
    return ".".join(file.relative_to(ROOT).with_suffix("").parts)


@functools.cache
def _on_micropython(file: Path) -> tuple[int, str]:
    main = ROOT / "tests" / "portable_main.py"
    command = micropython.command(main, str(ROOT), _module(file), *tests_in(file), heap="4m")
    done = subprocess.run(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=TIMEOUT_S, check=False
    )
    return done.returncode, done.stdout

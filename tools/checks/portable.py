"""Checks of the portable side: it compiles for the boards' processors, and it calls what their MicroPython has."""

from __future__ import annotations

import json
import os
import re
import sys
import tempfile
from pathlib import Path

from tools.bundle import mpy
from tools.checks.run import PORTABLE, ROOT, findings, tool, tracked

ARCHES = ("armv6m", "xtensawin")
"""Native code for RP2040 and ESP32, as mpy-cross names it."""

ONLY_ON = {
    "firmware/hal/rp2.py": "rp2",
    "firmware/hal/esp32.py": "esp32",
    "firmware/hal/unix.py": "unix",
    "firmware/hal/carrier.py": "unix",
    "firmware/host.py": "unix",
}
"""Files that belong to one target; every other portable file must hold on both boards."""

OFF_BOARD = ("protocols/sheets",)
"""Sheets are evaluated where a bundle is made; a board gets their tables."""

RULES: dict[str, object] = {
    "typeCheckingMode": "basic",
    "pythonVersion": "3.11",
    "reportMissingModuleSource": False,  # stubs have no source beside them
    "reportOptionalMemberAccess": False,  # fixed at start-up, never None in the scan
    "reportOptionalSubscript": False,
    # Where a name has a MicroPython and a CPython definition, the boards' one is what is checked here.
    "defineConstant": {"MICROPYTHON": True},
}

INFERRED = {"reportArgumentType": False, "reportAssignmentType": False, "reportCallIssue": False}
"""Off where nothing of the board's own is called: without annotations, a list of None stays one for the checker."""


def sources() -> list[Path]:
    """Return every Python file of the portable side."""
    return [path for path in tracked(".py") if path.relative_to(ROOT).parts[0] in PORTABLE]


def compiles() -> list[str]:
    """Compile every portable file with mpy-cross, native and viper code included, for each processor."""
    found = []
    with tempfile.TemporaryDirectory() as folder:
        for path in sources():
            for arch in ARCHES:
                try:
                    mpy.compile_file(path, str(path.relative_to(ROOT)), arch, Path(folder) / "out.mpy")
                except mpy.CompileError as error:
                    found += str(error).splitlines()
    return found


def stubs(target: str) -> tuple[Path, list[str]]:
    """Return a folder with the MicroPython stubs of ``target`` alone, made once for each pinned version.

    Targets differ in ``machine``, so each has an environment of its own; none is in the tests' own environment,
    where a ``select.pyi`` for boards would stand before CPython's.
    """
    package = f"micropython-{target}-stubs"
    pins = (ROOT / "constraints.txt").read_text(encoding="utf-8")
    pinned = re.search(rf"(?m)^{package}==(\S+)$", pins)
    if pinned is None:
        return ROOT, [f"constraints.txt has no pin for {package}"]
    folder = ROOT / "build" / "stubs" / f"{target}-{pinned[1]}"
    if folder.is_dir():
        return folder, []
    fresh = folder.with_name(f"{folder.name}.{os.getpid()}")
    install = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    said = findings([*install, "--constraint", "constraints.txt", "--target", str(fresh), package])
    if not said:
        fresh.rename(folder)  # whole or absent
    return folder, said


def types(target: str) -> list[str]:
    """Check the portable side against the stubs of ``target`` ("rp2" or "esp32")."""
    folder, said = stubs(target)
    if said:
        return said
    elsewhere = [name for name, only in ONLY_ON.items() if only != target] + list(OFF_BOARD)
    config = {
        **RULES,
        "include": [str(ROOT / name) for name in PORTABLE],
        "exclude": [str(ROOT / name) for name in elsewhere],
        "executionEnvironments": [
            {"root": str(ROOT / "firmware" / "hal"), "extraPaths": [str(ROOT)]},
            {"root": str(ROOT), **INFERRED},
        ],
        "stubPath": str(folder),
        "typeshedPath": str(folder),
    }
    project = folder / "pyrightconfig.json"
    project.write_text(json.dumps(config, indent=1), encoding="utf-8")
    lines = findings([tool("basedpyright"), "--project", str(project), "--outputjson"])
    if not lines:
        return []
    return _diagnostics("\n".join(lines))


def _diagnostics(output: str) -> list[str]:
    begin = output.find("{")
    try:
        report = json.loads(output[begin:])
    except ValueError:
        return output.splitlines()
    return [
        f"{os.path.relpath(item['file'], ROOT)}:{item['range']['start']['line'] + 1}: "
        f"{' '.join(item['message'].split())} ({item.get('rule', item['severity'])})"
        for item in report["generalDiagnostics"]
        if item["severity"] == "error"
    ] or output.splitlines()

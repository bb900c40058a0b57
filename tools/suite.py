"""``python -m tools.suite [pytest's arguments]``: all tests, in two phases; with arguments, one plain pytest.

First what may share the machine, a worker for each core, then what lives on the wall clock, alone (see `tests.phases`).
Both phases run whatever the first one says. The command fails if either does, and if a test was lost between them or
ran twice.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
REPORTS = Path("build") / "test"
"""Where each phase leaves ``<phase>.xml`` (JUnit) and ``<phase>.json`` (its ledger), below the root."""
MOST_WORKERS = 8


@dataclass(frozen=True)
class Phase:
    """One run of pytest."""

    name: str
    options: tuple[str, ...] = ()


@dataclass(frozen=True)
class Done:
    """How a phase ended. `whole`: the ids of all tests there are, of every phase; `ran`: of those that ran in it."""

    name: str
    code: int
    seconds: float
    whole: tuple[str, ...] = ()
    ran: tuple[str, ...] = ()


def workers() -> int:
    """As many as there are cores, within reason."""
    return min(os.cpu_count() or 1, MOST_WORKERS)


def phases() -> tuple[Phase, ...]:
    """Those of `make test`, in order. Workers take one scope of tests after the other, in the order of the plugin."""
    return (Phase("side-by-side", (f"-n{workers()}", "--dist=loadscope", "--no-loadscope-reorder")), Phase("alone"))


def run(phase: Phase, root: Path = ROOT) -> Done:
    """Run one phase of the tests below `root`; its output goes to ours."""
    reports = root / REPORTS
    reports.mkdir(parents=True, exist_ok=True)
    ledger = reports / f"{phase.name}.json"
    ledger.unlink(missing_ok=True)
    command = [
        *(sys.executable, "-m", "pytest", f"--phase={phase.name}", f"--ledger={ledger}"),
        *(f"--junitxml={reports / phase.name}.xml", "--durations=15", *phase.options),
    ]
    print(f"\n== tests, {phase.name}: pytest {' '.join(command[3:])}", flush=True)
    begin = time.monotonic()
    code = _call(command, root)
    seconds = time.monotonic() - begin
    try:
        kept = json.loads(ledger.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return Done(phase.name, code or 1, seconds)
    return Done(phase.name, code, seconds, tuple(kept["whole"]), tuple(kept["ran"]))


def _call(command: list[str], root: Path) -> int:
    process = subprocess.Popen(command, cwd=root)
    try:
        return process.wait()
    except KeyboardInterrupt:
        process.wait()  # it heard the Ctrl-C as well, and ends what its tests have started
        raise


def differences(done: list[Done]) -> list[str]:
    """What is wrong with the phases together: tests that ran in none of them, twice, or that only one of them knows."""
    whole = Counter(done[0].whole)
    ran = Counter(test for phase in done for test in phase.ran)
    found = [f"not run: {test}" for test in whole - ran]
    found += [f"run twice: {test}" for test in ran - whole]
    for phase in done[1:]:
        if Counter(phase.whole) != whole:
            found.append(f"{phase.name} collected {len(phase.whole)} tests, {done[0].name} {len(done[0].whole)}")
    return found


def main(arguments: list[str], root: Path = ROOT) -> int:
    """Run the tests below `root`. Returns 0 when all is well, else the exit code of the first phase that failed."""
    if arguments:
        return _call([sys.executable, "-m", "pytest", *arguments], root)
    done = [run(phase, root) for phase in phases()]
    wrong = differences(done)
    print()
    for line in wrong[:20]:
        print(line)
    for phase in done:
        how = "passed" if phase.code == 0 else f"FAILED (exit {phase.code})"
        print(f"{phase.name}: {len(phase.ran)} tests in {phase.seconds:.0f} s, {how}")
    ran, whole = sum(len(phase.ran) for phase in done), len(done[0].whole)
    print(f"{ran} of {whole} tests ran, in {sum(phase.seconds for phase in done):.0f} s", flush=True)
    failed = [phase.code for phase in done if phase.code]
    return failed[0] if failed else int(bool(wrong))


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)

"""The two phases of `make test`: what may share the machine runs side by side, what lives on the wall clock alone.

Most tests are pure logic or run in virtual time: how long a process waits for its turn changes nothing in them. Tests
marked ``wall_clock`` (the module says so: ``pytestmark = pytest.mark.wall_clock``) start gateways, brokers and boards
that keep real deadlines, and get the machine for themselves. ``--phase`` chooses one of the two sets; without it all
tests run, as ever. ``--ledger FILE`` writes down which tests there are and which of them ran, so that `tools.suite` can
tell that none was lost between the phases and none ran twice.

Side by side the unit of work is a file, whose fixtures are then made once (``--dist=loadscope``); two kinds of files
are worth sharing out: the cases of `tests.portable`, and tests with a parameter ``seed N``.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

SIDE_BY_SIDE = "side-by-side"
ALONE = "alone"
PHASES = (SIDE_BY_SIDE, ALONE)

_WHOLE = pytest.StashKey[list[str]]()
_TOGETHER = re.compile(r"\[((?:micropython|cpython)-[^-\]]+|seed \d+)")
"""In the id of a test: the portable file that one process runs, the seed of a run that several tests look at."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--phase` and `--ledger`."""
    group = parser.getgroup("phases of make test")
    group.addoption("--phase", choices=PHASES, help="run only the tests of this phase")
    group.addoption("--ledger", type=Path, metavar="FILE", help="write which tests there are, and which ran, as JSON")


def pytest_configure(config: pytest.Config) -> None:
    """Keep the ledger in the process that hears of every test."""
    file = config.getoption("ledger")
    if file is not None and not _is_worker(config):
        config.pluginmanager.register(_Ledger(file, config))


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep the tests of the phase. Side by side the slow ones go first, lest the last of them run beside nothing."""
    config.stash[_WHOLE] = [item.nodeid for item in items]
    phase = config.getoption("phase")
    if phase is None:
        return
    kept = [item for item in items if phase_of(item) == phase]
    gone = [item for item in items if phase_of(item) != phase]
    if phase == SIDE_BY_SIDE:
        kept.sort(key=lambda item: item.get_closest_marker("slow") is None)
    if gone:
        config.hook.pytest_deselected(items=gone)
    items[:] = kept


def pytest_sessionfinish(session: pytest.Session) -> None:
    """A worker hands on what it has collected: the process that reports collects nothing itself."""
    output: dict[str, Any] | None = getattr(session.config, "workeroutput", None)
    if output is not None:
        output["whole"] = session.config.stash.get(_WHOLE, [])


def phase_of(item: pytest.Item) -> str:
    """The phase that runs a test."""
    return ALONE if item.get_closest_marker("wall_clock") is not None else SIDE_BY_SIDE


def scope_of(nodeid: str) -> str:
    """What has to stay in one worker with a test."""
    file, _, rest = nodeid.partition("::")
    shared = _TOGETHER.search(rest)
    return f"{file}[{shared[1]}]" if shared else file


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadScopeScheduling | None:
    """Ours for ``--dist=loadscope``."""
    return _Scopes(config, log) if config.getoption("dist") == "loadscope" else None


class _Scopes(LoadScopeScheduling):  # type: ignore[misc]  # pytest-xdist has no types
    """Hands out scopes one by one."""

    def _split_scope(self, nodeid: str) -> str:
        return scope_of(nodeid)


class _Ledger:
    """Writes its file at the end of the session."""

    def __init__(self, file: Path, config: pytest.Config) -> None:
        self._file = file
        self._config = config
        self._whole: list[str] = []
        self._ran: list[str] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Every test that begins has one report of its setup."""
        if report.when == "setup":
            self._ran.append(report.nodeid)

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """A worker of pytest-xdist has ended."""
        self._whole = getattr(node, "workeroutput", {}).get("whole") or self._whole

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self) -> None:
        """Whatever the outcome."""
        whole = self._config.stash.get(_WHOLE, []) or self._whole
        self._file.write_text(json.dumps({"whole": whole, "ran": self._ran}), encoding="utf-8")


def _is_worker(config: pytest.Config) -> bool:
    return hasattr(config, "workerinput")

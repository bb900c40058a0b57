"""Tests that need an independent peer say so, and what happens where it is missing.

`@pytest.mark.peer("mbpoll")` names a program that is not ours and not on PyPI. Where it is missing, CI fails the test;
on a person's machine the test is left out, and the last lines of the run say which package brings it.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections import Counter
from functools import cache

import pytest

PACKAGES = {
    "gcc": "gcc",
    "libmodbus": "libmodbus-dev",
    "mbpoll": "mbpoll",
    "mosquitto": "mosquitto",
}
"""Peer to the Debian package that brings it."""

_LEFT_OUT = pytest.StashKey[Counter[str]]()


@cache
def present(peer: str) -> bool:
    """Whether the peer is on this machine."""
    if peer == "libmodbus":
        if shutil.which("pkg-config") is None or not present("gcc"):
            return False
        return subprocess.run(["pkg-config", "--exists", "libmodbus"], check=False).returncode == 0
    if peer == "gcc":
        return shutil.which("cc") is not None
    return shutil.which(peer) is not None or shutil.which(peer, path="/usr/sbin:/usr/local/sbin") is not None


def missing(item: pytest.Item) -> list[str]:
    """The peers that `item` needs and this machine lacks."""
    return [peer for mark in item.iter_markers("peer") for peer in mark.args if not present(peer)]


def in_ci() -> bool:
    """Whether a missing peer is a failure."""
    return os.environ.get("CI", "") not in ("", "0", "false")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what can't run on a person's machine, and remember why."""
    if in_ci():
        return
    left_out: Counter[str] = Counter()
    kept: list[pytest.Item] = []
    gone: list[pytest.Item] = []
    for item in items:
        lacking = missing(item)
        left_out.update(lacking)
        (gone if lacking else kept).append(item)
    if gone:
        items[:] = kept
        config.hook.pytest_deselected(items=gone)
    config.stash[_LEFT_OUT] = left_out


def pytest_runtest_setup(item: pytest.Item) -> None:
    """In CI a missing peer fails the test that needs it."""
    for peer in missing(item):
        pytest.fail(f"needs {peer}: apt-get install {PACKAGES[peer]}", pytrace=False)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say what was left out and what would bring it back."""
    for peer, count in sorted(config.stash.get(_LEFT_OUT, Counter()).items()):
        terminalreporter.write_line(
            f"not run here: {count} tests need {peer} (apt-get install {PACKAGES[peer]}); CI runs them", yellow=True
        )

"""Settings of every test run: hypothesis is repeatable in CI, and there a skipped test is a failed one."""

from __future__ import annotations

import os
import signal
from collections.abc import Generator

import pytest
from hypothesis import Phase, settings

CI = bool(os.environ.get("CI"))

# No deadline: a slow machine is no wrong answer. No explanations: they trace each line, and we run scans by thousands.
PHASES = tuple(phase for phase in Phase if phase is not Phase.explain)
# The same examples each time in CI, new ones on a desk.
settings.register_profile("desk", deadline=None, phases=PHASES)
settings.register_profile("ci", deadline=None, phases=PHASES, derandomize=True, database=None, print_blob=True)
settings.load_profile("ci" if CI else "desk")

# What a shell starts in the background (`make test &`, many CI runners) ignores SIGINT, and every process that a test
# starts would inherit that: Ctrl-C would end none of them.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Turn a skip into a failure where nothing may be skipped."""
    report = yield
    if CI and report.skipped:
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} was skipped: CI installs what it needs, see .ci/run\n{report.longrepr}"
    return report

"""Settings of every test run: hypothesis is repeatable in CI, and there a skipped test is a failed one."""

from __future__ import annotations

import os
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

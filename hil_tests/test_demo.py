"""The demo as its users run it: the whole site on the wall clock, reported, interrupted, killed.

Tolerances of the wall clock: counts are lower bounds, processes may take 20 s to end.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

pytestmark = pytest.mark.wall_clock

EDGECTL = Path(sys.executable).with_name("edgectl")
MARK = "DISTRICT_EDGE_TEST"
END_S = 20.0


class DemoRun:
    """One `edgectl demo` and everything that it starts; descendants are known by a mark in their environment."""

    def __init__(self, *arguments: str) -> None:
        self.mark = uuid.uuid4().hex
        self.process = subprocess.Popen(
            [str(EDGECTL), "demo", *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env={**os.environ, MARK: self.mark, "PYTHONUNBUFFERED": "1"},
            start_new_session=True,
        )

    def family(self) -> list[psutil.Process]:
        """Every living process of this run."""
        found = []
        for process in psutil.process_iter():
            with contextlib.suppress(psutil.Error):
                if process.environ().get(MARK) == self.mark and process.status() != psutil.STATUS_ZOMBIE:
                    found.append(process)
        return found

    def until_linked(self) -> None:
        """Read its lines until it says that all five boards are linked."""
        assert self.process.stdout is not None
        said = []
        for line in self.process.stdout:
            said.append(line)
            if "5 of 5 boards linked" in line:
                return
        pytest.fail("the demo ended before its boards were linked:\n" + "".join(said))

    def left_behind(self) -> list[str]:
        """What still lives END_S after the end."""
        _gone, alive = psutil.wait_procs(self.family(), timeout=END_S)
        return [" ".join(process.cmdline()) for process in alive]


@pytest.fixture
def demo_run() -> Iterator[list[DemoRun]]:
    """Runs put into the list are ended for certain."""
    runs: list[DemoRun] = []
    yield runs
    for run in runs:
        for process in run.family():
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        run.process.wait()
        if run.process.stdout is not None:
            run.process.stdout.close()


@pytest.mark.slow
@pytest.mark.timeout(180)
def test_thirty_seconds_of_the_demo_report_a_working_site(tmp_path: Path, demo_run: list[DemoRun]) -> None:
    report_file = tmp_path / "report.json"
    run = DemoRun("--for", "30s", "--report", str(report_file))
    demo_run.append(run)
    said, _ = run.process.communicate(timeout=150)
    assert run.process.returncode == 0, said
    report: dict[str, Any] = json.loads(report_file.read_text(encoding="utf-8"))

    boards = report["boards"]
    assert [board["id"] for board in boards] == ["entry1", "entry2", "exit1", "exit2", "emergency1"]
    for board in boards:
        assert board["program"] == "parking_lane"
        assert board["runtime"].startswith("micropython ")
        assert (board["mode"], board["link"]) == ("AUTO", "ok")
        assert board["scans"] > 1500  # half of what 30 s have, for a machine under load
        assert board["heap_growth_bytes"] == 0
        assert isinstance(board["scan_overruns"], int)
    assert report["tags"]["total"] > 500
    assert report["tags"]["good"] > 0.9 * report["tags"]["total"]
    assert report["parking"]["passed"] > 0
    assert report["parking"]["contacts"] == 0
    uplink = report["uplink"]
    assert uplink["journalled"] > 100
    assert uplink["acked"] == uplink["received"] == uplink["journalled"]
    assert (uplink["gaps"], uplink["duplicates"]) == (0, 0)
    assert run.left_behind() == []


@pytest.mark.slow
@pytest.mark.timeout(120)
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_an_interrupted_demo_ends_cleanly(number: signal.Signals, demo_run: list[DemoRun]) -> None:
    run = DemoRun()
    demo_run.append(run)
    run.until_linked()
    assert len(run.family()) >= 9  # itself, the world, five boards, supervisor, core, services
    run.process.send_signal(number)
    said, _ = run.process.communicate(timeout=60)
    assert run.process.returncode == 0, said
    assert "Traceback" not in said
    assert run.left_behind() == []


@pytest.mark.slow
@pytest.mark.timeout(120)
def test_a_killed_demo_leaves_no_process_behind(demo_run: list[DemoRun]) -> None:
    run = DemoRun()
    demo_run.append(run)
    run.until_linked()
    run.process.kill()
    run.process.wait(10)
    assert run.left_behind() == []


def test_a_wrong_time_is_refused_before_anything_starts() -> None:
    done = subprocess.run([str(EDGECTL), "demo", "--for", "soon"], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "30s" in done.stderr
    assert "Traceback" not in done.stderr

"""One `edgectl demo` under test, and everything that it starts."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import uuid
from pathlib import Path

import psutil
import pytest

EDGECTL = Path(sys.executable).with_name("edgectl")
MARK = "DISTRICT_EDGE_TEST"
END_S = 20.0


class DemoRun:
    """Descendants are known by a mark in their environment."""

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
        """Read its lines until it says that all boards are linked."""
        assert self.process.stdout is not None
        said = []
        for line in self.process.stdout:
            said.append(line)
            if "32 of 32 boards linked" in line:
                return
        pytest.fail("the demo ended before its boards were linked:\n" + "".join(said))

    def left_behind(self) -> list[str]:
        """What still lives END_S after the end."""
        _gone, alive = psutil.wait_procs(self.family(), timeout=END_S)
        return [" ".join(process.cmdline()) for process in alive]

    def end(self) -> None:
        """End it for certain."""
        for process in self.family():
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        self.process.wait()
        if self.process.stdout is not None:
            self.process.stdout.close()

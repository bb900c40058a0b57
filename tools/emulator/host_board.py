"""The host rig: the same firmware under CPython, in a thread of this process that runs only when the world lets it.

Deterministic like the process, quicker to start, and open to a debugger; what only MicroPython shows, it doesn't show.
"""

from __future__ import annotations

import threading
import traceback
from pathlib import Path
from typing import Any

from tools.emulator.link import ThreadLink

_JOIN_S = 5.0


class HostBoard:
    """Runs `program` from the source tree. Its storage is a folder, as a process's is."""

    def __init__(self, program: str, table: Any, folder: Path) -> None:
        self.program = program
        self.table = table
        self.storage = folder / "flash"
        self._link: ThreadLink | None = None
        self._thread: threading.Thread | None = None
        self._said = ""

    def start(self) -> ThreadLink:
        """Start the firmware's thread from reset."""
        self.kill()
        self.storage.mkdir(parents=True, exist_ok=True)
        link = ThreadLink()
        self._link = link
        self._thread = threading.Thread(target=self._run, args=(link,), name=f"host {self.program}", daemon=True)
        self._thread.start()
        return link

    def _run(self, link: ThreadLink) -> None:
        from firmware.host import run_board
        from firmware.runtime.store import DirStore

        said = ""
        try:
            run_board(self.program, link.exchange, DirStore(str(self.storage)), table=self.table)
        except Exception:  # noqa: BLE001 - it is told to the world, which raises it where the test is
            said = traceback.format_exc()
        self._said += said
        link.ended(said)

    def kill(self) -> None:
        """End the thread at its next word with the world; what it holds in memory is forgotten."""
        if self._link is not None:
            self._link.close()
        if self._thread is not None:
            self._thread.join(_JOIN_S)
        self._link = None
        self._thread = None

    def console(self) -> str:
        """Return the tracebacks so far."""
        return self._said[-2000:]

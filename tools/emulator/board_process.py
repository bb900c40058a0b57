"""Real firmware on real MicroPython: one process for each board, killed as a power cut kills.

The process is given the port of its I/O link, its storage folder (what survives a reset) and a TCP port for Modbus
(0: none). What it prints goes to ``console.log`` beside that folder.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
from pathlib import Path

from tools import micropython
from tools.emulator.board import BoardError
from tools.emulator.link import LinkLostError, Listener, SocketLink

ROOT = Path(__file__).resolve().parents[2]
HEAP = "384k"
"""What 192 KB are to a 32-bit board: words of this machine are twice as long."""
_TAIL = 2000


class BoardProcess:
    """A MicroPython process that runs `script` with the board's arguments."""

    def __init__(self, script: Path, folder: Path, *arguments: str, heap: str = HEAP, path: Path | None = None) -> None:
        self.script = script
        self.folder = folder
        self.storage = folder / "flash"
        self.arguments = arguments
        self.heap = heap
        self.path = path
        """Where the script's modules are, besides its own folder."""
        self.process: subprocess.Popen[bytes] | None = None
        self._listener: Listener | None = None

    @property
    def pid(self) -> int:
        """Process id, 0 when it doesn't run."""
        return self.process.pid if self.process is not None else 0

    def start(self) -> SocketLink:
        """Start from reset; returns the link once the process has connected. Raises BoardError."""
        self.kill()
        self.storage.mkdir(parents=True, exist_ok=True)
        self._listener = Listener()
        command = micropython.command(
            self.script, str(self._listener.port), str(self.storage), *self.arguments, heap=self.heap
        )
        with (self.folder / "console.log").open("ab") as console:
            self.process = subprocess.Popen(
                command,
                cwd=self.script.parent,
                stdin=subprocess.DEVNULL,
                stdout=console,
                stderr=console,
                env=self._environment(),
            )
        try:
            return self._accept()
        finally:
            self._listener.close()

    def _accept(self) -> SocketLink:
        assert self._listener is not None
        assert self.process is not None
        for _ in range(150):
            try:
                return self._listener.accept(0.1)
            except LinkLostError:
                if self.process.poll() is not None:
                    break
        code = self.process.poll()
        self.kill()
        raise BoardError(f"{self.script.name} did not connect (exit {code})\n{self.console()}")

    def _environment(self) -> dict[str, str]:
        path = [str(self.path)] if self.path is not None else []
        return {**os.environ, "MICROPYPATH": os.pathsep.join((*path, ".frozen"))}

    def kill(self) -> None:
        """SIGKILL: nothing is written, nothing is said."""
        if self.process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            self.process.kill()
        self.process.wait()
        self.process = None

    def console(self) -> str:
        """Return the end of what the board printed."""
        log = self.folder / "console.log"
        if not log.exists():
            return ""
        return log.read_text(encoding="utf-8", errors="replace")[-_TAIL:]

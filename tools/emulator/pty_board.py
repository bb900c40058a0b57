"""A board on a pseudo-terminal: real MicroPython behind what looks to ``mpremote`` like a board's USB port.

The unix port ends its process at a soft reset; a board starts again. So a supervisor stands between the client's
terminal and the process: it starts MicroPython anew, says what a board says, and runs ``main.py`` when a board would
(at power-on, after ``machine.reset()`` and after Ctrl-D at the friendly prompt, but not after Ctrl-D in raw mode).

    python -m tools.emulator.pty_board FOLDER

prints the terminal's path and serves FOLDER as the board's file system until Ctrl-C.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import pty
import select
import subprocess
import sys
import termios
import threading
import tty
from pathlib import Path
from types import TracebackType

from tools import micropython

START_S = 1.5
"""A board that says nothing by itself is taken to be up after this time."""

HEAP = "384k"
"""What an RP2040 leaves to Python, about 192 KB, in the words of a 64-bit machine, which are twice as long."""

RESET_EXIT = 66
"""How the stand-in ``machine.reset()`` ends the process; any other end is a soft reset."""

CHIP = Path(__file__).parent / "chip"
"""Stand-in modules (``machine``) that the board's MicroPython finds before its own."""

_RAW, _FRIENDLY = 0x01, 0x02
_INTERRUPT, _RUN = b"\x03", b"\x04"
_MOST = 64
_BOOT = "import os\nif 'main.py' in os.listdir():\n    exec(open('main.py').read())\n"
_OWN_TERMINAL = "import os, sys; os.login_tty(0); os.execv(sys.argv[1], sys.argv[1:])"


class PtyBoard:
    """One emulated board; a context manager that holds it powered. ``port`` is what a client connects to."""

    def __init__(self, folder: Path, heap: str = HEAP) -> None:
        self.folder = folder
        self.heap = heap
        self.boots = 0  # times that main.py had its chance to run
        self.log = bytearray()  # everything that the board said
        self._said = threading.Condition()
        self._raw = False
        self._since_run = b""  # what the client said since it last had the board execute something
        self._stop_read, self._stop_write = os.pipe()
        self._client, self._client_end = pty.openpty()
        tty.setraw(self._client_end)
        os.set_blocking(self._client, False)
        self.port = os.ttyname(self._client_end)
        self._thread = threading.Thread(target=self._run, name="pty-board", daemon=True)

    def __enter__(self) -> PtyBoard:
        self.folder.mkdir(parents=True, exist_ok=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.write(self._stop_write, b"x")
        self._thread.join()
        for end in (self._client, self._client_end, self._stop_read, self._stop_write):
            os.close(end)

    def wait_for(self, text: bytes, timeout_s: float = 20, begin: int = 0) -> bool:
        """Wait until the board has said ``text`` after position ``begin`` of its log; False when it did not in time."""
        with self._said:
            return self._said.wait_for(lambda: self.log.find(text, begin) >= 0, timeout_s)

    def _run(self) -> None:
        boot = True
        while True:
            self.boots += boot
            code = self._one_life(boot)
            if code is None:
                return
            if code == RESET_EXIT:
                self._raw = False
                boot = True
            else:
                self._since_run = b""
                self._to_client(b"MPY: soft reboot\r\n")
                boot = not self._raw

    def _one_life(self, boot: bool) -> int | None:
        """Run MicroPython until it ends: return its exit code, or None when the power goes."""
        terminal, inside = pty.openpty()
        tty.setraw(inside)
        settings = termios.tcgetattr(inside)
        # Ctrl-C interrupts a running program, as on a board, and nothing that was said is lost by it.
        settings[3] |= termios.ISIG | termios.NOFLSH
        termios.tcsetattr(inside, termios.TCSANOW, settings)
        program = micropython.command("-c", _BOOT if boot else "0", heap=self.heap)
        program.insert(-2, "-i")
        process = subprocess.Popen(
            [sys.executable, "-S", "-c", _OWN_TERMINAL, *program],
            cwd=self.folder,
            env={**os.environ, "MICROPYPATH": f".frozen:lib:{CHIP}"},
            stdin=inside,
            stdout=inside,
            stderr=inside,
        )
        os.close(inside)
        try:
            if not boot:  # a board that was in raw mode is in raw mode again after a soft reset
                os.write(terminal, bytes((_RAW,)))
            return self._relay(terminal, process, greet=boot)
        finally:
            process.kill()
            process.wait()
            os.close(terminal)

    def _relay(self, terminal: int, process: subprocess.Popen[bytes], greet: bool) -> int | None:
        # A chip in reset has no USB: the client waits for the board's first word. And in raw mode the unix port's
        # banner, which a board does not print, is left out.
        first = b"" if greet else b"raw REPL"
        held = bytearray()
        sources = [terminal, self._stop_read]
        while True:
            up = self._client in sources
            ready, _, _ = select.select(sources, [], [], START_S if greet and not up else None)
            if not ready:
                self._open(terminal, sources)
            if self._stop_read in ready:
                return None
            if self._client in ready:
                with contextlib.suppress(BlockingIOError):
                    data = os.read(self._client, 4096)
                    self._from_client(terminal, data)
                    self._since_run = (self._since_run + data).rpartition(_RUN)[2][-_MOST:]
            if terminal in ready:
                try:
                    data = os.read(terminal, 4096)
                except OSError:  # Linux says so when the last process has left a terminal
                    data = b""
                if not data:
                    return process.wait()
                if not up:
                    held += data
                    at = held.find(first)
                    if at < 0:
                        continue
                    data = bytes(held[at:])
                    self._open(terminal, sources)
                self._to_client(data)

    def _open(self, terminal: int, sources: list[int]) -> None:
        """Let the client in; a new client's first words to a board that was just resetting come first."""
        sources.append(self._client)
        if _INTERRUPT in self._since_run:
            self._from_client(terminal, self._since_run)

    def _from_client(self, terminal: int, data: bytes) -> None:
        for control in data:
            if control in (_RAW, _FRIENDLY):
                self._raw = control == _RAW
        os.write(terminal, data)

    def _to_client(self, data: bytes) -> None:
        with self._said:
            self.log += data
            self._said.notify_all()
        view = memoryview(data)
        while view:
            try:
                view = view[os.write(self._client, view) :]
            except BlockingIOError:
                # A board drops what no host reads; wait for a host that is only slow.
                if not select.select([], [self._client], [], 1.0)[1]:
                    return


def main() -> int:
    """Serve one board until Ctrl-C."""
    parser = argparse.ArgumentParser(prog="pty_board", description=__doc__)
    parser.add_argument("folder", type=Path, help="the board's file system")
    options = parser.parse_args()
    with PtyBoard(options.folder) as board:
        print(board.port, flush=True)
        with contextlib.suppress(KeyboardInterrupt):
            threading.Event().wait()
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""The gateway's end of an emulated line as a pseudo-terminal: a gateway opens it like any serial port.

A pty has no baud rate: what is written to it is put on the line at the line's own, and what the line delivers appears
when its last character has ended. The port stays when a gateway goes.
"""

from __future__ import annotations

import contextlib
import os
import tty
from pathlib import Path

from tools.emulator.serial_line import SerialLine
from tools.emulator.world import World


class PtyPort:
    """A station of the line behind a pty; `path` is what a gateway opens."""

    def __init__(self, world: World, line: SerialLine, name: str = "gateway", link: Path | None = None) -> None:
        self.line = line
        self.name = name
        self.dropped = 0
        """Bytes that nobody took out of the port in time."""
        self._ours, self._theirs = os.openpty()  # their end stays open, so that the port outlives who opens it
        tty.setraw(self._theirs)
        os.set_blocking(self._ours, False)
        self.path = os.ttyname(self._theirs)
        self.link = link
        if link is not None:
            link.parent.mkdir(parents=True, exist_ok=True)
            link.unlink(missing_ok=True)
            link.symlink_to(self.path)
        line.connect(name, self)
        world.watch(self._ours, self._readable)

    def receive_serial(self, data: bytes, end_us: int) -> None:
        """Bytes from the line: into the port."""
        try:
            written = os.write(self._ours, data)
        except BlockingIOError:
            written = 0
        self.dropped += len(data) - written

    def _readable(self) -> None:
        with contextlib.suppress(BlockingIOError):
            data = os.read(self._ours, 4096)
            if data:
                self.line.transmit(self.name, data)

    def close(self) -> None:
        """Remove the port."""
        os.close(self._ours)
        os.close(self._theirs)
        if self.link is not None:
            self.link.unlink(missing_ok=True)

"""The two carriers of the I/O link: a loopback socket to a MicroPython process, and a thread of this process."""

from __future__ import annotations

import socket
import struct
import threading

from protocols import iolink

SILENCE_S = 15
"""Wall time after which a board that owes an answer counts as dead."""


class LinkLostError(ConnectionError):
    """The board's end of the link is gone or silent."""


class SocketLink:
    """World's end of a loopback TCP connection."""

    def __init__(self, sock: socket.socket) -> None:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        # The kernel's own time-out: Python's would cost a poll before each call.
        sock.settimeout(None)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, struct.pack("@ll", SILENCE_S, 0))
        self.sock = sock
        self._buffer = bytearray(2 * iolink.MAX_FRAME)
        self._view = memoryview(self._buffer)
        self._held = 0
        self._taken = 0

    def fileno(self) -> int:
        """Return the descriptor, for a selector."""
        return self.sock.fileno()

    def receive(self) -> memoryview:
        """Wait for the next frame; it stays valid until the next call. Raises LinkLostError."""
        if self._taken:
            rest = self._held - self._taken
            if rest:
                self._buffer[:rest] = self._buffer[self._taken : self._held]
            self._held = rest
            self._taken = 0
        while True:
            held = self._held
            if held >= iolink.HEADER:
                length = iolink.HEADER + (self._buffer[1] | self._buffer[2] << 8)
                if length > iolink.MAX_FRAME:
                    raise LinkLostError(f"a frame of {length} bytes")
                if held >= length:
                    self._taken = length
                    return self._view[:length]
            try:
                got = self.sock.recv_into(self._view[held:])
            except BlockingIOError:
                raise LinkLostError(f"silent for {SILENCE_S} s of wall time") from None
            except OSError as error:
                raise LinkLostError(str(error)) from error
            if not got:
                raise LinkLostError("closed by the board")
            self._held = held + got

    def send(self, frame: bytes) -> None:
        """Send one frame. Raises LinkLostError."""
        try:
            self.sock.sendall(frame)
        except OSError as error:
            raise LinkLostError(str(error)) from error

    def close(self) -> None:
        """Close the connection."""
        self.sock.close()


class ThreadLink:
    """World's end towards firmware that runs in a thread of this process; `exchange` is the firmware's end.

    There is no descriptor that tells of a frame: the firmware answers while `receive` waits for it.
    """

    def __init__(self) -> None:
        self._to_world: memoryview | None = None
        self._to_board = b""
        self._step_there = threading.Semaphore(0)
        self._world_there = threading.Semaphore(0)
        self._closed = False
        self.failure = ""

    def receive(self) -> memoryview:
        """Wait for the firmware's next frame. Raises LinkLostError when its thread has ended."""
        if not self._step_there.acquire(timeout=SILENCE_S):
            raise LinkLostError("silent")
        if self._to_world is None:
            raise LinkLostError(self.failure or "the firmware's thread ended")
        frame = self._to_world
        self._to_world = None
        return frame

    def send(self, frame: bytes) -> None:
        """Answer the firmware."""
        self._to_board = frame
        self._world_there.release()

    def close(self) -> None:
        """Wake the firmware with an end of the link."""
        self._closed = True
        self._world_there.release()

    def exchange(self, frame: memoryview | bytes) -> bytes:
        """Firmware's end: hand over a frame, wait for the answer. Raises LinkLostError once the link is closed."""
        self._to_world = memoryview(frame)
        self._step_there.release()
        self._world_there.acquire()
        if self._closed:
            raise LinkLostError("the world ended the link")
        return self._to_board

    def ended(self, failure: str = "") -> None:
        """Tell the world that the firmware's thread has ended."""
        self.failure = failure
        self._to_world = None
        self._step_there.release()


class Listener:
    """A loopback port that one board process connects to."""

    def __init__(self) -> None:
        self.sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self.sock.bind(("127.0.0.1", 0))
        self.sock.listen(4)
        self.port: int = self.sock.getsockname()[1]

    def accept(self, timeout_s: float = SILENCE_S) -> SocketLink:
        """Wait for the board. Raises LinkLostError when it doesn't come."""
        self.sock.settimeout(timeout_s)
        try:
            sock, _ = self.sock.accept()
        except TimeoutError:
            raise LinkLostError(f"no connection within {timeout_s:.1f} s") from None
        return SocketLink(sock)

    def close(self) -> None:
        """Stop listening."""
        self.sock.close()

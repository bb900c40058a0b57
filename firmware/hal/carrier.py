"""The I/O link of a board process: a loopback TCP connection to the world, polled together with Modbus TCP."""

import select
import socket

from protocols.iolink import HEADER, MAX_FRAME, frame_length


class SocketCarrier:
    """Connects to the world's `port`. `poller` is shared with `firmware.hal.sockets.Sockets`."""

    def __init__(self, port, poller):
        self.frame = bytearray(MAX_FRAME)
        self._tail = memoryview(self.frame)[HEADER:]
        self._link = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self._link.connect(socket.getaddrinfo("127.0.0.1", port)[0][-1])
        self._poller = poller
        poller.register(self._link, select.POLLIN)

    def send(self, buf, n):
        """Send a frame. Raises OSError when the world is gone."""
        self._link.write(buf, n)

    def receive(self, sockets):
        """Wait for the world's frame or for a TCP request. Returns the frame's length in `frame`, or 0 for the latter.

        Raises OSError when the world is gone.
        """
        if sockets:
            mine = False
            for source, _flags in self._poller.ipoll(-1):
                if not sockets.mark(source):
                    mine = True
            if not mine:
                return 0
        if self._link.readinto(self.frame, HEADER) != HEADER:
            raise OSError("the world closed the link")
        n = frame_length(self.frame)
        if n > MAX_FRAME or self._link.readinto(self._tail, n - HEADER) != n - HEADER:
            raise OSError("the world closed the link")
        return n

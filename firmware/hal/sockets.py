"""Modbus TCP connections on MicroPython's sockets: a few at a time, never waited for, no heap for a request.

A connection needs heap when it comes and when it goes; what it carries does not. When all places are taken, the one
that was silent for longest makes room.
"""

import select
import socket

from protocols.port import const

SLOTS = const(4)
_PIECE = const(260)


class Sockets:
    """A listener and its connections, registered with `poller`. Tell it with `mark` what the poller reported."""

    def __init__(self, port, poller, host="0.0.0.0"):
        self.slots = SLOTS
        self.connections = [None] * SLOTS
        self.refused = 0
        self._poller = poller
        self._ready = bytearray(SLOTS)
        self._age = [0] * SLOTS  # number of the last `serve` in which it said something
        self._turn = 0
        self._knocked = False
        self._buf = bytearray(_PIECE)
        self._listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._listener.bind(socket.getaddrinfo(host, port)[0][-1])
        self._listener.listen(2)
        self._listener.setblocking(False)
        poller.register(self._listener, select.POLLIN)

    def mark(self, source):
        """Note that `source` has something. Returns False if it's none of ours."""
        if source is self._listener:
            self._knocked = True
            return True
        for i in range(SLOTS):
            if self.connections[i] is source:
                self._ready[i] = 1
                return True
        return False

    def serve(self, servers):
        """Hand what has arrived to the TCP framings, one for each slot, and send their replies."""
        if self._knocked:
            self._knocked = False
            self._accept(servers)
        self._turn = self._turn + 1 & 0x3FFFFFFF
        for i in range(SLOTS):
            if self._ready[i]:
                self._ready[i] = 0
                self._age[i] = self._turn
                if not self._exchange(self.connections[i], servers[i]):
                    self._drop(i)

    def _accept(self, servers):
        try:
            connection = self._listener.accept()[0]
        except OSError:  # gone again before we came to it
            self.refused += 1
            return
        connection.setblocking(False)
        slot = 0
        for i in range(SLOTS):
            if self.connections[i] is None:
                slot = i
                break
            if self._age[i] < self._age[slot]:
                slot = i
        if self.connections[slot] is not None:
            self._drop(slot)
        servers[slot].reset()
        self.connections[slot] = connection
        self._age[slot] = self._turn
        self._poller.register(connection, select.POLLIN)

    def _exchange(self, connection, server):
        """One piece of what has arrived; the poller tells of the rest. Returns False when the connection is over."""
        buf = self._buf
        try:
            n = connection.readinto(buf, min(_PIECE, server.room))
            if n is None:
                return True
            if not n:
                return False
            n = server.feed(buf, n)
            while n:
                # A master that doesn't read its replies is not waited for.
                if connection.write(server.tx, n) != n:
                    return False
                n = server.feed(buf, 0)
        except OSError:
            return False
        return not server.broken

    def _drop(self, slot):
        connection = self.connections[slot]
        self.connections[slot] = None
        self._poller.unregister(connection)
        connection.close()

"""The smallest world for one board process: virtual time that moves when a test says so, a line and a TCP client."""

from __future__ import annotations

import contextlib
import socket
import struct
import subprocess
from array import array
from collections.abc import Iterator
from pathlib import Path

from firmware.main import load_table
from protocols import iolink, layout
from protocols.modbus.crc import crc16
from tools import micropython

TABLE = load_table("parking_lane")
HEAP = "384k"
FINE = ("ZC", "SK1", "ARM_ZOK", "UPS_OK")
UNIT = 7


def free_port() -> int:
    """Return a loopback port that nobody uses now."""
    with socket.create_server(("127.0.0.1", 0)) as sock:
        return int(sock.getsockname()[1])


class World:
    """One board process and all that is around it."""

    def __init__(self, bundle: Path, storage: Path, reset_cause: int = layout.RESET_POWER) -> None:
        self.tcp_port = free_port()
        self.end = iolink.WorldEnd(iolink.shape_of(TABLE))
        self.raw = array("i", [1 if row[2] or row[0] in FINE else 0 for row in TABLE.DI])
        self.raw.extend([12000] * (len(TABLE.AI) + len(TABLE.BI)))
        self.out = array("i", [0] * self.end.shape.out_len)
        self.us = 1_000_000
        self.sent = b""
        arguments = ("--tcp", str(self.tcp_port), "--unit", str(UNIT))
        with socket.create_server(("127.0.0.1", 0)) as listener:
            listener.settimeout(20)
            command = micropython.command(
                bundle / "main.py", str(listener.getsockname()[1]), str(storage), *arguments, heap=HEAP
            )
            self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
            self.link, _ = listener.accept()
        self.link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.link.settimeout(20)
        self.stream = self.link.makefile("rb")
        assert self.receive() == iolink.HELLO
        self.runtime = self.end.runtime
        self.give(self.end.welcome(reset_cause, self.us // 1000, self.us))
        assert self.receive() == iolink.STEP

    def receive(self) -> int:
        """Take the board's next frame."""
        head = self.stream.read(iolink.HEADER)
        frame = head + self.stream.read(iolink.frame_length(head) - iolink.HEADER)
        kind = int(self.end.decode(frame, len(frame), self.out))
        if kind == iolink.STEP:
            self.sent += frame[self.end.tx_at : self.end.tx_at + self.end.tx_n]
        return kind

    def give(self, n: int) -> None:
        """Send what the world's end has made."""
        self.link.sendall(memoryview(self.end.buf)[:n])

    def answer(self, rx: bytes = b"") -> None:
        """Let the board go on: until it wanted to wake, or for serial bytes."""
        self.us = self.us + 87 * len(rx) if rx else max(self.us, self.end.wake_us)
        flags = iolink.WORLD_INPUTS
        self.give(self.end.world(flags, self.us // 1000, self.us, self.raw, rx, len(rx), self.us))
        assert self.receive() == iolink.STEP

    def run(self, ms: int) -> None:
        """Let that much world time pass."""
        end = self.us + ms * 1000
        while self.us < end:
            self.answer()

    def rtu(self, frame: bytes) -> bytes:
        """Put bytes on the line; return what the board says within some scans."""
        self.sent = b""
        self.answer(frame)
        self.run(30)
        return self.sent

    def rtu_request(self, pdu: bytes) -> bytes:
        """One RTU transaction; return the reply's PDU, b"" without one."""
        frame = bytes([UNIT]) + pdu
        crc = crc16(frame, 0, len(frame))
        return self.rtu(frame + bytes([crc & 0xFF, crc >> 8]))[1:-2]

    @contextlib.contextmanager
    def client(self) -> Iterator[socket.socket]:
        """Yield a TCP connection to the board."""
        with socket.create_connection(("127.0.0.1", self.tcp_port), timeout=10) as sock:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            yield sock

    def read(self, address: int, count: int) -> tuple[int, ...]:
        """Registers over the line."""
        reply = self.rtu_request(struct.pack(">BHH", 3, address, count))
        assert reply[0] == 3, reply
        return struct.unpack(f">{count}H", reply[2:])

    def kill(self) -> None:
        """SIGKILL, as a power cut."""
        self.process.kill()
        self.process.communicate()
        self.stream.close()
        self.link.close()


def ask(sock: socket.socket, pdu: bytes, transaction: int = 1, unit: int = UNIT) -> bytes:
    """One Modbus TCP transaction; return the reply's PDU."""
    sock.sendall(struct.pack(">HHHB", transaction, 0, len(pdu) + 1, unit) + pdu)
    return take(sock, transaction)


def take(sock: socket.socket, transaction: int) -> bytes:
    """Read one reply."""
    head = b""
    while len(head) < 7:
        piece = sock.recv(7 - len(head))
        assert piece, "the board closed the connection"
        head += piece
    number, protocol, length, _unit = struct.unpack(">HHHB", head)
    assert (number, protocol) == (transaction, 0)
    body = b""
    while len(body) < length - 1:
        body += sock.recv(length - 1 - len(body))
    return body

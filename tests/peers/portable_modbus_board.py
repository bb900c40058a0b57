"""A Modbus server on MicroPython for independent clients: arguments ``ROOT tcp PORT`` or ``ROOT rtu DEVICE``.

Prints ``ready`` when it can be asked, and serves until it's killed. The bank: holding register i holds i, input
register i holds 1000 + i, every third coil and discrete input is on.
"""

import select
import socket
import sys
import time

sys.path.insert(0, sys.argv[1])

from protocols.modbus.rtu import RtuServer
from protocols.modbus.server import Server
from protocols.modbus.tcp import TcpServer
from protocols.ticks import PERIOD_MASK, ticks_diff
from tests.protocols.full_bank import FullBank

UNIT = 17


def full_server():
    bank = FullBank()
    for i in range(1000):
        bank.holding[i] = i
        bank.inputs[i] = 1000 + i
    for i in range(0, 3000, 3):
        bank.coils[i] = bank.discretes[i] = 1
    return Server(bank)


def serve_tcp(server, port):
    listener = socket.socket()
    listener.bind(socket.getaddrinfo("127.0.0.1", port)[0][-1])
    listener.listen(4)
    print("ready")
    while True:
        connection, _ = listener.accept()
        tcp = TcpServer(server, UNIT)
        while not tcp.broken:
            data = connection.recv(tcp.room)
            if not data:
                break
            n = tcp.feed(data, len(data))
            while n:
                connection.send(memoryview(tcp.tx)[:n])
                n = tcp.feed(b"", 0)
        connection.close()


def serve_rtu(server, device):
    # A pseudo-terminal has no bit times, but a scheduler that pauses: slow characters leave it the room.
    rtu = RtuServer(server, UNIT, 1200, check_t15=False)
    line = open(device, "r+b")  # noqa: PTH123, SIM115 - MicroPython has no pathlib, and it stays open
    poller = select.poll()
    poller.register(line, select.POLLIN)
    buf = bytearray(300)
    print("ready")
    while True:
        n = 0
        while n < len(buf) and poller.poll(0 if n or rtu.pending else 1000):
            buf[n] = line.read(1)[0]  # more at once would wait for all of it
            n += 1
        now = time.ticks_us() & PERIOD_MASK
        rtu.feed(buf, n, now)
        n = rtu.poll(now)
        if n:
            line.write(memoryview(rtu.tx)[:n])
        elif rtu.pending:
            poller.poll(1 + max(0, ticks_diff(rtu.due_us, now)) // 1000)


if sys.argv[2] == "tcp":
    serve_tcp(full_server(), int(sys.argv[3]))
else:
    serve_rtu(full_server(), sys.argv[3])

"""Runs on MicroPython, by `tools.bench.codec`: ``ROOT PEER ROUNDS``; one line a round, ``ours_us peer_us``, then bytes.

A transaction is one read of 10 registers over RTU: the request built, checked by the server, answered, checked by the
client and its values taken out, a CRC each time. Neither side's I/O or waiting is in it.
"""

# ruff: noqa: E402 - the path of what is imported comes as an argument

import gc
import sys
import time
from array import array

sys.path[:0] = sys.argv[1:3]

from protocols.modbus.bank import ArrayBank
from protocols.modbus.crc import crc16
from protocols.modbus.request import DONE, Request
from protocols.modbus.rtu import RtuServer
from protocols.modbus.server import Server

UNIT = 17
ADDRESS = 16
COUNT = 10
TIMES = 1000
VALUES = [100 * i for i in range(COUNT)]


class Ours:
    """Our codec: request, server and its bank, judgement of the reply."""

    def __init__(self):
        bank = ArrayBank(64)
        for i in range(COUNT):
            bank.holding[ADDRESS + i] = VALUES[i]
        self.server = RtuServer(Server(bank), UNIT, 115200)
        self.request = Request(UNIT)
        self.values = array("H", [0] * COUNT)

    def transaction(self):
        """Return the values read."""
        request = self.request.read(3, ADDRESS, COUNT)
        rtu = self.server
        n = rtu.answer(request.rtu, 8)
        if crc16(rtu.tx, 0, n) or request.judge(rtu.tx, 1, n - 3) != DONE:
            return None
        request.registers(self.values)
        return self.values


class Machine:
    """Stands in for the module that umodbus imports its UART from: none is used here."""

    UART = Pin = None


class Peer:
    """umodbus, its parts called as its own Serial calls them."""

    def __init__(self):
        sys.modules["machine"] = Machine
        from umodbus import functions
        from umodbus.common import Request as PeerRequest
        from umodbus.serial import Serial

        class Unwired(Serial):
            def __init__(self):
                pass

        self.functions = functions
        self.request = PeerRequest
        self.serial = Unwired()

    def framed(self, pdu):
        """Return the frame as its Serial._send puts it together, without the UART."""
        adu = bytearray()
        adu.append(UNIT)
        adu.extend(pdu)
        adu.extend(self.serial._calculate_crc16(adu))
        return adu

    def transaction(self):
        """Return the values read."""
        functions = self.functions
        frame = self.framed(functions.read_holding_registers(ADDRESS, COUNT))
        # As its Serial.get_request checks one.
        body = frame[:-2]
        crc = frame[-2:]
        expected = self.serial._calculate_crc16(body)
        if crc[0] != expected[0] or crc[1] != expected[1]:
            return None
        request = self.request(self.serial, body)
        reply = self.framed(
            functions.response(request.function, request.register_addr, request.quantity, request.data, VALUES)
        )
        return functions.to_short(self.serial._validate_resp_hdr(reply, UNIT, 3, True))


def timed(side):
    """Return the time of a transaction in us, of many."""
    transaction = side.transaction
    gc.collect()
    begin = time.ticks_us()
    for _ in range(TIMES):
        transaction()
    return time.ticks_diff(time.ticks_us(), begin) / TIMES


def heap(side):
    """Return the bytes that a transaction takes from the heap."""
    transaction = side.transaction
    transaction()
    gc.collect()
    gc.disable()
    before = gc.mem_alloc()
    for _ in range(TIMES):
        transaction()
    grown = gc.mem_alloc() - before
    gc.enable()
    return grown // TIMES


ours, peer = Ours(), Peer()
assert list(ours.transaction()) == list(peer.transaction()) == VALUES
for number in range(int(sys.argv[3])):
    if number % 2:
        peer_us = timed(peer)
        print(timed(ours), peer_us)
    else:
        print(timed(ours), timed(peer))
print(heap(ours), heap(peer))

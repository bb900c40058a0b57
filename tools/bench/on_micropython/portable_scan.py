"""Runs on MicroPython and on CPython: ``portable_scan.py ROOT PROGRAM SCANS``; prints the time of a scan (us).

A scan is the whole control cycle of `firmware.runtime.scan`: samples conditioned, program, outputs, registers, with a
HAL that costs next to nothing. Every analogue sample changes with every scan, a value of a field line with every tenth,
and a contact now and then.
"""

import sys
import time

root, program_name, scans = sys.argv[1], sys.argv[2], int(sys.argv[3])
sys.path.insert(0, root)

from firmware.main import load_program, load_table  # noqa: E402
from firmware.runtime.board import Board  # noqa: E402
from firmware.runtime.config import Config  # noqa: E402
from firmware.runtime.scan import ScanLoop  # noqa: E402
from protocols.ticks import ticks_add  # noqa: E402

FIELD_EACH = 10  # scans between two readings of a field line's devices
TOGGLE = 64  # scans between two changes of a contact
CLOSED = ("ZC", "SK1", "ARM_ZOK", "UPS_OK", "QG_ZCL", "GRID_OK")  # contacts closed in a healthy plant
REST = {"EDGE": 8200, "POS": 0, "MOT_I": 0, "V24": 240, "WIND": 30}  # analogue values of one at rest


class Records:
    """A store in memory; a bundle has no `firmware.host` to take one from."""

    def __init__(self):
        self.files = {}

    def read(self, name):
        """Return a record, or None."""
        return self.files.get(name)

    def write(self, name, data):
        """Keep a record."""
        self.files[name] = bytes(data)


class Hal:
    """A plant at rest; points of other programs are closed contacts and values in the middle of their range."""

    exact_arrival = True
    alive = True
    reset_cause = 1
    rx_end_us = 0
    sockets = None
    model = b"bench"

    def __init__(self, table):
        self.store = Records()
        self.now = 0
        self.count = 0
        self.contacts = [1 if row[2] or row[0] in CLOSED else 0 for row in table.DI]
        self.values = [REST.get(row[0], (row[2] + row[3]) // 2) for row in table.AI] + [0] * len(table.BI)
        self.bus = len(self.values) - len(table.FIELD)  # from here on they come from a field line

    def ms(self):
        """Return the control time."""
        return self.now

    def us(self):
        """Return the wire time: a scan takes none."""
        return 0

    def read(self, raw):
        """Give this scan's samples."""
        n = len(self.contacts)
        self.count += 1
        if self.count % TOGGLE == 0:
            self.contacts[0] ^= 1
        for i in range(n):
            raw[i] = self.contacts[i]
        wobble = self.count & 1
        for i in range(len(self.values)):
            raw[n + i] = self.values[i] + (wobble if i < self.bus else self.count // FIELD_EACH & 1)

    def write(self, out):
        """Take the outputs."""

    def open_field(self, baud):
        """Say that there is none: its values come as samples."""
        return None

    def feed(self):
        """Take the watchdog's feed."""

    def temperature(self):
        """Return some temperature (0.1 degC)."""
        return 250

    def supply(self):
        """Return some supply (0.1 V)."""
        return 240


table = load_table(program_name)
hal = Hal(table)
board = Board(table, load_program(program_name), hal, Config(table, hal.store))
loop = ScanLoop(board)


def clock_us():
    """Return a time that only differences count of (us)."""
    if sys.implementation.name == "micropython":
        return time.ticks_us()
    return time.perf_counter_ns() // 1000


def measure(count):
    """Return the mean time of ``count`` scans (us)."""
    begin = clock_us()
    for _ in range(count):
        hal.now = ticks_add(hal.now, table.SCAN_MS)
        loop.scan()
    return (clock_us() - begin) / count


measure(scans // 4)
print(measure(scans))

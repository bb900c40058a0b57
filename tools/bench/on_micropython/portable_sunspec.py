"""Runs on MicroPython and on CPython: ``portable_sunspec.py ROOT control|whole``; prints two figures, in ms.

Eight SunSpec units (six inverters of both families, a battery converter, a meter) on one line at 115,200 baud, which
nobody knows yet: the time until each is found and read, and the time that the bytes of it take on the wire. ``control``
reads what a board's control needs, ``whole`` every register there is, as a desk does. Devices answer at once, so what
is between the figures are the silences of the standard and the client's own work, which is measured, not modelled.
"""

import sys
import time
from array import array

root, what = sys.argv[1], sys.argv[2]
sys.path.insert(0, root)

from drivers.modbus_line import ModbusLine  # noqa: E402
from drivers.sunspec.models import INVERTER, METER, PCS  # noqa: E402
from drivers.sunspec.reader import Reader  # noqa: E402
from drivers.sunspec.unit import SunSpecUnit  # noqa: E402
from protocols.modbus.bank import Bank  # noqa: E402
from protocols.modbus.registers import put_registers  # noqa: E402
from protocols.modbus.rtu import RtuServer  # noqa: E402
from protocols.modbus.server import Server  # noqa: E402
from protocols.ticks import ticks_add, ticks_diff  # noqa: E402

BAUD = 115200
BASE = 40000
# Model and length, in the order of the chain (domain brief §7.5).
LEGACY = ((1, 66), (103, 50), (120, 26), (121, 30), (122, 44), (123, 24), (124, 24), (160, 88), (802, 62))
CURVES = ((705, 67), (706, 43), (707, 55), (708, 55), (709, 67), (710, 67), (711, 22), (712, 44))
DER = ((1, 66), (701, 153), (702, 50), (703, 17), (704, 65)) + CURVES + ((713, 7), (714, 93), (715, 7), (802, 62))
STORAGE = ((1, 66), (701, 153), (702, 50), (703, 17), (704, 65), (713, 7), (714, 43), (715, 7), (802, 62), (803, 58))
METERED = ((1, 66), (203, 105))
UNITS = ((INVERTER, LEGACY), (INVERTER, DER)) * 3 + ((PCS, STORAGE), (METER, METERED))


class Image(Bank):
    """A device at rest: every point and every scale factor is 0."""

    def __init__(self, chain):
        regs = [0x5375, 0x6E53]
        for model, length in chain:
            regs += [model, length] + [0] * length
        self.regs = array("H", regs + [0xFFFF, 0])

    def read_registers(self, fc, address, count, out, at):
        """Give registers of the map; others are illegal addresses."""
        return 0 if put_registers(self.regs, address - BASE, count, out, at) else 2


def clock_us():
    """Return a time that only differences count of (us)."""
    if sys.implementation.name == "micropython":
        return time.ticks_us()
    return time.perf_counter_ns() // 1000


class Line:
    """Virtual wire time, to which the client's own work is added as it is measured."""

    def __init__(self, stations):
        self.line = ModbusLine(stations, BAUD)
        self.servers = [RtuServer(Server(Image(UNITS[i][1])), i + 1, BAUD) for i in range(len(UNITS))]
        self.us = 0
        self.wire_us = 0

    def pass_(self, us):
        """Let time pass."""
        self.us = ticks_add(self.us, us)

    def until(self, there):
        """Run until ``there()``; return (ms that it took, ms of bytes on the wire)."""
        line = self.line
        timing = line.client.timing
        while not there():
            begin = clock_us()
            frame = line.poll(self.us, self.us // 1000)
            self.pass_(clock_us() - begin)
            if frame is None:
                wait = line.wait_us(self.us, self.us // 1000)
                self.pass_(wait if wait > 0 else 1)
                continue
            self.pass_(timing.chars_us(len(frame)))
            server = self.servers[frame[0] - 1]
            server.feed(frame, len(frame), self.us)
            n = server.poll(server.due_us)
            self.pass_(ticks_diff(server.due_us, self.us) + timing.chars_us(n))
            self.wire_us += timing.chars_us(len(frame) + n)
            begin = clock_us()
            line.feed(server.tx, n, self.us, self.us // 1000)
            self.pass_(clock_us() - begin)
        return self.us / 1000, self.wire_us / 1000


if what == "whole":
    units = [Reader(i + 1) for i in range(len(UNITS))]
    took, wire = Line(units).until(lambda: all([unit.finished for unit in units]))
    assert all([len(units[i].models) == len(UNITS[i][1]) for i in range(len(UNITS))])
else:
    units = [SunSpecUnit(UNITS[i][0], i + 1) for i in range(len(UNITS))]
    took, wire = Line(units).until(lambda: all([unit.complete() for unit in units]))
print(took, wire)

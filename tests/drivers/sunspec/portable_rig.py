"""A line in virtual time with SunSpec devices on it, for tests on both runtimes; a device is a list of models.

`Device` answers as a plain server does: addresses beyond its map
are exception 2. Its switches are the quirks that tests need.
"""

from array import array

from drivers.modbus_line import ModbusLine
from protocols.modbus.bank import Bank
from protocols.modbus.registers import get_registers, put_registers
from protocols.modbus.rtu import RtuServer, Timing
from protocols.modbus.server import Server
from protocols.ticks import ticks_add, ticks_diff

SUNS = (0x5375, 0x6E53)


def words(text, count):
    """Return a string's registers."""
    raw = text.encode() + b"\0" * (2 * count - len(text))
    return [(raw[2 * i] << 8) | raw[2 * i + 1] for i in range(count)]


def model(number, length, points):
    """Return a model's registers, ID and L first; ``points`` {offset from ID: value, or list of registers}."""
    regs = [number, length] + [0xFFFF] * length
    for at, value in points.items():
        for i, one in enumerate(value if isinstance(value, list) else [value]):
            regs[at + i] = one & 0xFFFF
    return regs


def common(serial="1"):
    """Return model 1 of a device with that serial number."""
    name = words("Maker", 16) + words("Model", 16) + words("", 8) + words("1.0", 8) + words(serial, 16)
    return [1, 66] + name + [1, 0]  # noqa: RUF005 - MicroPython has no stars in a list


def inverter_103(w=500, w_sf=2, more=()):
    """Return a model 103 that feeds ``w * 10**w_sf`` W."""
    points = {2: 100, 6: -1, 13: -1, 14: w, 15: w_sf, 16: 5000, 17: -2, 33: 415, 37: -1, 38: 4, 40: [0, 0], 42: [0, 0]}
    points.update(more)
    return model(103, 50, points)


def controls_123(factor=0):
    """Return a model 123 at rest."""
    return model(123, 24, {4: 1, 5: 100, 6: 0, 7: 0, 8: 0, 9: 0, 23: factor, 24: -2, 25: 0})


def chain(*models, base=40000, end=True):
    """Return the registers of a whole device from its mark on."""
    regs = list(SUNS)
    for one in models:
        regs += one
    return regs + ([0xFFFF, 0] if end else [])


class Device(Bank):
    """Registers from ``base`` on, as a server's bank.

    writes     every (address, [values]) that was written, in order
    ignore     takes writes and does nothing; busy: answers so many requests with exception 6
    latency    us until it answers; silent: doesn't answer at all
    """

    def __init__(self, unit, regs, base=40000):
        self.unit = unit
        self.base = base
        self.regs = array("H", regs)
        self.writes = []
        self.reads = 0
        self.ignore = False
        self.busy = 0
        self.silent = False
        self.latency = 2000
        self.most = 125
        self.before_read = None

    def _there(self, address, count):
        return self.base <= address and address + count <= self.base + len(self.regs)

    def read_registers(self, fc, address, count, out, at):
        self.reads += 1
        if self.busy:
            self.busy -= 1
            return 6
        if not self._there(address, count) or count > self.most:
            return 2
        if self.before_read is not None:
            self.before_read(self, address, count)
        put_registers(self.regs, address - self.base, count, out, at)
        return 0

    def write_registers(self, fc, address, count, data, at):
        if self.busy:
            self.busy -= 1
            return 6
        if not self._there(address, count):
            return 2
        got = array("H", [0] * count)
        get_registers(data, at, count, got, 0)
        self.writes.append((address, list(got)))
        if not self.ignore:
            for i in range(count):
                self.regs[address - self.base + i] = got[i]
            self.written(address)
        return 0

    def written(self, address):
        """Something was written: for devices that live."""

    def put(self, address, value):
        """Set one register, as the device itself would."""
        self.regs[address - self.base] = value & 0xFFFF


class Rig:
    """The line, its client and its devices. `spoil(frame)` may return other bytes, or None for a lost frame."""

    def __init__(self, stations, devices, baud=115200, now=0x3FFFF000):
        self.line = ModbusLine(stations, baud)
        self.timing = Timing(baud)
        self.servers = [(device, RtuServer(Server(device), device.unit, baud)) for device in devices]
        self.us = now
        self.ms = now
        self.part = 0
        self.replies = []
        self.spoil = None
        self.frames = 0
        self.wire_us = 0
        self.each_ms = None

    def advance(self, us):
        """Let ``us`` pass."""
        self.us = ticks_add(self.us, us)
        self.part += us
        while self.part >= 1000:
            self.part -= 1000
            self.ms = ticks_add(self.ms, 1)
            if self.each_ms is not None:
                self.each_ms(self.ms)

    def run(self, ms):
        """Run for ``ms``."""
        end = ticks_add(self.ms, ms)
        self.until(lambda: ticks_diff(self.ms, end) >= 0, ms + 1000)

    def until(self, there, most=60000):
        """Run until ``there()``; fails after ``most`` ms. Returns the ms that it took."""
        begin = self.ms
        while not there():
            assert ticks_diff(self.ms, begin) < most, "it never came"
            self.step()
        return ticks_diff(self.ms, begin)

    def step(self):
        """Do what is due now, else let time pass until something is."""
        frame = self.line.poll(self.us, self.ms)
        if frame is not None:
            self._send(bytes(frame))
        wait = self.line.wait_us(self.us, self.ms)
        for i in range(len(self.replies)):
            due, data = self.replies[i]
            left = ticks_diff(due, self.us)
            if left <= 0:
                self.replies.pop(i)
                self.line.feed(data, len(data), self.us, self.ms)
                return
            wait = left if not wait or left < wait else wait
        self.advance(max(1, min(wait, 5000)))

    def _send(self, frame):
        self.frames += 1
        took = self.timing.chars_us(len(frame))
        self.wire_us += took
        if self.spoil is not None:
            frame = self.spoil(frame)
            if frame is None:
                return
        arrived = ticks_add(self.us, took)
        for device, server in self.servers:
            server.feed(frame, len(frame), arrived)
            n = server.poll(server.due_us)
            if n and not device.silent:
                reply = bytes(server.tx[:n])
                took = self.timing.chars_us(n)
                self.wire_us += took
                if self.spoil is not None:
                    reply = self.spoil(reply)
                if reply is not None:
                    self.replies.append((ticks_add(ticks_add(server.due_us, device.latency), took), reply))

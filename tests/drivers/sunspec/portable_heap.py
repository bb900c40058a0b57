"""Polling eight units with limits in force, set anew and refreshed, takes nothing of a board's heap."""

import gc

from drivers.sunspec.models import INV_W
from protocols.port import MICROPYTHON
from protocols.quality import GOOD
from protocols.ticks import ticks_add
from tests.drivers.portable_modbus_line import Plant

FRAMES = 1500


class Recorded:
    """What devices answer, as bytes made beforehand: the rig itself takes heap, what is measured mustn't."""

    def __init__(self, plant):
        self.line = plant.rig.line
        self.plant = plant
        self.servers = [None] * 16
        for device, server in plant.rig.servers:
            self.servers[device.unit] = server
            device.latency = 0
            device.writes = None
        self.us = plant.rig.us
        self.ms = plant.rig.ms

    def frame(self):
        """Let one frame go there and back; returns 0 when the line wanted none."""
        line = self.line
        frame = line.poll(self.us, self.ms)
        if frame is None:
            self.us = ticks_add(self.us, 1000)
            self.ms = ticks_add(self.ms, 1)
            return 0
        server = self.servers[frame[0]]
        self.us = ticks_add(self.us, 5000)
        server.feed(frame, len(frame), self.us)
        n = server.poll(server.due_us)
        self.us = ticks_add(self.us, 5000)
        self.ms = ticks_add(self.ms, 10)
        line.feed(server.tx, n, self.us, self.ms)
        self.us = ticks_add(self.us, 2000)
        self.ms = ticks_add(self.ms, 2)
        return 1

    def run(self, frames):
        """Let so many frames pass, with new set-points now and then."""
        plant = self.plant
        done = 0
        n = 0
        while done < frames:
            done += self.frame()
            n += 1
            if n & 63 == 0:
                i = (n >> 6) % 6
                plant.inverters[i].limit.set(300 + (n & 511), 30)
                plant.pcs.setpoint.set((n & 1023) - 500, 30, 0, 0)


def test_eight_units_take_no_heap():
    plant = Plant()
    plant.pcs.heart.on = 1
    plant.chargers.writing = 1
    plant.pcs.operation.set(1)
    for unit in plant.inverters:
        unit.limit.set(500, 30)
    plant.pcs.setpoint.set(100, 30, 0, 0)
    plant.wait()
    plant.rig.until(lambda: plant.pcs.setpoint.mirrored)
    for device in plant.devices:
        quiet(device)
    recorded = Recorded(plant)
    recorded.run(300)
    gc.collect()
    if MICROPYTHON:
        gc.disable()
        before = gc.mem_alloc()
        recorded.run(FRAMES)
        grown = gc.mem_alloc() - before
        gc.enable()
        assert grown == 0, grown
    else:
        recorded.run(FRAMES)
    for n in range(6):
        assert plant.inverters[n].quality[INV_W] == GOOD and plant.inverters[n].rediscoveries == 0
        assert plant.inverters[n].limit.writes > 3 and plant.inverters[n].limit.misses == 0


def quiet(device):
    """Make the device's own work free of heap: it keeps no list of writes."""
    regs = device.regs
    base = device.base

    def write_registers(fc, address, count, data, at):
        for i in range(count):
            regs[address - base + i] = (data[at + 2 * i] << 8) | data[at + 2 * i + 1]
        return 0

    device.write_registers = write_registers

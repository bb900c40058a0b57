"""A board with a line of its own, its scan loop and its devices' answers in one process: values, set-points, heap.

The devices are plain register images behind real Modbus servers; physics and quirks have their own rig.
"""

import gc
from array import array

from drivers.sunspec.quirks import QUIRKS
from firmware.hal.emulated import Emulated
from firmware.host import MemoryStore
from firmware.main import configure
from firmware.programs.energy import Energy
from firmware.programs.energy_field import QUIRK_NAMES
from firmware.runtime.board import Board
from firmware.runtime.config import DEV_ID
from firmware.runtime.scan import ScanLoop
from protocols import iolink, layout
from protocols.modbus.rtu import RtuServer
from protocols.modbus.server import Server
from protocols.port import MICROPYTHON
from protocols.quality import BAD, GOOD, STALE
from protocols.sheets import load
from protocols.sheets.derive import table as make_table
from protocols.sheets.energy_points import QUIRKS as SHEET_QUIRKS
from protocols.ticks import PERIOD_MASK, ticks_add, ticks_diff
from tests.drivers.portable_modbus_line import meter, storage
from tests.drivers.sunspec.portable_heap import quiet
from tests.drivers.sunspec.portable_rig import Device, chain, common, controls_123, inverter_103

TABLE = make_table(load("energy"))
BAUD_US = 87  # a character at 115,200 baud
SCANS = 3000


def place(device, model):
    """Address of `model` in a device's chain."""
    at = 2
    while device.regs[at] != model:
        assert device.regs[at] != 0xFFFF, model
        at += 2 + device.regs[at + 1]
    return device.base + at


class Carrier:
    """A world in which only time passes, and devices answer; it allocates nothing."""

    def __init__(self):
        shape = iolink.shape_of(TABLE)
        self.end = iolink.WorldEnd(shape)
        self.frame = self.end.buf
        closed = [1 if row[2] or row[0] in ("QG_ZCL", "GRID_OK") else 0 for row in TABLE.DI]
        self.raw = array("i", closed)
        self.out = array("i", [0] * shape.out_len)
        self.n = 0
        self.us = 0
        self.devices = [Device(n, chain(common(str(n)), inverter_103(600), controls_123())) for n in range(1, 7)]
        self.devices.append(Device(7, storage()))
        self.devices.append(Device(8, meter()))
        self.devices.append(Device(9, [0] * 64, 0))
        self.servers = [None] * 16
        for device in self.devices:
            self.servers[device.unit] = RtuServer(Server(device), device.unit, 115200)
        self.meter_w = place(self.devices[7], 203) + 18
        self.meter_v = place(self.devices[7], 203) + 7
        self.beat = place(self.devices[6], 802) + 18
        self.rx = bytearray(256)
        self.answer = None
        self.answer_n = 0
        self.answer_us = 0
        self.asked = 0
        self.steps = 0
        self.lively = 1

    def send(self, buf, n):
        end = self.end
        if end.decode(buf, n, self.out) == iolink.HELLO:
            self.n = end.welcome(1, 0, 0)
            return
        if end.field_n:
            self._ask(buf, end.field_at, end.field_n)
        wake = end.wake_us
        if ticks_diff(wake, self.us) < 0:
            wake = self.us
        self.steps += 1
        if self.lively:
            self.devices[7].put(self.meter_w, 250 + (self.steps & 7))
            self.devices[6].put(self.beat, self.steps >> 6)
        answer = None
        if self.answer is not None and ticks_diff(self.answer_us, wake) <= 0:
            wake = self.answer_us
            answer = self.answer
            self.answer = None
        self.us = wake & PERIOD_MASK
        answer_n = self.answer_n if answer is not None else 0
        self.n = end.world(1, self.us // 1000, self.us, self.raw, b"", 0, 0, answer, answer_n, self.us)

    def receive(self, sockets):
        return self.n

    def _ask(self, buf, at, n):
        rx = self.rx
        for i in range(n):
            rx[i] = buf[at + i]
        self.asked += 1
        device = None
        for one in self.devices:
            if one.unit == rx[0]:
                device = one
        server = self.servers[rx[0]]
        if server is None or device.silent:
            return
        sent = ticks_add(self.us, n * BAUD_US)
        server.feed(rx, n, sent)
        m = server.poll(server.due_us)
        if m:
            self.answer = server.tx
            self.answer_n = m
            self.answer_us = ticks_add(sent, 3000 + m * BAUD_US)


class Rig:
    """A board, run by hand."""

    def __init__(self, **parameters):
        self.carrier = Carrier()
        store = MemoryStore()
        config = configure(TABLE, store, 21, 121)
        config.write(met_unit=0, observe_s=1, **parameters)
        self.hal = Emulated(TABLE, self.carrier, store, b"energy")
        self.hal.open(config.value(DEV_ID))
        self.board = Board(TABLE, Energy, self.hal, config)
        self.loop = ScanLoop(self.board)
        self.io = self.board.io

    def scans(self, n):
        """Let so many scans pass."""
        end = self.board.scans + n
        while self.board.scans < end:
            self.loop.turn()
            self.hal.wait(self.loop.wake_us)

    def until(self, there, scans=1500):
        """Scan until ``there()``."""
        begin = self.board.scans
        while not there():
            assert self.board.scans - begin < scans, "it never came"
            self.scans(1)


def test_what_devices_say_is_on_the_image_and_in_the_registers():
    rig = Rig()
    io = rig.io
    assert (io.GM_P_Q, io.INV1_W_Q, io.BAT_SOC_Q) == (STALE, STALE, STALE)
    rig.until(lambda: rig.board.program.state == TABLE.ST_RUN or rig.board.program.state == TABLE.ST_LOCAL)
    rig.until(lambda: io.INV6_LIM_Q == GOOD and io.EV_P_Q == GOOD)
    assert (io.INV1_W, io.INV6_W) == (600, 600)
    assert io.GM_P_Q == GOOD and io.PCS_P_Q == GOOD and io.BAT_SOC_Q == GOOD
    rig.board.bank.fresh = False
    out = bytearray(4)
    rig.board.bank.read_registers(3, 0x0085, 2, out, 0)
    assert out[0] << 8 | out[1] == 600
    rig.carrier.devices[0].silent = True
    rig.scans(260)
    assert io.INV1_W_Q == STALE and io.INV2_W_Q == GOOD and io.GM_P_Q == GOOD
    rig.board.bank.fresh = False
    rig.board.bank.read_registers(3, 0x0085, 1, out, 0)
    assert out[0] << 8 | out[1] == 0x8000


def test_a_meter_whose_values_stand_still_is_bad_within_two_seconds():
    rig = Rig()
    rig.until(lambda: rig.io.GM_P_Q == GOOD)
    rig.scans(100)
    rig.carrier.lively = 0
    begin = rig.board.scans
    rig.until(lambda: rig.io.GM_P_Q == BAD)
    assert (rig.board.scans - begin) * TABLE.SCAN_MS <= 2000
    assert rig.io.GM_V_Q == BAD and rig.io.INV1_W_Q == GOOD
    rig.carrier.lively = 1
    rig.until(lambda: rig.io.GM_P_Q == GOOD, 30)


def test_a_battery_whose_heartbeat_stands_still_is_lost_within_five_seconds():
    rig = Rig()
    rig.until(lambda: rig.io.BAT_HB_Q == GOOD)
    rig.scans(100)
    rig.carrier.beat = rig.carrier.meter_v + 60  # a register that nobody reads
    begin = rig.board.scans
    rig.until(lambda: rig.io.BAT_HB_Q == BAD)
    assert (rig.board.scans - begin) * TABLE.SCAN_MS <= 5000
    assert rig.io.BAT_SOC_Q == GOOD


def test_set_points_reach_the_devices_value_before_enable():
    rig = Rig()
    rig.until(lambda: rig.io.ASK & 0x7F == 0x7F)
    device = rig.carrier.devices[1]
    controls = place(device, 123)
    rig.until(lambda: rig.io.INV2_CTL == 1)
    assert device.regs[controls + 5 - device.base] == 100 and device.regs[controls + 9 - device.base] == 1
    del device.writes[:]
    program = rig.board.program
    program.command(TABLE.CMD_INV_LIMIT, 2, 400, 60, 0, rig.io, rig.board.now)
    rig.until(lambda: device.regs[controls + 5 - device.base] == 40)
    rig.until(lambda: rig.io.INV2_CTL == 1 and rig.io.INV2_LIM == 400)
    order = [address - controls for address, _values in device.writes]
    assert order[0] == 5 and order[-1] == 9, order
    assert rig.carrier.devices[0].regs[controls + 5 - device.base] == 100


def test_a_board_in_maintenance_writes_nothing():
    rig = Rig()
    rig.until(lambda: rig.io.INV2_CTL == 1)
    rig.carrier.raw[[row[0] for row in TABLE.DI].index("KEY")] = 1
    rig.until(lambda: rig.io.mode == layout.MODE_MAINT)
    rig.scans(50)
    for device in rig.carrier.devices:
        del device.writes[:]
    rig.scans(1000)
    assert [device.writes for device in rig.carrier.devices] == [[]] * 9


def test_the_sheet_names_the_quirks_that_the_driver_has():
    assert QUIRK_NAMES == SHEET_QUIRKS
    for name in QUIRK_NAMES:
        assert name in QUIRKS
    rig = Rig(gm_quirk=QUIRK_NAMES.index("export_positive_meter"))
    rig.until(lambda: rig.io.GM_P_Q == GOOD)
    assert -2570 <= rig.io.GM_P <= -2500


def test_polling_and_commanding_nine_units_takes_no_heap():
    rig = Rig()
    rig.until(lambda: rig.io.ASK == 255)
    for device in rig.carrier.devices:
        quiet(device)
    board = rig.board
    board.heap.due = lambda now: False  # collections would hide what is to be seen
    rig.scans(500)
    asked = rig.carrier.asked
    gc.collect()
    if MICROPYTHON:
        gc.disable()
        before = gc.mem_alloc()
        rig.scans(SCANS)
        grown = gc.mem_alloc() - before
        gc.enable()
        assert grown == 0, "%d bytes in %d scans" % (grown, SCANS)
    else:
        rig.scans(SCANS // 10)
    assert rig.carrier.asked - asked > 100
    assert board.overruns == 0

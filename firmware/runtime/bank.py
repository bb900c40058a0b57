"""The board's register bank: what a Modbus master may read and write, and where it goes (domain brief §7).

================  ==========================================================================================
0x0000-0x004C     header and command block. Writable: GW_HB alone, GW_HB with GW_ID, GW_ID alone, or all 13
0x0060-0x01DF     common config, measurements, status, event ring
0x0200-           parameters, as many as the sheet has
coils             the switched outputs by their bit, read only: outputs are commanded, never written
discrete inputs   the digital inputs by their bit, logical values
files             1 the white-list, 2 the fault log (32 x 8 registers, read only)
================  ==========================================================================================

Configuration is written while it is unlocked (`config`); locked it answers exception 2, a value out of range gets 3.
"""

from array import array

from firmware.runtime.events import FAULT_WORDS, FAULTS
from firmware.version import VENDOR, VERSION
from protocols import layout
from protocols.modbus.bank import Bank
from protocols.modbus.codes import DEVICE_BUSY, ILLEGAL_ADDRESS, ILLEGAL_VALUE
from protocols.modbus.registers import put_registers
from protocols.port import const

WHITELIST_FILE = const(1)
FAULT_FILE = const(2)
REGISTERS = const(0x0300)
_COMMAND_END = const(0x004D)
_RING_END = const(0x01E0)


def make_registers():
    """The board's registers, from address 0 on."""
    return array("H", [0] * REGISTERS)


class RegisterBank(Bank):
    """Serves the registers of a board (`firmware.runtime.board.Board`)."""

    def __init__(self, board, regs, snapshot):
        self.board = board
        self.regs = regs
        self.snapshot = snapshot
        self.fresh = False  # the snapshot is of the last scan
        self.reads = 0
        self.writes = 0
        self._params_end = layout.PLANT_CONFIG
        self._di_end = 0
        self._do_end = 0
        table = board.table
        for row in table.PARAMS:
            self._params_end = max(self._params_end, row[1] + 1)
        for row in table.DI:
            self._di_end = max(self._di_end, row[1] + 1)
        for row in table.DO:
            self._do_end = max(self._do_end, row[1] + 1)
        self._word = bytearray(2)
        program = table.PROGRAM.encode()
        self._identity = (
            VENDOR,
            program,
            ("%d.%d.%d" % VERSION).encode(),
            None,
            b"board " + program,
            board.hal.model,
        )
        self.show_config()

    def device_id(self, object_id):
        """Vendor, product code, revision; product name, model (function 43/14)."""
        return self._identity[object_id] if object_id < len(self._identity) else None

    # -- reading -----------------------------------------------------------------------------------------------

    def read_registers(self, fc, address, count, out, at):
        """Functions 3, 4 (the same registers) and 23."""
        end = address + count
        if not (
            end <= _COMMAND_END
            or (layout.COMMON_CONFIG <= address and end <= _RING_END)
            or (layout.PLANT_CONFIG <= address and end <= self._params_end)
        ):
            return ILLEGAL_ADDRESS
        self._refresh()
        if end > layout.EVENT_RING and address < layout.EVENT_RING + layout.EVENT_COUNT * layout.EVENT_SIZE:
            self.board.events.was_read()
        put_registers(self.regs, address, count, out, at)
        return 0

    def read_bits(self, fc, address, count, out, at):
        """Function 1: outputs; function 2: inputs."""
        if address + count > (self._do_end if fc == 1 else self._di_end):
            return ILLEGAL_ADDRESS
        self._refresh()
        words = layout.DO_WORDS if fc == 1 else layout.DI_WORDS
        regs = self.regs
        for i in range((count + 7) >> 3):
            out[at + i] = 0
        for i in range(count):
            bit = address + i
            if regs[words + (bit >> 4)] & 1 << (bit & 15):
                out[at + (i >> 3)] |= 1 << (i & 7)
        return 0

    def read_file(self, file, record, count, out, at):
        """Function 20."""
        if file == WHITELIST_FILE:
            return self.board.whitelist.read(record, count, out, at)
        if file == FAULT_FILE and record + count <= FAULTS * FAULT_WORDS:
            put_registers(self.board.events.faults, record, count, out, at)
            return 0
        return ILLEGAL_ADDRESS

    def _refresh(self):
        self.reads = self.reads + 1 & 0x3FFFFFFF
        if not self.fresh:
            self.fresh = True
            self.snapshot.refresh(self.board.now)

    # -- writing -----------------------------------------------------------------------------------------------

    def write_registers(self, fc, address, count, data, at):
        """Functions 6, 16 and 23: all registers are taken, or none."""
        self.writes = self.writes + 1 & 0x3FFFFFFF
        self.fresh = False
        board = self.board
        if address == layout.C_GW_HB:
            if count == layout.COMMAND_SIZE:
                board.commands.write(data, at, board.time())
                return 0
            if count == 2 and not board.commands.claim(data[at + 2] << 8 | data[at + 3]):
                return DEVICE_BUSY
            if count > 2:
                return ILLEGAL_ADDRESS
            board.supervision.beat(data[at] << 8 | data[at + 1], board.time())
            return 0
        if address == layout.C_GW_ID and count == 1:
            return 0 if board.commands.claim(data[at] << 8 | data[at + 1]) else DEVICE_BUSY
        if address == layout.COMMON_CONFIG and count == 1:
            board.config.unlock(data[at] << 8 | data[at + 1], board.time())
            self.show_config()
            return 0
        return self._write_config(address, count, data, at)

    def mask_write(self, address, and_mask, or_mask):
        """Function 22, on configuration registers."""
        place = self.board.config.place_of(address)
        if place < 0:
            return ILLEGAL_ADDRESS
        value = self.board.config.staged[place]
        value = (value & and_mask) | (or_mask & ~and_mask & 0xFFFF)
        word = self._word
        word[0] = value >> 8
        word[1] = value & 0xFF
        return self._write_config(address, 1, word, 0)

    def write_file(self, file, record, count, data, at):
        """Function 21: the white-list."""
        if file != WHITELIST_FILE:
            return ILLEGAL_ADDRESS
        return self.board.whitelist.write(record, count, data, at)

    def _write_config(self, address, count, data, at):
        config = self.board.config
        if not config.unlocked:
            return ILLEGAL_ADDRESS
        for i in range(count):
            place = config.place_of(address + i)
            if place < 0:
                return ILLEGAL_ADDRESS
            if not config.allowed(place, data[at + 2 * i] << 8 | data[at + 2 * i + 1]):
                return ILLEGAL_VALUE
        for i in range(count):
            word = data[at + 2 * i] << 8 | data[at + 2 * i + 1]
            config.staged[config.place_of(address + i)] = word
            self.regs[address + i] = word
        return 0

    def show_config(self):
        """Put the staged configuration on its registers. CFG_UNLOCK reads 1 while it is open."""
        config = self.board.config
        regs = self.regs
        regs[layout.COMMON_CONFIG] = 1 if config.unlocked else 0
        for register in range(layout.COMMON_CONFIG + 1, layout.MEASUREMENTS):
            place = config.place_of(register)
            if place >= 0:
                regs[register] = config.staged[place]
        for register in range(layout.PLANT_CONFIG, self._params_end):
            place = config.place_of(register)
            if place >= 0:
                regs[register] = config.staged[place]

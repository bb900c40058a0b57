"""The registers as they stood at the end of the last scan.

Between two scans nothing that they show changes but the ack of a command, so the copy is made when somebody reads:
every read is consistent, and a scan that nobody looks at pays nothing.
"""

from firmware.version import HARDWARE_REVISION, SOURCE_HASH, VERSION
from protocols import layout
from protocols.port import const
from protocols.quality import BAD

_NOT_AVAILABLE = const(0x8000)


def put32(regs, at, value):
    """Store 32 bits, high word first."""
    regs[at] = value >> 16 & 0xFFFF
    regs[at + 1] = value & 0xFFFF


class Snapshot:
    """Fills `regs` from the parts of a board (`firmware.runtime.board.Board`)."""

    def __init__(self, board, regs):
        self.board = board
        self.regs = regs
        table = board.table
        self._di = tuple([(row[0], row[0] + "_Q", row[1] >> 4, 1 << (row[1] & 15)) for row in table.DI])
        self._do = tuple([(row[0], row[1] >> 4, 1 << (row[1] & 15)) for row in table.DO])
        self._ai = tuple([(row[0], row[0] + "_Q", row[1]) for row in table.AI])
        self._ao = tuple([(row[0], row[1]) for row in table.AO])
        self._field = tuple([(row[0], row[0] + "_Q", row[1], row[2], row[3]) for row in table.FIELD])
        self._bo = tuple([(row[0], row[1]) for row in table.BO])
        self._status = tuple([(row[0], row[1], row[2]) for row in table.STATUS])
        self._words = [0] * 4
        self._fixed()

    def _fixed(self):
        """What never changes while a board runs."""
        regs = self.regs
        table = self.board.table
        for i in range(layout.MEASUREMENTS_SIZE):
            regs[layout.MEASUREMENTS + i] = _NOT_AVAILABLE
        regs[layout.H_MAGIC] = layout.MAGIC
        regs[layout.H_MAP_VER] = table.MAP_VER
        regs[layout.H_DEV_TYPE] = table.DEV_TYPE
        regs[layout.H_HW_REV] = HARDWARE_REVISION
        regs[layout.H_FW_MAJMIN] = VERSION[0] << 8 | VERSION[1]
        regs[layout.H_FW_PATCH] = VERSION[2]
        regs[layout.H_FW_HASH] = SOURCE_HASH[0]
        regs[layout.H_FW_HASH + 1] = SOURCE_HASH[1]
        regs[layout.H_SHEET_CRC] = table.SHEET_CRC
        regs[layout.H_BOOT_CNT] = self.board.retained.boot_count
        regs[layout.H_RESET_CAUSE] = self.board.io.boot_cause

    def refresh(self, now):
        """Bring every register of the board's state up to date."""
        self._program(now)
        self._supervision(now)
        self._board()
        self._inputs()
        self._outputs()

    def _program(self, now):
        regs = self.regs
        program = self.board.program
        trips = program.trips
        regs[layout.H_STATE] = program.state
        regs[layout.H_SUBSTATE] = program.substate
        regs[layout.H_MODE] = self.board.io.mode
        regs[layout.H_STATE_AGE] = min(0xFFFF, program.age(now) // 100)
        put32(regs, layout.H_FAULT_BITS, program.fault_bits | self.board.faults)
        put32(regs, layout.H_WARN_BITS, program.warn_bits | self.board.warnings)
        put32(regs, layout.H_TRIP_BITS, trips.active | trips.latched)
        regs[layout.H_FIRST_OUT] = trips.first_out
        put32(regs, layout.H_FIRST_OUT_T, trips.first_out_ms if trips.first_out else 0)
        regs[layout.H_ILK_MISSING] = program.missing & 0xFFFF

    def _supervision(self, now):
        regs = self.regs
        supervision = self.board.supervision
        commands = self.board.commands
        regs[layout.H_GW_LINK] = supervision.link
        regs[layout.H_SAFE_REM] = supervision.remaining(now)
        regs[layout.H_ACK_SEQ] = commands.seq
        regs[layout.H_ACK_CODE] = commands.code
        regs[layout.H_ACK_RESULT] = commands.result
        regs[layout.H_ACK_DETAIL] = commands.detail
        put32(regs, layout.H_ACK_T, commands.at)
        for i in range(layout.COMMAND_SIZE):
            regs[layout.C_GW_HB + i] = commands.block[i]
        regs[layout.C_GW_HB] = supervision.value
        regs[layout.C_GW_ID] = commands.owner

    def _board(self):
        regs = self.regs
        board = self.board
        events = board.events
        clock = board.clock
        clock.update(board.now)
        regs[layout.H_SERIAL] = board.serial_high
        regs[layout.H_SERIAL + 1] = board.serial_low
        regs[layout.H_DEV_ID] = board.dev_id
        regs[layout.H_CFG_VER] = board.config.version
        regs[layout.H_CFG_CRC] = board.config.crc
        put32(regs, layout.H_UPTIME, clock.uptime)
        regs[layout.H_BRD_HB] = clock.beat
        regs[layout.H_SCAN_MAX] = min(0xFFFF, (board.scan_max_us + 99) // 100)
        regs[layout.H_SCAN_OVR] = board.overruns
        put32(regs, layout.H_SCANS, board.scans)
        regs[layout.H_EVT_HEAD] = events.head
        regs[layout.H_EVT_LOST] = events.lost
        regs[layout.H_TIME_S] = clock.high
        regs[layout.H_TIME_S + 1] = clock.low
        regs[layout.H_TIME_MS] = clock.ms
        regs[layout.H_TIME_Q] = clock.quality
        regs[layout.H_TEMP] = board.temperature & 0xFFFF
        regs[layout.H_VSUP] = board.supply & 0xFFFF
        put32(regs, layout.H_HEAP_FREE, board.heap.free)
        put32(regs, layout.H_HEAP_GROWTH, board.heap.growth)

    def _inputs(self):
        regs = self.regs
        io = self.board.io
        words = self._words
        for i in range(4):
            words[i] = 0
            regs[layout.DI_BAD_WORDS + i] = 0
        for attr, attr_q, word, bit in self._di:
            if getattr(io, attr):
                words[word] |= bit
            if getattr(io, attr_q) >= BAD:
                regs[layout.DI_BAD_WORDS + word] |= bit
        for i in range(4):
            regs[layout.DI_WORDS + i] = words[i]
        regs[layout.H_DI_BITS] = words[0]
        low = 0
        high = 0
        shift = 0
        for attr, attr_q, reg in self._ai:
            quality = getattr(io, attr_q)
            regs[reg] = getattr(io, attr) & 0xFFFF if quality < BAD else _NOT_AVAILABLE
            if shift < 16:
                low |= quality << shift
            elif shift < 32:
                high |= quality << (shift - 16)
            else:
                word = layout.AI_QUAL_WORDS + (shift - 32 >> 4)
                if not shift & 15:
                    regs[word] = 0
                regs[word] |= quality << (shift & 15)
            shift += 2
        for attr, attr_q, reg, count, bits in self._field:
            good = getattr(io, attr_q) < BAD
            if count == 2:
                put32(regs, reg, getattr(io, attr) if good else 0)
            else:
                regs[reg] = getattr(io, attr) & 0xFFFF if good else 0 if bits else _NOT_AVAILABLE
        regs[layout.H_AI_QUAL] = high
        regs[layout.H_AI_QUAL + 1] = low

    def _outputs(self):
        regs = self.regs
        io = self.board.io
        words = self._words
        for i in range(4):
            words[i] = 0
        for attr, word, bit in self._do:
            if getattr(io, attr):
                words[word] |= bit
        for i in range(4):
            regs[layout.DO_WORDS + i] = words[i]
        regs[layout.H_DO_BITS] = words[0]
        for attr, reg in self._ao:
            regs[reg] = getattr(io, attr) & 0xFFFF
        for attr, reg in self._bo:
            regs[reg] = getattr(io, attr) & 0xFFFF
        for attr, reg, count in self._status:
            value = getattr(io, attr)
            if count == 2:
                put32(regs, reg, value)
            else:
                regs[reg] = value & 0xFFFF

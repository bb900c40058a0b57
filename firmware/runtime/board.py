"""One board: its parts, made and joined in one place. What happens when is in `firmware.runtime.scan`."""

from array import array

from drivers.inputs import Inputs
from firmware.runtime import config as cfg
from firmware.runtime.actions import Actions
from firmware.runtime.bank import RegisterBank, make_registers
from firmware.runtime.clock import Clock
from firmware.runtime.commands import Commands
from firmware.runtime.events import Events
from firmware.runtime.field import Field
from firmware.runtime.heap import Heap
from firmware.runtime.image import make_image, make_parameters
from firmware.runtime.modes import Modes
from firmware.runtime.retained import Retained
from firmware.runtime.snapshot import Snapshot
from firmware.runtime.supervision import Supervision
from firmware.runtime.whitelist import MAX_TOKENS, Whitelist
from firmware.runtime.wire import Wire
from protocols import layout
from protocols.port import const

# Bits of FAULT_BITS and WARN_BITS that every board has; a program's own are below bit 24.
WARN_STORAGE = const(1 << 24)  # the last write to storage failed
WARN_CONFIG_COPY = const(1 << 25)  # one copy of the configuration was broken at start
WARN_CONFIG_LOST = const(1 << 26)  # both were, or of another sheet: parameters are at their defaults
FAULT_SELF_CHECK = const(1 << 24)  # the running configuration is not the stored one: the watchdog is not fed

# arg0 of EV_FAULT
FAULT_OF_CONFIG = const(1)
FAULT_OF_STORAGE = const(2)
FAULT_OF_SELF_CHECK = const(3)
FAULT_OF_PROGRAM = const(4)  # the program raised an error: the board restarts


class Board:
    """Everything that runs on one board.

    table    the program's table          config   `firmware.runtime.config.Config`
    hal      `firmware.hal`, already open  program  made here, from its class
    """

    def __init__(self, table, program_class, hal, config):
        self.table = table
        self.hal = hal
        self.config = config
        now = hal.ms()
        self.now = now  # time of the last scan
        self.regs = make_registers()
        self.events = Events(self.regs)
        self.events.now = now
        self.io = make_image(table)
        self.io.boot_cause = hal.reset_cause
        self.par = make_parameters(table)
        config.apply(self.par)
        self.retained = Retained(table, hal.store, self.io, self.events)
        self.whitelist = Whitelist(hal.store, MAX_TOKENS if hasattr(self.io, "LIST_COUNT") else 0)
        self.clock = Clock(now)
        self.heap = Heap(now, table.SCAN_MS)
        self.inputs = Inputs(table)
        self.inputs.start(self.io)
        self.raw = array("i", [layout.NO_SAMPLE] * self.inputs.n)
        self.modes = Modes(table, self.io, self.events, config.value(cfg.START_MODE))
        self.supervision = Supervision(config.value(cfg.LOST_MS), config.value(cfg.SAFE_T) * 100, now)
        self.program = program_class(table, self.par, self.events)
        self.program.whitelist = self.whitelist
        self.show_whitelist()
        self.program.start(self.io, now)
        self.actions = Actions(self)
        self.commands = Commands(table, self.supervision, self.events, self.actions, config.value(cfg.OWNER))
        self.dev_id = config.value(cfg.DEV_ID)
        self.serial_high = config.value(cfg.SERIAL_HI)
        self.serial_low = config.value(cfg.SERIAL_LO)
        self.faults = 0
        self.warnings = 0
        self.scans = 0
        self.overruns = 0
        self.scan_max_us = 0
        self.temperature = layout.NO_SAMPLE
        self.supply = layout.NO_SAMPLE
        self.bank = RegisterBank(self, self.regs, Snapshot(self, self.regs))
        self.wire = Wire(self.bank, hal, config.value(cfg.UNIT_ID), config.value(cfg.BAUD_100) * 100)
        self.field = None  # the board's own line, where its program has devices on one
        if program_class.FIELD is not None and table.FIELD:
            devices = program_class.FIELD(table, self.par, self.events)
            port = hal.open_field(devices.baud)
            if port is not None:
                self.field = Field(port, devices, self.inputs.n - len(table.FIELD))
        self._tell_start()

    def time(self):
        """The time of what arrives between two scans, as a tick in ms."""
        return self.hal.ms()

    def show_whitelist(self):
        """Publish count and CRC of the white-list where the sheet has points for them."""
        for name, value in (("LIST_COUNT", self.whitelist.count), ("LIST_CRC", self.whitelist.crc)):
            if hasattr(self.io, name):
                setattr(self.io, name, value)

    def storage_failed(self):
        """A record could not be stored; what runs goes on running."""
        if not self.warnings & WARN_STORAGE:
            self.warnings |= WARN_STORAGE
            self.events.emit(layout.EV_FAULT, FAULT_OF_STORAGE)

    def _tell_start(self):
        self.events.emit(layout.EV_BOOT, self.hal.reset_cause, self.retained.boot_count)
        trouble = self.config.trouble
        if trouble:
            self.warnings |= WARN_CONFIG_COPY if trouble == 1 else WARN_CONFIG_LOST
            self.events.emit(layout.EV_FAULT, FAULT_OF_CONFIG, trouble)
        try:
            self.retained.save(self.now)
        except OSError:
            self.storage_failed()

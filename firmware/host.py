"""Firmware in the process of the world, under CPython or MicroPython: the host rig's way to run a board.

The world gives a function ``exchange(frame) -> frame`` that takes the board's frames (`protocols.iolink`) and answers
them; it raises OSError to end the board's life. One thread for each board then behaves as its process would.
"""

import sys

from firmware.hal.emulated import CallCarrier, Emulated
from firmware.main import configure, load_program, load_table, run
from firmware.runtime.config import DEV_ID


class MemoryStore:
    """Storage in a dict; it outlives a board that is made anew with it."""

    def __init__(self):
        self.files = {}

    def read(self, name):
        """The record's bytes, or None."""
        return self.files.get(name)

    def write(self, name, data):
        """Keep a copy of `data`."""
        self.files[name] = bytes(data)


def run_board(program, exchange, store, unit=1, dev_id=1, table=None):
    """Run `program` from reset until the world ends its life. `table` may be given to save deriving it again."""
    table = table or load_table(program)
    config = configure(table, store, unit, dev_id)
    version = sys.implementation[1] if sys.implementation.name == "micropython" else sys.version_info
    runtime = "%s %d.%d.%d in process" % (sys.implementation.name, version[0], version[1], version[2])
    hal = Emulated(table, CallCarrier(exchange), store, runtime.encode())
    hal.open(config.value(DEV_ID))
    run(table, load_program(program), hal, config)

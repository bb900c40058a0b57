"""Composition root: makes a board of a program, a target's HAL and the stored configuration, and runs it.

A bundle's ``main.py`` calls ``start("parking_lane", "rp2", unit=11, dev_id=101)``. An emulated board runs this file on
the unix port, from the source tree or from a bundle::

    micropython -X heapsize=384k firmware/main.py PORT STORAGE [TCP] --program parking_lane [--unit N] [--dev-id N]

PORT is the world's I/O link, STORAGE the folder that outlives a reset, TCP the port for Modbus TCP (0: none).
Unit and dev id are the board's identity until a configuration is stored; from then on that one holds.
"""

import gc
import sys

if __name__ == "__main__":  # run from the source tree: what we import stands above this folder
    here = __file__.rpartition("/")[0]
    sys.path.insert(1, here + "/.." if here else "..")

from firmware.runtime.board import FAULT_OF_PROGRAM, Board
from firmware.runtime.config import DEV_ID, UNIT_ID, Config
from firmware.runtime.scan import ScanLoop
from protocols import layout


def load_table(program):
    """The program's table: the bundle's module, or derived from the sheet of the source tree."""
    try:
        return __import__(program + "_table")
    except ImportError:
        sheets = __import__("protocols.sheets", None, None, ("load",))
        derive = __import__("protocols.sheets.derive", None, None, ("table",))
        return derive.table(sheets.load(program))


def load_program(program):
    """The program's class: ``ParkingLane`` of module ``firmware.programs.parking_lane``."""
    name = "".join([part[0].upper() + part[1:] for part in program.split("_")])
    return getattr(__import__("firmware.programs." + program, None, None, (name,)), name)


def run(table, program_class, hal, config):
    """Run the board until its HAL ends, which a real one does not. A program that raises leaves safe outputs behind."""
    board = Board(table, program_class, hal, config)
    loop = ScanLoop(board)
    try:
        loop.run()
    except KeyboardInterrupt:  # somebody at the USB port stops the board: nothing stays energised
        make_safe(board)
        raise
    except Exception as error:  # noqa: BLE001 - whatever it is, outputs go safe before anybody looks at it
        crash(board, error)


def make_safe(board):
    """Outputs to the program's safe state, at once."""
    board.program.safe(board.io)
    table = board.table
    board.hal.write([getattr(board.io, row[0]) for row in table.DO + table.AO])


def crash(board, error):
    """Outputs safe, the fault on record, and a restart."""
    make_safe(board)
    if hasattr(sys, "print_exception"):
        sys.print_exception(error)
    board.events.emit(layout.EV_FAULT, FAULT_OF_PROGRAM, board.program.state)
    try:
        board.retained.save(board.now)
    except OSError:
        board.storage_failed()
    board.hal.reset()


def target_module(target):
    """The HAL module of a target. By name, so that a bundle holds its own target's alone."""
    return __import__("firmware.hal." + target, None, None, ("open_board",))


def configure(table, store, unit, dev_id):
    """The stored configuration; a board that has none gets `unit` and `dev_id` as its first."""
    config = Config(table, store)
    if not config.stored:
        config.write(UNIT_ID=unit, DEV_ID=dev_id)
    return config


def start(program, target, unit=1, dev_id=1):
    """Run `program` on a `target` ("rp2", "esp32", "unix").

    Returns only where a file ``hold`` keeps the board from it.
    """
    hal_module = target_module(target)
    if hal_module.held():
        print("held: remove the file hold and reset")
        return
    table = load_table(program)
    hal, config = hal_module.open_board(table, unit, dev_id, configure)
    print("%s starts on unit %d, dev id %d" % (program, config.value(UNIT_ID), config.value(DEV_ID)))
    program_class = load_program(program)
    gc.collect()  # what importing leaves behind lies between what stays: a board's own parts find room in one piece
    run(table, program_class, hal, config)


if __name__ == "__main__":
    start(target_module("unix").option("--program", "parking_lane"), "unix")

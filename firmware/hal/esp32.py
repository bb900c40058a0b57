"""ESP32: real pins by `firmware.boards.esp32`."""

from firmware.boards import esp32 as board
from firmware.hal.chip import Chip, held
from firmware.runtime.config import BAUD_100

__all__ = ("Esp32", "held", "open_board")


class Esp32(Chip):
    """HAL of the ESP32."""

    def __init__(self, table):
        super().__init__(table, board, b"ESP32")


def open_board(table, unit, dev_id, configure):
    """The open HAL and the configuration of this board. Outputs are low before anything else happens."""
    hal = Esp32(table)
    config = configure(table, hal.store, unit, dev_id)
    hal.open(config.value(BAUD_100) * 100)
    return hal, config

"""ESP32: real pins by `firmware.boards.esp32`."""

import machine

from firmware.boards import esp32 as board
from firmware.hal.chip import Chip, held
from firmware.runtime.config import BAUD_100

__all__ = ("Esp32", "held", "open_board")


class Converter:
    """The ESP32's converter with its largest attenuation, by its calibration: 0.15 to 3.1 V are linear."""

    def __init__(self, pin):
        self._adc = machine.ADC(pin, atten=machine.ADC.ATTN_11DB)

    def read_u16(self):
        """65,535 is 3.3 V."""
        return min(65535, self._adc.read_uv() // 1000 * 65535 // 3300)


class Esp32(Chip):
    """HAL of the ESP32."""

    def __init__(self, table):
        super().__init__(table, board, b"ESP32", Converter)


def open_board(table, unit, dev_id, configure):
    """The open HAL and the configuration of this board. Outputs are low before anything else happens."""
    hal = Esp32(table)
    config = configure(table, hal.store, unit, dev_id)
    hal.open(config.value(BAUD_100) * 100)
    return hal, config

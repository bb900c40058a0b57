"""RP2040 (Raspberry Pi Pico): real pins by `firmware.boards.rp2`."""

import machine

from firmware.boards import rp2 as board
from firmware.hal.chip import Chip, held
from firmware.runtime.config import BAUD_100

__all__ = ("Rp2", "held", "open_board")


class Rp2(Chip):
    """HAL of the RP2040; measures the chip's temperature."""

    def __init__(self, table):
        super().__init__(table, board, b"RP2040", machine.ADC)
        self._sensor = machine.ADC(machine.ADC.CORE_TEMP)

    def temperature(self):
        """By the chip's diode: 0.706 V at 27 degC, -1.721 mV/K (RP2040 datasheet, 4.9.5)."""
        tenth_mv = (self._sensor.read_u16() >> 4) * 33000 // 4095
        return 270 - (tenth_mv - 7060) * 1000 // 1721


def open_board(table, unit, dev_id, configure):
    """The open HAL and the configuration of this board. Outputs are low before anything else happens."""
    hal = Rp2(table)
    config = configure(table, hal.store, unit, dev_id)
    hal.open(config.value(BAUD_100) * 100)
    return hal, config

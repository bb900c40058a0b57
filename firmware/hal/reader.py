"""A plate or ticket reader on a serial port: lines of text, ``PLATE,CONFIDENCE`` and a line feed.

The text becomes a token here and goes no further (`protocols.token`). A read costs some heap, once for each vehicle.
"""

from protocols.layout import NO_SAMPLE
from protocols.port import const
from protocols.ticks import ticks_add, ticks_diff
from protocols.token import token

_LINE = const(48)  # The reader counts as alive for this long after a line; after that its last read is history.
_FRESH_MS = const(1000)


class LineReader:
    """The reader's three values in the order of the sheet: number of the read, token, confidence in %."""

    def __init__(self, uart, now):
        self.sequence = 0
        self.token = 0
        self.confidence = 0
        self._uart = uart
        self._line = bytearray(_LINE)
        self._n = 0
        self._byte = bytearray(1)
        self._heard = ticks_add(now, -_FRESH_MS)

    def read(self, raw, at, now):
        """Take what has arrived; put the values at ``raw[at:]``."""
        while self._uart.any():
            self._uart.readinto(self._byte)
            byte = self._byte[0]
            if byte == 10:
                self._take(now)
            elif self._n < _LINE:
                self._line[self._n] = byte
                self._n += 1
        fresh = ticks_diff(now, self._heard) < _FRESH_MS
        raw[at] = self.sequence if fresh else NO_SAMPLE
        raw[at + 1] = self.token if fresh else NO_SAMPLE
        raw[at + 2] = self.confidence if fresh else NO_SAMPLE

    def _take(self, now):
        line = bytes(self._line[: self._n])
        whole = self._n < _LINE
        self._n = 0
        plate, comma, confidence = line.strip().partition(b",")
        if not whole or not plate or not comma or not confidence.isdigit():
            return
        try:
            text = plate.decode()
        except UnicodeError:  # noise on the line is no plate
            return
        self.token = token(text)
        self.confidence = min(100, int(confidence))
        self.sequence = self.sequence % 0x7FFF + 1
        self._heard = now

"""All inputs of a board: raw samples to the process image, as the sheet's table wants each channel conditioned.

Most samples of most scans are those of the scan before. A channel is called only when its sample is another one or it
has time to measure; what a call costs times thirty channels would be a good part of a board's scan.
"""

from array import array

from drivers.analogue_input import AnalogueInput
from drivers.bus_input import BusInput
from drivers.digital_input import DigitalInput
from protocols.layout import BAD_SAMPLE, NO_SAMPLE
from protocols.quality import BAD, GOOD, STALE


class Inputs:
    """The conditioners of `table.DI`, `table.AI` and `table.BI`, in the order of the raw array.

    channels   the conditioners, each with `value` and `quality`; points of the field line have none
    names      their attributes on the image ("LB_P"); the quality is at the same name with "_Q" ("LB_P_Q")
    quality    the qualities again, one byte a channel
    """

    def __init__(self, table):
        channels = []
        for _attr, _bit, nc, on_ms, off_ms, stale_ms in table.DI:
            channels.append(DigitalInput(nc, on_ms, off_ms, stale_ms))
        for _attr, _reg, lo, hi, signal, stale_ms, frozen_ms, rate_per_s in table.AI:
            channels.append(AnalogueInput(lo, hi, signal, stale_ms, frozen_ms, rate_per_s))
        for row in table.BI[: len(table.BI) - len(table.FIELD)]:
            channels.append(BusInput(row[1]))
        self.channels = tuple(channels)
        self.names = tuple([row[0] for row in tuple(table.DI) + tuple(table.AI) + tuple(table.BI)])
        self._quality_names = tuple([name + "_Q" for name in self.names])
        self.n = len(self.names)
        self._own = len(channels)  # behind them: the field line's, which need no conditioner
        self.quality = bytearray(self.n)
        self._last = array("i", [NO_SAMPLE] * self.n)
        self._busy = bytearray(self.n)
        self._before = 0  # tick of the last scan

    def start(self, io):
        """Put every channel's fail state on the image: once, before the first scan (attributes are made here)."""
        for i in range(self._own):
            self._publish(io, i)
        for i in range(self._own, self.n):
            self._field(i, NO_SAMPLE, io)

    def condition(self, raw, io, now):
        """Take one scan's raw samples (`raw[i]`, layout.NO_SAMPLE where there is none) and set what changed on `io`."""
        last = self._last
        busy = self._busy
        own = self._own
        for i in range(own):
            if raw[i] != last[i] or busy[i]:
                self._take(i, raw[i], io, now)
        for i in range(own, self.n):
            if raw[i] != last[i]:
                last[i] = raw[i]
                self._field(i, raw[i], io)
        self._before = now

    def _take(self, i, sample, io, now):
        channel = self.channels[i]
        if self._last[i] != NO_SAMPLE:
            channel.fresh = self._before  # it came in every scan since, equal and unseen
        self._last[i] = sample
        if channel(sample, now):
            self._publish(io, i)
        self._busy[i] = channel.busy

    def _field(self, i, sample, io):
        """A value of the field line: its age is judged where it is read, so a sample stands until it is taken back."""
        if sample == NO_SAMPLE:
            quality = STALE
        elif sample == BAD_SAMPLE:
            quality = BAD
        else:
            quality = GOOD
            setattr(io, self.names[i], sample)
        self.quality[i] = quality
        setattr(io, self._quality_names[i], quality)

    def _publish(self, io, i):
        channel = self.channels[i]
        quality = channel.quality
        self.quality[i] = quality
        setattr(io, self.names[i], channel.value)
        setattr(io, self._quality_names[i], quality)

"""The counters that a controller turns each second so that a device knows it lives (715 ControllerHb, 802 CtrlHb)."""

from array import array

from protocols.port import const
from protocols.ticks import ticks_add, ticks_diff

PERIOD_MS = const(1000)


class Heartbeat:
    """Of one unit: `on` 1 turns it; `fitted` when the unit has such a counter; `beats` (mod 2**16) says how often.

    A beat that got no answer is none: the next one is due at its time, with the next number.
    """

    def __init__(self, hearts):
        self.on = 0
        self.fitted = 0
        self.beats = 0
        self._hearts = hearts
        self._addresses = array("H", [0] * len(hearts))
        self._words = array("H", [0] * len(hearts))
        self._n = 0
        self._i = 0
        self._due = 0
        self._started = 0
        self._count = array("H", [0, 0])

    def bind(self, walk):
        """Look for the counters in the chain that `discovery.Discovery` found."""
        self._n = 0
        for model, offset, words in self._hearts:
            i = walk.find(model)
            if i >= 0:
                self._addresses[self._n] = walk.addresses[i] + offset
                self._words[self._n] = words
                self._n += 1
        self.fitted = 1 if self._n else 0
        self._i = 0
        self._started = 0

    def unbind(self):
        """The unit is gone."""
        self.fitted = 0
        self._n = 0

    def wants(self, now):
        """Return by how many ms a beat is due; below 0: none is."""
        if not self.on or not self._n:
            self._started = 0
            return -1
        if not self._started:
            self._started = 1
            self._due = now
        return ticks_diff(now, self._due)

    def make(self, now, short, pair):
        """Return the write of the next counter."""
        i = self._i
        if i == 0:
            self.beats = (self.beats + 1) & 0xFFFF
            self._count[1] = self.beats
        self._i += 1
        if self._i == self._n:
            self._i = 0
            self._due = ticks_add(self._due, PERIOD_MS)
            if ticks_diff(now, self._due) > 0:
                self._due = ticks_add(now, PERIOD_MS)
        if self._words[i] == 2:
            return pair.write_registers(self._addresses[i], self._count, 0, 2)
        return short.write_register(self._addresses[i], self.beats)

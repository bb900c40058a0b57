"""Desk side: reads everything that a unit has, models that nobody knows too, as a station of any client.

On a `ModbusLine` it is a station like others. Alone, over TCP say, the caller asks and tells::

    reader = Reader(1)
    while not reader.finished:
        if reader.urgency(now):
            request = reader.request(now)
            ...send it with reader.timeout_ms, and wait until request.status says what came of it...
            reader.over(request, now)
    reader.cause                        # 0, or discovery.CAUSES
    reader.walk.base                    # index into discovery.BASES
    for model, address, regs in reader.models: ...      # registers, ID and L first

A unit that doesn't answer is asked for ever; how long to wait for it is the caller's to say.
"""

from array import array

from drivers.modbus_station import ACKNOWLEDGE, BUSY, NOTHING, READ, Station
from drivers.sunspec import definition
from drivers.sunspec.discovery import Discovery
from drivers.sunspec.quirks import STANDARD
from protocols.modbus.request import DONE
from protocols.port import const

_BUSY_MS = const(300)


class Reader(Station):
    """Reads one unit once. `finished` 1 when done; `cause`, `detail` as `Discovery` has them; `models` what was read.

    refused: (model, address, exception code) of what the unit wouldn't have read; its registers are those before it.
    """

    def __init__(self, address, quirk=STANDARD):
        Station.__init__(self, address, quirk.timeout_ms)
        self.quirk = quirk
        self.walk = Discovery(quirk)
        self.models = []
        self.refused = []
        self.finished = 0
        self.cause = 0
        self.detail = 0
        self._i = -1
        self._got = None
        self._count = 0
        self._regs = array("H", [0] * 125)

    def restart(self):
        """Forget all, and read again."""
        self.walk.begin()
        self.models = []
        self.refused = []
        self.finished = 0
        self.cause = 0
        self._i = -1

    def wants(self, now):
        """Return READ until all is read."""
        if self.finished:
            return NOTHING
        self.press(0, 1000)
        return READ

    def careful(self):
        """Every reading may be taken for another of the same size."""
        return 1

    def make(self, now):
        """Return the next reading."""
        walk = self.walk
        if self._i < 0:
            return self.short.read(3, walk.address, walk.count)
        at = walk.addresses[self._i] + len(self._got)
        self._count = self._next()
        return self.short.read(3, at, self._count)

    def lost(self, now):
        """The unit keeps silent."""
        if self._i < 0:
            self.walk.unanswered()
            self.walk.begin()

    def done(self, request, now):
        """Take a reply or an exception."""
        status = request.status
        if status == BUSY or status == ACKNOWLEDGE:
            self.hold(_BUSY_MS, now)
        elif self._i < 0:
            if self.walk.take(request) if status == DONE else self.walk.refused(status):
                self.cause = self.walk.cause
                self.detail = self.walk.detail
                self._model()
        elif status == DONE:
            request.registers(self._regs)
            self._got.extend(self._regs[: self._count])
            if len(self._got) == self.walk.lengths[self._i] + 2:
                self._keep()
        else:
            self.refused.append((self.walk.ids[self._i], self.walk.addresses[self._i] + len(self._got), status))
            self._keep()

    def _keep(self):
        self.models.append((self.walk.ids[self._i], self.walk.addresses[self._i], self._got))
        self._model()

    def _model(self):
        self._i += 1
        self._got = array("H")
        if self.cause or self._i == self.walk.n:
            self.finished = 1

    def _next(self):
        # As many registers as one reading gives, up to where a point begins.
        model = self.walk.ids[self._i]
        length = self.walk.lengths[self._i]
        begin = len(self._got)
        most = min(begin + self.quirk.max_read, length + 2)
        if most == length + 2:
            return most - begin
        known = definition.find(model)
        if known is not None:
            fits = [at for at in definition.borders(known, self._got, length) if begin < at <= most]
            if fits:
                return fits[-1] - begin
        return most - begin

"""A serial line of which this is the only client: many units, one request under way, none that holds up the others.

::

    line = ModbusLine((meter, inverter, chargers), baud=115200)     # stations: drivers/modbus_station.py
    frame = line.poll(now_us, now_ms)           # bytes to send now (a memoryview, valid until the next call), or None
    line.feed(buf, n, now_us, now_ms)           # n bytes of buf arrived, the last of them at now_us
    line.wait_us(now_us, now_ms)                # unless bytes arrive, poll has nothing to do for so long

Ticks of `protocols.ticks`, wire time in us and control time in ms; call `poll` at least once a second. Nothing here
waits, and nothing allocates once the units are found.

Who is next: a write before a read (but after four writes in a row a read has its turn, after a single one a read that
can't wait any longer), among reads the one that has used up most of its patience, so that a line with too much to do
gives each its share. A unit that doesn't answer for 2 s
is given up and tried again ever more rarely; all such units together get no more than a tenth of the line's time while
another one lives, so a dead unit costs the others next to nothing.
"""

from drivers.modbus_station import PERIOD, READ, WRITE
from protocols.modbus.client import RtuClient
from protocols.modbus.request import CANCELLED, TIMEOUT
from protocols.port import const
from protocols.ticks import ticks_add, ticks_diff

_WRITES_IN_A_ROW = const(4)
_DEAD_SHARE = const(10)
_TIMEOUT_US = const(100000)  # stations say their own
_WINDOW_MS = const(1000)
_IDLE_US = const(20000)


class ModbusLine:
    """The line. Stations with address 0 aren't fitted and are left out.

    stations      those that are fitted
    client        the client engine with its counters (sent, answered, timeouts, crc_errors, foreign, malformed, late)
    load          time that bytes were on the line in the last whole second, 0.1 %
    share         0.1 % of the last second that the line was in use, waiting for answers and silences included
    rest_ms       when nobody wants anything, nobody is asked again for so long (20 at most): where units have time, a
                  longer rest leaves the processor its own
    """

    def __init__(self, stations, baud=115200, bits=10, rest_ms=2):
        fitted = [station for station in stations if station.address]
        seen = set()
        for station in fitted:
            if station.address in seen:
                raise ValueError(f"two units have the address {station.address}")
            seen.add(station.address)
        self.stations = tuple(fitted)
        self.client = RtuClient(self._over, baud, _TIMEOUT_US, bits)
        self.load = 0
        self.share = 0
        self._n = len(fitted)
        self._rest_ms = rest_ms
        self._resting = False
        self._rest_until = 0
        self._turn = 0
        self._ticking = 0
        self._writes = 0
        self._now_ms = 0
        self._crc_errors = 0
        self._spoilt = 0
        self._dead_after = 0
        self._dead_held = 0
        self._wire_us = 0
        self._used_us = 0
        self._sent_us = 0
        self._window = -1

    def poll(self, now_us, now_ms):
        """Return the bytes to send now, or None."""
        self._now_ms = now_ms
        self._account(now_ms)
        if self._n:
            self._ticking = (self._ticking + 1) % self._n
            self.stations[self._ticking].tick(now_ms)
        client = self.client
        if client.busy is not None:
            if self._spoilt and client.wait_us(now_us) == 0:
                # The whole reply came, and was damaged: nothing else will come, so why wait for the time-out?
                client.close()
            else:
                client.poll(now_us)
            if client.busy is not None:
                return None
            self._used(now_us)
        if client.wait_us(now_us) or (self._resting and ticks_diff(self._rest_until, now_ms) > 0):
            return None
        station = self._next(now_ms)
        self._resting = station is None
        if station is None:
            self._rest_until = ticks_add(now_ms, self._rest_ms)
            return None
        request = station.request(now_ms)
        self._spoilt = 0
        self._crc_errors = client.crc_errors
        frame = client.send(request, now_us, station.timeout_ms * 1000)
        self._sent_us = now_us
        self._wire_us += client.timing.chars_us(len(frame))
        return frame

    def feed(self, buf, n, now_us, now_ms, at=0):
        """Take the ``n`` bytes at ``buf[at:]``, the last of which arrived at ``now_us``."""
        self._now_ms = now_ms
        client = self.client
        busy = client.busy is not None
        self._wire_us += client.timing.chars_us(n)
        client.feed(buf, n, now_us, at)
        if client.crc_errors != self._crc_errors:
            self._crc_errors = client.crc_errors
            self._spoilt = 1
        if busy and client.busy is None:
            self._used(now_us)

    def wait_us(self, now_us, now_ms):
        """Return for how many us `poll` has nothing to do unless bytes arrive; 0 when it has, at most 20,000."""
        client = self.client
        wait = client.wait_us(now_us)
        if client.busy is not None:
            if self._spoilt:
                return wait
            due = ticks_diff(client.due_us, now_us)
            return max(0, min(due, _IDLE_US))
        if wait:
            return wait
        rest = ticks_diff(self._rest_until, now_ms) if self._resting else 0
        return 1000 * rest if 0 < rest <= self._rest_ms else 0

    def close(self, now_ms):
        """End the request under way, if any: the port is gone, or was opened anew."""
        self._now_ms = now_ms
        self.client.close()

    def _over(self, request):
        station = request.tag
        now = self._now_ms
        if not station.alive and request.status < 0:
            # Further attempts of units that don't answer wait until nine times as long has gone to others.
            self._dead_after = ticks_add(now, (_DEAD_SHARE - 1) * station.timeout_ms)
            self._dead_held = 1
        station.over(request, now)

    def _may(self, station, now):
        if station.alive or not self._dead_held:
            return True
        if ticks_diff(self._dead_after, now) <= 0:
            self._dead_held = 0
            return True
        return not self._others_live()

    def _others_live(self):
        for station in self.stations:
            if station.alive:
                return True
        return False

    def _next(self, now):
        writer = None
        reader = None
        for i in range(self._n):
            station = self.stations[(self._turn + i) % self._n]
            if not self._may(station, now):
                continue
            want = station.urgency(now)
            if want == WRITE:
                if writer is None:
                    writer = station
            elif want == READ and (reader is None or station.pressure > reader.pressure):
                reader = station
        if writer is None and reader is None:
            return None
        self._turn = (self._turn + 1) % self._n
        if writer is not None:
            patient = reader is None or reader.pressure < PERIOD
            if reader is None or self._writes < (_WRITES_IN_A_ROW if patient else 1):
                self._writes += 1
                return writer
        self._writes = 0
        return reader

    # How much of the line's time is used.

    def _used(self, now_us):
        used = ticks_diff(now_us, self._sent_us)
        if used > 0:
            self._used_us += used + self.client.timing.t35

    def _account(self, now):
        if self._window < 0:
            self._window = now
            return
        passed = ticks_diff(now, self._window)
        if passed >= _WINDOW_MS:
            self.load = min(self._wire_us // passed, 1000)
            self.share = min(self._used_us // passed, 1000)
            self._wire_us = 0
            self._used_us = 0
            self._window = now


__all__ = ("CANCELLED", "TIMEOUT", "ModbusLine")

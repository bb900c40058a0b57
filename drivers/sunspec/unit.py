"""One SunSpec unit on a line: found, read in consistent passes, and found again when it comes back changed.

What counts as changed: a model isn't where it was or has another length, a scale factor has another value, an address
is refused that was read before, or a unit that was silent comes back with another name. Then nothing it says is
believed and nothing is written until its chain has been walked again; scale factors are taken anew, so that no
set-point is ten times too big.
"""

from array import array

from drivers.modbus_station import ACKNOWLEDGE, BUSY, NOTHING, READ, WRITE, Station
from drivers.sunspec import plan
from drivers.sunspec.control import Control
from drivers.sunspec.controls import HEARTS, OPERATION, POWER
from drivers.sunspec.discovery import Discovery
from drivers.sunspec.heartbeat import Heartbeat
from drivers.sunspec.models import FIELDS, FIXED, GM_I, GM_P, GM_Q, INVERTER, METER, PCS, STATE, mean_of_phases
from drivers.sunspec.quirks import STANDARD
from drivers.sunspec.states import normalise
from drivers.sunspec.values import BAD_SCALE, NO_MODEL, NOT_READ, OLD, SCALE, Decoder, scale
from protocols.modbus.request import DONE, Request
from protocols.port import const
from protocols.quality import BAD, GOOD, STALE
from protocols.ticks import ticks_add, ticks_diff

# `stage`
ABSENT = const(0)
"""It doesn't answer."""
DISCOVERING = const(1)
READING = const(2)
REFUSED = const(3)
"""Its chain can't be believed: `cause`. It is walked again every 30 s."""
RETURNING = const(4)
"""It answers again, and is asked whether it is the one that it was."""
STAGES = ("ABSENT", "DISCOVERING", "READING", "REFUSED", "RETURNING")

_REFUSED_MS = const(30000)
_BUSY_MS = const(300)
_CHANGED_MS = const(100)
_CONTROL_MS = const(800)  # for the readings of a control that waits
_BEAT_MS = const(4000)  # for a heartbeat
_PATIENCE_MS = const(500)  # one reading of a chain may wait so long for those of other units
_NONE = const(0)
_POWER = const(1)
_OPERATION = const(2)
_HEART = const(3)


class SunSpecUnit(Station):
    """One unit of a kind (`models.INVERTER` ...) at ``address`` (0: not fitted); ``period_ms`` 0: the kind's own.

    values, quality, why   by field (`models.INV_W` ...): value, protocols.quality, reason (`values.REASONS`)
    fresh                  by field: set to 1 with each new sample, for the reader to clear
    passes                 +1 (mod 2**16) with each complete reading of a model that is read in every period
    stage, cause, detail   see above; cause and detail as in `discovery`
    rediscoveries          how often the chain was walked again (mod 2**16)
    identity               CRC of maker, model and serial number; -1 before they are known
    plans                  how often memory was taken for what to read of its chain
    limit, setpoint        the `Control` of an inverter's limit, of a PCS's power; None for other kinds
    operation              the `Control` that starts and stops it (controls.STARTED, STOPPED)
    heart                  the `Heartbeat`
    """

    def __init__(self, kind, address, quirk=STANDARD, period_ms=0):
        Station.__init__(self, address, quirk.timeout_ms)
        n = len(FIELDS[kind])
        self.kind = kind
        self.quirk = quirk
        self.values = array("i", [0] * n)
        self.quality = bytearray([STALE] * n)
        self.why = bytearray([OLD] * n)
        self.fresh = bytearray(n)
        self.passes = 0
        self.stage = ABSENT
        self.cause = 0
        self.detail = 0
        self.rediscoveries = 0
        self.identity = -1
        self.plans = 0
        self.walk = Discovery(quirk)
        self.decoder = Decoder()
        power = Control(POWER[kind], quirk, self.decoder)
        self.limit = power if kind == INVERTER else None
        self.setpoint = power if kind == PCS else None
        self.operation = Control(OPERATION[kind], quirk, self.decoder)
        self.heart = Heartbeat(HEARTS if kind == PCS else ())
        self._power = power
        self._pair = Request(address, 10, self)
        self._period_ms = period_ms
        self._blocks = ()
        self._regs = array("H", [0])
        self._block = None
        self._power_block = None
        self._operation_block = None
        self._writing = _NONE
        self._retry_at = 0
        self._refused_model = 0
        self._since = 0
        self._control_since = 0
        self._control_waits = 0
        self._patience = 1
        self._bound = 0
        self._shape = -1

    def complete(self):
        """Return 1 when all that is read of the unit was read lately: nothing it could say is missing."""
        if self.stage != READING:
            return 0
        for block in self._blocks:
            if not block.fresh:
                return 0
        return 1

    # What the line asks.

    def wants(self, now):
        """Return NOTHING, READ or WRITE."""
        if self.stage == READING:
            return self._wants(now)
        if self.stage == REFUSED and ticks_diff(self._retry_at, now) > 0:
            return NOTHING
        if self.stage != DISCOVERING and self.stage != RETURNING:
            self._since = now
            if self._bound:
                self.stage = RETURNING
            else:
                self._discover()
        self.press(ticks_diff(now, self._since), _PATIENCE_MS)
        return READ

    def _wants(self, now):
        self._writing = _NONE
        self._block = None
        waits = None
        want = self._power.wants(now)
        if want == WRITE:
            self._writing = _POWER
            return WRITE
        if want == READ:
            waits = self._power_block
        want = self.operation.wants(now)
        if want == WRITE:
            self._writing = _OPERATION
            return WRITE
        if want == READ and waits is None:
            waits = self._operation_block
        # All the rest takes its turn, so that a control with always more to do leaves the unit's values their share.
        most = -1
        if waits is not None:
            if not self._control_waits:
                self._control_waits = 1
                self._control_since = now
            late = ticks_diff(now, self._control_since)
            if self._power.dirty or self.operation.dirty:
                late += _CONTROL_MS  # what was read back is also what the next writing begins on
            most = self._most(waits, late, _CONTROL_MS, most)
        else:
            self._control_waits = 0
        for block in self._blocks:
            late = ticks_diff(now, block.due)
            if late >= 0:
                most = self._most(block, late, block.patience, most)
        late = self.heart.wants(now)
        if late >= 0 and self._most(None, late, _BEAT_MS, most) > most:
            self._writing = _HEART
            most = self.pressure
        if most < 0:
            return NOTHING
        self.pressure = most
        self.patience = self._patience
        return READ

    def _most(self, block, late, patience, most):
        # What is so late of its patience goes first where nothing else is more so.
        self.press(late, patience)
        if self.pressure > most:
            self._block = block
            self._patience = patience
            return self.pressure
        return most

    def make(self, now):
        """Return the request for what `wants` has just said."""
        if self.stage == RETURNING:
            return self.short.read(3, self.walk.named_at, self.walk.named)
        if self.stage != READING:
            return self.short.read(3, self.walk.address, self.walk.count)
        if self._writing == _POWER:
            return self._power.make(self.short, self._pair)
        if self._writing == _OPERATION:
            return self.operation.make(self.short, self._pair)
        if self._writing == _HEART:
            return self.heart.make(now, self.short, self._pair)
        block = self._block
        offset, count = block.parts[block.part]
        return self.short.read(3, block.address + offset, count)

    def careful(self):
        """A late answer to one reading of the chain could be taken for the next."""
        return self.stage != READING

    def done(self, request, now):
        """Take a reply or an exception."""
        status = request.status
        if self.stage == RETURNING:
            self._returned(request, now)
        elif self.stage != READING:
            self._walked(request, now)
        elif self._writing != _NONE:
            self._written(status, now)
        elif status == DONE:
            self._read(request, now)
        elif status == BUSY or status == ACKNOWLEDGE:
            self._block.part = 0
            self.hold(_BUSY_MS, now)
        else:
            self._not_read(now)

    def unanswered(self, request, now):
        """A write got no answer."""
        self._written(request.status, now)

    def unread(self, request, now):
        """A reading got no answer: its pass begins again."""
        if self._block is not None:
            self._block.part = 0

    def lost(self, now):
        """The unit is given up. When it answers again, it is asked its name before anything it says is believed."""
        if self.stage == READING:
            self._unbind()
        elif self.stage == DISCOVERING:
            self.walk.unanswered()
        self.stage = ABSENT

    def _written(self, status, now):
        if self._writing == _POWER:
            self._power.written(status, now)
        elif self._writing == _OPERATION:
            self.operation.written(status, now)
        elif status == BUSY:
            self.hold(_BUSY_MS, now)

    # Finding it.

    def _discover(self):
        self.stage = DISCOVERING
        self.walk.begin()

    def _changed(self, now):
        self.rediscoveries = (self.rediscoveries + 1) & 0xFFFF
        self._unbind()
        self._bound = 0
        self.stage = ABSENT
        self.hold(_CHANGED_MS, now)  # one that changes all the time must not have the line for itself

    def _unbind(self):
        self._power.unbind()
        self.operation.unbind()
        self.heart.unbind()
        for block in self._blocks:
            block.part = 0

    def _returned(self, request, now):
        # It was away. The same name means the same chain; each block shows by itself whether that is so.
        self._since = now
        status = request.status
        if status == BUSY or status == ACKNOWLEDGE:
            self.hold(_BUSY_MS, now)
        elif status == DONE and self.walk.same_name(request):
            self._use(now)
        else:
            self._changed(now)

    def _walked(self, request, now):
        walk = self.walk
        status = request.status
        self._since = now
        if status == BUSY or status == ACKNOWLEDGE:
            self.hold(_BUSY_MS, now)
            return
        if not (walk.take(request) if status == DONE else walk.refused(status)):
            return
        self.cause = walk.cause
        self.detail = walk.detail
        if walk.cause:
            self.stage = REFUSED
            self._retry_at = ticks_add(now, _REFUSED_MS)
            return
        self.identity = walk.identity
        self._bind()
        self._use(now)

    def _use(self, now):
        # Read everything now, then let the controls have it.
        for block in self._blocks:
            block.due = now
        self._power_block = self._bind_control(self._power)
        self._operation_block = self._bind_control(self.operation)
        self.heart.bind(self.walk)
        self.stage = READING

    def _bind(self):
        walk = self.walk
        shape = walk.shape()
        if shape == self._shape:
            for block in self._blocks:
                block.confirmed = 0
            self._bound = 1
            return
        self._shape = shape
        self.plans = (self.plans + 1) & 0xFFFF
        power = plan.layout_of(walk, self._power.layouts)
        operation = plan.layout_of(walk, self.operation.layouts)
        blocks, n = plan.make(walk, self.kind, power, operation, self.quirk, self._period_ms)
        self._blocks = blocks
        if n > len(self._regs):
            self._regs = array("H", [0] * n)
        self._bound = 1
        served = bytearray(len(self.values))
        for block in blocks:
            for row in block.rows:
                served[row[0]] = 1
        for i in range(len(served)):
            if not served[i]:
                self.quality[i] = BAD
                self.why[i] = NO_MODEL

    def _bind_control(self, control):
        layout = plan.layout_of(self.walk, control.layouts)
        if layout is None:
            return None
        address = self.walk.addresses[self.walk.find(layout[0])]
        for block in self._blocks:
            if block.address == address:
                control.bind(layout, address, self._regs, block.base)
                return block
        return None

    # Reading it.

    def _read(self, request, now):
        block = self._block
        offset, count = block.parts[block.part]
        request.registers(self._regs, block.base + offset)
        block.part += 1
        if block.part < len(block.parts):
            return
        block.part = 0
        # From when it was due, so that periods don't grow; from now where it was read between times, or far too late.
        late = ticks_diff(now, block.due)
        block.due = ticks_add(block.due if 0 <= late < block.period_ms else now, block.period_ms)
        self._complete(block, now)

    def _complete(self, block, now):
        regs = self._regs
        base = block.base
        if regs[base + 1] != block.length or self._moved(block):
            self._changed(now)
            return
        same = 1
        i = 0
        for at in block.scales:
            if block.known[i] != regs[at]:
                block.known[i] = regs[at]
                same = 0
            i += 1
        if not same:
            if block.confirmed:
                self._changed(now)
                return
            if len(block.parts) > 1:
                # Values of one part, factors of another: believed when a second reading has the same factors.
                block.confirmed = 1
                block.due = now
                return
        block.confirmed = 1
        block.read_at = now
        block.fresh = 1
        for row in block.rows:
            self._decode(row, block.model)
        if block.fast:
            self.passes = (self.passes + 1) & 0xFFFF
        if block is self._power_block:
            self._power.seen(now)
        if block is self._operation_block:
            self.operation.seen(now)

    def _moved(self, block):
        i = self.walk.find(self._regs[block.base])
        return i < 0 or self.walk.addresses[i] != block.address

    def _decode(self, row, model):
        field, kind, at, scale_at, decimals = row
        regs = self._regs
        decoder = self.decoder
        value = 0
        exponent = 0
        why = 0
        if scale_at >= 0:
            exponent = scale(regs, scale_at)
            if exponent == BAD_SCALE:
                why = SCALE
        else:
            exponent = scale_at - FIXED
        if not why:
            value = decoder.number(kind, regs, at, exponent if decimals == STATE else exponent + decimals)
            why = decoder.why
        self.fresh[field] = 1
        self.why[field] = why
        if why:
            self.quality[field] = BAD
            return
        if decimals == STATE:
            value = normalise(model, value)
        elif self.kind == METER:
            if field == GM_I:
                value = mean_of_phases(value, self._regs[self._block.base])
            elif self.quirk.meter_sign < 0 and (field == GM_P or field == GM_Q):
                value = -value
        self.quality[field] = GOOD
        self.values[field] = value

    def _not_read(self, now):
        # Refused: what was there isn't any more. But a second time, found anew, it's just not to be had.
        block = self._block
        block.part = 0
        if block.model != self._refused_model:
            self._refused_model = block.model
            self._changed(now)
            return
        block.due = ticks_add(now, _REFUSED_MS)
        if block is self._power_block:
            self._power.unbind()
        if block is self._operation_block:
            self.operation.unbind()
        for row in block.rows:
            self.quality[row[0]] = BAD
            self.why[row[0]] = NOT_READ

    def tick(self, now):
        """Make STALE what is too old to be believed, and count what isn't mirrored in time (E9)."""
        self._power.watch(now)
        self.operation.watch(now)
        for block in self._blocks:
            if block.fresh and ticks_diff(now, block.read_at) > block.stale_ms:
                block.fresh = 0
                for row in block.rows:
                    self.quality[row[0]] = STALE
                    self.why[row[0]] = OLD

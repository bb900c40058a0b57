"""Ordered, verified writes of one control of one unit (domain brief §2a, §2c E9, E11).

What is asked is written point by point in the order of the layout (value, ramp, reversion, enable), then read back.
Written is only what the device doesn't hold already; the enable goes last and always. No sequence begins on registers
that were read more than 250 ms ago, since the scale factor may be another one by now. What was read back unlike it was
written, or not at all, is tried again; three times 3 s without a mirror make the unit `uncontrollable`, until a
read-back is good. While it holds, value and enable are written again at half the reversion time. A device that was
away, or that somebody else has set, is brought back to what was asked.

A write that got no answer isn't repeated: it is read back, and what the device has taken stays as it is.
"""

from array import array

from drivers.modbus_station import BUSY, NOTHING, READ, WRITE
from drivers.sunspec.controls import (
    BASIS,
    DECIMALS,
    ENABLE,
    ENABLED,
    FALLBACK,
    FALLBACK_ENABLE,
    PAIR,
    RAMP,
    RATE,
    REVERT,
    ROWS,
    VALUE,
)
from drivers.sunspec.values import BAD_SCALE, OVERFLOW, SCALE, U16, implemented, scale, size
from protocols.port import const
from protocols.quality import BAD, GOOD, STALE
from protocols.ticks import ticks_add, ticks_diff

NO_FALLBACK = const(-0x20000000)

# `fault`, beside those of `values`.
REFUSED = const(16)
"""The device answered a write with an exception."""
FAULTS = {0: "", SCALE: "scale factor missing or outside -10..10", OVERFLOW: "too big for the register",
          REFUSED: "refused by the device"}  # fmt: skip

MIRROR_MS = const(3000)
UNCONTROLLABLE = const(3)
_BUSY_RETRIES = const(3)
_BUSY_MS = const(300)
_BUSY_LONG_MS = const(1000)
_LOOK_MS = const(250)
_REREAD_MS = const(500)
_REFUSED_MS = const(3000)
_LATER_MS = const(5000)

_HANDS_OFF = const(-1)
_RELEASED = const(0)
_HELD = const(1)

_REST = const(0)
_WRITING = const(1)
_CHECKING = const(2)


class Control:
    """One control. `set` and `release` may be called in every scan; they only take note of what is new.

    fitted          1 when the unit has a model for it (known once it was discovered)
    mirrored        1 when the last read-back shows what was asked last
    misses          times in a row that 3 s passed without a mirror; uncontrollable: 1 from the third on (E9)
    in_force        the value that holds by what the device says, in the unit of `set`; in_force_q its quality. A limit
                    that isn't enabled is 1000 (100 %), a set-point 0
    fault           0, or why it can't be written: values.SCALE, values.OVERFLOW, REFUSED
    revert_s        reversion time that the device keeps, 0 when it never reverts
    writes          write requests sent (mod 2**16)
    overridden      times that the device was found changed by another hand, or reverted (mod 2**16)
    """

    def __init__(self, layouts, quirk, decoder):
        self.layouts = layouts
        self.quirk = quirk
        self.fitted = 0
        self.mirrored = 0
        self.misses = 0
        self.uncontrollable = 0
        self.in_force = 0
        self.in_force_q = STALE
        self.fault = 0
        self.revert_s = 0
        self.writes = 0
        self.overridden = 0
        self._decoder = decoder
        most = 1
        for layout in layouts:
            most = max(most, len(layout[ROWS]))
        self._raw = array("H", [0] * (2 * most))
        self._left_out = bytearray(most)
        self._on = _HANDS_OFF
        self._value = 0
        self._revert = 0
        self._ramp = 0
        self._fallback = NO_FALLBACK
        self._layout = None
        self._rows = ()
        self._regs = None
        self._base = 0
        self._address = 0
        self._known = 0
        self._seen_at = 0
        self._running = 0
        self._began = 0
        self._rest()

    # What the program asks.

    def set(self, value, revert_s=0, ramp_s=0, fallback=NO_FALLBACK):
        """Hold ``value`` (limit 0.1 %, set-point 0.1 kW) within ``ramp_s`` (s); a device that hears no more of us for
        ``revert_s`` (s, 0: for ever) goes to ``fallback``, or to no limit at all.
        """
        if (
            self._on == _HELD
            and value == self._value
            and revert_s == self._revert
            and ramp_s == self._ramp
            and fallback == self._fallback
        ):
            return
        self._value = value
        self._revert = revert_s
        self._ramp = ramp_s
        self._fallback = fallback
        self._on = _HELD
        self._ask()

    def release(self):
        """Disable the control in the device. 100 % is not release: it would be enabled still."""
        if self._on != _RELEASED:
            self._on = _RELEASED
            self._ask()

    def leave(self):
        """Write nothing any more; the device keeps what it has, and reverts when its time is over."""
        if self._on != _HANDS_OFF:
            self._on = _HANDS_OFF
            self.mirrored = 0
            self.misses = 0
            self.uncontrollable = 0
            self._rest()

    def _ask(self):
        self._dirty = 1
        self.mirrored = 0
        self._hold_on = 0

    # What the unit tells.

    def bind(self, layout, address, regs, base):
        """The unit has ``layout``'s model at ``address``; its registers are read to ``regs[base:]``."""
        self._layout = layout
        self._rows = layout[ROWS]
        self._address = address
        self._regs = regs
        self._base = base
        self.fitted = 1
        self._known = 0
        self._rest()
        self.mirrored = 0

    def unbind(self):
        """The unit is gone, or may be another one: nothing is written until it is known again."""
        self.fitted = 0
        self.mirrored = 0
        self._known = 0
        self.in_force_q = STALE
        self._rest()

    def _rest(self):
        self._phase = _REST
        self._dirty = 1
        self._row = 0
        self._forced = 0
        self._armed = 1
        self._proof = 0
        self._fresh = 0
        self._touched = 0
        self._rewritten = 0
        self._reread = 0
        self._busy = 0
        self._reverting = 0
        self._hold_on = 0
        self._held_until = 0
        self._refreshed = 0

    def watch(self, now):
        """Count a miss where 3 s have passed without a mirror; called often, whether the unit lives or not."""
        if self._on < 0 or self.mirrored:
            self._running = 0
            return
        if not self._running:
            self._running = 1
            self._began = now
            return
        if ticks_diff(now, self._began) < MIRROR_MS:
            return
        self._began = now
        self._rewritten = 0
        if self.misses < 0xFFFF:
            self.misses += 1
        if self.misses >= UNCONTROLLABLE:
            self.uncontrollable = 1
            if self._phase != _WRITING and not self._hold_on:
                self._hold(_LATER_MS, now)
        if self._phase == _CHECKING:
            self._phase = _REST

    def wants(self, now):
        """Return NOTHING, WRITE (`make`), or READ: the model's registers, to be told with `seen`."""
        if not self.fitted or self._on < 0 or not self._known:
            return NOTHING
        if self._hold_on:
            if ticks_diff(self._held_until, now) > 0:
                return NOTHING
            self._hold_on = 0
        if self._phase == _REST:
            refresh = not self._dirty and self.mirrored
            if refresh and not self._due(now):
                return NOTHING
            if ticks_diff(now, self._seen_at) > _LOOK_MS:
                return READ  # is the model still there, with the same scale factors?
            self._begin(refresh, now)
        if self._phase == _WRITING:
            return WRITE
        return READ if self._phase == _CHECKING else NOTHING

    def _hold(self, ms, now):
        self._held_until = ticks_add(now, ms)
        self._hold_on = 1

    def _due(self, now):
        if self._on != _HELD or not self._layout[ENABLED]:
            return 0
        revert = self._revert
        if self.revert_s and (self.revert_s < revert or not revert):
            revert = self.revert_s
        if self.quirk.revert_s and (self.quirk.revert_s < revert or not revert):
            revert = self.quirk.revert_s
        return revert and (not self._fresh or ticks_diff(now, self._refreshed) >= 500 * revert)

    # One sequence.

    def _begin(self, refresh, now):
        if self._dirty:
            if not self._build():
                self._hold(MIRROR_MS, now)
                return
            self._dirty = 0
            self._reverting = 0
            self._rewritten = 0
        self._forced = refresh
        self._armed = 0 if refresh else self._armed
        self._touched = refresh
        self._reread = 0
        self._busy = 0
        self._row = -1
        self._phase = _WRITING
        self._advance()

    def _build(self):
        # What the registers shall hold. False: it can't be said in this device's registers; `fault` tells why.
        layout = self._layout
        regs = self._regs
        base = self._base
        raw = self._raw
        value = self._value
        decoder = self._decoder
        self.fault = 0
        i = -1
        for row in self._rows:
            i += 1
            what = row[2]
            at = base + row[0]
            self._left_out[i] = 0
            if what == ENABLE:
                raw[2 * i] = layout[ENABLED] if self._on == _HELD else 0
                continue
            if self._on != _HELD:
                self._left_out[i] = 1
                continue
            if what == VALUE or what == PAIR or what == FALLBACK:
                wanted = value
                if what == FALLBACK:
                    if self._fallback == NO_FALLBACK or not implemented(row[1], regs, at):
                        self._left_out[i] = 1
                        continue
                    wanted = self._fallback
                if layout[BASIS]:
                    wanted = self._percent(wanted)
                exponent = self._exponent(row[3])
                if self.fault:
                    return False
                down = layout[DECIMALS] == 1 and not layout[BASIS]
                if not decoder.encode(wanted, row[1], raw, 2 * i, exponent, down):
                    self.fault = decoder.why
                    return False
                if what == PAIR:
                    raw[2 * i + 1] = (0x10000 - raw[2 * i]) & 0xFFFF
                continue
            if not implemented(row[1], regs, at):
                self._left_out[i] = 1
                continue
            if what == RAMP:
                wanted = self._ramp
            elif what == RATE:
                if not self._ramp:
                    self._left_out[i] = 1
                    continue
                wanted = 100 // self._ramp or 1
            elif what == REVERT:
                wanted = self._revert
            elif what == FALLBACK_ENABLE:
                wanted = 0 if self._fallback == NO_FALLBACK else 1
            else:
                wanted = 1
            decoder.encode(wanted, row[1], raw, 2 * i, 0)
        return True

    def _exponent(self, at):
        if at < 0:
            return self._layout[DECIMALS]
        factor = scale(self._regs, self._base + at)
        if factor == BAD_SCALE:
            self.fault = SCALE
            return 0
        return factor + self._layout[DECIMALS]

    def _rating(self):
        # The power that per cent refer to, 0.1 kW; 0 with `fault`.
        offset, at = self._layout[BASIS]
        factor = scale(self._regs, self._base + at)
        if factor == BAD_SCALE:
            self.fault = SCALE
            return 0
        rating = self._decoder.number(U16, self._regs, self._base + offset, factor - 2)
        if rating < 1:
            self.fault = SCALE
            return 0
        return rating

    def _percent(self, value):
        rating = self._rating()
        if self.fault or value > 500000 or value < -500000:
            self.fault = self.fault or OVERFLOW
            return 0
        percent = (2000 * abs(value) // rating + 1) >> 1
        return -percent if value < 0 else percent

    def _advance(self):
        # On to the next row that has to be written; behind the last one comes the reading.
        rows = self._rows
        while True:
            self._row += 1
            if self._row == len(rows):
                self._phase = _CHECKING
                return
            if not self._left_out[self._row] and self._needed(self._row):
                return

    def _needed(self, i):
        what = self._rows[i][2]
        if what == ENABLE:
            return self._touched or not self._armed or not self._same(i)
        if what == REVERT:
            return not self._reverting and not self._same(i)
        if self._forced and (what == VALUE or what == PAIR):
            return True
        return not self._same(i)

    def _same(self, i):
        row = self._rows[i]
        at = self._base + row[0]
        regs = self._regs
        raw = self._raw
        what = row[2]
        if what == PAIR or size(row[1]) == 2:
            return regs[at] == raw[2 * i] and regs[at + 1] == raw[2 * i + 1]
        apart = abs(regs[at] - raw[2 * i])
        return apart == 0 or ((what == VALUE or what == FALLBACK) and apart <= self.quirk.tolerance)

    def make(self, short, pair):
        """Return the write to send: in ``short`` (one register) or ``pair`` (two)."""
        row = self._rows[self._row]
        address = self._address + row[0]
        self.writes = (self.writes + 1) & 0xFFFF
        self._armed = 0
        if row[2] != ENABLE:
            self._touched = 1
            self._proof = 0
        else:
            self._proof = not self._same(self._row)
        if row[2] == PAIR or size(row[1]) == 2:
            return pair.write_registers(address, self._raw, 2 * self._row, 2)
        return short.write_register(address, self._raw[2 * self._row])

    def written(self, status, now):
        """The write is over with ``status``: 0, an exception code, or negative when there was no answer."""
        if self._phase != _WRITING:
            return
        if status == 0:
            self._busy = 0
            what = self._rows[self._row][2]
            if what == ENABLE:
                self._arm(now)
            elif what == REVERT:
                self._reverting = 1
            self._advance()
        elif status < 0:
            self._phase = _CHECKING
        elif status == BUSY:
            self._busy += 1
            if self._busy <= _BUSY_RETRIES:
                self._hold(_BUSY_MS, now)
            else:
                self._phase = _REST
                self._hold(_BUSY_LONG_MS, now)
        else:
            self.fault = REFUSED
            self._phase = _REST
            self._hold(_REFUSED_MS, now)

    def seen(self, now):
        """The registers of the model were just read."""
        if not self.fitted:
            return
        self._known = 1
        self._seen_at = now
        self._read_force()
        if self._on < 0 or (self._dirty and self._phase == _REST):
            return
        if not self._armed and self._proof and self._phase == _CHECKING and self._enabled():
            self._arm(now)  # the acknowledgement was lost, but it wasn't so before
        good = self._mirrors()
        if self._phase == _REST:
            if good and not self.fault:
                self._good()
            elif self.mirrored and self._on == _HELD:
                self.mirrored = 0
                self._armed = 1
                self.overridden = (self.overridden + 1) & 0xFFFF
        elif self._phase == _CHECKING:
            if good:
                self._phase = _REST
                self._good()
            elif self._dirty:
                self._phase = _REST
            elif self._row < len(self._rows) or (self._reread and not self._rewritten):
                # A write got no answer, or the second look is as bad: write what differs, once in 3 s.
                self._rewritten = 1 if self._row == len(self._rows) else self._rewritten
                self._begin(0, now)
            else:
                self._reread = 1
                self._hold(_REREAD_MS, now)

    def _good(self):
        # What was written holds; it may be that something else has been asked since.
        self.misses = 0
        self.uncontrollable = 0
        self._running = 0
        if not self._dirty:
            self.mirrored = 1
            self.fault = 0

    def _arm(self, now):
        self._armed = 1
        self._proof = 0
        self._fresh = 1
        self._refreshed = now

    def _enabled(self):
        i = len(self._rows) - 1
        return self._rows[i][2] == ENABLE and self._same(i)

    def _mirrors(self):
        i = -1
        for row in self._rows:
            i += 1
            if self._left_out[i] or row[2] == REVERT:
                continue
            if not self._same(i):
                return False
            if row[2] == ENABLE and not self._armed:
                return False
        return True

    def _read_force(self):
        # What holds, by what the device says.
        layout = self._layout
        regs = self._regs
        base = self._base
        decoder = self._decoder
        enabled = 1
        for row in self._rows:
            if row[2] == ENABLE:
                enabled = regs[base + row[0]] == layout[ENABLED]
            elif row[2] == REVERT:
                kept = decoder.number(row[1], regs, base + row[0], 0)
                self.revert_s = kept if not decoder.why else 0
        self.in_force_q = GOOD
        if not enabled:
            self.in_force = 1000 if layout[DECIMALS] == 1 and not layout[BASIS] else 0
            return
        row = self._rows[0]
        fault = self.fault
        self.fault = 0
        exponent = self._exponent(row[3])
        value = decoder.number(row[1], regs, base + row[0], exponent)
        if layout[BASIS] and not self.fault:
            rating = self._rating()
            if -5000 < value < 5000 and rating <= 200000:
                value = value * rating // 1000
            else:
                self.fault = OVERFLOW
        if self.fault or decoder.why:
            self.in_force_q = BAD
        else:
            self.in_force = value
        self.fault = fault


__all__ = ("FAULTS", "NO_FALLBACK", "REFUSED", "Control")

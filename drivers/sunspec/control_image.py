"""What the registers of one control shall hold, and what they do hold, in this device's scale (`Control` uses it).

A value goes through the scale factor on its way to the device as well as back; where there is none, nothing is written.
"""

from array import array

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

NO_FALLBACK = const(-0x20000000)

_RATING_MAX = const(200000)  # 20 MW
_POWER_MAX = const(500000)
_AT_ONCE = const(100)  # % of the maximum per s
_PERCENT_MAX = const(5000)  # 500 %: products of these stay in 30 bits


class ControlImage:
    """The registers of a layout's model: `shall` by row, two words each; `left_out` 1 where a row isn't written.

    fault                   0, or why the last `build` could not say what they shall hold: values.SCALE, .OVERFLOW
    in_force, in_force_q    see `Control`; after `look`
    revert_s                reversion time that the device keeps, 0 when it never reverts; after `look`
    """

    def __init__(self, layouts, quirk, decoder):
        most = max([len(layout[ROWS]) for layout in layouts] or [1])
        self.quirk = quirk
        self.rows = tuple([])  # of whatever length
        self.enabled = 0
        self.shall = array("H", [0] * (2 * most))
        self.left_out = bytearray(most)
        self.fault = 0
        self.in_force = 0
        self.in_force_q = STALE
        self.revert_s = 0
        self._decoder = decoder
        self._layout = None
        self._address = 0
        self._regs = self.shall
        self._base = 0

    def bind(self, layout, address, regs, base):
        """The model is at ``address``, and read to ``regs[base:]``."""
        self._layout = layout
        self.rows = layout[ROWS]
        self.enabled = layout[ENABLED]
        self._address = address
        self._regs = regs
        self._base = base

    def what(self, i):
        """Return what row ``i`` is: controls.VALUE ..."""
        return self.rows[i][2]

    def build(self, held, value, revert_s, ramp_s, fallback):
        """Work out what every row shall hold; False where it can't be said in this device's registers (`fault`)."""
        self.fault = 0
        shall = self.shall
        left_out = self.left_out
        i = -1
        for row in self.rows:
            i += 1
            what = row[2]
            left_out[i] = 0
            if what == ENABLE:
                shall[2 * i] = self.enabled if held else 0
            elif not held:
                left_out[i] = 1
            elif what == VALUE or what == PAIR:
                if not self._scaled(i, row, value):
                    return False
            elif not implemented(row[1], self._regs, self._base + row[0]):
                left_out[i] = 1
            elif what == FALLBACK:
                if fallback == NO_FALLBACK:
                    left_out[i] = 1
                elif not self._scaled(i, row, fallback):
                    return False
            elif what == RATE and not ramp_s and not self._slows(row):
                left_out[i] = 1
            else:
                plain = 1
                if what == RAMP:
                    plain = ramp_s
                elif what == RATE:
                    plain = 100 // ramp_s or 1 if ramp_s else _AT_ONCE
                elif what == REVERT:
                    plain = revert_s
                elif what == FALLBACK_ENABLE:
                    plain = 0 if fallback == NO_FALLBACK else 1
                if not self._decoder.encode(plain, row[1], shall, 2 * i, 0):
                    self.fault = self._decoder.why
                    return False
        return True

    def _slows(self, row):
        # Whether a ramp of before is left. A rate of 0 is none to one device and stands still in another: left alone.
        return 0 < self._regs[self._base + row[0]] < _AT_ONCE

    def _scaled(self, i, row, value):
        layout = self._layout
        shall = self.shall
        if layout[BASIS]:
            value = self._percent(value)
        exponent = self._exponent(row[3])
        if self.fault:
            return False
        # A limit, in per cent as it stands, is never rounded up.
        down = layout[DECIMALS] == 1 and not layout[BASIS]
        if not self._decoder.encode(value, row[1], shall, 2 * i, exponent, down):
            self.fault = self._decoder.why
            return False
        if row[2] == PAIR:
            shall[2 * i + 1] = (0x10000 - shall[2 * i]) & 0xFFFF
        return True

    def _exponent(self, at):
        decimals = self._layout[DECIMALS]
        if at < 0:
            return decimals
        factor = scale(self._regs, self._base + at)
        if factor == BAD_SCALE:
            self.fault = SCALE
            return 0
        return factor + decimals

    def _rating(self):
        # The power that per cent refer to, 0.1 kW; 0 with `fault`.
        offset, at = self._layout[BASIS]
        factor = scale(self._regs, self._base + at)
        if factor == BAD_SCALE:
            self.fault = SCALE
            return 0
        rating = self._decoder.number(U16, self._regs, self._base + offset, factor - 2)
        if not 1 <= rating <= _RATING_MAX:
            self.fault = self._decoder.why or OVERFLOW
            return 0
        return rating

    def _percent(self, value):
        rating = self._rating()
        if self.fault:
            return 0
        if not -_POWER_MAX <= value <= _POWER_MAX:
            self.fault = OVERFLOW
            return 0
        percent = (2000 * abs(value) // rating + 1) >> 1
        return -percent if value < 0 else percent

    def same(self, i):
        """Return True when row ``i`` was read as it shall be, give or take the device's rounding."""
        row = self.rows[i]
        at = self._base + row[0]
        regs = self._regs
        shall = self.shall
        what = row[2]
        if what == PAIR or size(row[1]) == 2:
            return regs[at] == shall[2 * i] and regs[at + 1] == shall[2 * i + 1]
        apart = abs(regs[at] - shall[2 * i])
        return apart == 0 or ((what == VALUE or what == FALLBACK) and apart <= self.quirk.tolerance)

    def mirrors(self):
        """Return True when every row that is written was read as it shall be; the device may keep its own reversion."""
        i = -1
        for row in self.rows:
            i += 1
            if not self.left_out[i] and row[2] != REVERT and not self.same(i):
                return False
        return True

    def write(self, i, short, pair):
        """Return the write of row ``i``: ``short`` holds one register, ``pair`` two."""
        row = self.rows[i]
        address = self._address + row[0]
        if row[2] == PAIR or size(row[1]) == 2:
            return pair.write_registers(address, self.shall, 2 * i, 2)
        return short.write_register(address, self.shall[2 * i])

    def look(self):
        """Take from the registers what holds, by what the device says."""
        layout = self._layout
        regs = self._regs
        base = self._base
        decoder = self._decoder
        enabled = 1
        for row in self.rows:
            if row[2] == ENABLE:
                enabled = regs[base + row[0]] == layout[ENABLED]
            elif row[2] == REVERT:
                kept = decoder.number(row[1], regs, base + row[0], 0)
                self.revert_s = kept if not decoder.why else 0
        self.in_force_q = GOOD
        if not enabled:
            self.in_force = 1000 if layout[DECIMALS] == 1 and not layout[BASIS] else 0
            return
        fault = self.fault
        self.fault = 0
        row = self.rows[0]
        exponent = self._exponent(row[3])
        value = decoder.number(row[1], regs, base + row[0], exponent)
        bad = self.fault or decoder.why
        if layout[BASIS] and not bad:
            rating = self._rating()
            bad = self.fault or not -_PERCENT_MAX <= value <= _PERCENT_MAX
            value = value * rating // 1000 if not bad else 0
        self.fault = fault
        if bad:
            self.in_force_q = BAD
        else:
            self.in_force = value


__all__ = ("NO_FALLBACK", "ControlImage")

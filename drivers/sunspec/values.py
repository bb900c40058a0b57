"""The types of SunSpec points: registers to scaled integers and back, without a float and without a big integer.

A value is ``raw * 10 ** exponent``, where the exponent is the device's scale factor plus the decimals that the caller
wants: power in 0.1 kW of a point in W is ``sf - 2``. Results are -(2**30 - 1)..2**30 - 1; what doesn't fit is no value
at all, never a wrong one. Whatever is not GOOD has its reason in ``why``.

What is too big for a small integer of a board on its way (32 and 64 bits, float) is kept as 16-bit limbs in an array,
so nothing here allocates.
"""

from array import array

from protocols.port import const

U16 = const(0)
"""Types 0 to 7 are one register, 8 to 15 two, 16 to 23 four; others say their size."""
I16 = const(1)
ENUM16 = const(2)
BITS16 = const(3)
ACC16 = const(4)
COUNT = const(5)
SF = const(6)
PAD = const(7)
U32 = const(8)
I32 = const(9)
ENUM32 = const(10)
BITS32 = const(11)
ACC32 = const(12)
F32 = const(13)
IP4 = const(14)
U64 = const(16)
I64 = const(17)
ACC64 = const(18)
F64 = const(19)
EUI48 = const(20)
IP6 = const(24)
STRING = const(25)

# Why a value is none.
NOT_IMPLEMENTED = const(1)
SCALE = const(2)
"""The scale factor isn't implemented, or outside -10..10."""
OVERFLOW = const(3)
NO_MODEL = const(4)
"""The unit has no model that holds it."""
OLD = const(5)
"""It hasn't been read for longer than it may be believed."""
NOT_READ = const(6)
"""The unit refuses to have it read."""
REASONS = (
    "",
    "not implemented",
    "scale factor missing or outside -10..10",
    "too big",
    "no such model",
    "too old",
    "reading refused",
)

LIMIT = const(0x3FFFFFFF)
BAD_SCALE = const(127)
"""`scale` found none."""
_MAX_SCALE = const(10)
_LIMBS = const(14)  # the widest: 54 bits of a double, 2**80, 10**20
_POW = (1, 10, 100, 1000, 10000)


def size(kind):
    """Return the registers of a point of type ``kind``; 0 for a string, whose definition says it."""
    if kind < U32:
        return 1
    if kind < U64:
        return 2
    if kind < IP6:
        return 4
    return 8 if kind == IP6 else 0


def scale(regs, at):
    """Return the scale factor in ``regs[at]``, -10..10, or BAD_SCALE."""
    sf = regs[at]
    if sf > 0x7FFF:
        sf -= 0x10000
    return sf if -_MAX_SCALE <= sf <= _MAX_SCALE else BAD_SCALE


def implemented(kind, regs, at, count=0):
    """Return True unless the registers hold what the type has for "not implemented"; ``count``: size of a string."""
    first = regs[at]
    if kind < U32:
        if kind == ACC16:
            return first != 0
        if kind == PAD:
            return False
        return first != (0x8000 if kind == I16 or kind == SF else 0xFFFF)
    if kind == F32:
        return (first & 0x7F80) != 0x7F80 or ((first & 0x7F) == 0 and regs[at + 1] == 0)
    if kind == F64:
        rest = (first & 0xF) | regs[at + 1] | regs[at + 2] | regs[at + 3]
        return (first & 0x7FF0) != 0x7FF0 or rest == 0
    if kind == EUI48:
        low = regs[at + 1]
        return (low != 0xFFFF and (first | low) != 0) or regs[at + 2] != low or regs[at + 3] != low
    n = size(kind) or count
    if kind == I32 or kind == I64:
        absent, others = 0x8000, 0
    elif kind == ACC32 or kind == ACC64 or kind == IP4 or kind >= IP6:
        absent, others = 0, 0
    else:
        absent, others = 0xFFFF, 0xFFFF
    if first != absent:
        return True
    for i in range(at + 1, at + n):
        if regs[i] != others:
            return True
    return False


class Decoder:
    """Turns registers into scaled integers and back. One serves any number of units; it is no more than scratch.

    `why`: 0, or why the last call gave no value.
    """

    def __init__(self):
        self.why = 0
        self._limbs = array("H", [0] * _LIMBS)  # least significant first

    def number(self, kind, regs, at, exponent):
        """Return the number at ``regs[at:]`` times ``10 ** exponent``, rounded half away from zero; 0 with `why`.

        ``exponent`` is -20..20 and means nothing to enumerations and bit fields; of a bit field with 32 bits the lower
        30 are returned. Raises ValueError for a type that is no number.
        """
        self.why = 0
        if not implemented(kind, regs, at):
            self.why = NOT_IMPLEMENTED
            return 0
        if kind < U32:
            raw = regs[at]
            if (kind == I16 or kind == SF) and raw > 0x7FFF:
                return -self._small(0x10000 - raw, exponent)
            if kind == ENUM16 or kind == BITS16:
                return raw
            return self._small(raw, exponent)
        if kind == BITS32 or kind == ENUM32:
            if kind == ENUM32 and regs[at] > 0x3FFF:
                self.why = OVERFLOW
                return 0
            return ((regs[at] & 0x3FFF) << 16) | regs[at + 1]
        if kind == F32 or kind == F64:
            return self._float(kind, regs, at, exponent)
        if kind == IP4 or (kind > F64 and kind != ACC64):
            raise ValueError(f"type {kind} is no number")
        return self._wide(kind, regs, at, exponent)

    def _small(self, raw, exponent):
        # 0..65535 times a power of ten.
        if 0 <= exponent <= 4:
            return raw * _POW[exponent]
        if -4 <= exponent < 0:
            return ((raw << 1) // _POW[-exponent] + 1) >> 1
        limbs = self._limbs
        self._clear()
        limbs[0] = raw
        self._mul(2)
        return self._collapse(exponent)

    def _wide(self, kind, regs, at, exponent):
        n = 4 if kind >= U64 else 2
        limbs = self._limbs
        self._clear()
        for i in range(n):
            limbs[i] = regs[at + n - 1 - i]
        negative = (kind == I32 or kind == I64) and regs[at] > 0x7FFF
        if negative:
            carry = 1
            for i in range(n):
                limb = (limbs[i] ^ 0xFFFF) + carry
                carry = limb >> 16
                limbs[i] = limb & 0xFFFF
        self._mul(2)
        value = self._collapse(exponent)
        return -value if negative else value

    def _float(self, kind, regs, at, exponent):
        # m * 2 ** e, with m in the limbs: no float is made of it.
        limbs = self._limbs
        self._clear()
        first = regs[at]
        if kind == F32:
            biased = (first >> 7) & 0xFF
            top = first & 0x7F
            e = (biased or 1) - 150
            limbs[0] = regs[at + 1]
            limbs[1] = top | (0x80 if biased else 0)
            infinite = biased == 0xFF
        else:
            biased = (first >> 4) & 0x7FF
            top = first & 0xF
            e = (biased or 1) - 1075
            limbs[0] = regs[at + 3]
            limbs[1] = regs[at + 2]
            limbs[2] = regs[at + 1]
            limbs[3] = top | (0x10 if biased else 0)
            infinite = biased == 0x7FF
        if infinite or e > 80:  # 2**80 * 10**-20 is still too big
            self.why = OVERFLOW
            return 0
        self._mul(2)
        while e >= 13:
            self._mul(8192)
            e -= 13
        if e > 0:
            self._mul(1 << e)
            e = 0
        while exponent > 0:
            step = 4 if exponent > 4 else exponent
            self._mul(_POW[step])
            exponent -= step
        while e <= -16:
            self._drop()
            e += 16
        if e <= -8:
            self._div(256)
            e += 8
        if e < 0:
            self._div(1 << -e)
        value = self._collapse(exponent)
        return -value if first & 0x8000 else value

    # The limbs hold twice the magnitude, so that flooring divisions and one last halving round exactly.

    def _collapse(self, exponent):
        self._power(exponent)
        limbs = self._limbs
        for i in range(2, _LIMBS):
            if limbs[i]:
                self.why = OVERFLOW
                return 0
        if limbs[1] > 0x7FFF:
            self.why = OVERFLOW
            return 0
        value = (limbs[1] << 15) | (limbs[0] >> 1)
        if limbs[0] & 1:
            if value == LIMIT:
                self.why = OVERFLOW
                return 0
            value += 1
        return value

    def _power(self, exponent):
        while exponent > 0:
            step = 4 if exponent > 4 else exponent
            self._mul(_POW[step])
            exponent -= step
        while exponent < 0:
            step = 4 if exponent < -4 else -exponent
            self._div(_POW[step])
            exponent += step

    def _clear(self):
        limbs = self._limbs
        for i in range(_LIMBS):
            limbs[i] = 0

    def _mul(self, factor):
        # factor <= 10,000: no product leaves 30 bits.
        limbs = self._limbs
        carry = 0
        for i in range(_LIMBS):
            product = limbs[i] * factor + carry
            limbs[i] = product & 0xFFFF
            carry = product >> 16

    def _div(self, divisor):
        limbs = self._limbs
        rest = 0
        for i in range(_LIMBS - 1, -1, -1):
            part = (rest << 16) | limbs[i]
            limbs[i] = part // divisor
            rest = part % divisor

    def _drop(self):
        limbs = self._limbs
        for i in range(_LIMBS - 1):
            limbs[i] = limbs[i + 1]
        limbs[_LIMBS - 1] = 0

    # To the device.

    def encode(self, value, kind, regs, at, exponent, down=False):
        """Put ``value`` into ``regs[at:]`` so that it reads back with ``exponent``; return True, or False with `why`.

        The opposite of `number`: the register gets ``value * 10 ** -exponent``, rounded to the nearest, or towards zero
        with ``down`` (a limit must not grow). What the type can't hold, or holds as "not implemented", is refused and
        nothing is put.
        """
        self.why = 0
        limbs = self._limbs
        self._clear()
        magnitude = -value if value < 0 else value
        limbs[0] = magnitude & 0xFFFF
        limbs[1] = magnitude >> 16
        self._mul(2)
        self._power(-exponent)
        if not down:
            self._increment()
        self._div(2)
        return self._put(kind, value < 0, regs, at)

    def _increment(self):
        limbs = self._limbs
        for i in range(_LIMBS):
            if limbs[i] != 0xFFFF:
                limbs[i] += 1
                return
            limbs[i] = 0

    def _put(self, kind, negative, regs, at):
        limbs = self._limbs
        words = size(kind)
        signed = kind == I16 or kind == I32
        if kind != U16 and kind != ENUM16 and kind != BITS16 and kind != U32 and not signed:
            raise ValueError(f"type {kind} isn't written")
        for i in range(words, _LIMBS):
            if limbs[i]:
                self.why = OVERFLOW
                return False
        high = limbs[words - 1]
        if signed:
            if high > 0x7FFF:
                self.why = OVERFLOW
                return False
        elif (negative and (limbs[0] or limbs[1])) or (high == 0xFFFF and (words == 1 or limbs[0] == 0xFFFF)):
            self.why = OVERFLOW
            return False
        carry = 1
        for i in range(words):
            limb = limbs[i]
            if negative and signed:
                limb = (limb ^ 0xFFFF) + carry
                carry = limb >> 16
            regs[at + words - 1 - i] = limb & 0xFFFF
        return True

"""Finds the models of a unit: the mark "SunS" at 40000, 0 or 50000, then ID and L of each model up to ID 0xFFFF.

Unknown models are skipped by their L. A chain that can't be believed is refused as a whole, with its cause: a wrong
length anywhere puts every later register at a wrong address, and a number read there would look like a value.

::

    walk = Discovery(quirk)
    walk.begin()
    while not walk.over:
        ...read walk.count registers from walk.address...
        walk.take(request) or walk.refused(code)        # what came of it: registers, or an exception code
    walk.cause, walk.detail                             # 0: walk.n models, walk.ids[i] at walk.addresses[i]

Reading far ahead costs less than asking twice, so it reads 125 registers where the device lets it and goes back to
single headers where it doesn't (an address beyond its map is exception 2).
"""

from array import array

from drivers.sunspec.models import length_fits
from drivers.sunspec.quirks import STANDARD
from protocols.modbus.crc import crc16
from protocols.port import const

NO_SUNS = const(1)
NO_COMMON = const(2)
LENGTH = const(3)
TOO_MANY = const(4)
PAST_END = const(5)
NO_END = const(6)
NO_ID = const(7)
CAUSES = (
    "",
    "no SunS at 40000, 0 or 50000",
    "the first model is not 1 (common)",
    "a length that the model can't have",
    "more models than there can be: the chain loops",
    "the chain runs past address 65535",
    "the chain ends without an end marker",
    "a model with ID 0",
)
MAX_MODELS = const(64)
BASES = (40000, 0, 50000)

_SUNS_HI = const(0x5375)
_SUNS_LO = const(0x6E53)
_END = const(0xFFFF)
_WINDOW = const(125)
_FIRST = const(72)  # the mark, model 1 and the header behind it: every device that says it is SunSpec has so many
_IDENTITY = const(64)  # Mn, Md, Opt, Vr, SN of model 1
_SERIAL = const(16)
_MARK = const(0)
_CHAIN = const(1)
_NAME = const(2)


class Discovery:
    """One walk along the chain of one unit; can be begun again.

    address, count  what to read next
    over            1 when done: `cause` (0 good), `detail` (the model, where one is meant)
    ids, addresses, lengths, n   the chain; addresses are those of the ID registers
    identity        CRC of what model 1 says (maker, model, version, serial): another device has another one
    named_at, named where that was read, and how many registers: to be read again for `same_name`
    """

    _window = array("H", [0] * _WINDOW)  # what a reply holds is taken at once, so all share it
    _bytes = bytearray(2 * _IDENTITY)

    def __init__(self, quirk=STANDARD):
        self.quirk = quirk
        self.ids = array("H", [0] * MAX_MODELS)
        self.addresses = array("H", [0] * MAX_MODELS)
        self.lengths = array("H", [0] * MAX_MODELS)
        self.named_at = 0
        self.named = 2
        self._shy = 0
        self._first_base = 0
        self.begin()

    def begin(self):
        """Start from the mark at the first address."""
        self.n = 0
        self.base = self._first_base
        self._bases = 1
        self.over = 0
        self.cause = 0
        self.detail = 0
        self.identity = -1
        self._doing = _MARK
        self._wide = 0 if self.quirk.whole_models or self._shy else 1
        self._turn = 0
        self._at_base()

    def _at_base(self):
        self.address = BASES[self.base]
        self.count = self._most(_FIRST) if self._wide else 2

    def _most(self, count):
        return count if count < self.quirk.max_read else self.quirk.max_read

    def take(self, request):
        """Take the registers that were read; True when that was the last reading."""
        window = self._window
        request.registers(window)
        if self._doing == _MARK:
            if window[0] != _SUNS_HI or window[1] != _SUNS_LO:
                self._next_base()
            else:
                self._doing = _CHAIN
                self._walk(2)
        elif self._doing == _CHAIN:
            self._walk(0)
        else:
            self._name(0, self.count)
            self.over = 1
        return bool(self.over)

    def refused(self, code):
        """The unit answered with exception ``code`` (or not at all, where it had answered others): True when over."""
        if self._doing == _MARK:
            if self.count > 2:
                self.count = 2
            else:
                self._next_base()
        elif self._doing == _CHAIN and self.count > 2:
            self._wide = 0
            self.count = 2
        elif self._doing == _CHAIN and self.quirk.no_end and self.n:
            self._end()
        elif self._doing == _NAME:
            if self.count > _SERIAL:
                self._ask_name(self.count >> 1)
            else:
                self.identity = 0  # it keeps its name to itself: never the same
                self.named_at = self.addresses[0]
                self.named = 2
                self.over = 1
        else:
            self._refuse(NO_END, 0)
        return bool(self.over)

    def unanswered(self):
        """The unit kept silent. Some do where they should refuse: the next walk asks for less, then elsewhere."""
        if self.count > 2:
            self._shy = 1
        elif self._doing == _MARK:
            self._shy = 0
            self._first_base = (self.base + 1) % len(BASES)

    def _next_base(self):
        self.base = (self.base + 1) % len(BASES)
        self._bases += 1
        if self._bases > len(BASES):
            self._refuse(NO_SUNS, 0)
        else:
            self._at_base()

    def _refuse(self, cause, detail):
        self.cause = cause
        self.detail = detail
        self.over = 1
        self.n = 0

    def _walk(self, at):
        # Follow the headers that the window holds; `at` is where the next one begins, if it is in there.
        window = self._window
        begin = self.address
        count = self.count
        position = begin + at
        while position - begin + 2 <= count:
            at = position - begin
            model = window[at]
            length = window[at + 1]
            if model == _END:
                self._end()
                return
            if model == 0:
                self._refuse(NO_ID, self.ids[self.n - 1] if self.n else 0)
                return
            if self.n == 0 and model != 1:
                self._refuse(NO_COMMON, model)
                return
            if self.quirk.lengths and not length_fits(model, length):
                self._refuse(LENGTH, model)
                return
            if self.n == MAX_MODELS:
                self._refuse(TOO_MANY, model)
                return
            self.ids[self.n] = model
            self.addresses[self.n] = position
            self.lengths[self.n] = length
            self.n += 1
            if self.n == 1 and at + 2 + _IDENTITY <= count:
                self._name(at + 2, _IDENTITY)
            position += length + 2
            if position > 65534:
                self._refuse(PAST_END, model)
                return
        self.address = position
        # Windows that follow each other differ in size, so that a reply that comes late is taken for no other's.
        self._turn = (self._turn + 1) & 3
        self.count = self._most(_WINDOW) - self._turn if self._wide and self.quirk.max_read > 5 else 2
        if position + self.count > 65536:
            self.count = 65536 - position

    def _end(self):
        if self.n == 0:
            self._refuse(NO_COMMON, 0)
        elif self.identity >= 0:
            self.over = 1
        else:
            self._doing = _NAME
            self._ask_name(self._most(_IDENTITY))

    def _ask_name(self, count):
        self.count = count
        self.address = self.addresses[0] + 2 + _IDENTITY - count  # the serial number stands at its end

    def same_name(self, request):
        """Return True when what was read from `named_at` is the name that the device had."""
        request.registers(self._window)
        return self._crc(0, self.named) == self.identity

    def _name(self, at, count):
        self.named_at = self.addresses[0] + 2 + _IDENTITY - count
        self.named = count
        self.identity = self._crc(at, count)

    def _crc(self, at, count):
        window = self._window
        raw = self._bytes
        for i in range(count):
            word = window[at + i]
            raw[2 * i] = word >> 8
            raw[2 * i + 1] = word & 0xFF
        return crc16(raw, 0, 2 * count)

    def shape(self):
        """Return a number that is another one (as good as always) where models, places or lengths are."""
        shape = self.n
        for i in range(self.n):
            shape = ((shape & 0x3FFFF) * 31 + self.ids[i]) & 0x3FFFFF
            shape = ((shape & 0x3FFFF) * 31 + self.addresses[i]) & 0x3FFFFF
            shape = ((shape & 0x3FFFF) * 31 + self.lengths[i]) & 0x3FFFFF
        return shape

    def find(self, model):
        """Return the place in the chain of the first model of that id, or -1."""
        for i in range(self.n):
            if self.ids[i] == model:
                return i
        return -1

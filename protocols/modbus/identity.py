"""Function 43/14, read device identification (MODBUS Application Protocol V1.1b3, 6.21)."""

from protocols.modbus.codes import (
    ENCAPSULATED_INTERFACE,
    ID_BASIC,
    ID_EXTENDED,
    ID_ONE,
    ID_REGULAR,
    ILLEGAL_ADDRESS,
    ILLEGAL_FUNCTION,
    ILLEGAL_VALUE,
    LAST_BASIC,
    LAST_EXTENDED,
    LAST_REGULAR,
    MAX_PDU,
    MEI_DEVICE_ID,
)
from protocols.modbus.registers import copy

_LAST = (0, LAST_BASIC, LAST_REGULAR, LAST_EXTENDED)
_MAX_TEXT = MAX_PDU - 9


class Identity:
    """Answers for the objects of a bank's ``device_id``. Which categories it has is found at the first question."""

    def __init__(self, bank):
        self._bank = bank
        self._level = 0

    def reply(self, code, object_id, out, to):
        """Put the reply at ``out[to:]``; return its length, or an exception code with a minus sign.

        A stream (codes 1 to 3) tells as many whole objects as fit, from ``object_id`` on, and where the next begins.
        """
        if code < ID_BASIC or code > ID_ONE:
            return -ILLEGAL_VALUE
        if not self._level:
            self._level = self._conformity()
        if not self._level:
            return -ILLEGAL_FUNCTION
        if code == ID_ONE:
            last = object_id
            if self._text(object_id) is None:
                return -ILLEGAL_ADDRESS
        else:
            # Asked for more than there is, the device answers with what it has.
            last = _LAST[min(code, self._level)]
            if object_id > last or self._text(object_id) is None:
                object_id = 0
        n = 7
        objects = 0
        more = 0
        while object_id <= last:
            text = self._text(object_id)
            if text is not None:
                if n + 2 + len(text) > MAX_PDU:
                    more = object_id
                    break
                out[to + n] = object_id
                out[to + n + 1] = len(text)
                copy(text, 0, len(text), out, to + n + 2)
                n += 2 + len(text)
                objects += 1
            object_id += 1
        out[to] = ENCAPSULATED_INTERFACE
        out[to + 1] = MEI_DEVICE_ID
        out[to + 2] = code
        out[to + 3] = 0x80 | self._level
        out[to + 4] = 0xFF if more else 0
        out[to + 5] = more
        out[to + 6] = objects
        return n

    def _text(self, object_id):
        # A text that no reply can hold is as if it weren't there: a stream must get past it.
        text = self._bank.device_id(object_id)
        return None if text is None or len(text) > _MAX_TEXT else text

    def _conformity(self):
        if self._text(0) is None:
            return 0
        level = ID_BASIC
        for object_id in range(LAST_BASIC + 1, LAST_EXTENDED + 1):
            if self._text(object_id) is not None:
                level = ID_REGULAR if object_id <= LAST_REGULAR else ID_EXTENDED
        return level


def identity_size(buf, at, n):
    """Return the length of the reply of which ``n`` bytes are at ``buf[at:]``; 0 when more are needed to tell."""
    if n < 7:
        return 0
    size = 7
    for _ in range(buf[at + 6]):
        if n < size + 2:
            return 0
        size += 2 + buf[at + size + 1]
    return size

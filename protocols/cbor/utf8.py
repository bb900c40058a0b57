"""Is it UTF-8? In place, for text that stays in its buffer (RFC 3629: shortest forms, no surrogates, to U+10FFFF)."""


def first_bad(buf, at, n):
    """Offset of the first byte in buf[at:at+n] where no valid character begins; -1 when all of it is UTF-8."""
    end = at + n
    while at < end:
        lead = buf[at]
        if lead < 0x80:
            at += 1
            continue
        low = 0x80
        high = 0xBF
        if 0xC2 <= lead <= 0xDF:
            more = 1
        elif 0xE0 <= lead <= 0xEF:
            more = 2
            if lead == 0xE0:
                low = 0xA0
            elif lead == 0xED:
                high = 0x9F
        elif 0xF0 <= lead <= 0xF4:
            more = 3
            if lead == 0xF0:
                low = 0x90
            elif lead == 0xF4:
                high = 0x8F
        else:
            return at
        if at + more >= end or not low <= buf[at + 1] <= high:
            return at
        for i in range(2, more + 1):
            if not 0x80 <= buf[at + i] <= 0xBF:
                return at
        at += more + 1
    return -1

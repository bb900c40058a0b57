"""Credential tokens: what a board knows of a plate or a ticket.

A board never sees the text of a plate. It compares 30-bit tokens, which stay small integers (no heap) on a 32-bit
MicroPython. With a white-list of 2,000 tokens a random plate meets one of them once in about 540,000 reads.
"""

from protocols.port import const

NO_TOKEN = const(0)
TOKEN_MAX = const(0x3FFFFFFF)


def token(text):
    """Fold a plate or ticket number into 1..2**30-1 (FNV-1a, 32 bits, folded to 30).

    Case, blanks, hyphens and dots do not count: "zhe A-12345" and "ZHEA12345" are one plate.
    """
    value = 0x811C9DC5
    for byte in text.upper().encode():
        if byte in b" -.\t":
            continue
        value = ((value ^ byte) * 0x01000193) & 0xFFFFFFFF
    value = (value >> 30) ^ (value & TOKEN_MAX)
    return value or 1

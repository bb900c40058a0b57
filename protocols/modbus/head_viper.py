"""Head of a request in viper."""
# ruff: noqa: F821 - ptr8 is a viper cast

import micropython


@micropython.viper
def put_head(out, at: int, fc: int, address: int, value: int):
    """Write function, address and value at ``out[at:]``."""
    wire = ptr8(out)
    wire[at] = fc
    wire[at + 1] = address >> 8
    wire[at + 2] = address
    wire[at + 3] = value >> 8
    wire[at + 4] = value


@micropython.viper
def read_span(pdu, at: int, n: int, most: int) -> int:
    """Return ``quantity << 16 | address`` of the request at ``pdu[at:]``, or an exception code with a minus sign."""
    if n != 5:
        return -3
    wire = ptr8(pdu)
    count = (wire[at + 3] << 8) | wire[at + 4]
    if count < 1 or count > most:
        return -3
    address = (wire[at + 1] << 8) | wire[at + 2]
    if address + count > 65536:
        return -2
    return (count << 16) | address

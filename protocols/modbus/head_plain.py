"""Head of a request: the plain twin."""

from protocols.modbus.codes import ILLEGAL_ADDRESS, ILLEGAL_VALUE


def put_head(out, at, fc, address, value):
    """Write function, address and value at ``out[at:]``."""
    out[at] = fc
    out[at + 1] = address >> 8
    out[at + 2] = address & 0xFF
    out[at + 3] = value >> 8
    out[at + 4] = value & 0xFF


def read_span(pdu, at, n, most):
    """Return ``quantity << 16 | address`` of the request at ``pdu[at:]``, or an exception code with a minus sign."""
    if n != 5:
        return -ILLEGAL_VALUE
    count = (pdu[at + 3] << 8) | pdu[at + 4]
    if count < 1 or count > most:
        return -ILLEGAL_VALUE
    address = (pdu[at + 1] << 8) | pdu[at + 2]
    if address + count > 65536:
        return -ILLEGAL_ADDRESS
    return (count << 16) | address

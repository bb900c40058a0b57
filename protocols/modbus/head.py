"""The five bytes that most requests begin with: function, address, and a quantity or value.

``put_head(out, at, fc, address, value)`` writes them. ``read_span(pdu, at, n, most)`` reads the address and quantity of
a request PDU of ``n`` bytes and checks them: it returns ``quantity << 16 | address``, or an exception code with a minus
sign when the PDU isn't five bytes, the quantity not 1 to ``most`` (3), or the range leaves the address space (2). Both
take their buffer's length on trust.
"""

from protocols.port import MICROPYTHON

if MICROPYTHON:
    try:
        from protocols.modbus.head_viper import put_head, read_span
    except (ImportError, SyntaxError, ValueError):  # no native emitter, or an .mpy for another processor
        from protocols.modbus.head_plain import put_head, read_span
else:
    from protocols.modbus.head_plain import put_head, read_span

__all__ = ("put_head", "read_span")

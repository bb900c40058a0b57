"""What a Modbus server serves.

A bank's methods return 0, or the exception code to answer with (`codes`); they never raise, and one that refuses
changes nothing. The server has checked function, quantity and that the range ends within 65,536; whether the bank has
those addresses is the bank's to say.
"""

from array import array

from protocols.modbus.codes import ILLEGAL_ADDRESS, ILLEGAL_FUNCTION
from protocols.modbus.registers import get_bits, get_registers, put_bits, put_registers


class Bank:
    """A bank that has nothing: each function is refused as unknown. Override what there is."""

    def read_registers(self, fc, address, count, out, at):
        """Put ``count`` registers, big-endian, at ``out[at:]``; ``fc`` is 3, 4 or 23."""
        return ILLEGAL_FUNCTION

    def write_registers(self, fc, address, count, data, at):
        """Take ``count`` registers from ``data[at:]``, all or none; ``fc`` is 6, 16 or 23."""
        return ILLEGAL_FUNCTION

    def mask_write(self, address, and_mask, or_mask):
        """Set a register to ``(value & and_mask) | (or_mask & ~and_mask)``."""
        return ILLEGAL_FUNCTION

    def read_bits(self, fc, address, count, out, at):
        """Put ``count`` packed bits at ``out[at:]``, filled up with 0 bits; ``fc`` is 1 or 2."""
        return ILLEGAL_FUNCTION

    def write_bits(self, fc, address, count, data, at):
        """Take ``count`` packed bits from ``data[at:]``, all or none; ``fc`` is 5 or 15."""
        return ILLEGAL_FUNCTION

    def read_file(self, file, record, count, out, at):
        """Put ``count`` registers of ``file`` from ``record``, big-endian, at ``out[at:]``."""
        return ILLEGAL_FUNCTION

    def write_file(self, file, record, count, data, at):
        """Take ``count`` registers of ``file`` from ``data[at:]``, all or none."""
        return ILLEGAL_FUNCTION

    def device_id(self, object_id):
        """Return the text (bytes) of an identification object, None for one that there isn't."""
        return None


class ArrayBank(Bank):
    """Holding and input registers, coils and discrete inputs in arrays, from address 0; for rigs, benches and tests."""

    def __init__(self, registers=256, bits=256):
        self.holding = array("H", [0] * registers)
        self.inputs = array("H", [0] * registers)
        self.coils = bytearray(bits)
        self.discretes = bytearray(bits)

    def read_registers(self, fc, address, count, out, at):
        """Read the input registers by function 4, else the holding registers."""
        regs = self.inputs if fc == 4 else self.holding
        return 0 if put_registers(regs, address, count, out, at) else ILLEGAL_ADDRESS

    def write_registers(self, fc, address, count, data, at):
        """Write holding registers."""
        return 0 if get_registers(data, at, count, self.holding, address) else ILLEGAL_ADDRESS

    def mask_write(self, address, and_mask, or_mask):
        """Change the masked bits of a holding register."""
        if address >= len(self.holding):
            return ILLEGAL_ADDRESS
        self.holding[address] = (self.holding[address] & and_mask) | (or_mask & ~and_mask & 0xFFFF)
        return 0

    def read_bits(self, fc, address, count, out, at):
        """Read the discrete inputs by function 2, else the coils."""
        bits = self.discretes if fc == 2 else self.coils
        return 0 if put_bits(bits, address, count, out, at) else ILLEGAL_ADDRESS

    def write_bits(self, fc, address, count, data, at):
        """Write coils."""
        return 0 if get_bits(data, at, count, self.coils, address) else ILLEGAL_ADDRESS

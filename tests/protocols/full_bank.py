"""A bank with everything: registers, bits, files and identification; portable, for the tests of both runtimes."""

from array import array

from protocols.modbus.bank import ArrayBank
from protocols.modbus.codes import DEVICE_BUSY, ILLEGAL_ADDRESS
from protocols.modbus.registers import get_registers, put_registers

IDENTITY = {0: b"District Edge", 1: b"parking_lane", 2: b"1.2", 0x80: b"lane 3"}


class FullBank(ArrayBank):
    def __init__(self, registers=1000, bits=3000, files=2, records=200, identity=IDENTITY):
        super().__init__(registers, bits)
        self.files = [array("H", [0] * records) for _ in range(files)]
        self.identity = identity
        self.busy = False

    def write_registers(self, fc, address, count, data, at):
        if self.busy:
            return DEVICE_BUSY
        return super().write_registers(fc, address, count, data, at)

    def read_file(self, file, record, count, out, at):
        if file > len(self.files):
            return ILLEGAL_ADDRESS
        return 0 if put_registers(self.files[file - 1], record, count, out, at) else ILLEGAL_ADDRESS

    def write_file(self, file, record, count, data, at):
        if file > len(self.files):
            return ILLEGAL_ADDRESS
        return 0 if get_registers(data, at, count, self.files[file - 1], record) else ILLEGAL_ADDRESS

    def device_id(self, object_id):
        return self.identity.get(object_id)

    def state(self):
        """Return all that a request could change, to compare."""
        parts = [bytes(self.holding), bytes(self.inputs), bytes(self.coils), bytes(self.discretes)]
        return parts + [bytes(file) for file in self.files]

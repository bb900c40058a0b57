"""A bank with everything: registers, bits, files and identification; portable, for the tests of both runtimes.

Annotated for the tests that only CPython runs; MicroPython passes annotations over.
"""

from array import array

from protocols.modbus.bank import ArrayBank
from protocols.modbus.registers import get_registers, put_registers

IDENTITY = {0: b"District Edge", 1: b"parking_lane", 2: b"1.2", 0x80: b"lane 3"}


class FullBank(ArrayBank):
    def __init__(
        self,
        registers: int = 1000,
        bits: int = 3000,
        files: int = 2,
        records: int = 200,
        identity: dict[int, bytes] = IDENTITY,
    ) -> None:
        ArrayBank.__init__(self, registers, bits)
        self.files = [array("H", [0] * records) for _ in range(files)]
        self.identity = identity
        self.busy = False

    def write_registers(self, fc: int, address: int, count: int, data: bytes, at: int) -> int:
        if self.busy:
            return 6  # device busy
        code: int = ArrayBank.write_registers(self, fc, address, count, data, at)
        return code

    def read_file(self, file: int, record: int, count: int, out: bytearray, at: int) -> int:
        if file > len(self.files):
            return 2  # illegal address
        there: bool = put_registers(self.files[file - 1], record, count, out, at)
        return 0 if there else 2

    def write_file(self, file: int, record: int, count: int, data: bytes, at: int) -> int:
        if file > len(self.files):
            return 2  # illegal address
        there: bool = get_registers(data, at, count, self.files[file - 1], record)
        return 0 if there else 2

    def device_id(self, object_id: int) -> bytes | None:
        return self.identity.get(object_id)

    def state(self) -> list[bytes]:
        """Return all that a request could change, to compare."""
        parts = [bytes(self.holding), bytes(self.inputs), bytes(self.coils), bytes(self.discretes)]
        return parts + [bytes(file) for file in self.files]

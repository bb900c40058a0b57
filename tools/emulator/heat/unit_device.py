"""A Modbus unit with a small map of its own: what heat pumps, heat meters and the data centre have in common."""

from __future__ import annotations

from protocols.modbus.bank import Bank
from protocols.modbus.codes import DEVICE_BUSY, DEVICE_FAILURE, ILLEGAL_ADDRESS

LATENCY_MS = 20.0
QUIRKS = ("dead", "busy", "failure", "latency_200ms", "latency_1s", "silent_ignore", "frozen")


class UnitDevice(Bank):
    """Registers in blocks: a read within one block is answered, and so is a write within `writable`.

    A kind of device fills `registers` in `refresh`, judges what is written in `judge` and acts on it in `take`. Quirks
    are switched by `turn`: ``frozen`` registers stand still, ``silent_ignore`` takes writes and does nothing.
    """

    POINTS: tuple[str, ...] = ()
    """Names of its bus inputs, without that of the device."""

    def __init__(self, blocks: tuple[range, ...], writable: range = range(0)) -> None:
        self.quirks: set[str] = set()
        self.registers: dict[int, int] = {at: 0 for block in blocks for at in block}
        self.reads = 0
        self.writes = 0
        self._blocks = blocks
        self._writable = writable

    def refresh(self) -> None:
        """Bring the registers up to date."""
        raise NotImplementedError

    def judge(self, values: dict[int, int]) -> int:
        """Return the exception code that writing these registers deserves, 0 for none."""
        return 0

    def take(self, values: dict[int, int]) -> None:
        """Act on registers that were written."""

    def points(self) -> tuple[int, ...]:
        """The bus inputs of the sheet that this device stands behind, in the order of its `POINTS`."""
        raise NotImplementedError

    # -- `tools.emulator.energy.station.Device` ---------------------------------------------------------------

    def turn(self, quirk: str, on: bool = True) -> None:
        """Switch a quirk. Raises ValueError for one that it doesn't have."""
        if quirk not in QUIRKS:
            raise ValueError(f"such a device can be {', '.join(QUIRKS)}, not {quirk!r}")
        (self.quirks.add if on else self.quirks.discard)(quirk)

    @property
    def answers(self) -> bool:
        """Whether it answers at all now."""
        return "dead" not in self.quirks

    def latency_ms(self) -> float:
        """How long it takes for the next answer."""
        return 1000.0 if "latency_1s" in self.quirks else 200.0 if "latency_200ms" in self.quirks else LATENCY_MS

    def step(self, dt: float) -> None:
        """Nothing counts down, unless a kind of device says so."""

    # -- `protocols.modbus.bank` ------------------------------------------------------------------------------

    def _refuses(self) -> int:
        if "busy" in self.quirks:
            return int(DEVICE_BUSY)
        return int(DEVICE_FAILURE) if "failure" in self.quirks else 0

    def put32(self, at: int, value: int) -> None:
        """Put an unsigned number into two registers, high word first."""
        self.registers[at] = value >> 16 & 0xFFFF
        self.registers[at + 1] = value & 0xFFFF

    def read_registers(self, fc: int, address: int, count: int, out: bytearray, at: int) -> int:
        """See `protocols.modbus.bank`."""
        code = self._refuses()
        if code:
            return code
        if not any(address in block and address + count <= block.stop for block in self._blocks):
            return int(ILLEGAL_ADDRESS)
        if "frozen" not in self.quirks:
            self.refresh()
        for number in range(count):
            value = self.registers[address + number]
            out[at + 2 * number] = value >> 8 & 0xFF
            out[at + 2 * number + 1] = value & 0xFF
        self.reads += 1
        return 0

    def write_registers(self, fc: int, address: int, count: int, data: bytes, at: int) -> int:
        """See `protocols.modbus.bank`."""
        code = self._refuses()
        if code:
            return code
        if address not in self._writable or address + count > self._writable.stop:
            return int(ILLEGAL_ADDRESS)
        values = {address + n: data[at + 2 * n] << 8 | data[at + 2 * n + 1] for n in range(count)}
        code = self.judge(values)
        if code:
            return code
        self.writes += 1
        if "silent_ignore" not in self.quirks:
            self.take(values)
        return 0

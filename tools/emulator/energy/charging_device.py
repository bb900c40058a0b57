"""The EV group controller as a Modbus unit with its own map (drivers/ev_group.py, docs/emulator-energy.md)."""

from __future__ import annotations

from array import array
from collections.abc import Callable

from drivers import ev_group as reg
from protocols.modbus.bank import Bank
from protocols.modbus.codes import DEVICE_BUSY, DEVICE_FAILURE, ILLEGAL_ADDRESS, ILLEGAL_VALUE
from tools.emulator.energy.charging import AC_POINTS, DC_POINTS, FALLBACK_A, FALLBACK_S, POINTS, VOLTS, ChargingGroup

SIZE = reg.POINT_I + POINTS
LATENCY_MS = 40.0
_WRITABLE = range(reg.HEARTBEAT, reg.HEARTBEAT + reg.WRITE_WORDS)
_HOLES = (range(0x07, 0x10), range(0x18, 0x20), range(0x36, 0x40))
QUIRKS = ("dead", "busy", "failure", "latency_200ms", "latency_1s", "silent_ignore", "frozen", "one_tcp_client")


class ChargingDevice(Bank):
    """Registers of the group."""

    def __init__(self, group: ChargingGroup, clock: Callable[[], float]) -> None:
        self.group = group
        self.quirks: set[str] = set()
        self.reads = 0
        self.writes = 0
        self._clock = clock
        self._registers = array("H", [0] * SIZE)
        self._beat = 0
        self._at_s = -1.0
        self.refresh()

    def turn(self, quirk: str, on: bool = True) -> None:
        """Switch a quirk. Raises ValueError for one that it doesn't have."""
        if quirk not in QUIRKS:
            raise ValueError(f"the charging group can be {', '.join(QUIRKS)}, not {quirk!r}")
        (self.quirks.add if on else self.quirks.discard)(quirk)

    @property
    def answers(self) -> bool:
        """Whether it answers at all now."""
        return "dead" not in self.quirks

    def latency_ms(self) -> float:
        """How long it takes for the next answer."""
        return 1000.0 if "latency_1s" in self.quirks else 200.0 if "latency_200ms" in self.quirks else LATENCY_MS

    def step(self, dt: float) -> None:
        """Nothing of its own counts down: the group knows how long it has heard nothing."""

    def refresh(self) -> None:
        """Bring the registers up to date."""
        if "frozen" in self.quirks:
            return
        group, registers = self.group, self._registers
        registers[reg.MAGIC] = reg.MAGIC_VALUE
        registers[reg.MAP_VERSION] = reg.VERSION_VALUE
        registers[reg.POINTS], registers[reg.AC_POINTS], registers[reg.DC_POINTS] = POINTS, AC_POINTS, DC_POINTS
        registers[reg.FALLBACK_SHARE] = round(FALLBACK_A * 10)
        registers[reg.FALLBACK_AFTER_S] = round(FALLBACK_S)
        registers[reg.HEARTBEAT] = self._beat
        registers[reg.SHARE] = round(group.share * 10)
        registers[reg.TOTAL_W] = round(group.w / 100)
        registers[reg.TOTAL_I] = round(group.w / 3 / VOLTS * 10)
        registers[reg.CONNECTED_COUNT] = len(group.cars)
        registers[reg.CHARGING_COUNT] = sum(car.w > 0 for car in group.cars.values())
        registers[reg.STATE] = reg.ST_OFF if group.off else reg.ST_FALLBACK if group.fallback else reg.ST_CONTROLLED
        registers[reg.SHARE_IN_FORCE] = round(group.share_in_force * 10)
        registers[reg.HEARTBEAT_AGE] = min(0xFFFF, int(group.silent_s * 10))
        registers[reg.ALARMS] = int(group.earth_fault)
        energy = int(group.served_wh / 100) & 0xFFFF_FFFF
        registers[reg.ENERGY], registers[reg.ENERGY + 1] = energy >> 16, energy & 0xFFFF
        words = ((reg.ENABLED, group.enabled), (reg.CONNECTED, group.connected), (reg.CHARGING, group.charging))
        for at, bits in words:
            for word in range(reg.BITMAP_WORDS):
                registers[at + word] = bits >> (16 * word) & 0xFFFF
        for point in range(POINTS):
            car = group.cars.get(point)
            phases = 1 if point < AC_POINTS else 3
            registers[reg.POINT_I + point] = round(car.w / phases / VOLTS * 10) if car is not None else 0

    def _refuses(self) -> int:
        if "busy" in self.quirks:
            return int(DEVICE_BUSY)
        return int(DEVICE_FAILURE) if "failure" in self.quirks else 0

    def read_registers(self, fc: int, address: int, count: int, out: bytearray, at: int) -> int:
        """See `protocols.modbus.bank`."""
        code = self._refuses()
        if code:
            return code
        if address + count > SIZE or any(address < hole.stop and address + count > hole.start for hole in _HOLES):
            return int(ILLEGAL_ADDRESS)
        if self._clock() != self._at_s:
            self._at_s = self._clock()
            self.refresh()
        for number, value in enumerate(self._registers[address : address + count]):
            out[at + 2 * number] = value >> 8
            out[at + 2 * number + 1] = value & 0xFF
        self.reads += 1
        return 0

    def write_registers(self, fc: int, address: int, count: int, data: bytes, at: int) -> int:
        """See `protocols.modbus.bank`."""
        code = self._refuses()
        if code:
            return code
        if address not in _WRITABLE or address + count - 1 not in _WRITABLE:
            return int(ILLEGAL_ADDRESS)
        values = {address + n: data[at + 2 * n] << 8 | data[at + 2 * n + 1] for n in range(count)}
        share = values.get(reg.SHARE, 0)
        if share and not reg.MIN_SHARE <= share <= reg.MAX_SHARE:
            return int(ILLEGAL_VALUE)
        self.writes += 1
        if "silent_ignore" not in self.quirks:
            self._take(values)
        return 0

    def _take(self, values: dict[int, int]) -> None:
        group = self.group
        if reg.HEARTBEAT in values and values[reg.HEARTBEAT] != self._beat:
            self._beat = values[reg.HEARTBEAT]
            group.heartbeat()
        if reg.SHARE in values:
            group.share = values[reg.SHARE] / 10.0
        for word in range(reg.BITMAP_WORDS):
            if reg.ENABLED + word in values:
                shift = 16 * word
                group.enabled = group.enabled & ~(0xFFFF << shift) | values[reg.ENABLED + word] << shift
        group.enabled &= (1 << POINTS) - 1
        self._at_s = -1.0

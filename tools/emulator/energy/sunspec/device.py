"""A SunSpec device as a Modbus bank: its registers, the rules for writing them, its quirks.

Reads see one consistent pass: registers are refreshed from the physics before they are read, at most every
`refresh_s`. Writes are checked as a whole before any of them is stored: a register that isn't there or can't be written
is exception 2, a value that its point can't have is 3; then every control that is concerned takes them up at once.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from protocols.modbus.bank import Bank
from protocols.modbus.codes import DEVICE_BUSY, DEVICE_FAILURE, ILLEGAL_ADDRESS, ILLEGAL_VALUE
from tools.emulator.energy.sunspec.definitions import NOT_IMPLEMENTED, SIGNED, Point
from tools.emulator.energy.sunspec.image import Image, Model, Value
from tools.emulator.energy.sunspec.quirks import CHAIN, LIES, QUIRKS, VENDOR_LENGTH, VENDOR_MODEL

Chain = list[tuple[int, dict[str, int]]]
Clock = Callable[[], float]
RESTART_S = 3.0
"""A device that restarts does not answer for this long."""


class Control:
    """One control of a device: takes up written points, follows the time."""

    def written(self, names: set[str]) -> None:
        """Points of its model have been written."""

    def step(self, dt: float) -> None:
        """Go on by `dt` seconds."""


class SunSpecDevice(Bank):
    """What all devices share. `clock` gives seconds; it only has to go forward."""

    MANUFACTURER = "Qicai Emulation"
    MODEL = "device"
    LATENCY_MS = (20, 60)
    REFRESH_S = 0.5

    def __init__(self, clock: Clock, serial: str, *, base: int = 40_000, seed: int = 1) -> None:
        self.serial = serial
        self.quirks: set[str] = set()
        self.address = 1
        """DA of model 1: the unit's address on its line."""
        self.reads = 0
        self.writes = 0
        self.log: list[tuple[float, int, str, int]] | None = None
        """Set to a list to record what is written: (clock, model, point, register value)."""
        self.read_log: list[tuple[float, int, int]] | None = None
        """Set to a list to record what is read: (clock, address, registers)."""
        self.image: Image
        self.rng = Random(seed)
        self._base = base
        self._clock = clock
        self._refreshed_s = -1e9
        self._silent_until = -1e9
        self._controls: dict[int, list[Control]] = {}
        self.build()

    # -- for devices -----------------------------------------------------------------------------------------

    def chain(self) -> Chain:
        """Models behind model 1, with the counts of their repeated groups."""
        raise NotImplementedError

    def prepare(self) -> None:
        """Fill a new image with ratings and settings, and put the controls on it (`control`)."""
        raise NotImplementedError

    def measure(self) -> None:
        """Bring the measurements to the physics of now."""
        raise NotImplementedError

    def control(self, model: int, control: Control) -> None:
        """Let `control` take up what is written to `model`."""
        self._controls.setdefault(model, []).append(control)

    def fill(self, number: int, values: dict[str, Value]) -> None:
        """Set measurements of a model, if the device has it; they are lost with the quirk ``nan``."""
        if number in self.image:
            model = self.image[number]
            if "nan" in self.quirks:
                values = {name: None if not _keeps(model.points[name]) else value for name, value in values.items()}
            model.update(values)

    # -- life ------------------------------------------------------------------------------------------------

    def build(self) -> None:
        """(Re)build the registers, as a restart does: settings are at their defaults again."""
        base = 0 if "base_0" in self.quirks else 50_000 if "base_50000" in self.quirks else self._base
        chain: Chain = [] if "no_common" in self.quirks else [(1, {})]
        chain += self.chain()
        if "unknown_model" in self.quirks:
            chain.insert(min(2, len(chain)), (VENDOR_MODEL, {"length": VENDOR_LENGTH}))
        self.image = Image(base, chain)
        self._controls = {}
        if 1 in self.image:
            values: dict[str, Value] = {
                "Mn": self.MANUFACTURER, "Md": self.MODEL, "Opt": "", "Vr": "1.0.0", "SN": self.serial,
                "DA": self.address,
            }  # fmt: skip
            self.image[1].update(values)
        self.prepare()
        self._refreshed_s = -1e9

    def turn(self, quirk: str, on: bool = True) -> None:
        """Switch a quirk. Those of chain, models and scale factors take effect with a restart, which it makes.

        Raises ValueError for a quirk that doesn't exist.
        """
        if quirk not in QUIRKS:
            raise ValueError(f"a SunSpec device can be {', '.join(QUIRKS)}, not {quirk!r}")
        (self.quirks.add if on else self.quirks.discard)(quirk)
        if quirk in CHAIN or quirk in ("no704", "sf_change"):
            self.build()
            self._silent_until = self._clock() + RESTART_S

    @property
    def answers(self) -> bool:
        """Whether it answers at all now."""
        return "dead" not in self.quirks and self._clock() >= self._silent_until

    def latency_ms(self) -> float:
        """How long it takes for the next answer."""
        if "latency_1s" in self.quirks:
            return 1000.0
        if "latency_200ms" in self.quirks:
            return 200.0
        return self.rng.uniform(*self.LATENCY_MS)

    def step(self, dt: float) -> None:
        """Let `dt` seconds pass for countdowns and ramps."""
        for controls in self._controls.values():
            for control in controls:
                control.step(dt)

    def refresh(self) -> None:
        """Bring the registers up to date now."""
        self._refreshed_s = self._clock()
        if "frozen" not in self.quirks:
            self.measure()

    # -- Modbus ----------------------------------------------------------------------------------------------

    def _refuses(self) -> int:
        if "busy" in self.quirks:
            return int(DEVICE_BUSY)
        return int(DEVICE_FAILURE) if "failure" in self.quirks else 0

    def read_registers(self, fc: int, address: int, count: int, out: bytearray, at: int) -> int:
        """See `protocols.modbus.bank`."""
        code = self._refuses()
        if code:
            return code
        if self._clock() - self._refreshed_s >= self.REFRESH_S - 1e-9:
            self.refresh()
        data = bytearray(self.image.bytes())
        for lie, tell in LIES.items():
            if lie in self.quirks:
                tell(self.image, data)
        first = 2 * (address - self.image.base)
        if first < 0 or first + 2 * count > len(data):
            return int(ILLEGAL_ADDRESS)
        out[at : at + 2 * count] = data[first : first + 2 * count]
        self.reads += 1
        if self.read_log is not None:
            self.read_log.append((self._clock(), address, count))
        return 0

    def write_registers(self, fc: int, address: int, count: int, data: bytes, at: int) -> int:
        """See `protocols.modbus.bank`."""
        code = self._refuses()
        if code:
            return code
        values: list[tuple[Model, Point, int]] = []
        covered = 0
        for model, point in self.image.touched(address, count):
            begins = model.address + point.at - address
            if begins < 0 or begins + point.size > count:
                return int(ILLEGAL_VALUE)  # half a point
            first = at + 2 * begins
            raw = int.from_bytes(data[first : first + 2 * point.size], "big", signed=point.type in SIGNED)
            code = self._check(model, point, raw)
            if code:
                return code
            values.append((model, point, raw))
            covered += point.size
        if covered < count:
            return int(ILLEGAL_ADDRESS)
        self.writes += 1
        if self.log is not None:
            self.log += [(self._clock(), model.number, point.name, raw) for model, point, raw in values]
        if "silent_ignore" not in self.quirks:
            self._store(values)
        return 0

    def _check(self, model: Model, point: Point, raw: int) -> int:
        if not point.writable or not _implemented(model, point):
            return int(ILLEGAL_ADDRESS)
        if point.symbols and raw not in point.symbols:
            return int(ILLEGAL_VALUE)
        allowed = self.allowed(model.number, point.name)
        if allowed is None:
            return 0
        value = raw * 10.0 ** model.factor(point)
        return 0 if allowed[0] <= value <= allowed[1] else int(ILLEGAL_VALUE)

    def allowed(self, model: int, name: str) -> tuple[float, float] | None:
        """Smallest and largest value that may be written to a point, in engineering units; None: any."""
        return (0.0, 100.0) if name in ("WMaxLimPct", "WMaxLimPctRvrt") else None

    def _store(self, values: list[tuple[Model, Point, int]]) -> None:
        named: dict[int, set[str]] = {}
        for model, point, raw in values:
            if "reversion_60s" in self.quirks and point.name.endswith("RvrtTms"):
                raw = 60
            model.set_raw(point.name, raw)
            named.setdefault(model.number, set()).add(point.name)
        for number, names in named.items():
            for control in self._controls.get(number, ()):
                control.written(names)


def _implemented(model: Model, point: Point) -> bool:
    """Whether the device has a point: one that was never given a value holds "not implemented"."""
    absent = NOT_IMPLEMENTED.get(point.type, 0)
    return not absent or model.raw(point.name) & ((1 << (16 * point.size)) - 1) != absent


def _keeps(point: Point) -> bool:
    """States, events and scale factors are there even where the measurements aren't."""
    return point.type in ("sunssf", "string", "count") or point.type.startswith(("enum", "bitfield"))

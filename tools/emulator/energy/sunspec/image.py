"""The registers of a SunSpec device: models chained behind "SunS", values by name in engineering units."""

from __future__ import annotations

import math
import struct
from collections.abc import Iterator, Mapping

from tools.emulator.energy.sunspec.definitions import NOT_IMPLEMENTED, SIGNED, Point, points_of

MARK = b"SunS"
END = 0xFFFF
VENDOR = 64_000
"""From this number on models are makers' own."""
_FLOATS = {"float32": ">f", "float64": ">d"}

Value = float | int | str | None


class Model:
    """One model in an image. `address` is that of its ID register."""

    def __init__(self, number: int, address: int, counts: Mapping[str, int]) -> None:
        self.number = number
        self.address = address
        self.points = points_of(number, counts)
        self.length = sum(point.size for point in self.points.values()) - 2
        self.data = bytearray(2 * (self.length + 2))
        for point in self.points.values():
            self._put(point, NOT_IMPLEMENTED.get(point.type, 0))
        self._put(self.points["ID"], number)
        self._put(self.points["L"], self.length)

    # -- raw values ------------------------------------------------------------------------------------------

    def _put(self, point: Point, raw: int) -> None:
        size = 2 * point.size
        at = 2 * point.at
        if point.type in ("string", "ipv6addr"):
            raw = 0
        self.data[at : at + size] = (raw & ((1 << (8 * size)) - 1)).to_bytes(size, "big")

    def raw(self, name: str) -> int:
        """Register value of a point; signed types are signed. Raises KeyError for a point that the model lacks."""
        point = self.points[name]
        at = 2 * point.at
        return int.from_bytes(self.data[at : at + 2 * point.size], "big", signed=point.type in SIGNED)

    def set_raw(self, name: str, raw: int) -> None:
        """Store a register value as it is."""
        self._put(self.points[name], raw)

    # -- engineering units -----------------------------------------------------------------------------------

    def factor(self, point: Point) -> int:
        """Power of ten of a point, 0 without a scale factor."""
        if point.sf is None:
            return 0
        if isinstance(point.sf, int):
            return point.sf
        name = self._factor_name(point)
        raw = self.raw(name)
        return 0 if raw == -0x8000 else raw

    def _factor_name(self, point: Point) -> str:
        """A scale factor stands in the point's own group or in one that holds it."""
        name = str(point.sf)
        prefix = point.name
        while "." in prefix:
            prefix = prefix.rpartition(".")[0]
            if f"{prefix}.{name}" in self.points:
                return f"{prefix}.{name}"
        return name

    def set(self, name: str, value: Value) -> None:
        """Set a point in engineering units; None is "not implemented". Values beyond the register's range saturate.

        Accumulators wrap, as meters do.
        """
        point = self.points[name]
        kind = point.type
        if isinstance(value, str):  # at most the point's size, filled up with zeros
            data = value.encode()[: 2 * point.size]
            self.data[2 * point.at : 2 * (point.at + point.size)] = data.ljust(2 * point.size, b"\0")
        elif value is None or (isinstance(value, float) and math.isnan(value)):
            self._put(point, NOT_IMPLEMENTED.get(kind, 0))
        elif kind in _FLOATS:
            struct.pack_into(_FLOATS[kind], self.data, 2 * point.at, value)
        else:
            self._put(point, _fit(point, round(value / 10 ** self.factor(point))))

    def get(self, name: str) -> float | None:
        """Return a point in engineering units, None when it holds "not implemented"."""
        point = self.points[name]
        if point.type in _FLOATS:
            (number,) = struct.unpack_from(_FLOATS[point.type], self.data, 2 * point.at)
            return None if math.isnan(number) else float(number)
        raw = self.raw(name)
        if raw & ((1 << (16 * point.size)) - 1) == NOT_IMPLEMENTED.get(point.type):
            return None
        return float(raw * 10.0 ** self.factor(point))

    def update(self, values: Mapping[str, Value]) -> None:
        """Set several points; scale factors first."""
        for scaled in (False, True):
            for name, value in values.items():
                if (self.points[name].type != "sunssf") == scaled:
                    self.set(name, value)


def _fit(point: Point, raw: int) -> int:
    bits = 16 * point.size
    if point.type.startswith("acc"):
        return raw & ((1 << bits) - 1)
    if point.type in SIGNED:
        top = (1 << (bits - 1)) - 1
        return max(-top, min(top, raw))
    return max(0, min((1 << bits) - 2, raw))


class VendorModel(Model):
    """A maker's own model: its registers mean nothing to anybody else."""

    def __init__(self, number: int, address: int, length: int) -> None:
        self.number = number
        self.address = address
        self.length = length
        self.points = {}
        self.data = bytearray(struct.pack(">HH", number, length)) + bytes(range(1, 256))[: 2 * length]


class Image:
    """Models from `base` on. A model may stand in the chain once."""

    def __init__(self, base: int, chain: list[tuple[int, dict[str, int]]]) -> None:
        self.base = base
        self.models: dict[int, Model] = {}
        at = base + 2
        for number, counts in chain:
            model = Model(number, at, counts) if number < VENDOR else VendorModel(number, at, counts["length"])
            self.models[number] = model
            at += model.length + 2
        self.end = at
        """Address of the end marker's ID."""

    def __getitem__(self, number: int) -> Model:
        return self.models[number]

    def __contains__(self, number: int) -> bool:
        return number in self.models

    def bytes(self) -> bytes:
        """The registers from `base` to the end marker's length, big-endian."""
        parts = [MARK, *(bytes(model.data) for model in self.models.values()), END.to_bytes(2, "big"), b"\0\0"]
        return b"".join(parts)

    def touched(self, address: int, count: int) -> Iterator[tuple[Model, Point]]:
        """Points that the registers from `address` belong to, in their order; nothing for "SunS" and the end."""
        for model in self.models.values():
            if address < model.address + model.length + 2 and address + count > model.address:
                for point in model.points.values():
                    at = model.address + point.at
                    if at < address + count and at + point.size > address:
                        yield model, point

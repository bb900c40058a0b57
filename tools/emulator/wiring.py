"""Terminals: a program's table on one side, a plant's signals by name on the other, frames of the I/O link between.

Everything is looked up by point attribute when the board is wired; a scan only walks tuples. A point that the plant
doesn't know is an error at once, not a zero for ever.
"""

from __future__ import annotations

import struct
from typing import Any

from protocols import iolink, layout
from tools.emulator import pt1000
from tools.emulator.faults import ContactFault, Fault, OutputFault, ValueFault, electrical
from tools.emulator.plant import Plant, SharedPlant, Signals

MASK = 0x3FFFFFFF
_HEAD = struct.Struct("<BHBII")
_TAIL = struct.Struct("<HI")
_STEP = struct.Struct("<BI")
_LENGTH = struct.Struct("<H")


class WiringError(ValueError):
    """Table and plant don't fit."""


class Wiring:
    """Connects one board's table with one plant."""

    def __init__(self, table: Any, plant: Plant) -> None:
        self.table = table
        self.plant = plant
        self.shape = iolink.shape_of(table)
        self._tell = plant.drive if isinstance(plant, SharedPlant) else None
        self.outputs: Signals = {row[0]: 0 for row in (*table.DO, *table.AO)}
        inputs = plant.inputs()
        wired = table.BI[: self.shape.bi]
        missing = [row[0] for row in (*table.DI, *table.AI, *wired) if row[0] not in inputs]
        if missing:
            raise WiringError(f"{table.PROGRAM}: the plant has no {', '.join(missing)}")
        self._di = tuple((row[0], row[2], 1 << i) for i, row in enumerate(table.DI))
        self._di_bytes = 2 * self.shape.di_words
        self._di_all = ((1 << len(table.DI)) - 1).to_bytes(self._di_bytes, "little")
        self._ai = tuple((row[0], *_line(row)) for row in table.AI)
        self._platinum = tuple((i, row[0]) for i, row in enumerate(table.AI) if row[4] == layout.SIG_PT1000)
        self._bi = tuple(row[0] for row in wired)
        self._values = struct.Struct(f"<{len(table.AI) + len(wired)}i")
        self._out = struct.Struct(f"<{self.shape.do_words}H{len(table.AO)}h")
        self._do_names = tuple(row[0] for row in table.DO)
        self._ao_names = tuple(row[0] for row in table.AO)
        self._length = 9 + 2 * self._di_bytes + self._values.size
        self._encoded: Signals = {}
        self._body = b""
        self._last_out: tuple[int, ...] = ()
        self._in_faults: dict[int, Fault] = {}
        self._out_faults: dict[str, OutputFault] = {}
        self.commanded: Signals = dict(self.outputs)
        """What the board asks for; `outputs` is what its relays make of it."""

    # -- frames ----------------------------------------------------------------------------------------------

    def world_frame(self, now_us: int, rx: bytes, rx_end_us: int, field: bytes = b"", field_end_us: int = 0) -> bytes:
        """Encode a WORLD frame with all inputs sampled now; `field` is what came on the board's own line."""
        flags = iolink.WORLD_INPUTS
        tail = _TAIL.pack(len(rx), rx_end_us & MASK) + rx
        if field:
            flags |= iolink.WORLD_FIELD
            tail += _TAIL.pack(len(field), field_end_us & MASK) + field
        inputs = self.plant.inputs()
        if self._in_faults or inputs != self._encoded:
            self._encode(inputs, now_us)
        return b"".join(
            (
                _HEAD.pack(iolink.WORLD, self._length + len(tail), flags, now_us // 1000 & MASK, now_us & MASK),
                self._body,
                tail,
            )
        )

    def _encode(self, inputs: Signals, now_us: int) -> None:
        """Make the inputs' part of a frame; it is used again while nothing changes."""
        levels = 0
        for attr, closed, bit in self._di:
            if inputs[attr] != closed:
                levels |= bit
        samples = [(inputs[attr] * gain + 0x8000 >> 16) + zero for attr, gain, zero in self._ai]
        for i, attr in self._platinum:
            samples[i] = pt1000.sample(inputs[attr])
        samples += [inputs[attr] for attr in self._bi]
        fresh = self._di_all
        if self._in_faults:
            levels, fresh = self._faulty(levels, samples, now_us // 1000)
            self._encoded = {}
        else:
            self._encoded = inputs.copy()
        self._body = levels.to_bytes(self._di_bytes, "little") + fresh + self._values.pack(*samples)

    def _faulty(self, levels: int, samples: list[int], now_ms: int) -> tuple[int, bytes]:
        contacts = len(self._di)
        fresh = (1 << contacts) - 1
        for channel, fault in self._in_faults.items():
            if channel >= contacts:
                samples[channel - contacts] = fault.apply(samples[channel - contacts], now_ms)
                continue
            level = fault.apply(levels >> channel & 1, now_ms)
            if level < 0:
                fresh &= ~(1 << channel)
            elif level:
                levels |= 1 << channel
            else:
                levels &= ~(1 << channel)
        return levels, fresh.to_bytes(self._di_bytes, "little")

    def take_step(self, frame: memoryview) -> tuple[int, int, bytes, bytes]:
        """Decode a STEP frame; outputs go to the plant.

        Returns (flags, wake tick in µs, serial bytes sent, bytes sent on the field line).

        Raises WiringError for a malformed frame.
        """
        flags, wake = _STEP.unpack_from(frame, iolink.HEADER)
        at = iolink.HEADER + 5
        if flags & iolink.STEP_OUTPUTS:
            values = self._out.unpack_from(frame, at)
            at += self._out.size
            if values != self._last_out:
                self._last_out = values
                self._drive(values)
        (n,) = _LENGTH.unpack_from(frame, at)
        end = at + 2 + n
        field = b""
        if flags & iolink.STEP_FIELD:
            field = bytes(frame[end + 2 :])
            end += 2 + _LENGTH.unpack_from(frame, end)[0]
        if end != len(frame):
            raise WiringError(f"{self.table.PROGRAM}: STEP of {len(frame)} bytes has no such shape")
        return flags, wake, bytes(frame[at + 2 : at + 2 + n]) if n else b"", field

    def _drive(self, values: tuple[int, ...]) -> None:
        words = self.shape.do_words
        commanded = self.commanded
        for i, name in enumerate(self._do_names):
            commanded[name] = values[i >> 4] >> (i & 15) & 1
        for i, name in enumerate(self._ao_names):
            commanded[name] = values[words + i]
        self._relays()

    def _relays(self) -> None:
        self.outputs.update(self.commanded)
        for name, fault in self._out_faults.items():
            self.outputs[name] = fault.apply(self.outputs[name], 0)
        if self._tell is not None:
            self._tell(self.outputs)

    def de_energise(self) -> None:
        """All outputs off: no power, or the board is in reset."""
        self._last_out = ()
        for name in self.commanded:
            self.commanded[name] = 0
        self._relays()

    # -- faults ----------------------------------------------------------------------------------------------

    def fault(self, point: str, kind: str, value: int = 0, seed: int = 1) -> None:
        """Put a fault on a point ("PE1", "LB.P", "YC"); kind "" removes it. ValueError: no such thing."""
        attr = point.replace(".", "_")
        if attr in self.outputs:
            self._out_faults.pop(attr, None)
            if kind:
                self._out_faults[attr] = OutputFault(point, kind)
            self._relays()
            return
        channel = self._channel(attr, point)
        self._in_faults.pop(channel, None)
        if kind:
            self._in_faults[channel] = self._make(channel, point, kind, value, seed)

    def _channel(self, attr: str, point: str) -> int:
        table = self.table
        for channel, row in enumerate((*table.DI, *table.AI, *table.BI[: self.shape.bi])):
            if row[0] == attr:
                return channel
        raise ValueError(f"{table.PROGRAM} has no point {point!r}")

    def _make(self, channel: int, point: str, kind: str, value: int, seed: int) -> Fault:
        table = self.table
        contacts = len(table.DI)
        if channel < contacts:
            return ContactFault(point, kind, value, normally_closed=bool(table.DI[channel][2]), seed=seed)
        if channel < contacts + len(table.AI):
            row = table.AI[channel - contacts]
            return ValueFault(point, kind, value, signal=row[4], span=(row[2], row[3]), seed=seed)
        return ValueFault(point, kind, value, signal=layout.SIG_SCALED, span=(0, 1), seed=seed)


def _line(row: tuple[Any, ...]) -> tuple[int, int]:
    """Gain (16 fraction bits) and zero of a measurement's electrical line; rounds to the nearest unit.

    A PT1000 has a curve instead (`tools.emulator.pt1000`).
    """
    _attr, _reg, lo, hi, signal = row[:5]
    if signal == layout.SIG_PT1000:
        return 0, 0
    zero = electrical(0, signal, (lo, hi))
    if signal == layout.SIG_4_20MA:
        return 16000 * 65536 // (hi - lo), zero
    if signal == layout.SIG_0_10V:
        return 10000 * 65536 // (hi - lo), zero
    return 65536, zero

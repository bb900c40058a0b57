"""Faults of a point between field device and board terminal: by name, on any point, timed by the world.

A contact ("DI") can be ``stuck`` (as it is now), ``stuck_clear`` / ``stuck_set`` (its condition never / always
holds), ``open`` (wire cut), ``short``, ``invert``, ``noise`` (chatter with probability `value` %, default 30),
``stale`` (no sample at all), ``delay`` (by `value` ms). A measurement can be ``stuck`` (frozen), ``value`` (reads
`value` in its scale), ``open``, ``short``, ``offset`` (plus `value`), ``drift`` (`value` a second), ``noise``
(amplitude `value`), ``stale``, ``delay``. An output can be ``stuck_off`` or ``stuck_on`` (its relay).
"""

from __future__ import annotations

from collections import deque
from random import Random

from protocols import layout
from tools.emulator import pt1000

CONTACT_FAULTS = ("stuck", "stuck_clear", "stuck_set", "open", "short", "invert", "noise", "stale", "delay")
VALUE_FAULTS = ("stuck", "value", "open", "short", "offset", "drift", "noise", "stale", "delay")
OUTPUT_FAULTS = ("stuck_off", "stuck_on")

NO_SAMPLE: int = layout.NO_SAMPLE
_OPEN = {
    layout.SIG_4_20MA: 0,
    layout.SIG_0_10V: 0,
    layout.SIG_OHM: 1_000_000,
    layout.SIG_PT1000: 1_000_000,
    layout.SIG_SCALED: NO_SAMPLE,
}
_SHORT = {
    layout.SIG_4_20MA: 25_000,
    layout.SIG_0_10V: 0,
    layout.SIG_OHM: 0,
    layout.SIG_PT1000: 0,
    layout.SIG_SCALED: NO_SAMPLE,
}


class Fault:
    """One fault on one channel. `apply` sees the true sample and returns what the terminal shows."""

    def __init__(self, point: str, kind: str, value: int = 0) -> None:
        self.point = point
        self.kind = kind
        self.value = value

    def apply(self, sample: int, now_ms: int) -> int:
        """Return the faulty sample for the true `sample` at world time `now_ms`."""
        raise NotImplementedError


class ContactFault(Fault):
    """A fault of a contact; samples are contact levels, 1 = closed."""

    def __init__(self, point: str, kind: str, value: int, *, normally_closed: bool, seed: int) -> None:
        if kind not in CONTACT_FAULTS:
            raise ValueError(f"contact {point} can be {', '.join(CONTACT_FAULTS)}, not {kind!r}")
        super().__init__(point, kind, value)
        self._held: int | None = None
        self._past: deque[tuple[int, int]] = deque()
        self._rng = Random(seed)
        fixed = {"open": 0, "short": 1, "stale": NO_SAMPLE}
        fixed["stuck_clear"] = 1 if normally_closed else 0
        fixed["stuck_set"] = 1 - fixed["stuck_clear"]
        self._fixed = fixed.get(kind)

    def apply(self, sample: int, now_ms: int) -> int:
        """See `Fault.apply`."""
        if self._fixed is not None:
            return self._fixed
        if self.kind == "stuck":
            if self._held is None:
                self._held = sample
            return self._held
        if self.kind == "invert":
            return 1 - sample
        if self.kind == "noise":
            return 1 - sample if self._rng.random() * 100.0 < (self.value or 30) else sample
        return _delayed(self._past, sample, now_ms, self.value)


class ValueFault(Fault):
    """A fault of a measurement or bus value; samples are in the channel's electrical unit (see `electrical`)."""

    def __init__(self, point: str, kind: str, value: int, *, signal: int, span: tuple[int, int], seed: int) -> None:
        if kind not in VALUE_FAULTS:
            raise ValueError(f"measurement {point} can be {', '.join(VALUE_FAULTS)}, not {kind!r}")
        super().__init__(point, kind, value)
        self._held: int | None = None
        self._since: int | None = None
        self._past: deque[tuple[int, int]] = deque()
        self._rng = Random(seed)
        self._zero = electrical(0, signal, span)
        self._amount = electrical(value, signal, span) - self._zero
        fixed = {"stale": NO_SAMPLE, "open": _OPEN[signal], "short": _SHORT[signal]}
        fixed["value"] = electrical(value, signal, span)
        self._fixed = fixed.get(kind)

    def apply(self, sample: int, now_ms: int) -> int:
        """See `Fault.apply`."""
        if self._fixed is not None:
            return self._fixed
        if self.kind == "stuck":
            if self._held is None:
                self._held = sample
            return self._held
        if self.kind == "offset":
            return sample + self._amount
        if self.kind == "drift":
            if self._since is None:
                self._since = now_ms
            return sample + self._amount * (now_ms - self._since) // 1000
        if self.kind == "noise":
            return sample + self._rng.randint(-abs(self._amount), abs(self._amount))
        return _delayed(self._past, sample, now_ms, self.value)


class OutputFault(Fault):
    """A relay that doesn't follow its output."""

    def __init__(self, point: str, kind: str) -> None:
        if kind not in OUTPUT_FAULTS:
            raise ValueError(f"output {point} can be {', '.join(OUTPUT_FAULTS)}, not {kind!r}")
        super().__init__(point, kind)

    def apply(self, sample: int, now_ms: int) -> int:
        """See `Fault.apply`."""
        return 1 if self.kind == "stuck_on" else 0


def electrical(value: int, signal: int, span: tuple[int, int]) -> int:
    """Turn a scaled value into what the terminal carries: µA for 4-20 mA, mV for 0-10 V, 0.01 Ω for a PT1000, else the
    value itself."""
    lo, hi = span
    if signal == layout.SIG_4_20MA:
        return 4000 + (value - lo) * 16000 // (hi - lo)
    if signal == layout.SIG_0_10V:
        return (value - lo) * 10000 // (hi - lo)
    if signal == layout.SIG_PT1000:
        return pt1000.sample(value)
    return value


def _delayed(past: deque[tuple[int, int]], sample: int, now_ms: int, delay_ms: int) -> int:
    past.append((now_ms, sample))
    while len(past) > 1 and past[1][0] <= now_ms - delay_ms:
        past.popleft()
    return past[0][1]

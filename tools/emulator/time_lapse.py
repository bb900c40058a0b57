"""A board's program in a time-lapse: the sheet with a longer scan, its field devices at the terminals.

Heat moves in minutes and hours. A scan of 100 ms, and seven devices that are asked each second, let a day take half an
hour; in a time-lapse the same program is scanned once a second, and what its devices say and are told goes over the
board's link with the other signals. So inputs, causes, timers, state machine and loops are the real ones, and
what is left out is the field line, which has its own tests at full speed.
"""

from __future__ import annotations

from typing import Any

from protocols.sheets import load
from protocols.sheets.model import AO, BI, BO, DI, Sheet


def sheet_of(program: str, lapse_ms: int = 0) -> Any:
    """Sheet of a program, as it stands or in a time-lapse with scans of `lapse_ms`."""
    sheet = load(program)
    return time_lapse(sheet, lapse_ms) if lapse_ms else sheet


def time_lapse(sheet: Any, scan_ms: int) -> Any:
    """Return `sheet` with a scan of `scan_ms`, its bus inputs without a line, its bus outputs as set values.

    Contacts that are debounced for less than a scan are believed at once: their pulses would be missed. A watchdog of
    2 s bounds `scan_ms`.
    """
    points = tuple(_at_terminals(point, scan_ms) for point in sheet.points)
    return Sheet(**{**vars(sheet), "scan_ms": scan_ms, "points": points})


def _at_terminals(point: Any, scan_ms: int) -> Any:
    if isinstance(point, DI):
        on_ms, off_ms = (0 if ms < scan_ms else ms for ms in (point.on_ms, point.off_ms))
        return DI(point.name, point.meaning, point.bit, point.nc, on_ms, off_ms, point.stale_ms, point.period_ms)
    if isinstance(point, BI) and point.reg is not None:
        return BI(point.name, point.meaning, point.stale_ms)
    if isinstance(point, BO):
        return AO(point.name, point.meaning, point.reg, point.unit, point.scale, point.lo, point.hi, point.safe)
    return point

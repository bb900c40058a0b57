"""Faults and events of the energy plant, by name.

==========  ===========================================================================================================
INV1..6     ground_fault, arc, over_temperature; every quirk of `sunspec.quirks`
PCS         over_temperature, ground_fault; every quirk
BAT         contactor, hot, cold, cell_high, cell_low, heartbeat, no_cooling
GM          frozen (readings stand while it counts on); every quirk but frozen
EV          earth_fault, off, surge (60 cars at once); dead, busy, failure, latency_200ms, latency_1s, silent_ignore
MET         every quirk
GRID        lost, low (0.8 per unit), high (1.12 per unit), flicker (gone for 2 s in every 20 s)
QG          stuck_closed, stuck_open, no_feedback
RSD         stuck (the shutdown's switches don't open)
SKY         cloud (200 W/m2 within 5 s), bright (900 W/m2 within 5 s)
LOAD        loss (250 kW of base load gone at once), high (300 kW more)
LINE        corrupt, drop (30 % of the answers), noise (30 % of all bursts are damaged, both ways), delay (20 ms), mute
==========  ===========================================================================================================

Kind "" ends everything that was begun for that device, and resets what an inverter or the converter has latched.
"""

from __future__ import annotations

from tools.emulator.energy import battery, converter, grid, inverter
from tools.emulator.energy.district import District
from tools.emulator.energy.field import UNITS, Field
from tools.emulator.serial_line import SerialLine

SURGE_CARS = 60
CLOUD_WM2 = 200.0
BRIGHT_WM2 = 900.0
CLOUD_S = 5.0
LOSS_W = -250_000.0
HIGH_W = 300_000.0
LINE_CHANCE = 0.3
LINE_DELAY_US = 20_000
FLICKER_S = (20.0, 2.0)
LEVELS = {"low": 0.8, "high": 1.12}


def fail(district: District, field: Field, line: SerialLine | None, device: str, kind: str) -> None:
    """Start `kind` at a device, or end all of it with "". Raises ValueError for what doesn't exist."""
    if device in field.devices:
        _device(district, field, device, kind)
    elif device == "BAT":
        _known(device, kind, battery.FAULTS)
        if kind:
            district.battery.faults.add(kind)
        else:
            district.battery.faults.clear()
    elif device == "QG":
        _known(device, kind, grid.FAULTS)
        district.breaker.fault = kind
    elif device == "RSD":
        _known(device, kind, ("stuck",))
        for each in district.inverters:
            each.array.broken = bool(kind)
    elif device == "GRID":
        _known(device, kind, ("lost", "low", "high", "flicker"))
        district.network.there = kind != "lost"
        district.network.level = LEVELS.get(kind, 1.0)
        district.network.flicker = FLICKER_S if kind == "flicker" else None
    elif device == "SKY":
        _sky(district, kind)
    elif device == "LOAD":
        _known(device, kind, ("loss", "high"))
        district.loads.extra_w = {"loss": LOSS_W, "high": HIGH_W, "": 0.0}[kind]
    elif device == "LINE" and line is not None:
        _line(line, kind)
    else:
        raise ValueError(f"the energy plant has no device {device!r} that can fail by itself")


def _line(line: SerialLine, kind: str) -> None:
    _known("LINE", kind, ("corrupt", "drop", "noise", "delay", "mute"))
    line.mend()
    if kind == "noise":
        line.fault("corrupt", chance=LINE_CHANCE)
    elif kind in ("mute", "delay"):
        line.fault(kind, amount=LINE_DELAY_US)
    elif kind:
        for name in UNITS:
            line.fault(kind, name, LINE_CHANCE)


def _known(device: str, kind: str, kinds: tuple[str, ...]) -> None:
    if kind and kind not in kinds:
        raise ValueError(f"{device} can be {', '.join(kinds)}, not {kind!r}")


def _sky(district: District, kind: str) -> None:
    _known("SKY", kind, ("cloud", "bright"))
    if kind:
        district.weather.cloud(CLOUD_WM2 if kind == "cloud" else BRIGHT_WM2, CLOUD_S)
    else:
        district.weather.clear()


def _device(district: District, field: Field, name: str, kind: str) -> None:
    if not kind:
        _mend(district, field, name)
    elif name.startswith("INV") and kind in inverter.FAULTS:
        district.inverters[int(name[3:]) - 1].fault = kind
    elif name == "PCS" and kind in converter.FAULTS:
        district.converter.fault = kind
    elif name == "GM" and kind == "frozen":
        district.meter.fault = kind
    elif name == "EV" and kind in ("earth_fault", "off", "surge"):
        group = district.charging
        if kind == "surge":
            group.surge(district.now_s, SURGE_CARS)
        group.earth_fault = group.earth_fault or kind == "earth_fault"
        group.off = group.off or kind == "off"
    else:
        field.devices[name].turn(kind)


def _mend(district: District, field: Field, name: str) -> None:
    device = field.devices[name]
    for quirk in sorted(device.quirks):
        device.turn(quirk, False)
    if name.startswith("INV"):
        unit = district.inverters[int(name[3:]) - 1]
        unit.fault = ""
        unit.reset()
    elif name == "PCS":
        district.converter.fault = ""
        district.converter.reset()
    elif name == "GM":
        district.meter.fault = ""
    elif name == "EV":
        district.charging.earth_fault = district.charging.off = False

"""The I/O list of the energy board and the values that it publishes (rows of `energy`; domain brief §2a).

Import and discharge are positive at the grid meter and the PCS, generation is positive at an inverter. Power is in
0.1 kW. What comes from the field line (inverters, PCS, battery, meter, charging group, weather) is a BI with a
register; what the program wants of those devices is a BO.
"""

from protocols.sheets.model import BI, BO, DI, DO, Status

INVERTERS = (1, 2, 3, 4, 5, 6)
WORDS = (1, 2, 3, 4, 5, 6)  # 92 charging points in words of 16: 88 AC points, then 4 DC points

# What a device does unlike the standard (drivers/sunspec/quirks.py)
QUIRKS = (
    "standard",
    "reversion_60s",
    "standby_below_10",
    "latency_200ms",
    "whole_models",
    "export_positive_meter",
)
INVERTER_STATES = (
    "unknown",
    "off",
    "sleeping",
    "starting",
    "running",
    "throttled",
    "shutting down",
    "fault",
    "standby",
)
BATTERY_STATES = ("unknown", "disconnected", "initialising", "connected", "standby", "protection", "suspended", "fault")
BESS_STATES = ("off", "hold", "charge", "discharge", "dead time", "inhibited", "fault")
PV_WHY = ("free", "export cap", "wish", "meter lost", "observing", "stopped")
PCS_WHY = (
    "no wish",
    "wish",
    "transformer",
    "export cap",
    "reserve",
    "charge inhibited",
    "battery limit",
    "gateway lost",
    "meter lost",
    "stopped",
    "observing",
)
EV_WHY = ("wish", "no wish", "transformer", "meter lost", "gateway lost", "shed", "stopped", "rising")
GRID_STATES = ("on grid", "opening", "open", "unproven", "closing")


def each(numbers, make):
    """The rows that `make(k)` gives for each of `numbers`, one after the other."""
    rows = ()
    for k in numbers:
        rows += make(k)
    return rows


def _inverter(k):
    name = "INV%d." % k
    says = "inverter %d: " % k
    reg = 0x0085 + 7 * (k - 1)
    return (
        BI(name + "W", says + "power", 5000, reg, "kW", 10),
        BI(name + "ST", says + "state, of model 103 or 701", 5000, reg + 1, lo=0, hi=8, enum=INVERTER_STATES),
        BI(name + "TMP", says + "cabinet temperature", 5000, reg + 2, "degC", 10),
        BI(name + "LIM", says + "limit in force, as read back", 5000, reg + 3, "%", 10, 0, 1000),
        BI(
            name + "CTL",
            says + "set-points: 0 not mirrored three times in a row, 1 mirrored, 2 not known yet",
            5000,
            reg + 4,
            lo=0,
            hi=2,
        ),
        BI(name + "EVT", says + "events, bits of Evt1 (model 103) or Alrm (701)", 5000, reg + 5, bits=True, words=2),
    )


def _inverter_set(k):
    return (BO("INV%d.SET" % k, "inverter %d: limit wanted" % k, 0x00D4 + k, "%", 10, 0, 1000),)


def _bitmap(k):
    first = 16 * (k - 1) + 1
    which = "points %d-%d" % (first, first + 15)
    return (
        BI("EV.CONN%d" % k, which + " with a car", 5000, 0x00C2 + k, bits=True),
        BI("EV.CHRG%d" % k, which + " that charge", 5000, 0x00C8 + k, bits=True),
    )


def _enabled(k):
    return (BO("EV.EN%d" % k, "points %d-%d that may charge" % (16 * k - 15, 16 * k), 0x00E1 + k, bits=True),)


INPUTS = (
    DI("BAT.GAS", "gas in the battery room", 0, nc=True, period_ms=20),
    DI("BAT.SMOKE", "smoke in the battery room", 1, nc=True, period_ms=20),
    DI("BAT.ES", "battery stop pressed, or its contactor loop open", 2, nc=True, period_ms=20),
    DI("QG.ZCL", "grid breaker closed", 3, on_ms=20, off_ms=0, period_ms=20),
    DI("RSD.ZOK", "rapid shutdown: array conductors may be live", 4, period_ms=20),
    DI("FIRE", "fire alarm", 5, nc=True, period_ms=20),
    DI("RSD.PB", "rapid-shutdown button pressed", 6, nc=True, period_ms=20),
    DI("LOC", "somebody confirms on the spot", 7, period_ms=20),
    DI("KEY", "maintenance key turned", 8, on_ms=50, off_ms=50, period_ms=20),
    DI("GRID.OK", "grid side of the breaker: voltage and frequency in window (relay)", 9, on_ms=100, off_ms=0,
       period_ms=20),
    DI("BAT.AGENT", "extinguishing agent released in the battery room", 10, nc=True, period_ms=20),
)  # fmt: skip

FIELD = (
    (
        BI("GM.P", "grid meter: power, import positive", 1500, 0x0080, "kW", 10, period_ms=200),
        BI("GM.Q", "grid meter: reactive power", 1500, 0x0081, "kvar", 10, period_ms=200),
        BI("GM.V", "grid meter: voltage, mean of the phases", 1500, 0x0082, "V", 10, 0, 3000, period_ms=200),
        BI("GM.F", "grid meter: frequency", 1500, 0x0083, "Hz", 100, 0, 7000, period_ms=200),
        BI("GM.I", "grid meter: current, mean of the phases", 1500, 0x0084, "A", 10, 0, 0x7FFF, period_ms=200),
    )
    + each(INVERTERS, _inverter)
    + (
        BI("PCS.P", "battery inverter: power, discharge positive", 5000, 0x00AF, "kW", 10, period_ms=500),
        BI("PCS.SP", "battery inverter: set-point as read back", 5000, 0x00B0, "kW", 10, period_ms=500),
        BI("PCS.ST", "battery inverter: state", 5000, 0x00B1, lo=0, hi=8, enum=INVERTER_STATES),
        BI("PCS.CTL", "its set-points: 0 not mirrored three times in a row, 1 mirrored, 2 not known yet", 5000, 0x00B2,
           lo=0, hi=2),
        BI("BAT.SOC", "state of charge", 5000, 0x00B3, "%", 10, 0, 1000),
        BI("BAT.SOH", "state of health", 5000, 0x00B4, "%", 10, 0, 1000),
        BI("BAT.VMAX", "highest cell voltage", 5000, 0x00B5, "mV", 1, 0, 5000),
        BI("BAT.VMIN", "lowest cell voltage", 5000, 0x00B6, "mV", 1, 0, 5000),
        BI("BAT.TMAX", "highest cell temperature", 5000, 0x00B7, "degC", 10),
        BI("BAT.TMIN", "lowest cell temperature", 5000, 0x00B8, "degC", 10),
        BI("BAT.ST", "battery management: state (model 802)", 5000, 0x00B9, lo=0, hi=7, enum=BATTERY_STATES),
        BI("BAT.HB", "battery management: heartbeat; one that stands still for 3 s is bad", 5000, 0x00BA, lo=0),
        BI("BAT.PCHA", "charge power that the battery management allows", 5000, 0x00BB, "kW", 10, 0),
        BI("BAT.PDIS", "discharge power that the battery management allows", 5000, 0x00BC, "kW", 10, 0),
        BI("BAT.EVT", "battery management: Evt1 (model 802)", 5000, 0x00BD, bits=True, words=2),
        BI("EV.P", "charging group: power", 5000, 0x00BF, "kW", 10, 0),
        BI("EV.I", "charging group: share current in force", 5000, 0x00C0, "A", 10, 0, 320),
        BI("EV.N", "charging group: points that charge, a DC point as its power in AC points", 5000, 0x00C1, lo=0),
    )
    + (BI("EV.CARS", "charging group: points with a car that may charge, counted in the same way", 5000, 0x00C2, lo=0),)
    + each(WORDS, _bitmap)
    + (
        BI("MET.G", "irradiance", 15000, 0x00CF, "W/m2", 1, 0, 2000, period_ms=5000),
        BI("MET.TA", "ambient temperature", 15000, 0x00D0, "degC", 10, period_ms=5000),
        BI("MET.WIND", "wind speed", 15000, 0x00D1, "m/s", 10, 0, 1000, period_ms=5000),
    )
)  # fmt: skip

OUTPUTS = (
    (
        DO("QG.YTRIP", "opens the grid breaker", 0),
        DO("RSD.YHOLD", "rapid shutdown is held off; drop = shutdown", 1),
        DO("HVAC.YOFF", "battery room: recirculation off", 2),
        DO("EXH.YRUN", "battery room: exhaust runs", 3),
        DO("SHED2.Y", "loads of tier 2 are shed", 4),
        DO("SHED3.Y", "loads of tier 3 are shed", 5),
        DO("QG.YCLOSE", "releases the closing of the grid breaker by its synchroniser", 6),
        DO("PCS.YFORM", "battery inverter may form the grid", 7),
        BO(
            "ASK",
            "devices that are commanded, bits 0-5 inverters, 6 battery inverter, 7 charging group",
            0x00D4,
            bits=True,
        ),
        BO("INV.RUN", "inverters that may run, bit 0 the first", 0x00D2, bits=True),
        BO("INV.REVERT", "limit that an inverter falls back to by itself", 0x00D3, "%", 10, 0, 1000),
    )
    + each(INVERTERS, _inverter_set)
    + (
        BO("PCS.RUN", "battery inverter: 1 may run, 0 stop", 0x00DB, hi=1),
        BO("PCS.SET", "battery inverter: power wanted, discharge positive", 0x00DC, "kW", 10, -20000, 20000),
        BO("EV.SHARE", "current a charging point may take; below 6 A none", 0x00DE, "A", 10, 0, 320),
    )
    + each(WORDS, _enabled)
)

VALUES = (
    Status("PV.P", "all inverters; one that is silent counts with its nameplate", 0x0110, signed=True, unit="kW",
           scale=10),
    Status("PV.ALLOW", "what all inverters together may give", 0x0111, signed=True, unit="kW", scale=10),
    Status("PV.WHY", "what limits them", 0x0112, enum=PV_WHY),
    Status("PCS.WISH", "set-point of the gateway, 0 when it has expired", 0x0113, signed=True, unit="kW", scale=10),
    Status("PCS.TARGET", "what the set-point ramps to", 0x0114, signed=True, unit="kW", scale=10),
    Status("PCS.WHY", "what decides it", 0x0115, enum=PCS_WHY),
    Status("CHARGE.MAX", "charge power allowed now", 0x0116, unit="kW", scale=10),
    Status("DISCH.MAX", "discharge power allowed now", 0x0117, unit="kW", scale=10),
    Status("BESS.STATE", "storage", 0x0118, enum=BESS_STATES),
    Status("EV.CAP", "share current that the limits leave", 0x0119, unit="A", scale=10),
    Status("EV.WHY", "what decides the share", 0x011A, enum=EV_WHY),
    Status("EXPORT.CAP", "export cap in force", 0x011B, unit="kW", scale=10),
    Status("IMPORT.CAP", "import cap in force", 0x011C, unit="kW", scale=10),
    Status("TR.LOAD", "load of the transformer", 0x011D, unit="%", scale=10),
    Status("SHED.TIER", "loads shed from this tier on; 0 none", 0x011E),
    Status("QG.STATE", "grid breaker", 0x011F, enum=GRID_STATES),
    Status("GRID.WAIT", "until the grid has been in window for long enough", 0x0120, unit="s", scale=10),
    Status("INV.DEAF", "inverters that do not mirror their set-points, bit 0 the first", 0x0121),
    Status("INV.SILENT", "inverters without a fresh value, bit 0 the first", 0x0122),
    Status("INV.STOPPED", "inverters stopped by a cause, the export trip or a command", 0x0123),
    Status("RESERVE", "state of charge below which the battery gives nothing", 0x0124, unit="%", scale=10),
    Status("WISHES", "wishes of the gateway that stand: 1 PCS, 2 export, 4 import, 8 EV share, 16 EV points,"
           " 32 inverters, 64 shed, 128 reserve", 0x0125),
    Status("FIELD.LOAD", "time that the field line is busy", 0x0126, unit="%", scale=10),
    Status("FIELD.LATE", "requests on the field line that were not answered", 0x0127, words=2),
    Status("FIELD.WRONG", "answers on the field line that were damaged or refused", 0x0129, words=2),
    Status("CURTAILED", "inverters held below what they gave free: seconds", 0x012B, words=2, unit="s", retain=True),
    Status("FALLBACK", "time without gateway or meter", 0x012D, words=2, unit="s", retain=True),
)  # fmt: skip

POINTS = INPUTS + FIELD + OUTPUTS + VALUES

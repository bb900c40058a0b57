"""The I/O list of the heat board and the values that it publishes (rows of `heat_loop`; domain brief §4a).

Temperatures are in 0.01 degC, flows in 0.01 L/s, pressures in 0.01 bar, positions and speeds in 0.1 %, power in 0.1 kW,
energy in kWh. What comes from the field line (heat pumps, heat meters, the data centre) is a BI with a register; what
the program wants of a heat pump is a BO.
"""

from protocols import layout
from protocols.sheets.model import AI, AO, BI, BO, DI, DO, Status

MACHINES = (1, 2, 3)
LOOPS = (1, 2, 3, 4, 5, 6, 7)
LOOP_NAMES = ("", "heating", "heating-pump", "heat-pump", "charge", "dhw", "it", "dry-cooler")

# In the order of the PT1000 inputs: bit k of the EST words is TEMPERATURES[k]
TEMPERATURES = (
    ("TT101", "source water from the IT hall"),
    ("TT102", "source water back to the IT hall"),
    ("TT201", "evaporator loop to the heat pumps"),
    ("TT202", "evaporator loop from the heat pumps"),
    ("TT203", "condenser loop to the heat pumps"),
    ("TT204", "condenser loop from the heat pumps"),
    ("TT301", "heating buffer, top"),
    ("TT302", "heating buffer, second"),
    ("TT303", "heating buffer, third"),
    ("TT304", "heating buffer, bottom"),
    ("TT305", "heating supply after V301"),
    ("TT306", "heating return"),
    ("TT41", "hot-water store, top"),
    ("TT42", "hot-water store, second"),
    ("TT43", "hot-water store, third"),
    ("TT44", "hot-water store, bottom"),
    ("TT45", "hot-water supply after V401"),
    ("TT46", "hot-water circulation return"),
    ("TT47", "cold feed"),
    ("TT50", "outdoor"),
)
_ON_BAD = {
    "TT101": "TT102 + difference; IT water to the dry cooler",
    "TT202": "heat pumps off",
    "TT204": "heat pumps unload",
    "TT41": "neighbour 30 min, then backup",
    "TT42": "neighbour 30 min, then backup",
    "TT43": "neighbour 30 min, then backup",
    "TT44": "neighbour 30 min, then backup",
    "TT45": "V401 to cold",
    "TT50": "last value, then the climate's",
}

SEASONS = ("heating", "cooling", "hot water only")
PHASES = ("off", "pumps on", "start", "run", "stopping", "anti-cycle")
MACHINE_STATES = ("unknown", "off", "starting", "running", "stopping", "fault")
LOOP_MODES = ("automatic", "manual", "tracking")
# Who holds the actuator of a loop while it is not the loop itself
HELD_BY = ("nobody", "operator", "state", "protection", "sensor", "feed-forward")
HYGIENE_CYCLES = ("none", "PASTEURISE", "NETWORK_DISINFECT")
HYGIENE_PHASES = ("idle", "heating", "holding", "network", "flushing", "cooling down")
HYGIENE_WHY = ("none", "weekly", "counter", "stagnation", "circulation", "operator")
HYGIENE_RESULTS = ("none", "done", "too long", "aborted", "key removed", "tripped", "unproven")
BACKUP_WHY = (
    "none",
    "store low",
    "supply low",
    "sensor",
    "no source",
    "PASTEURISE",
    "NETWORK_DISINFECT",
    "power to heat",
)


def each(numbers, make):
    """The rows that `make(k)` gives for each of `numbers`, one after the other."""
    rows = ()
    for k in numbers:
        rows += make(k)
    return rows


def _temperatures():
    rows = []
    for at in range(len(TEMPERATURES)):
        name, meaning = TEMPERATURES[at]
        rows.append(
            AI(name, meaning, 0x0080 + at, "degC", 100, -4000, 14000, signal=layout.SIG_PT1000, frozen_ms=600000,
               period_ms=500, fail=_ON_BAD.get(name, "BAD"))
        )  # fmt: skip
    return tuple(rows)


def _flow(name, meaning, reg):
    return AI(name, meaning, reg, "L/s", 100, 0, 4000, period_ms=500, fail="no flow")


def _pressure(name, meaning, reg, hi=1000, fail="low"):
    return AI(name, meaning, reg, "bar", 100, 0, hi, period_ms=500, fail=fail)


def _pump_contacts(name, meaning, bit):
    return (
        DI(name + ".RUN", meaning + " runs", bit, on_ms=100, off_ms=100, period_ms=200),
        DI(name + ".FLT", meaning + ": drive in fault, or its wire broken", bit + 1, nc=True, on_ms=100, off_ms=100,
           period_ms=200),
    )  # fmt: skip


def _machine(k):
    name = "HP%d." % k
    says = "heat pump %d: " % k
    reg = 0x00A8 + 8 * (k - 1)
    return (
        BI(name + "ST", says + "state", 5000, reg, lo=0, hi=5, enum=MACHINE_STATES),
        BI(name + "TO", says + "outlet temperature", 5000, reg + 1, "degC", 100, -4000, 14000),
        BI(name + "HPB", says + "high pressure", 5000, reg + 2, "bar", 10, 0, 1000),
        BI(name + "LPB", says + "low pressure", 5000, reg + 3, "bar", 10, 0, 1000),
        BI(name + "KW", says + "heat given", 5000, reg + 4, "kW", 10, 0, 0x7FFF),
        BI(name + "PEL", says + "electric power", 5000, reg + 5, "kW", 10, 0, 0x7FFF),
        BI(name + "FLT", says + "its own fault code, 0 none", 5000, reg + 6, lo=0),
        BI(name + "FS", says + "its own flow switch, 1 flow", 5000, reg + 7, lo=0, hi=1),
    )


def _meter(k):
    name = "HM%d." % k
    says = "heat meter %d (%s): " % (k, ("recovered at HX1", "heating", "hot-water charge")[k - 1])
    return (
        BI(name + "KW", says + "power", 30000, 0x00BE + 2 * k, "kW", 10, period_ms=10000),
        BI(name + "ERR", says + "its own error bits, 0 none", 30000, 0x00BF + 2 * k, lo=0, period_ms=10000),
    )


def _machine_wants(k):
    says = "heat pump %d: " % k
    return (
        BO("HP%d.SP" % k, says + "outlet temperature wanted", 0x00C6 + 2 * k, "degC", 100, 0, 7500),
        BO("HP%d.PLR" % k, says + "largest part load", 0x00C7 + 2 * k, "%", 10, 0, 1000),
    )


CONTACTS = (
    (
        DI("V101.ZSO", "V101 fully at recovery", 0, on_ms=100, off_ms=100, period_ms=200),
        DI("V101.ZSC", "V101 fully at the dry cooler", 1, on_ms=100, off_ms=100, period_ms=200),
    )
    + _pump_contacts("P101A", "source pump A", 2)
    + _pump_contacts("P101B", "source pump B", 4)
    + _pump_contacts("P201", "evaporator pump", 6)
    + _pump_contacts("P202", "condenser pump", 8)
    + _pump_contacts("P301", "heating pump", 10)
    + _pump_contacts("P401", "charge pump", 12)
    + _pump_contacts("P402", "circulation pump", 14)
    + (
        DI("STB.DHW", "limit thermostat of the hot-water store open, 75 degC", 16, nc=True, period_ms=100),
        DI("STB.EH", "limit thermostat of the electric heater open, 95 degC", 17, nc=True, period_ms=100),
        DI("FS201", "evaporator flow switch: flow", 18, on_ms=200, off_ms=100, period_ms=200),
        DI("LEAK1", "leak in the IT hall, detector 1", 19, nc=True, on_ms=200, period_ms=1000),
        DI("LEAK2", "leak in the IT hall, detector 2", 20, nc=True, on_ms=200, period_ms=1000),
        DI("LEAK3", "leak in the IT hall, detector 3", 21, nc=True, on_ms=200, period_ms=1000),
        DI("LEAK4", "leak in the plant room", 22, nc=True, on_ms=200, period_ms=1000),
        DI("FIRE", "fire in the building", 23, nc=True, period_ms=100),
        DI("FIRE.HALL", "fire in the IT hall (two detectors)", 24, nc=True, period_ms=100),
        DI("REF.GAS", "refrigerant in the plant room", 25, nc=True, period_ms=100),
        DI("KEY", "maintenance key turned", 26, on_ms=50, off_ms=50, period_ms=100),
        DI("KEY.DIS", "key for the hot network turned", 27, on_ms=50, off_ms=50, period_ms=100),
        DI("LOC", "somebody confirms on the spot", 28, period_ms=100),
        DI("FLOOD", "flood in the car park: no filling", 29, nc=True, on_ms=200, period_ms=1000),
        DI("HM4.PLS", "heat meter 4 (hot water to the taps): pulse of 1 kWh", 30, period_ms=100),
        DI("FQ.PLS", "cold feed meter: pulse of 10 L", 31, period_ms=100),
    )
)

MEASUREMENTS = _temperatures() + (
    _flow("FT101", "source water", 0x0094),
    _flow("FT201", "evaporator loop", 0x0095),
    _flow("FT301", "heating", 0x0096),
    _flow("FT401", "hot-water charge", 0x0097),
    _flow("FT402", "hot-water circulation", 0x0098),
    _pressure("PT101", "source loop", 0x0099),
    _pressure("PT201", "evaporator loop", 0x009A),
    _pressure("PT301", "heating and condenser loop", 0x009B),
    _pressure("DP101", "difference over the source filter", 0x009C, 100, "no alarm"),
    _pressure("DP301", "difference over the heating network", 0x009D, 100, "pump at its fallback speed"),
)

FIELD = (
    each(MACHINES, _machine)
    + each((1, 2, 3), _meter)
    + (
        BI("IT.REQ", "data centre: cooling wanted", 5000, 0x00C6, "kW", 10, 0, 0x7FFF),
        BI("IT.T", "data centre: supply air", 5000, 0x00C7, "degC", 100, -4000, 10000),
    )
)

OUTPUTS = (
    AO("V101.SP", "0 all to the dry cooler (spring), 100 % all to recovery", 0x009E, "%", 10, 0, 1000),
    AO("V301.SP", "heating mixing valve, 100 % hot", 0x009F, "%", 10, 0, 1000),
    AO("V401.SP", "hot-water mixing valve, 0 cold", 0x00A0, "%", 10, 0, 1000),
    AO("P101.SPD", "source pumps, speed", 0x00A1, "%", 10, 0, 1000, safe=800),
    AO("P201.SPD", "evaporator pump, speed", 0x00A2, "%", 10, 0, 1000),
    AO("P301.SPD", "heating pump, speed", 0x00A3, "%", 10, 0, 1000),
    AO("P401.SPD", "charge pump, speed", 0x00A4, "%", 10, 0, 1000),
    AO("DRYC.FAN", "dry cooler, fans", 0x00A5, "%", 10, 0, 1000, safe=1000),
    AO("DRYC.SPRAY", "dry cooler, spray", 0x00A6, "%", 10, 0, 1000, safe=1000),
    DO("P101A.Y", "source pump A runs", 0, safe=1),
    DO("P101B.Y", "source pump B runs", 1, safe=1),
    DO("P201.Y", "evaporator pump runs", 2),
    DO("P202.Y", "condenser pump runs", 3),
    DO("P301.Y", "heating pump runs", 4),
    DO("P401.Y", "charge pump runs", 5),
    DO("P402.Y", "circulation pump runs", 6, safe=1),
    DO("HP1.Y", "heat pump 1 may run", 7),
    DO("HP2.Y", "heat pump 2 may run", 8),
    DO("HP3.Y", "heat pump 3 may run", 9),
    DO("EH1.Y1", "electric heater, step 1 (50 kW)", 10),
    DO("EH1.Y2", "electric heater, step 2", 11),
    DO("EH1.Y3", "electric heater, step 3", 12),
    DO("EH1.Y4", "electric heater, step 4", 13),
    DO("EH1.Y5", "electric heater, step 5", 14),
    DO("EH1.Y6", "electric heater, step 6", 15),
    DO("MAKEUP.Y", "make-up water valve of the heating loop opens", 16),
    DO("VENT.Y", "refrigerant exhaust fan runs", 17),
    DO("BYP.Y", "source straight to the condenser loop (DIRECT)", 18),
    DO("CHW.Y", "evaporator on the chilled-water circuit (summer)", 19),
    DO("REJ.Y", "condenser surplus to the dry cooler (summer)", 20),
    DO("HYG.LAMP", "notice: hot water above 70 degC at the taps", 21),
    DO("DAMP.Y", "ventilation dampers open; off: shut by their springs", 22),
) + each(MACHINES, _machine_wants)


def _machine_values(k):
    name = "HP%d." % k
    says = "heat pump %d: " % k
    return (
        Status(name + "PHASE", says + "phase", 0x0111 + k, enum=PHASES),
        Status(name + "WAIT", says + "until it may start again", 0x0114 + k, unit="s"),
        Status(name + "HOUR", says + "starts in the last hour", 0x0117 + k, retain=True),
        Status(name + "RUNS", says + "time run", 0x0119 + 2 * k, words=2, unit="s", retain=True),
        Status(name + "STARTS", says + "starts", 0x0120 + k, retain=True),
    )


def _loop_values(k):
    name = "L%d." % k
    says = "loop %s: " % LOOP_NAMES[k]
    reg = 0x0126 + 5 * (k - 1)
    unit, scale = ("bar", 100) if k == 2 else ("degC", 100)
    return (
        Status(name + "SP", says + "set-point", reg, signed=True, unit=unit, scale=scale),
        Status(name + "PV", says + "value", reg + 1, signed=True, unit=unit, scale=scale),
        Status(name + "OUT", says + "output", reg + 2, signed=True, unit="%", scale=10),
        Status(name + "MODE", says + "mode", reg + 3, enum=LOOP_MODES),
        Status(name + "HELD", says + "who holds its actuator", reg + 4, enum=HELD_BY),
    )


VALUES = (
    (
        Status("SEASON", "season by the mean outdoor temperature of 24 h", 0x0110, enum=SEASONS, retain=True),
        Status("SRC.STATE", "state of the source side, also during a hygiene cycle", 0x0111),
    )
    + each(MACHINES, _machine_values)
    + (
        Status("HP.LEAD", "machine that starts first", 0x0124),
        Status("HP.STAGES", "machines that are to run", 0x0125),
    )
    + each(LOOPS, _loop_values)
    + (
        Status("OUT.MEAN", "mean outdoor temperature of 24 h", 0x0149, signed=True, unit="degC", scale=100,
               retain=True),
        Status("EST.OPEN", "temperatures estimated, wire open: bit 0 TT101, in the order of the I/O list", 0x014A,
               words=2),
        Status("EST.SHORT", "temperatures estimated, shorted", 0x014C, words=2),
        Status("EST.DRIFT", "temperatures estimated, drifted against their neighbours", 0x014E, words=2),
        Status("EST.FROZEN", "temperatures estimated, standing still or jumping", 0x0150, words=2),
        Status("EST.SWAP", "temperatures that look swapped, supply and return", 0x0152, words=2),
        Status("HYG.WHY", "why a hygiene cycle runs or waits", 0x0154, enum=HYGIENE_WHY),
        Status("HYG.HOT", "time that the whole store has been hot", 0x0155, unit="min"),
        Status("HYG.NEXT", "until the next weekly cycle; 65535 clock not known", 0x0156, unit="min"),
        Status("HYG.LOW", "longest time that a node has been between 25 and 50 degC", 0x0157, unit="min"),
        Status("HYG.LEFT", "until the cycle is given up", 0x0158, unit="min"),
        Status("HYG.TAPS", "taps flushed in this cycle", 0x0159),
        Status("DHW.PRIO", "time that hot water still has priority", 0x015A, unit="s"),
        Status("DHW.SP", "hot-water supply wanted", 0x015B, signed=True, unit="degC", scale=100),
        Status("EH1.KW", "electric heater", 0x015C, unit="kW", scale=10),
        Status("EH1.WHY", "what for", 0x015D, enum=BACKUP_WHY),
        Status("WISHES", "wishes of the gateway that stand: bits 0-6 set-points of loops 1-7, 7 store, 8 power to heat,"
               " 9 machines, 10 dry cooler, 11 buffer; bit 12 a loop in manual,"
               " 13 most of EH1", 0x015E),
        Status("P101.LEAD", "source pump in duty, 1 A, 2 B", 0x015F),
        Status("V101.STUCK", "V101 is not where it was told to be", 0x0160),
        Status("H2.TRIPS", "flow trips in the last hour", 0x0161),
        Status("FILL.MIN", "filling today", 0x0162, unit="min"),
        Status("IT.DEMAND", "cooling demand of the IT loop: below 50 % recovery, above it the dry cooler", 0x0163,
               unit="%", scale=10),
        Status("HM1.KWH", "recovered at HX1", 0x0164, words=2, unit="kWh", retain=True),
        Status("HM2.KWH", "heating", 0x0166, words=2, unit="kWh", retain=True),
        Status("HM3.KWH", "hot-water charge", 0x0168, words=2, unit="kWh", retain=True),
        Status("HM4.KWH", "hot water to the taps", 0x016A, words=2, unit="kWh", retain=True),
        Status("FQ.L", "cold feed of the hot water", 0x016C, words=2, unit="L", retain=True),
        Status("HYG.PAST", "PASTEURISE cycles done", 0x016E, retain=True),
        Status("HYG.NET", "NETWORK_DISINFECT cycles done", 0x016F, retain=True),
        Status("HYG.FLUSH", "taps flushed", 0x0170, retain=True),
        Status("FIELD.LOAD", "time that the field line is busy", 0x0171, unit="%", scale=10),
        Status("FIELD.LATE", "requests on the field line that were not answered", 0x0172, words=2),
        Status("FIELD.WRONG", "answers on the field line that were damaged or refused", 0x0174, words=2),
        Status("METER.BAD", "readings of heat meters refused: jump, or backwards", 0x0176, words=2),
        Status("HYG.CYCLE", "hygiene cycle", 0x0178, enum=HYGIENE_CYCLES),
        Status("HYG.PHASE", "its phase", 0x0179, enum=HYGIENE_PHASES),
        Status("HYG.RESULT", "what became of the last cycle", 0x017A, enum=HYGIENE_RESULTS),
        Status("HYG.SINCE", "since the last PASTEURISE that was done", 0x017B, unit="min", retain=True),
        Status("EST.SILENT", "temperatures estimated, no sample", 0x017C, words=2),
        Status("OFF.MIN", "circulation not proven", 0x017E, unit="min"),
    )
)  # fmt: skip

POINTS = CONTACTS + MEASUREMENTS + FIELD + OUTPUTS + VALUES

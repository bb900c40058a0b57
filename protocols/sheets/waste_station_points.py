"""The I/O list of the waste station and the values that it publishes (rows of `waste_station`)."""

from protocols.sheets.model import AI, AO, DI, DO, Status

BRANCHES = (1, 2, 3, 4, 5, 6)
THREE = (1, 2, 3)
FAN_STATES = ("off", "waits", "starting", "running", "fault")
FAN_FAULTS = ("none", "overload", "bearing", "vibration", "feedback")
VALVE_STATES = ("closed", "opening", "open", "closing", "unproven")
DIVERTER_STATES = ("unproven", "proven", "moving", "invalid", "late")
FRACTIONS = ("none", "perishable", "other", "recyclable")
CONTAINER_STATES = ("ready", "nearly full", "full", "undocked", "gate not proven", "change")
COMPACTOR_STATES = ("home", "pressing", "pause", "fault")
SPEED_MODES = ("off", "ladder", "vacuum", "settling", "velocity", "fixed", "cut", "hand")
PURGE_REASONS = ("none", "command", "gateway lost", "container", "fans", "filter", "compactor", "mode", "too long")


def each(numbers, make):
    """The rows that `make(k)` gives for each of `numbers`, one after the other."""
    rows = ()
    for k in numbers:
        rows += make(k)
    return rows


def _valve_contacts(k):
    bit = 2 * (k - 1)
    return (
        DI("AV%d.ZSO" % k, "air-inlet valve of branch %d open" % k, bit, period_ms=20),
        DI("AV%d.ZSC" % k, "air-inlet valve of branch %d closed" % k, bit + 1, period_ms=20),
        DI("SV%d.ZSO" % k, "sectioning valve of branch %d open" % k, bit + 12, period_ms=50),
        DI("SV%d.ZSC" % k, "sectioning valve of branch %d closed" % k, bit + 13, period_ms=50),
    )


def _tap(k):
    name = "vacuum tap of branch %d" % k
    return (AI("PT%d" % k, name, 0x0081 + k, "kPa", 100, -5000, 0, period_ms=50, fail="section not named"),)


def _valve_outputs(k):
    return (
        DO("AV%d.YO" % k, "air-inlet valve of branch %d opens; off: closes" % k, k - 1),
        DO("SV%d.YO" % k, "sectioning valve of branch %d: drive open; both off: stays put" % k, k + 5),
        DO("SV%d.YC" % k, "sectioning valve of branch %d: drive closed" % k, k + 11),
    )


def _fan_inputs(k):
    reg = 0x00E0 + 3 * (k - 1)
    name = "exhauster %d: " % k
    return (
        DI("FAN%d.ZRUN" % k, name + "runs", 23 + k, on_ms=100, off_ms=20, period_ms=100),
        AI("FAN%d.IT" % k, name + "current", reg, "A", 10, 0, 2500, period_ms=100, fail="fan off after 5 s"),
        AI("FAN%d.TB" % k, name + "bearing", reg + 1, "degC", 10, 0, 1200, period_ms=100, fail="fan off after 5 s"),
        AI("FAN%d.VIB" % k, name + "vibration", reg + 2, "mm/s", 100, 0, 2000, period_ms=100, fail="fan off after 3 s"),
    )


def _fan_outputs(k):
    return (
        DO("FAN%d.YRUN" % k, "exhauster %d runs" % k, 17 + k),
        AO("FAN%d.SREF" % k, "exhauster %d: speed" % k, 0x008F + k, "%", 10, 0, 1000),
    )


def _container_inputs(k):
    name = "container %d " % k
    return (
        DI("CNT%d.ZDOCK" % k, name + "docked and sealed", 29 + k, on_ms=200, off_ms=20, period_ms=200),
        DI("CNT%d.ZGATE" % k, name + "gate open", 32 + k, on_ms=100, off_ms=20, period_ms=200),
        AI("CNT%d.LT" % k, name + "level", 0x008C + k, "%", 10, 0, 1000, period_ms=200, fail="counts as full"),
    )


def _scale(k):
    return (AI("CNT%d.WT" % k, "container %d weight" % k, 0x00E8 + k, "t", 100, 0, 3000, period_ms=200, fail="none"),)


def _container_outputs(k):
    return (
        DO("DIV1.YPOS%d" % k, "diverter: drive to container %d; all off: stays put" % k, 20 + k),
        DO("CNT%d.YGATE" % k, "container %d gate opens; off: shuts" % k, 23 + k),
    )


def _valve_values(k):
    return (
        Status("AV%d.STATE" % k, "air-inlet valve of branch %d" % k, 0x0139 + k, enum=VALVE_STATES),
        Status("SV%d.STATE" % k, "sectioning valve of branch %d" % k, 0x013F + k, enum=VALVE_STATES),
    )


def _fan_values(k):
    name = "exhauster %d: " % k
    return (
        Status("FAN%d.STATE" % k, name + "state", 0x011E + k, enum=FAN_STATES),
        Status("FAN%d.FAULT" % k, name + "fault, until reset", 0x0121 + k, enum=FAN_FAULTS),
        Status("FAN%d.RUN" % k, name + "time run", 0x0123 + 2 * k, words=2, unit="s", retain=True),
        Status("FAN%d.STARTS" % k, name + "starts", 0x012A + k, retain=True),
    )


def _container_values(k):
    return (
        Status("CNT%d.STATE" % k, "container %d" % k, 0x012D + k, enum=CONTAINER_STATES),
        Status("CNT%d.TARE" % k, "container %d: weight when it was docked" % k, 0x0130 + k, unit="t", scale=100,
               retain=True),
        Status("CNT%d.NET" % k, "container %d: waste in it" % k, 0x0133 + k, signed=True, unit="t", scale=100),
    )  # fmt: skip


POINTS = (
    each(BRANCHES, _valve_contacts)
    + (
        DI("DIV1.ZA", "diverter at container 1", 27, on_ms=50, off_ms=20, period_ms=50),
        DI("DIV1.ZB", "diverter at container 2", 28, on_ms=50, off_ms=20, period_ms=50),
        DI("DIV1.ZC", "diverter at container 3", 29, on_ms=50, off_ms=20, period_ms=50),
        DI("CMP.ZHOME", "compactor home", 36, on_ms=50, off_ms=20, period_ms=100),
        DI("XS92", "spark or smoke in the separator", 37, nc=True, on_ms=40, period_ms=100),
        DI("ES", "emergency stop pressed", 38, nc=True, on_ms=0, period_ms=10),
        DI("FIRE", "fire alarm of a served building", 39, nc=True, on_ms=0, period_ms=20),
        DI("FIRE.ST", "fire alarm of the station", 40, nc=True, on_ms=0, period_ms=20),
        DI("ZMAN", "a manhole is open", 41, nc=True, on_ms=20, off_ms=500, period_ms=20),
        DI("ZINL", "an inlet has opened the inlet loop", 42, nc=True, on_ms=20, off_ms=500, period_ms=20),
        DI("KEY", "maintenance key turned", 43, on_ms=50, off_ms=50, period_ms=20),
        DI("ATT", "somebody confirms on the spot", 44, period_ms=20),
        # The first sixteen measurements have their quality in AI_QUAL of the header, the others from 0x00F0 on.
        AI(
            "PT90",
            "vacuum at the station",
            0x0080,
            "kPa",
            100,
            -5000,
            0,
            period_ms=50,
            fail="no discharge; station stops after 5 s",
        ),
        AI(
            "FT90",
            "air speed in the main; lively",
            0x0081,
            "m/s",
            100,
            0,
            3500,
            period_ms=50,
            fail="fans fixed at 95 %, no discharge",
        ),
    )
    + each(BRANCHES, _tap)
    + (
        AI("PDT91", "pressure drop of the filter", 0x0088, "kPa", 100, 0, 500, period_ms=500, fail="counts as clogged"),
        AI("TT92", "separator temperature", 0x0089, "degC", 10, 0, 1500, period_ms=100, fail="counts as hot"),
        AI("PS93", "instrument air", 0x008A, "bar", 100, 0, 1000, period_ms=200, fail="station stops"),
        AI("NS94", "noise at the property line", 0x008B, "dB(A)", 10, 300, 1000, period_ms=1000, fail="not judged"),
        AI("CMP.PT", "compactor pressure", 0x008C, "bar", 10, 0, 2500, period_ms=100, fail="compactor stops"),
    )
    + each(THREE, _container_inputs)
    + each(THREE, _fan_inputs)
    + each(THREE, _scale)
    + each(BRANCHES, _valve_outputs)
    + each(THREE, _fan_outputs)
    + each(THREE, _container_outputs)
    + (
        DO("CMP.YRUN", "compactor presses and comes home", 27),
        DO("FLT.YCLN", "filter cleaning", 28),
        DO("SEP.YO", "separator dampers open; off: isolated", 29),
        DO("HORN", "pre-alarm of the separator", 30),
        Status("DV.PERMIT", "1: a discharge may begin now", 0x0110),
        Status("BRANCH", "branch whose air-inlet valve is or was last open; 0 none since reset", 0x0111),
        Status("FRACTION", "where the diverter is proven to stand", 0x0112, enum=FRACTIONS),
        Status("DIV.STATE", "diverter", 0x0113, enum=DIVERTER_STATES),
        Status("FLIGHT", "branches with waste that has not landed, bit 0 branch 1; bit 6 unknown since reset", 0x0114),
        Status("FLIGHT.DECLARED", "of these, declared by the gateway", 0x0115),
        Status("FLIGHT.LEFT", "purge still needed by the branch that is open", 0x0116, unit="s", scale=10),
        Status("LANDED.SEQ", "changes with each branch that was purged to the end", 0x0117),
        Status("VACUUM.OK", "1: vacuum is enough to open an air-inlet valve", 0x0118),
        Status("AIR.OK", "1: air has been fast enough for 3 s", 0x0119),
        Status("SPEED.OUT", "speed given to the exhausters", 0x011A, unit="%", scale=10),
        Status("SPEED.MODE", "what makes it", 0x011B, enum=SPEED_MODES),
        Status("SPEED.CAP", "upper limit of speed", 0x011C, unit="%", scale=10),
        Status("SPEED.SET", "set-point of air speed", 0x011D, unit="m/s", scale=100),
        Status("VACUUM.SET", "set-point of vacuum", 0x011E, unit="kPa", scale=100),
    )
    + each(THREE, _fan_values)
    + each(THREE, _container_values)
    + (
        Status("CMP.STATE", "compactor", 0x0137, enum=COMPACTOR_STATES),
        Status("CMP.CYCLES", "compactor cycles", 0x0138, retain=True),
        Status("FLT.CYCLES", "filter cleanings", 0x0139, retain=True),
    )
    + each(BRANCHES, _valve_values)
    + (
        Status("PURGE.WHY", "why a purge runs", 0x0146, enum=PURGE_REASONS),
        Status("FANS.READY", "exhausters without fault", 0x0147),
        Status("FANS.RUNNING", "exhausters proven running", 0x0148),
    )
)

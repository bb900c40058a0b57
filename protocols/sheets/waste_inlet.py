"""The desk sheet of one waste inlet group: discharge valves, hatches, locks, levels, reader (domain brief section 1).

A board serves up to four discharge valves (DV), one for each fraction that the group takes. Figures without a source in
the brief are engineering defaults and stand here as parameters.
"""

from protocols import layout
from protocols.sheets.model import (
    AI,
    AUTO,
    BI,
    DI,
    DO,
    LOCAL,
    REMOTE,
    Cause,
    Command,
    Effect,
    Event,
    Param,
    Permissive,
    Sheet,
    Status,
)

VALVES = (1, 2, 3, 4)
FRACTIONS = ("perishable", "other", "recyclable")
VALVE_STATES = ("not fitted", "closed", "opening", "open", "closing", "fault", "unproven")
VALVE_FAULTS = ("none", "NOT_OPEN", "NOT_CLOSED", "BOTH_SWITCHES")
ABORT = 16
"""ACK_DETAIL of a failed discharge: a VALVE_FAULTS number, or ABORT + the cause (its row, from 1) that ended it."""

_BY_HAND = (layout.MODE_LOCAL, layout.MODE_REMOTE, layout.MODE_MAINT)
_ANY = (layout.MODE_AUTO,) + _BY_HAND


def each(make):
    """The rows that `make(k)` gives for the valves 1 to 4, one after the other."""
    rows = ()
    for k in VALVES:
        rows += make(k)
    return rows


def _contacts(k):
    name = "DV%d." % k
    bit = 5 * (k - 1)
    return (
        DI(name + "ZSO", "valve %d at the open end" % k, bit, period_ms=20),
        DI(name + "ZSC", "valve %d at the closed end" % k, bit + 1, period_ms=20),
        DI(name + "LSH", "chute %d filled to 60 %%" % k, bit + 2, nc=True, on_ms=2000, off_ms=200, period_ms=100),
        DI(name + "LSHH", "chute %d full" % k, bit + 3, nc=True, on_ms=1000, off_ms=200, period_ms=100),
        DI(name + "ZDOOR", "hatch %d shut" % k, bit + 4, on_ms=100, off_ms=20, period_ms=20),
    )


def _button(k):
    return (DI("DV%d.JOG" % k, "hold-to-run button of valve %d" % k, 23 + k, period_ms=20),)


def _outputs(k):
    return (
        DO("DV%d.YO" % k, "valve %d opens; off: spring or stored air closes it" % k, k - 1),
        DO("DV%d.YLOCK" % k, "lock of hatch %d energised: unlocked" % k, k + 3),
    )


def _values(k):
    name = "DV%d." % k
    return (
        Status(name + "STATE", "valve %d" % k, 0x010F + k, enum=VALVE_STATES),
        Status(name + "FAULT", "its fault; latched until reset", 0x0113 + k, enum=VALVE_FAULTS),
        Status(name + "TOPEN", "its last opening travel", 0x0117 + k, unit="ms"),
        Status(name + "TCLOSE", "its last closing travel", 0x011B + k, unit="ms"),
        Status(name + "PULSES", "its discharges", 0x011E + 2 * k, words=2, retain=True),
        Status(name + "DEPOSITS", "openings of its hatch", 0x0126 + 2 * k, words=2, retain=True),
    )


def _params(k):
    fraction = (0, 1, 2, 1)[k - 1]
    return (Param("fraction%d" % k, fraction, 0, 2, "", "what valve %d discharges" % k, enum=FRACTIONS),)


def _hatch(k):
    return (
        Cause("HATCH%d" % k, "hatch%d_open" % k, ("DV%d_SHUT" % k,), clear="hatch_ok_ms", ref="P3", priority=4,
              consequence="chute %d is not emptied" % k, action="None while somebody uses it; else shut the hatch."),
    )  # fmt: skip


def _not_closed(k):
    return (
        Cause("NOT_CLOSED%d" % k, "not_closed%d" % k, ("NO_DV", "NETWORK_STOP"), latch=True, reset=LOCAL, ref="P4",
              priority=1, consequence="branch out of service, collection stops",
              action="Free valve %d on the spot, see it shut, confirm there, then reset." % k),
    )  # fmt: skip


def _not_open(k):
    return (
        Cause("NOT_OPEN%d" % k, "not_open%d" % k, ("DV%d_SHUT" % k,), latch=True, reset=REMOTE, ref="1b", priority=3,
              consequence="chute %d is not emptied" % k, action="Check air, valve %d and its switch; then reset." % k),
    )  # fmt: skip


def _both(k):
    return (
        Cause("SWITCHES%d" % k, "both_switches%d" % k, ("DV%d_SHUT" % k, "NO_DV"), latch=True, reset=LOCAL, ref="1b",
              priority=2, consequence="position of valve %d unknown, group out of service" % k,
              action="Mend the switches of valve %d, see it shut, confirm there, then reset." % k),
    )  # fmt: skip


# fmt: off
CAUSES = (
    Cause("POWER", "power_up", ("NO_DV",), latch=True, reset=AUTO, ref="1e", priority=3,
          consequence="a discharge that was under way is lost",
          action="None; clears when every valve is proven shut. Orders from before are not taken up again."),
    Cause("ESTOP", "ES", ("ALL_SHUT", "NO_DV", "NETWORK_STOP"), latch=True, reset=LOCAL, ref="P1", priority=1,
          hard_wired=True, consequence="valves shut, collection stops",
          action="Release the stop when the danger is over, confirm on the spot, then reset."),
    Cause("FIRE", "FIRE", ("ALL_SHUT", "NO_DV", "NETWORK_STOP"), after="fire_after_ms", latch=True, reset=LOCAL,
          ref="P2", priority=1, hard_wired=True, consequence="valves shut, collection stops",
          action="Follow the fire plan. When the panel is normal, confirm at the inlet, then reset."),
    ) + each(_hatch) + (
    Cause("OPEN_DUCT", "open_duct", ("ALL_SHUT", "NO_DV", "NETWORK_STOP"), ref="P3", priority=1,
          consequence="valves shut, collection stops", action="Keep people away; shut the hatch."),
    ) + each(_not_closed) + each(_not_open) + each(_both) + (
    Cause("AIR_LOW", "PS93 < air_min or (air_low and PS93 < air_ok)", ("NO_DV",), after="air_low_s", clear="air_ok_s",
          ref="P12", priority=2, consequence="no discharges", action="Check compressor and dryer."),
    Cause("AIR_OUT", "PS93 < air_out", ("ALL_SHUT", "NO_DV"), ref="P12", priority=2,
          consequence="valves shut by their springs", action="Check compressor and air line for a break."),
    Cause("GATEWAY", "link == LINK_NEVER or link >= LINK_LOST", ("NO_NEW",), ref="P13", priority=2,
          consequence="the discharge under way ends, no new one", action="Check gateway and line."),
)
# fmt: on

SHEET = Sheet(
    "waste_inlet",
    dev_type=1,
    version=(1, 0),
    scan_ms=20,
    title="Waste inlet",
    area="PW",
    safe_ms=0,
    points=each(_contacts)
    + (
        DI("ES", "emergency stop pressed", 20, nc=True, on_ms=0, period_ms=10),
        DI("FIRE", "fire alarm of the building", 21, nc=True, on_ms=0, period_ms=20),
        DI("KEY", "maintenance key turned", 22, on_ms=50, off_ms=50, period_ms=20),
        DI("ATT", "somebody confirms on the spot", 23, period_ms=20),
    )
    + each(_button)
    + (
        DI("VS", "pipe under vacuum", 28, nc=True, on_ms=0, off_ms=1000, period_ms=50),
        AI("PS93", "instrument air", 0x0080, "bar", 100, 0, 1000, period_ms=200, fail="no discharges, valves shut"),
        BI("READ.SEQ", "reader: number of the last read, changes with each"),
        BI("READ.TOKEN", "reader: token of the last card"),
    )
    + each(_outputs)
    + (DO("YOK", "inlet loop closed: this board asks for no stop of the network", 8),)
    + each(_values)
    + (
        Status("TOKEN", "token of the last discharge accepted, or of a revocation", 0x0130, words=2),
        Status("ACTIVE", "valve that is being moved; 0 none", 0x0132),
        Status("PULSE.LEFT", "until it is closed again, at the latest", 0x0133, unit="s", scale=10),
        Status("PULSE.MS", "how long the last valve was energised", 0x0134, unit="ms"),
        Status("DEP.SEQ", "changes with each opening of a hatch", 0x0135),
        Status("DEP.INDEX", "hatch that was opened last", 0x0136),
        Status("DEP.TOKEN", "card of the resident who opened it; 0 unknown", 0x0137, words=2),
        Status("NETWORK.STOP", "1: fans are to stop and the branch's air valve is to shut", 0x0139),
        Status("LEVELS", "two bits a chute from bit 0: 0 below 60 %, 1 LSH, 2 LSHH", 0x013A),
    ),
    states=("OFF", "CLOSED", "OPENING", "OPEN", "CLOSING", "FAULT", "MAINT"),
    substates=("NONE", "DV1", "DV2", "DV3", "DV4"),
    params=(Param("valves", 3, 1, 4, "", "discharge valves fitted, from the first on"),)
    + each(_params)
    + (
        Param("open_ms", 10000, 4000, 12000, "ms", "discharge pulse when the order names none"),
        Param("max_open_ms", 12000, 4000, 12000, "ms", "no valve is energised for longer, whatever was ordered"),
        Param("open_travel_ms", 3000, 1000, 5000, "ms", "not open by then is NOT_OPEN"),
        Param("close_travel_ms", 3000, 1000, 5000, "ms", "not closed by then is NOT_CLOSED"),
        Param("switches_ms", 200, 50, 1000, "ms", "both end switches for this long is BOTH_SWITCHES"),
        Param("drift_ms", 1000, 200, 5000, "ms", "a valve at rest without its closed switch for this long: NOT_CLOSED"),
        Param("fire_after_ms", 100, 0, 500, "ms", "fire contact open for this long is a fire"),
        Param("hatch_ok_ms", 500, 100, 5000, "ms", "hatch shut for this long before its valve may open"),
        Param("air_min", 450, 300, 600, "0.01 bar", "no discharges below, for air_low_s"),
        Param("air_low_s", 2, 0, 60, "s", "how long"),
        Param("air_ok", 500, 350, 700, "0.01 bar", "discharges again above, for air_ok_s"),
        Param("air_ok_s", 10, 1, 60, "s", "how long"),
        Param("air_out", 350, 200, 500, "0.01 bar", "all valves shut below"),
        Param("access", 0, 0, 1, "", "who may open a hatch", enum=("anybody", "a card, for unlock_s")),
        Param("unlock_s", 20, 5, 120, "s", "a card unlocks the hatches for this long"),
        Param("lock_full", 1, 0, 1, "", "lock the hatch of a full chute", enum=("no", "yes")),
        Param("jog_dead_ms", 500, 100, 500, "ms", "hold-to-run ends when it is not renewed within this"),
    ),
    facts=(
        "hatch1_open",
        "hatch2_open",
        "hatch3_open",
        "hatch4_open",
        "not_closed1",
        "not_closed2",
        "not_closed3",
        "not_closed4",
        "not_open1",
        "not_open2",
        "not_open3",
        "not_open4",
        "both_switches1",
        "both_switches2",
        "both_switches3",
        "both_switches4",
        "valve1_fault",
        "valve2_fault",
        "valve3_fault",
        "valve4_fault",
        "open_duct",
        "power_up",
        "air_low",
        "all_closed",
        "tripped",
    ),
    effects=(
        Effect("ALL_SHUT", "every valve of the board closes"),
        Effect("DV1_SHUT", "valve 1 closes and stays shut"),
        Effect("DV2_SHUT", "valve 2 closes and stays shut"),
        Effect("DV3_SHUT", "valve 3 closes and stays shut"),
        Effect("DV4_SHUT", "valve 4 closes and stays shut"),
        Effect("NO_DV", "no valve opens"),
        Effect("NO_NEW", "a discharge under way is finished, no new one"),
        Effect("NETWORK_STOP", "the board opens the inlet loop: fans stop, the branch's air valve shuts"),
    ),
    causes=CAUSES,
    permissives=(
        Permissive("STOP_RELEASED", "not ES", ("DISCHARGE", "JOG"), "emergency stop not pressed"),
        Permissive("NO_FIRE", "not FIRE", ("DISCHARGE", "JOG"), "fire panel normal"),
        Permissive("AIR", "not air_low", ("DISCHARGE", "JOG"), "instrument air"),
        Permissive("GATEWAY", "link > LINK_NEVER and link < LINK_LOST", ("DISCHARGE",), "the gateway supervises"),
        Permissive("HATCH1", "not hatch1_open", ("DV1",), "hatch 1 shut"),
        Permissive("HATCH2", "not hatch2_open", ("DV2",), "hatch 2 shut"),
        Permissive("HATCH3", "not hatch3_open", ("DV3",), "hatch 3 shut"),
        Permissive("HATCH4", "not hatch4_open", ("DV4",), "hatch 4 shut"),
        Permissive("VALVE1", "not valve1_fault", ("DV1",), "valve 1 without fault"),
        Permissive("VALVE2", "not valve2_fault", ("DV2",), "valve 2 without fault"),
        Permissive("VALVE3", "not valve3_fault", ("DV3",), "valve 3 without fault"),
        Permissive("VALVE4", "not valve4_fault", ("DV4",), "valve 4 without fault"),
        Permissive("ALL_CLOSED", "all_closed", ("DISCHARGE", "JOG"), "every valve of the board proven closed"),
        Permissive("NOT_TRIPPED", "not tripped", ("DISCHARGE", "JOG"), "nothing else forbids it"),
    ),
    commands=(
        Command(
            0x0101,
            "DV_DISCHARGE",
            "open valve `index` for open_ms (0: the parameter), once; the token must be newer than any this board saw",
            ("index", "open_ms", "token_hi", "token_lo"),
        ),
        Command(
            0x0111,
            "DV_CLOSE",
            "end the discharge of valve `index` now; 0 any",
            ("index",),
            _BY_HAND + (layout.MODE_AUTO,),
        ),
        Command(0x0112, "DV_REVOKE", "orders with this token or an older one are refused", ("token_hi", "token_lo")),
        Command(0x0113, "HATCH_LOCK", "lock hatch `index` (0 all), or leave it to the board", ("index", "on")),
        Command(0x0114, "DV_JOG", "hold-to-run: valve `index` open while renewed", ("index",), _BY_HAND),
    ),
    events=(
        Event(64, "DV_OPENED", "valve open", ("index", "travel_ms")),
        Event(65, "DV_CLOSED", "valve closed", ("index", "travel_ms")),
        Event(66, "DISCHARGED", "discharge ended, valve proven closed", ("index", "energised_ms")),
        Event(67, "DV_FAULT", "valve fault", ("index", "fault")),
        Event(68, "DV_ABORTED", "discharge ended early", ("index", "cause")),
        Event(69, "MAX_OPEN", "the maximum-open timer closed the valve", ("index", "energised_ms")),
        Event(70, "TOKEN_STALE", "discharge refused: its token is not newer than the last", ("token",), wide=True),
        Event(71, "LEVEL", "level of a chute changed: 0 below 60 %, 1 LSH, 2 LSHH", ("index", "level")),
        Event(72, "HATCH_OPENED", "a resident opens a hatch; RESIDENT comes before when the card is known", ("index",)),
        Event(73, "HATCH_SHUT", "hatch shut again", ("index", "open_ds")),
        Event(74, "RESIDENT", "card of the resident of the next HATCH_OPENED", ("token",), wide=True),
        Event(75, "NETWORK_STOP", "the board asks for a stop of the network", ("on", "cause")),
    ),
)

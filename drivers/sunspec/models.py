"""What control reads of each kind of unit, and in which models it stands: the table that a board carries.

Values are those of the process image: power and reactive power 0.1 kW and 0.1 kvar, voltage 0.1 V (cells 1 mV),
frequency 0.01 Hz, current 0.1 A, temperature 0.1 degC, percentages 0.1 %. Generation, discharge and import are
positive.

A field's row is ``(model, offset, type, scale, decimals, period)``: the offset counts from the model's ID register, and
``scale`` is the offset of the scale factor or `FIXED` plus a factor that the definition fixes; ``period`` 0 is the
kind's own (ms). The first row whose model the unit has wins. `tests/drivers/sunspec` holds every row against the
published definitions.
"""

from drivers.sunspec.values import BITS32, ENUM16, F32, I16, U16
from protocols.port import const

INVERTER = const(0)
"""Kinds of unit."""
PCS = const(1)
"""A battery converter, with the battery that its chain describes."""
METER = const(2)
WEATHER = const(3)

FIXED = const(-100)
"""``FIXED + n``: a scale factor of n that stands in the definition; ``FIXED`` alone: none."""
STATE = const(90)
"""In place of decimals: an operating state, made one enumeration by `states.normalise`."""

INV_W = const(0)
INV_ST = const(1)
INV_EVT = const(2)
"""Bits of 103 Evt1 and 701 Alrm, which are the same: 0 ground fault, 1 DC over-voltage, 7 over-temperature ..."""
INV_TMP = const(3)
INV_WRTG = const(4)
"""Nameplate power."""

PCS_P = const(0)
PCS_ST = const(1)
PCS_EVT = const(2)
PCS_WRTG = const(3)
BAT_SOC = const(4)
BAT_SOH = const(5)
BAT_VMAX = const(6)
BAT_VMIN = const(7)
BAT_TMAX = const(8)
BAT_TMIN = const(9)
BAT_ST = const(10)
"""802 State: 1 disconnected, 2 initializing, 3 connected, 4 standby, 5 SoC protection, 6 suspending, 99 fault."""
BAT_EVT = const(11)
BAT_HB = const(12)
BAT_V = const(13)
BAT_ACHA = const(14)
"""Charge and discharge current that the battery management allows, 0.1 A."""
BAT_ADIS = const(15)

GM_P = const(0)
GM_Q = const(1)
GM_V = const(2)
"""Phase to neutral, mean of the phases."""
GM_F = const(3)
GM_I = const(4)
"""Mean of the phases; the models give their sum."""

MET_G = const(0)
"""Global horizontal irradiance, W/m2."""
MET_TA = const(1)
MET_WIND = const(2)
"""0.1 m/s."""

EVT_GROUND_FAULT = const(1)
EVT_DC_OVER_VOLT = const(2)
EVT_OVER_TEMP = const(1 << 7)

SLOW_MS = const(5000)
"""Period of what hardly changes: ratings, and the registers of controls that nobody waits for."""
SECOND_MS = const(1000)

_MEASURED = (
    ((701, 10, I16, 116, -2, 0), (103, 14, I16, 15, -2, 0), (113, 22, F32, FIXED, -2, 0)),  # W
    ((701, 4, ENUM16, FIXED, STATE, 0), (103, 38, ENUM16, FIXED, STATE, 0), (113, 48, ENUM16, FIXED, STATE, 0)),
    ((701, 6, BITS32, FIXED, 0, 0), (103, 40, BITS32, FIXED, 0, 0), (113, 50, BITS32, FIXED, 0, 0)),
)
_RATING = ((702, 2, U16, 45, -2, SLOW_MS), (120, 3, U16, 4, -2, SLOW_MS))

FIELDS = (
    # INVERTER
    _MEASURED
    + (
        ((701, 36, I16, 122, 1, 0), (103, 33, I16, 37, 1, 0), (113, 40, F32, FIXED, 1, 0)),
        _RATING,
    ),
    # PCS
    _MEASURED
    + (
        _RATING,
        ((802, 11, U16, 56, 1, SECOND_MS), (713, 4, U16, 8, 1, SECOND_MS)),
        ((802, 13, U16, 58, 1, SECOND_MS), (713, 5, U16, 8, 1, SECOND_MS)),
        ((802, 37, U16, 60, 3, SECOND_MS),),
        ((802, 40, U16, 60, 3, SECOND_MS),),
        ((803, 4, I16, 23, 1, SECOND_MS),),
        ((803, 7, I16, 23, 1, SECOND_MS),),
        ((802, 22, ENUM16, FIXED, 0, SECOND_MS),),
        ((802, 26, BITS32, FIXED, 0, SECOND_MS),),
        ((802, 18, U16, FIXED, 0, SECOND_MS),),
        ((802, 34, U16, 59, 1, SECOND_MS),),
        ((802, 45, U16, 62, 1, SECOND_MS),),
        ((802, 46, U16, 62, 1, SECOND_MS),),
    ),
    # METER
    (
        ((203, 18, I16, 22, -2, 0),),
        ((203, 28, I16, 32, -2, 0),),
        ((203, 7, I16, 15, 1, 0),),
        ((203, 16, I16, 17, 2, 0),),
        ((203, 2, I16, 6, 1, 0),),
    ),
    # WEATHER
    (
        ((302, 2, U16, FIXED, 0, 0),),
        ((307, 2, I16, FIXED - 1, 1, 0),),
        ((307, 5, I16, FIXED, 1, 0),),
    ),
)

PERIOD_MS = (1000, 500, 200, 5000)
"""How often a kind is read (domain brief §2a)."""
PATIENCE_MS = (3500, 250, 300, 10000)
"""How much later than its period a kind may be read where a line is too slow for all: control needs meter and battery
converter within a second, the others before they are stale. A battery waits for its period."""
STALE_MS = (5000, 5000, 2000, 30000)
"""How old a value of a kind may be (domain brief §2a), if that is more than three periods."""

# Lengths (L) that a model can have: fixed registers, and those of one more block (1: curves, of whatever points).
_LENGTHS = {
    1: (66, 0),
    101: (50, 0),
    102: (50, 0),
    103: (50, 0),
    111: (60, 0),
    112: (60, 0),
    113: (60, 0),
    120: (26, 0),
    121: (30, 0),
    122: (44, 0),
    123: (24, 0),
    124: (24, 0),
    160: (8, 20),
    201: (105, 0),
    202: (105, 0),
    203: (105, 0),
    204: (105, 0),
    302: (0, 5),
    307: (11, 0),
    701: (153, 0),
    702: (50, 0),
    703: (17, 0),
    704: (65, 0),
    705: (13, 1),
    706: (13, 1),
    707: (7, 1),
    708: (7, 1),
    709: (7, 1),
    710: (7, 1),
    711: (12, 10),
    712: (12, 1),
    713: (7, 0),
    714: (18, 25),
    715: (7, 0),
    802: (62, 0),
    803: (26, 32),
}


def family(model):
    """Return the model whose layout ``model`` has: single-phase inverters are laid out as three-phase ones."""
    if 101 <= model <= 103:
        return 103
    if 111 <= model <= 113:
        return 113
    return 203 if 201 <= model <= 204 else model


def mean_of_phases(total, model):
    """Return the mean of what a meter of ``model`` (201 to 204) adds up over its phases, rounded towards zero."""
    mean = abs(total) // max(1, min(model - 200, 3))
    return -mean if total < 0 else mean


def length_fits(model, length):
    """Return False where ``model`` is one of ours and can't be ``length`` registers long (L, without ID and L)."""
    known = _LENGTHS.get(model)
    if known is None:
        return True
    fixed, block = known
    if model == 1 and length == 65:
        return True  # published without its pad for years
    if block:
        return length >= fixed and (length - fixed) % block == 0
    return length == fixed

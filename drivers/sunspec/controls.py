"""What is written to limit, set and switch a unit, in the order in which it is written, as data (domain brief §2a).

A layout is ``(model, decimals, enabled, basis, rows)``: ``decimals`` of the value asked (-2: 0.1 kW of W, 1: 0.1 %),
``enabled``: what the last row, the enable, is written with (0: there is none, the value acts by itself), ``basis``: the
point, and its scale, that a percentage refers to, where power is asked and per cent is written.

A row is ``(offset, type, what, scale)``. Rows are written one after the other: value, ramp, reversion, enable. Optional
rows are left out where the device has not implemented the register.
"""

from drivers.sunspec.models import FIXED, INVERTER, METER, PCS, WEATHER
from drivers.sunspec.values import BITS16, ENUM16, I16, I32, U16, U32
from protocols.port import const

VALUE = const(0)
"""What was asked. Limits are rounded towards zero."""
PAIR = const(1)
"""The same, and in the next register the same with the other sign, in one write: never a moment with just one."""
RAMP = const(2)
"""The ramp in s, optional."""
RATE = const(3)
"""The ramp in % of the maximum per s, optional; written when a ramp is asked, or to undo one that would slow."""
REVERT = const(4)
"""After how many s without a refresh the device reverts, optional. A device may keep another one: that is read back."""
FALLBACK = const(5)
"""The value that it reverts to, optional."""
FALLBACK_ENABLE = const(6)
"""1 where a fallback is asked, 0 where reverting means no limit; optional."""
ONE = const(7)
"""The constant 1, optional."""
ENABLE = const(8)

# Layouts: _MODEL, _DECIMALS, ...
MODEL = const(0)
DECIMALS = const(1)
ENABLED = const(2)
BASIS = const(3)
ROWS = const(4)

STOPPED = const(0)
STARTED = const(1)

_LIMIT_704 = (
    704,
    1,
    1,
    (),
    (
        (15, U16, VALUE, 54),
        (49, U16, RATE, FIXED),
        (16, U16, FALLBACK, 54),
        (17, ENUM16, FALLBACK_ENABLE, FIXED),
        (18, U32, REVERT, FIXED),
        (14, ENUM16, ENABLE, FIXED),
    ),
)
_LIMIT_123 = (
    123,
    1,
    1,
    (),
    (
        (5, U16, VALUE, 23),
        (8, U16, RAMP, FIXED),
        (7, U16, REVERT, FIXED),
        (9, ENUM16, ENABLE, FIXED),
    ),
)
_SET_704 = (
    704,
    -2,
    1,
    (),
    (
        (24, I32, VALUE, 55),
        (23, ENUM16, ONE, FIXED),  # in watts, not in per cent
        (49, U16, RATE, FIXED),
        (26, I32, FALLBACK, 55),
        (30, ENUM16, FALLBACK_ENABLE, FIXED),
        (31, U32, REVERT, FIXED),
        (22, ENUM16, ENABLE, FIXED),
    ),
)
# Both limits of storage at one figure, of opposite sign, leave the converter no choice: that is a set-point.
_SET_124 = (
    124,
    1,
    3,
    (2, 18),
    (
        (12, I16, PAIR, 25),
        (17, ENUM16, ONE, FIXED),  # charging from the grid is allowed
        (16, U16, RAMP, FIXED),
        (15, U16, REVERT, FIXED),
        (5, BITS16, ENABLE, FIXED),
    ),
)
_OPERATE_715 = (715, 0, 0, (), ((8, ENUM16, VALUE, FIXED),))
_OPERATE_123 = (123, 0, 0, (), ((4, ENUM16, VALUE, FIXED),))

LIMITS = (_LIMIT_704, _LIMIT_123)
"""Active power limit in 0.1 % of an inverter, the better model first."""
SET_POINTS = (_SET_704, _SET_124)
"""Power of a battery converter in 0.1 kW, discharge positive."""
OPERATIONS = (_OPERATE_715, _OPERATE_123)
"""STOPPED or STARTED: 715 OpCtl, 123 Conn."""

POWER = {INVERTER: LIMITS, PCS: SET_POINTS, METER: (), WEATHER: ()}
OPERATION = {INVERTER: OPERATIONS, PCS: OPERATIONS, METER: (), WEATHER: ()}

HEARTS = ((715, 5, 2), (802, 19, 1))
"""Counters that the controller turns each second: model, offset, registers (715 ControllerHb, 802 CtrlHb)."""

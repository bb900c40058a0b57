"""Temperature of a PT1000 from its resistance (IEC 60751, Callendar-Van Dusen), in integers.

A sample is 0.01 ohm, a temperature 0.01 degC: 100000 is 1000.00 ohm and 0.00 degC, 84271 is -40.00, 153584 is 140.00.
The curve is tabulated every 5 K when the module is loaded; between two of its points the chord leaves it by less than
0.001 K. Resistances outside -50..150 degC are no temperature of this plant: the wire is short (`UNDER`) or open
(`OVER`), and `drivers.analogue_input` calls the input BAD.
"""

from array import array

from protocols.layout import PT1000_HIGHEST, PT1000_LOWEST
from protocols.port import const

UNDER = PT1000_LOWEST - 1
"""What `temperature` gives for a resistance below and above the table: one digit past its ends."""
OVER = PT1000_HIGHEST + 1

_STEP = const(500)  # 0.01 K
_STEP_K = const(5)
_MIN_SLOPE = const(18000)  # 0.001 ohm in a step, at most so few (at 150 degC): so a guess of the step is never too low


def _milliohm(celsius):
    """R(t) = R0 (1 + A t + B t**2 + C (t - 100) t**3), the last term below 0 degC; at load time only."""
    r = 10000000000 + 39083000 * celsius - 5775 * celsius * celsius
    if celsius < 0:
        r -= 4183 * (celsius - 100) * celsius * celsius * celsius // 100000
    return (r + 5000) // 10000


_CURVE = array("i", [_milliohm(celsius) for celsius in range(-50, 151, _STEP_K)])
_SHORTEST = _CURVE[0] // 10
_LONGEST = _CURVE[len(_CURVE) - 1] // 10


def temperature(raw):
    """0.01 degC of a resistance in 0.01 ohm; UNDER or OVER outside -50..150 degC."""
    if raw < _SHORTEST:
        return UNDER
    if raw > _LONGEST:
        return OVER
    curve = _CURVE
    r = raw * 10
    i = (r - curve[0]) // _MIN_SLOPE
    last = len(curve) - 2
    if i > last:
        i = last
    while i > 0 and curve[i] > r:
        i -= 1
    low = curve[i]
    span = curve[i + 1] - low
    return PT1000_LOWEST + i * _STEP + ((r - low) * _STEP + span // 2) // span

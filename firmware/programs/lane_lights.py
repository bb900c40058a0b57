"""When a lane shows green (domain brief §3c B7, B8; §5)."""

from firmware.programs.lane_base import EMERGENCY, EXIT, FIRE, FLUSH, OPERATOR, SCHEDULE, SUPPLY, WIND
from protocols import layout

_FOR_ALL = 1 << EMERGENCY | 1 << FLUSH | 1 << OPERATOR | 1 << WIND | 1 << SCHEDULE
_FOR_EXITS = 1 << FIRE | 1 << SUPPLY


def green_light(lane, io):
    """1 for green: the boom is up, and either a vehicle has credit or the reason of the hold lets this lane flow."""
    if not lane.boom.at_open or lane.emv_elsewhere:
        return 0
    table = lane.table
    state = lane.state
    if state == table.ST_HOLD_OPEN:
        reasons = _FOR_ALL | _FOR_EXITS if lane.par.lane_role == EXIT else _FOR_ALL
        return reasons >> lane.hold_reason & 1
    if state == table.ST_OPEN or state == table.ST_PASSING or state == table.ST_PASSED:
        return 1 if lane.admission.credit or io.mode == layout.MODE_LOCAL else 0
    return 0

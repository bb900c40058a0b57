"""Operating states of inverters: models 101 to 113 (St) and 701 (InvSt) count differently; here is one enumeration.

`ST_UNKNOWN` is what a device says that neither model knows: a state of the maker's own, not a fault.
"""

from protocols.port import const

ST_UNKNOWN = const(0)
ST_OFF = const(1)
ST_SLEEPING = const(2)
ST_STARTING = const(3)
ST_RUNNING = const(4)
"""Feeding at the maximum power point (103: MPPT, 701: RUNNING)."""
ST_THROTTLED = const(5)
ST_STOPPING = const(6)
ST_FAULT = const(7)
ST_STANDBY = const(8)
NAMES = ("UNKNOWN", "OFF", "SLEEPING", "STARTING", "RUNNING", "THROTTLED", "SHUTTING_DOWN", "FAULT", "STANDBY")


def normalise(model, raw):
    """Return the state that ``raw`` (St of 101-103 and 111-113, InvSt of 701) stands for."""
    if model == 701:
        raw += 1
    return raw if 1 <= raw <= ST_STANDBY else ST_UNKNOWN

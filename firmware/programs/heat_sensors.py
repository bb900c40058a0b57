"""Believed temperatures of the heat plant: what each sensor says, or what stands for it, and why (domain brief §4c H11)."""

from protocols.port import const

# Places in `Temperatures.value` and `.reason`, and bits of `.estimates`
TT101, TT102, TT201, TT202, TT203, TT204 = 0, 1, 2, 3, 4, 5
TT301, TT302, TT303, TT304, TT305, TT306 = 6, 7, 8, 9, 10, 11
TT41, TT42, TT43, TT44, TT45, TT46, TT47, TT50 = 12, 13, 14, 15, 16, 17, 18, 19
NAMES = (
    "TT101 TT102 TT201 TT202 TT203 TT204 TT301 TT302 TT303 TT304 TT305 TT306 TT41 TT42 TT43 TT44 TT45 TT46 TT47 TT50"
).split()
COUNT = const(20)

# reason
GOOD = const(0)
OPEN = const(1)
SHORT = const(2)
FROZEN = const(3)  # or faster than physics
DRIFT = const(4)
SWAPPED = const(5)
SILENT = const(6)
REASONS = ("GOOD", "OPEN", "SHORT", "FROZEN", "DRIFT", "SWAPPED", "SILENT")


class Temperatures:
    """`value[TT41]`: 0.01 degC as believed; `reason[TT41]`: why it isn't the sensor's own.

    estimates   bit k: value[k] isn't what sensor k says      news   bits of those whose reason changed in this scan
    store_estimated  fact: a store node is an estimate         store_backup  fact: for longer than 30 min
    store_blind      fact: no store node is known: no heat into the store
    source_estimated fact H11: TT101 is an estimate            outdoor_estimated  fact: no season change
    tap_estimated    fact: TT45 is an estimate (V401 by feed-forward)
    sensor_doubt     fact: a sensor drifts or two are swapped
    """

    def __init__(self, table, par):
        self.par = par
        self.estimates = 0
        self.news = 0
        self.store_estimated = 0
        self.store_backup = 0
        self.store_blind = 0
        self.source_estimated = 0
        self.outdoor_estimated = 0
        self.tap_estimated = 0
        self.sensor_doubt = 0

    def step(self, io, heaters, hot_network, cooling, now):
        """One scan, before anything else. heaters: steps of EH1 that are on; hot_network: NETWORK_DISINFECT or its
        cooling; cooling: chilled water in the heating circuit. Doubts are forgotten with io.reset."""

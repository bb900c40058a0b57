"""Electric backup EH1: steps with minimum on and off times, and why they are on (domain brief §4a, §4c H7, H11, §5)."""

from protocols.port import const

# why
NONE = const(0)
STORE_LOW = const(1)
SUPPLY_LOW = const(2)
SENSOR = const(3)
NO_SOURCE = const(4)
PASTEURISE = const(5)
DISINFECT = const(6)
POWER_TO_HEAT = const(7)
WHYS = ("NONE", "STORE_LOW", "SUPPLY_LOW", "SENSOR", "NO_SOURCE", "PASTEURISE", "DISINFECT", "POWER_TO_HEAT")


class Backup:
    """EH1.

    steps     steps on now (EH1.Yn = 1 for n <= steps)      wanted   steps wanted before minimum times and the cap
    kw        their power, 0.1 kW                            why      see above
    store_low fact: top of the store too cold for too long
    """

    def __init__(self, table, par):
        self.par = par
        self.steps = 0
        self.wanted = 0
        self.kw = 0
        self.why = NONE
        self.store_low = 0

    def step(self, io, temps, cycle, heat_to, supply_low, no_source, p2h_kw, cap, stop, now):
        """One scan. cycle, heat_to, supply_low: of `Hygiene`; no_source: no heat from the machines for the store;
        p2h_kw: power-to-heat wished, 0.1 kW (0: none or expired); cap: most steps the gateway allows; stop: an
        interlock holds EH1 (all steps off in this scan)."""

"""Circulation of hot water: P402 runs day and night (domain brief §4b, H8)."""


class Circulation:
    """P402.

    run       P402.Y
    proven    it runs and there is flow
    failed    fact: commanded, not proven
    off       fact H8: no proven circulation for an hour      off_min  minutes of it
    """

    def __init__(self, table, par):
        self.par = par
        self.run = 1
        self.proven = 0
        self.failed = 0
        self.off = 0
        self.off_min = 0

    def step(self, io, temps, cycle, stop, now):
        """One scan. cycle: a hygiene cycle runs, so no rest; stop: an interlock (pressure) holds the pump."""

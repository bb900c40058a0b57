"""What makers do differently, as data: a quirk is a row here, never a branch on a maker's name in the driver.

A `Quirk` is all that the driver asks about a device beyond the standard. How to add one: docs/add-an-inverter.md. Add a
row only for what was seen on a device or stands in its manual, and say which in `source`.
"""


class Quirk:
    """How a device departs from the standard.

    max_read      registers that it gives in one read, 2..125
    whole_models  1: it refuses reads that reach from one model into the next
    pause_ms      silence that it needs between two requests
    timeout_ms    time that it takes to answer, at most; 0: found out
    revert_s      reversion that it keeps whatever is written, 0 when it obeys; refreshing goes by the shorter
    floor         0.1 %: below this limit it goes to standby (power 0, and a restart later)
    tolerance     raw counts by which a value read back may differ from the one written
    meter_sign    -1: a meter that counts export positive
    no_end        1: its chain has no end marker
    lengths       0: it says lengths that its models can't have, and means them
    source        where that is from
    """

    def __init__(
        self,
        max_read=125,
        whole_models=0,
        pause_ms=0,
        timeout_ms=0,
        revert_s=0,
        floor=0,
        tolerance=0,
        meter_sign=1,
        no_end=0,
        lengths=1,
        source="",
    ):
        if not 2 <= max_read <= 125:
            raise ValueError("a read gives 2 to 125 registers")
        self.max_read = max_read
        self.whole_models = whole_models
        self.pause_ms = pause_ms
        self.timeout_ms = timeout_ms
        self.revert_s = revert_s
        self.floor = floor
        self.tolerance = tolerance
        self.meter_sign = meter_sign
        self.no_end = no_end
        self.lengths = lengths
        self.source = source


STANDARD = Quirk()

QUIRKS = {
    "standard": STANDARD,
    "reversion_60s": Quirk(revert_s=60, source="domain brief §7.5"),
    "standby_below_10": Quirk(floor=100, source="domain brief §2a, §7.5"),
    "latency_200ms": Quirk(timeout_ms=400, source="domain brief §2f, §7.5"),
    "whole_models": Quirk(whole_models=1, source="domain brief §2a"),
    "export_positive_meter": Quirk(meter_sign=-1, source="domain brief §2a"),
}
"""By name, for parameters and site files."""

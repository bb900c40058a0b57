"""The process image and the parameters: plain objects whose attributes are the points of the sheet.

Integers only. The attributes exist from the start, so that setting one later allocates nothing.
"""

from protocols import layout
from protocols.quality import STALE


class Image:
    """Inputs and outputs of one scan: `io.LB_P` the value, `io.LB_P_Q` its quality, `io.YO` an output.

    ==========  =============================================================================
    mode        layout.MODE_
    link        layout.LINK_: how the gateway's heartbeat stands
    reset       1 in the one scan after a RESET command
    boot_cause  layout.RESET_
    time_high   UTC in seconds, upper 16 bits; time_low: the lower ones (both follow once a second)
    time_q      1 while that was set within a day
    ==========  =============================================================================
    """

    def __init__(self):
        self.mode = layout.MODE_OFF
        self.link = layout.LINK_NEVER
        self.reset = 0
        self.boot_cause = 0
        self.time_high = 0
        self.time_low = 0
        self.time_q = 0


class Parameters:
    """The board's parameters: `par.clear_ms`."""


def make_image(table):
    """An Image with all points of `table`: inputs in their fail state and STALE, outputs safe, status values 0."""
    io = Image()
    for row in table.DI:
        setattr(io, row[0], 1 if row[2] else 0)
        setattr(io, row[0] + "_Q", STALE)
    for row in table.AI + table.BI:
        setattr(io, row[0], 0)
        setattr(io, row[0] + "_Q", STALE)
    for row in table.DO + table.AO + table.BO:
        setattr(io, row[0], row[2])
    for row in table.STATUS:
        setattr(io, row[0], 0)
    return io


def make_parameters(table):
    """Parameters of `table`, each at its default."""
    par = Parameters()
    for row in table.PARAMS:
        setattr(par, row[0], row[2])
    return par

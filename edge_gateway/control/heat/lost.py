"""What is done when a signal of the heat plant is lost, written down once: how long its last value counts, and then.

The image is made with these times; what follows is in the code that reads the value (`where`). The board has laws of
its own for its sensors (§4c H11): these rows are the gateway's.
"""

from __future__ import annotations

from edge_gateway.control.energy.lost import Lost

TABLE = (
    Lost("TT50", 0, "last value for two hours, then by 1 K/h to the month's mean; no season changes", "curve"),
    Lost("L1.PV", 10_000, "no back-up for the heating is begun; what stood ends", "staging"),
    Lost("TT101", 10_000, "the dry cooler isn't quietened in the curfew", "dispatch"),
    Lost("IT.REQ", 10_000, "says nothing; the board holds the source at the dry cooler then, which counts", "staging"),
    Lost("SEASON", 60_000, "the curve decides alone", "dispatch"),
    Lost("HP.PHASE", 10_000, "the machine counts as off", "staging"),
    Lost("HP.KW", 30_000, "told as unknown; nothing is controlled by it", "image"),
    Lost("EH1.KW", 10_000, "no surplus is taken", "power_to_heat"),
    Lost("KEY.DIS", 0, "the key counts as not turned: a network disinfection is refused", "image"),
    Lost("power plant", 0, "no power-to-heat; an island as it was told last, other rows are over", "power_to_heat"),
    Lost("board", 0, "nothing is sent; set-points go on there, power-to-heat ends after 30 s (H15)", "heat"),
)

HOLD_MS = {row.signal: row.hold_ms for row in TABLE}

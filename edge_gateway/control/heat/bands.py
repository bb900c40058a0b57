"""What may be set from afar, and within which limits: hygiene, scald protection, and what machines can do (§4b-§4d).

The board has the same limits of its own and refuses what is outside them (BAD_ARGUMENT).
"""

from __future__ import annotations

from dataclasses import dataclass

from edge_gateway.control.heat.plant import HYGIENE_HIGH, HYGIENE_LOW, SCALD_CAP


@dataclass(frozen=True, slots=True)
class Settable:
    """One thing that a person or the gateway may set. loop: its number on the board for SET_SP, 0 for one that has a
    command of its own. scale: units of a register for one of `unit`. low_why, high_why: whose limits these are."""

    name: str
    what: str
    unit: str
    low: float
    high: float
    low_why: str
    high_why: str
    command: str = "SET_SP"
    loop: int = 0
    scale: int = 100

    def wrong(self, value: float) -> str:
        """What is wrong with a value, in words; empty when it is in the band."""
        if value < self.low:
            return f"{value:g} {self.unit} is below {self.low:g}: {self.low_why}"
        if value > self.high:
            return f"{value:g} {self.unit} is above {self.high:g}: {self.high_why}"
        return ""


_HYGIENE = "cooler hot water lets bacteria grow (hygiene band, H7)"
_SCALD = "hotter water scalds; only a hygiene cycle heats further, inside the store or under key (H6)"

SETTABLE: dict[str, Settable] = {
    row.name: row
    for row in (
        Settable("heating", "heating supply", "degC", 35, 50, "the curve's low end", "the heaters' high end", loop=1),
        Settable(
            "heating-pump",
            "heating difference pressure",
            "bar",
            0.05,
            0.9,
            "no flow at the far end",
            "the pump",
            loop=2,
        ),
        Settable(
            "heat-pump", "outlet of the heat pumps", "degC", 30, 65, "their lower end", "high pressure (H4)", loop=3
        ),
        Settable("charge", "charging temperature", "degC", 58, 64, _HYGIENE, "the heat pumps' outlet", loop=4),
        Settable("dhw", "hot water to the taps", "degC", HYGIENE_LOW, HYGIENE_HIGH, _HYGIENE, _SCALD, loop=5),
        Settable("it", "water back to IT", "degC", 15, 32, "dew point in the hall", "IT cooling comes first", loop=6),
        Settable("dry-cooler", "water out of the dry cooler", "degC", 5, 35, "frost", "IT cooling comes first", loop=7),
        Settable("store", "hot-water store", "degC", HYGIENE_LOW, SCALD_CAP, _HYGIENE, _SCALD, command="DHW_SP"),
        Settable(
            "buffer", "buffer above its set-point", "K", 0, 5, "it is a boost", "the buffer", command="BUFFER_BOOST"
        ),
        Settable(
            "machines", "heat pumps that may run", "", 0, 3, "none", "there are no more", command="HP_MAX", scale=1
        ),
        Settable("eh1", "electric heater", "kW", 0, 300, "off", "its rating", command="P2H", scale=10),
    )
}
"""By the name on the command line."""

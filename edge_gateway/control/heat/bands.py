"""What may be set from afar, and within which limits: hygiene, scald protection, and what machines can do (§4b-§4d).

The board has the same limits of its own and refuses what is outside them (BAD_ARGUMENT); `core/heat_site.py` makes
these agree with its parameters.
"""

from __future__ import annotations

from dataclasses import dataclass

from edge_gateway.control.heat.plant import HYGIENE_HIGH, HYGIENE_LOW, SCALD_CAP


@dataclass(frozen=True, slots=True)
class Settable:
    """One thing that a person or the gateway may set. loop: its number on the board for SET_SP, 0 for one that has a
    command of its own. scale: units of a register for one of `unit`. low_why, high_why: whose limits these are. lasts:
    a set-point, which the board goes on with when the gateway is lost (H15); the others end."""

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
    lasts: bool = True

    def wrong(self, value: float) -> str:
        """What is wrong with a value, in words; empty when it is in the band."""
        if value < self.low:
            return f"{self.text(value)} is below {self.low:g}: {self.low_why}"
        if value > self.high:
            return f"{self.text(value)} is above {self.high:g}: {self.high_why}"
        return ""

    def text(self, value: float) -> str:
        """A value with its unit."""
        return f"{value:g} {self.unit}".rstrip()


_HYGIENE = "in cooler hot water bacteria grow (hygiene band)"
_SCALD = "hotter water scalds (scald band); only a hygiene cycle heats further, inside the store or under key"

# fmt: off
SETTABLE: dict[str, Settable] = {
    row.name: row
    for row in (
        Settable("heating", "heating supply", "degC", 35, 50, "lowest supply of the board (supply_min)",
                 "highest supply of the board (supply_max)", loop=1),
        Settable("heating-pump", "difference pressure of the heating", "bar", 0.05, 0.9, "nothing flows far away",
                 "more than the pump has", loop=2),
        Settable("heat-pump", "outlet of the heat pumps", "degC", 35, 65, "lowest supply of the board (supply_min)",
                 "highest outlet of the machines (hp_sp_max)", loop=3),
        Settable("charge", "hot-water store is charged to", "degC", HYGIENE_LOW, SCALD_CAP, _HYGIENE, _SCALD,
                 command="DHW_SP"),
        Settable("dhw", "hot water to the taps", "degC", HYGIENE_LOW, HYGIENE_HIGH, _HYGIENE, _SCALD, loop=5),
        Settable("it", "water back to the IT hall", "degC", 15, 27, "the hall sweats",
                 "the hall's contract (it_sp): IT cooling comes first", loop=6),
        Settable("buffer", "buffer above its set-point", "K", 0, 5, "it is a boost", "its end (boost_max)",
                 command="BUFFER_BOOST", lasts=False),
        Settable("machines", "heat pumps that may run", "", 0, 3, "there is no less", "there are no more",
                 command="HP_MAX", scale=1, lasts=False),
        Settable("eh1", "electric heater, power-to-heat", "kW", 0, 300, "it only heats", "its rating (eh_steps, eh_kw)",
                 command="P2H", scale=10, lasts=False),
    )
}
# fmt: on
"""By the name on the command line."""

FANS_LEAST = 30.0
"""The board takes no lower cap for the dry cooler's fans (%)."""

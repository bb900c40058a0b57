"""What may be set from afar, and within which limits: hygiene, scald protection, and what machines can do (§4b-§4d).

The board has the same limits of its own and refuses what is outside them (BAD_ARGUMENT); `core/heat_site.py` makes
these agree with its parameters.
"""

from __future__ import annotations

from dataclasses import dataclass

from edge_gateway.control.heat.plant import HYGIENE_HIGH, HYGIENE_LOW, SCALD_CAP

SET_POINT_S, WISH_S, POWER_S = 900, 60, 30
"""Validities (s): of what the gateway always wants something of, of what it sometimes does, of power-to-heat (H15)."""


@dataclass(frozen=True, slots=True)
class Settable:
    """One thing that a person or the gateway may set.

    loop: its number on the board for SET_SP, 0 for one that has a command of its own. scale: units of a register for
    one of `unit`. low_why, high_why: whose limits these are. valid_s: the board forgets it after this, unless it is a
    set-point and the gateway is lost (H15). at_rest: this value asks for nothing.
    """

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
    valid_s: int = WISH_S
    at_rest: float | None = None

    def wrong(self, value: float) -> str:
        """What is wrong with a value, in words; empty when it is in the band."""
        if self.scale == 1 and value != int(value):
            return f"{value:g} is no whole number"
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
                 "highest supply of the board (supply_max)", loop=1, valid_s=SET_POINT_S),
        Settable("heating-pump", "difference pressure of the heating", "bar", 0.05, 0.9, "nothing flows far away",
                 "more than the pump has", loop=2),
        Settable("heat-pump", "outlet of the heat pumps", "degC", 35, 65, "lowest supply of the board (supply_min)",
                 "highest outlet of the machines (hp_sp_max)", loop=3),
        Settable("charge", "hot-water store is charged to", "degC", HYGIENE_LOW, SCALD_CAP, _HYGIENE, _SCALD,
                 command="DHW_SP", valid_s=SET_POINT_S),
        Settable("dhw", "hot water to the taps", "degC", HYGIENE_LOW, HYGIENE_HIGH, _HYGIENE, _SCALD, loop=5,
                 valid_s=SET_POINT_S),
        Settable("it", "water back to the IT hall", "degC", 15, 27, "the hall sweats",
                 "the hall's contract (it_sp): IT cooling comes first", loop=6),
        Settable("buffer", "buffer above its set-point", "K", 0, 5, "it is a boost", "its end (boost_max)",
                 command="BUFFER_BOOST", at_rest=0),
        Settable("machines", "heat pumps that may run", "", 0, 3, "there is no less", "there are no more",
                 command="HP_MAX", scale=1, at_rest=3),
        Settable("eh1", "electric heater, power-to-heat", "kW", 0, 300, "it only heats", "its rating (eh_steps, eh_kw)",
                 command="P2H", scale=10, valid_s=POWER_S, at_rest=0),
    )
}
# fmt: on
"""By the name on the command line."""

FANS_LEAST = 30.0
"""The board takes no lower cap for the dry cooler's fans (%)."""

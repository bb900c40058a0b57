"""Where every joule goes (domain brief §4f, checks). All energies are J since the beginning."""

from __future__ import annotations

from dataclasses import dataclass

J_PER_KWH = 3.6e6


@dataclass
class Books:
    """Heat into the water, work, heat out of it; electricity that doesn't reach the water stands beside them."""

    it: float = 0.0
    """From the IT hall."""
    compressors: float = 0.0
    """Work of the heat pumps."""
    backup: float = 0.0
    """EH1."""
    chilled: float = 0.0
    """Taken from rooms by the chilled water."""
    cooler: float = 0.0
    """To the air by the dry coolers."""
    rejected: float = 0.0
    """Condenser heat to the air, in summer."""
    heating: float = 0.0
    """Given by radiators."""
    taps: float = 0.0
    """Hot water at the taps, above the cold feed."""
    circulation: float = 0.0
    """Lost by the hot-water network."""
    losses: float = 0.0
    """Lost by store and buffer."""
    recovered: float = 0.0
    """From the IT loop through HX1."""
    charged: float = 0.0
    """Into the hot-water store through HX2."""
    pumps: float = 0.0
    """Electricity of all pumps; their heat is left out of the water."""
    fans: float = 0.0
    """Electricity of the dry coolers' fans."""
    tap_kg: float = 0.0
    """Hot water that left at the taps, kg."""

    def residual(self, stored: float) -> float:
        """J that don't add up when the plant's water holds `stored` J more than at the beginning."""
        came = self.it + self.compressors + self.backup + self.chilled
        went = self.cooler + self.rejected + self.heating + self.taps + self.circulation + self.losses
        return came - went - stored

    @property
    def turnover(self) -> float:
        """All that came in, J."""
        return self.it + self.compressors + self.backup + self.chilled

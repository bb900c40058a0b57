"""Where every watt-hour goes (domain brief §2f, checks)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class Books:
    """Energies since the beginning, Wh."""

    pv_dc: float = 0.0
    pv_ac: float = 0.0
    imported: float = 0.0
    exported: float = 0.0
    most_exported_w: float = 0.0
    """Highest export of any step, W."""
    loads: float = 0.0
    charging: float = 0.0
    inverter_loss: float = 0.0
    battery_loss: float = 0.0
    island_gap: float = 0.0
    """What an island's voltage gave way for, between a step of load and the collapse or the throttling after it."""

    def residual(self, stored: float) -> float:
        """What doesn't add up when the battery holds `stored` Wh more than at the beginning."""
        came = self.pv_dc + self.imported + self.island_gap
        return came - self.exported - self.loads - self.charging - self.inverter_loss - self.battery_loss - stored

    @property
    def self_consumption(self) -> float:
        """Share of the generation that stayed here."""
        return 1.0 - self.exported / self.pv_ac if self.pv_ac else 1.0

    @property
    def self_sufficiency(self) -> float:
        """Share of the demand that did not come from the grid."""
        demand = self.loads + self.charging
        return 1.0 - self.imported / demand if demand else 1.0

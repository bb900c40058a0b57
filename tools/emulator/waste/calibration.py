"""Figures of the model (domain brief §1f). They are *calibration* parameters and no compliance evidence.

Textbook conveying formulas were off by 54 % in velocity and 134 % in pressure gradient for refuse, so drag, sliding
friction and pipe friction are to be fitted to a real site before anything is concluded from a run.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Calibration:
    """SI units throughout unless a name says otherwise."""

    density: float = 1.2
    area: float = 0.196
    diameter: float = 0.5
    friction: float = 0.018
    """Darcy's friction factor of the pipe."""
    entry_loss: float = 6.0
    """K of an open air-inlet valve with the bends of its path."""
    chute_loss: float = 150.0
    """K of an open discharge valve whose hatch is shut: air comes through the chute's breather only."""
    open_chute_loss: float = 30.0
    """K of an open discharge valve under an open hatch."""
    shut_off: float = 32_000.0
    """Pressure of all fans at full speed and no flow, Pa."""
    fan_slope: float = 550.0
    """Pressure lost per square of flow in the fans, Pa/(m³/s)²."""
    station_k: float = 8.0
    """K of separator, filter and silencer."""
    standing_loss: float = 7_800.0
    """Resistance of standing fans to air that flows back, Pa/(m³/s)²: 18 kPa are gone in about 30 s."""
    efficiency: float = 0.62
    idle_w: float = 4_000.0
    drag_area: float = 0.30
    """CdA of a charge of `drag_kg`, m²."""
    drag_kg: float = 4.0
    sliding: float = 0.35
    """Friction of waste on the pipe's floor."""
    partial_k: float = 3e3
    total_k: float = 1e6
    breaker: float = 33_000.0
    """The mechanical vacuum breaker opens here, Pa."""

    @property
    def dynamic(self) -> float:
        """Pressure per K and square of flow: rho / 2A²."""
        return self.density / (2.0 * self.area * self.area)

    @property
    def fan_path(self) -> float:
        """Loss of fans and station per square of flow."""
        return self.fan_slope + self.dynamic * self.station_k

    @property
    def drag(self) -> float:
        """Drag per kilogram of waste and square of relative speed: ½·rho·CdA / 4 kg."""
        return 0.5 * self.density * self.drag_area / self.drag_kg

    def capacity(self, length_m: float) -> float:
        """Volume of a pipe as compliance C = A·L/(1.4·101,325), m³/Pa."""
        return self.area * length_m / (1.4 * 101_325.0)


DEFAULT = Calibration()
GRAVITY = 9.81

"""What the heat plant is, and the figures of its control: defaults are the domain brief §0.1's, §4b's and §4c's."""

from __future__ import annotations

from dataclasses import dataclass, field

from edge_gateway.control.energy.plant import MINUTE_MS, SECOND_MS

HYGIENE_LOW = 55.0
"""Hot water leaves no cooler than this (degC, §4c H7)."""
HYGIENE_HIGH = 62.0
"""Set-points of hot water end here (degC, §4c: normal 60-62)."""
SCALD_CAP = 65.0
"""Nothing that is set from afar makes the store hotter (degC, §4c H6); only a hygiene cycle of the board does."""


@dataclass(frozen=True, slots=True)
class Curve:
    """Supply temperature by outdoor temperature, straight between two points (degC)."""

    cold: float = -5.0
    supply_cold: float = 50.0
    warm: float = 15.0
    supply_warm: float = 35.0


@dataclass(frozen=True, slots=True)
class Building:
    """Who is heated. limit: above this outdoor temperature it needs nothing (degC)."""

    name: str
    curve: Curve = field(default_factory=Curve)
    limit: float = 16.0


CLIMATE = (4.0, 6.0, 10.0, 16.0, 21.0, 25.0, 29.0, 28.5, 24.0, 19.0, 13.0, 7.0)
"""Mean outdoor temperature of each month (degC): plain of northern Zhejiang. For when nothing is measured."""


@dataclass(frozen=True, slots=True)
class Curfew:
    """Minutes of the local day between which the dry cooler is kept down; equal: never."""

    begin: int = 22 * 60
    end: int = 6 * 60

    def holds(self, minute: int) -> bool:
        """Whether it is in force at a minute of the local day."""
        if self.begin <= self.end:
            return self.begin <= minute < self.end
        return minute >= self.begin or minute < self.end


@dataclass(frozen=True, slots=True)
class Plant:
    """The plant as it was built. Temperatures in degC, power in kW."""

    machines: int = 3
    back_up_kw: float = 300.0
    back_up_step: float = 50.0
    buildings: tuple[Building, ...] = (Building("district"),)
    climate: tuple[float, ...] = CLIMATE
    dhw: float = 60.0
    """Hot water at the start of the network, TT45."""
    store: float = 62.0
    """What the store is charged with."""
    it_limit: float = 40.0
    """TT101 must not exceed it (H1)."""
    curfew: Curfew = field(default_factory=Curfew)
    curfew_fan: float = 70.0
    """Largest speed of the dry cooler's fans in the curfew (%)."""
    surplus_store: float = SCALD_CAP
    """What the store is charged with while the sun gives more than is taken."""
    surplus_boost: float = 5.0
    """How much hotter the buffer gets then (K)."""
    loss_kw: float = 150.0
    """EH1 for the hot water while the data centre's heat is lost."""
    power_to_heat_kw: float = 300.0
    """Most that EH1 takes of a surplus; 0: no power-to-heat."""


@dataclass(frozen=True, slots=True)
class Law:
    """Figures of the laws (§4b, §5)."""

    supply_low: float = 35.0
    supply_high: float = 50.0
    dead_band: float = 0.3
    """A supply temperature is told anew when it has moved so far (K)."""
    outdoor_hold_ms: int = 2 * 60 * MINUTE_MS
    """For so long the last outdoor temperature counts."""
    outdoor_slew: float = 1.0
    """From the last outdoor temperature to the climate's, and back to a measured one (K/h)."""
    limit_band: float = 2.0
    """K below its limit at which a building is heated again."""
    stage_down_ms: int = 30 * MINUTE_MS
    """Longest time for which the transformer takes a stage away."""
    stage_rest_ms: int = 30 * MINUTE_MS
    """After that it has them all for so long."""
    comfort: float = 1.0
    """K of room temperature that it costs."""
    return_step_ms: int = 60 * SECOND_MS
    """After an island one machine comes back in each."""
    surplus_margin: float = 10.0
    """kW of surplus that are left alone, so that the meter's noise buys nothing."""
    surplus_up_ms: int = 60 * SECOND_MS
    """A step of EH1 more is taken of a surplus that has lasted so long."""
    surplus_down_ms: int = 5 * SECOND_MS
    """It is given back when it was missing for so long: meter and heater are read at different moments."""
    it_margin: float = 5.0
    """K: nearer to its limit IT gets all that the dry cooler has."""
    loss_ms: int = 5 * MINUTE_MS
    """The data centre's heat is lost when it was too little for so long."""
    loss_kw: float = 50.0
    """Less heat of IT than this is none."""
    back_up_error: float = 2.0
    """K below its set-point at which the supply misses heat."""
    back_up_after_ms: int = 10 * MINUTE_MS
    """So long it may, with every machine that is allowed at work, before EH1 helps (and again before each step)."""
    back_up_off: float = 0.5
    """K below the set-point at which EH1 goes back by a step."""

"""The `heat` section of the site file: who is heated how, hot water, power-to-heat, taps and hygiene."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from edge_gateway.control.heat.plant import CLIMATE
from edge_gateway.site.part import Identifier, Part

Clock = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$", description="Local time of day, as in 03:00.")]
Celsius = Annotated[float, Field(ge=-40, le=100)]
Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
WEEKDAYS: tuple[Weekday, ...] = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
"""In the order of the board's numbers."""


class HeatCurve(Part):
    """Supply temperature by outdoor temperature: straight between two points, level beyond them (degC)."""

    cold_c: float = Field(default=-5, ge=-40, le=10, description="Outdoors: here and below `supply_cold_c` is needed.")
    supply_cold_c: float = Field(default=50, ge=25, le=65)
    warm_c: float = Field(default=15, ge=-10, le=25, description="Outdoors: here and above `supply_warm_c` will do.")
    supply_warm_c: float = Field(default=35, ge=20, le=60)

    @model_validator(mode="after")
    def _falls(self) -> HeatCurve:
        if self.cold_c >= self.warm_c:
            raise ValueError(f"cold_c ({self.cold_c:g}) must be below warm_c ({self.warm_c:g})")
        if self.supply_cold_c < self.supply_warm_c:
            raise ValueError(
                f"supply_cold_c ({self.supply_cold_c:g}) must not be below supply_warm_c ({self.supply_warm_c:g}): "
                "colder weather needs hotter water"
            )
        return self


class HeatBuilding(Part):
    """Somebody who is heated. The neediest one's curve decides the supply temperature."""

    name: Identifier
    limit_c: float = Field(default=16, ge=5, le=25, description="Above this outdoor temperature it is not heated.")
    curve: HeatCurve = Field(default_factory=HeatCurve)


class HeatWater(Part):
    """Hot water. `heat_checks.py` holds it within the hygiene and scald bands of domain brief §4c."""

    supply_c: float = Field(default=60, ge=40, le=90, description="To the taps, TT45 (degC).")
    store_c: float = Field(default=62, ge=40, le=90, description="What the store is charged with (degC).")
    surplus_c: float = Field(default=65, ge=40, le=90, description="The same while the sun gives too much (degC).")


class HeatPowerToHeat(Part):
    """What EH1 and the stores take while the sun gives more than is needed (domain brief §5)."""

    kw: float = Field(default=300, ge=0, le=10_000, description="Most that EH1 takes of it (kW); 0: none.")
    margin_kw: float = Field(default=10, ge=0, le=500, description="Left alone (kW).")
    boost_k: float = Field(default=5, ge=0, le=15, description="The buffer gets so much hotter (K).")


class HeatCurfew(Part):
    """Noise curfew of the dry cooler, as far as IT allows it. Equal ends: none."""

    from_: Clock = Field(default="22:00", alias="from")
    to: Clock = "06:00"
    fan_pct: float = Field(default=70, ge=30, le=100, description="Largest speed of its fans (%).")


class HeatPasteurise(Part):
    """When the board heats the store up each week. It does so by itself; this must be what it holds."""

    day: Weekday = "tuesday"
    at: Clock = "03:00"


class HeatTap(Part):
    """A tap that is flushed in a network disinfection. Its place in the list is its number on the board."""

    id: Identifier
    where: str = Field(default="", max_length=80, description="As people find it.")


class HeatContact(Part):
    """Who is told about hygiene; a role and a way to reach it, not the person's life."""

    role: str = Field(min_length=1, max_length=40)
    reach: str = Field(min_length=1, max_length=80, description="Telephone number or address.")


class Heat(Part):
    """Waste heat to heating and hot water behind one board with the program `heat_loop`."""

    board: Identifier
    buildings: list[HeatBuilding] = Field(min_length=1, max_length=64)
    climate_c: list[Celsius] = Field(
        default_factory=lambda: list(CLIMATE),
        min_length=12,
        max_length=12,
        description="Mean outdoor temperature of each month (degC), for when nothing is measured.",
    )
    dhw: HeatWater = Field(default_factory=HeatWater)
    power_to_heat: HeatPowerToHeat = Field(default_factory=HeatPowerToHeat)
    loss_kw: float = Field(
        default=150, ge=0, le=10_000, description="EH1 for hot water while the data centre's heat is lost (kW)."
    )
    curfew: HeatCurfew = Field(default_factory=HeatCurfew)
    pasteurise: HeatPasteurise = Field(default_factory=HeatPasteurise)
    taps: list[HeatTap] = Field(default_factory=list, max_length=255)
    contacts: list[HeatContact] = Field(default_factory=list, max_length=8)

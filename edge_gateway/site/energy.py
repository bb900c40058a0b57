"""The `energy` section of the site file: what stands behind the transformer, its limits, its tariff, its shed tiers."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from edge_gateway.site.part import Identifier, Part

Clock = Annotated[
    str, Field(pattern=r"^(([01]\d|2[0-3]):[0-5]\d|24:00)$", description="Local time of day, as in 08:30; 24:00 ends.")
]

Kilowatts = Annotated[float, Field(ge=0, le=100_000)]

DAY = (
    {"from": "00:00", "to": "08:00", "name": "valley", "buy": 0.35},
    {"from": "08:00", "to": "18:00", "name": "flat", "buy": 0.75},
    {"from": "18:00", "to": "22:00", "name": "peak", "buy": 1.25},
    {"from": "22:00", "to": "24:00", "name": "flat", "buy": 0.75},
)
# fmt: off
LOAD_KW = (320.0, 310.0, 300.0, 300.0, 300.0, 320.0, 380.0, 460.0, 520.0, 560.0, 580.0, 600.0,
           600.0, 580.0, 560.0, 560.0, 580.0, 640.0, 700.0, 700.0, 660.0, 560.0, 440.0, 360.0)
PV_KW = (0.0, 0.0, 0.0, 0.0, 0.0, 5.0, 40.0, 120.0, 230.0, 340.0, 430.0, 480.0,
         490.0, 450.0, 380.0, 280.0, 170.0, 70.0, 10.0, 0.0, 0.0, 0.0, 0.0, 0.0)
# fmt: on


class EnergyTransformer(Part):
    """The transformer and what may flow through it (domain brief §0.1, §2c E5)."""

    kva: float = Field(default=1600, ge=10, le=100_000)
    limit_pct: float = Field(default=80, ge=10, le=100, description="Of kva: from here on loads are shaved (%).")
    margin_kw: float = Field(default=10, ge=0, le=500, description="Kept below the limit (kW).")


class EnergyBattery(Part):
    """Storage behind one PCS. The reserves are domain brief §2c E8 and §5."""

    kw: float = Field(default=500, ge=1, le=100_000, description="Rated power of the PCS (kW).")
    kwh: float = Field(default=1000, ge=1, le=1_000_000, description="Usable energy from 0 to 100 % (kWh).")
    efficiency_pct: float = Field(default=96.5, ge=50, le=100, description="One way (%).")
    reserve_pct: float = Field(
        default=30, ge=0, le=90, description="Kept for the critical board; the board's min_reserve or more (%)."
    )
    island_reserve_pct: float = Field(default=30, ge=0, le=90, description="Below this an island sheds tier 2 (%).")
    full_pct: float = Field(default=95, ge=50, le=100, description="Above this an island curtails PV (%).")
    wear_per_kwh: float = Field(default=0.05, ge=0, le=10, description="Cost of one kWh through it.")


class EnergyInverter(Part):
    """One PV inverter: `INVn` of the board."""

    number: int = Field(ge=1, le=6, description="n of INVn.")
    kw: float = Field(default=100, ge=1, le=10_000, description="AC rating (kW).")
    kwp: float = Field(default=150, ge=1, le=20_000, description="Of its strings at 1,000 W/m2 (kW).")


class EnergyEv(Part):
    """The group of charging points. Points 0 to ac_points-1 are AC, the rest DC."""

    ac_points: int = Field(default=88, ge=0, le=96)
    ac_kw: float = Field(default=7, ge=1, le=50, description="Of an AC point at 32 A (kW).")
    dc_points: int = Field(default=4, ge=0, le=96)
    dc_kw: float = Field(default=120, ge=1, le=1000, description="Of a DC point at 32 A of share (kW).")
    cap_kw: float = Field(default=600, ge=0, le=10_000, description="The group never gets more (kW).")
    floor_a: float = Field(default=6, ge=6, le=16, description="Smallest current of a point that charges (A).")
    turn_min: float = Field(default=15, ge=1, le=120, description="Length of a turn when points have to queue (min).")

    @model_validator(mode="after")
    def _points_in_the_bitmap(self) -> EnergyEv:
        if self.ac_points + self.dc_points > 96:
            raise ValueError(f"{self.ac_points} AC and {self.dc_points} DC points are more than 96")
        return self


class EnergyTariffPeriod(Part):
    """A price from one time of day to another."""

    from_: Clock = Field(alias="from")
    to: Clock
    name: Literal["valley", "flat", "peak", "critical"]
    buy: float = Field(ge=-10, le=100, description="Price of a kWh from the grid.")


class EnergyTariff(Part):
    """What energy costs. The periods cover the whole day, none of it twice."""

    currency: str = Field(default="CNY", pattern=r"^[A-Z]{3}$")
    sell: float = Field(default=0.4, ge=-10, le=100, description="Price of a kWh to the grid.")
    peak_kw: float = Field(default=0.0, ge=0, le=1000, description="Price of a kW of the month's peak, for one day.")
    periods: list[EnergyTariffPeriod] = Field(
        default_factory=lambda: [EnergyTariffPeriod.model_validate(period) for period in DAY],
        min_length=1,
        max_length=48,
    )


class EnergyFeeder(Part):
    """What hangs on which shed tier: 1 never, 2 late, 3 first (domain brief §5)."""

    name: Identifier
    tier: int = Field(ge=1, le=3)
    kw: float = Field(default=0, ge=0, le=10_000, description="Connected load (kW), to know what shedding brings.")


class EnergyGrid(Part):
    """When the grid is in trouble, and how an island ends. (When it is there, the relay at its breaker says.)"""

    volts: float = Field(default=230, ge=50, le=1000, description="Rated, phase to neutral (V).")
    volts_low_pct: float = Field(default=90, ge=20, le=99, description="Below it is a grid event (%).")
    volts_high_pct: float = Field(default=107, ge=101, le=150, description="Above it is a grid event (%).")
    hz: Literal[50, 60] = 50
    hz_band: float = Field(default=0.2, ge=0.02, le=2, description="Farther off is a grid event (Hz).")
    back_s: float = Field(default=300, ge=20, le=600, description="In the window for so long before it is joined (s).")
    ev_after_s: float = Field(default=300, ge=0, le=3600, description="Charging begins so long after its tier (s).")
    may_island: bool = Field(default=True, description="The PCS can form a grid and the switch QG is fitted.")


class EnergyPlan(Part):
    """The day-ahead plan. `optimiser` needs the extra `optimise`; rules stand in whenever it has no answer."""

    method: Literal["optimiser", "rules"] = "optimiser"
    every_min: float = Field(default=15, ge=5, le=120)
    stale_min: float = Field(default=45, ge=10, le=360, description="An older plan isn't followed (min).")
    limit_s: float = Field(default=20, ge=1, le=300, description="Longest time for one computation (s).")
    load_kw: list[Kilowatts] = Field(
        default_factory=lambda: list(LOAD_KW),
        min_length=24,
        max_length=24,
        description="Expected load without EV and battery by local hour (kW), until a day was journalled.",
    )
    pv_kw: list[Kilowatts] = Field(
        default_factory=lambda: list(PV_KW),
        min_length=24,
        max_length=24,
        description="Expected generation by local hour (kW), until a day was journalled.",
    )


class Energy(Part):
    """PV, storage, EV and the grid connection behind one board with the program `energy`."""

    board: Identifier
    export_cap_kw: float = Field(default=200, ge=0, le=6553, description="Most that may flow into the grid (kW).")
    import_cap_kw: float | None = Field(
        default=None, ge=0, le=6553, description="Most that may be taken (kW); limit_pct of the transformer if absent."
    )
    transformer: EnergyTransformer = Field(default_factory=EnergyTransformer)
    battery: EnergyBattery | None = Field(default_factory=EnergyBattery)
    inverters: list[EnergyInverter] = Field(
        default_factory=lambda: [EnergyInverter(number=number) for number in range(1, 7)], max_length=6
    )
    ev: EnergyEv | None = Field(default_factory=EnergyEv)
    grid: EnergyGrid = Field(default_factory=EnergyGrid)
    tariff: EnergyTariff = Field(default_factory=EnergyTariff)
    feeders: list[EnergyFeeder] = Field(default_factory=list)
    plan: EnergyPlan = Field(default_factory=EnergyPlan)

    @property
    def import_limit_kw(self) -> float:
        """Most that may be taken: the smaller one of cap and transformer limit (kW)."""
        limit = self.transformer.kva * self.transformer.limit_pct / 100
        return limit if self.import_cap_kw is None else min(limit, self.import_cap_kw)

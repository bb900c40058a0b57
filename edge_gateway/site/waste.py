"""The `waste` section of the site file: what stands where in the vacuum network, and the figures of the collection."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from edge_gateway.site.part import Identifier, Part

FractionName = Literal["perishable", "other", "recyclable"]
FRACTIONS: tuple[FractionName, ...] = ("perishable", "other", "recyclable")
"""In the order of the boards' numbers."""

Clock = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$", description="Time of day, as in 22:00.")]


class WasteBranch(Part):
    """A branch of the pipe with one air-inlet valve at its end."""

    number: int = Field(ge=1, le=6, description="AV, SV and PT of the station with this number belong to it.")
    length_m: int = Field(ge=10, le=3000, description="From the air inlet to the station (m).")
    joins_m: int = Field(ge=0, le=3000, description="From the point where it meets the main to the station (m).")
    quiet: bool = Field(
        default=True,
        description="Fans at 70 % hold 18 m/s on it: full chutes are emptied in the curfew too. Measure it.",
    )

    @model_validator(mode="after")
    def _joins_before_its_end(self) -> WasteBranch:
        if self.joins_m >= self.length_m:
            raise ValueError(f"joins_m ({self.joins_m}) must be less than length_m ({self.length_m})")
        return self


class WasteInlet(Part):
    """A group of chutes: one board with the program `waste_inlet`."""

    board: Identifier
    branch: int = Field(ge=1, le=6)
    distance_m: int = Field(ge=1, le=3000, description="Way of the waste to the station (m).")
    fractions: list[FractionName] = Field(
        default=["perishable", "other", "recyclable"], min_length=1, max_length=4, description="Of valves 1, 2, 3, 4."
    )


class WasteCurfew(Part):
    """Noise curfew, cause P14: only full chutes, fans at 70 % at most. Equal ends: none."""

    from_: Clock = Field(default="22:00", alias="from")
    to: Clock = "06:00"


class WasteSchedule(Part):
    """When is what collected."""

    batch: int = Field(default=6, ge=1, le=100, description="So many chutes above 60 % make a run.")
    batch_early: int = Field(default=3, ge=1, le=100, description="The same while there is energy to spare.")
    take_along_pct: int = Field(
        default=30, ge=1, le=100, description="Chutes filled to this go along when their branch is emptied anyway (%)."
    )
    branch_worth_pct: int = Field(
        default=70, ge=0, le=100, description="A batch is for branches filled so far in the mean of a fraction (%)."
    )
    daily_h: float = Field(default=24, ge=1, le=168, description="Each chute is emptied at least this often (h).")
    perishable_h: float = Field(default=12, ge=1, le=168, description="The same for perishable waste (h).")
    full_limit_min: float = Field(default=30, ge=1, le=1440, description="Full for longer than this is late (min).")


class WasteSequence(Part):
    """Times and limits of the sequence (domain brief §1b)."""

    precheck_s: float = Field(default=30, ge=10, le=120)
    divert_s: float = Field(default=15, ge=5, le=60)
    start_s: float = Field(default=45, ge=15, le=120, description="All fans proven within this.")
    vacuum_s: float = Field(default=60, ge=20, le=120, description="No -15 kPa within this: trip.")
    airflow_s: float = Field(default=20, ge=5, le=60)
    open_s: float = Field(default=6.5, ge=4, le=12, description="How long a valve is open for a full charge.")
    spacing_s: float = Field(default=8, ge=8, le=60, description="Distance between two charges.")
    spacing_limit_s: float = Field(default=60, ge=15, le=300, description="Air not fast again within this: blocked.")
    purge_factor: float = Field(default=1.3, ge=1, le=3)
    u_min: float = Field(default=10, ge=5, le=20, description="Slowest that waste travels (m/s).")
    speed: float = Field(default=19.5, ge=18.5, le=24, description="Air speed while chutes are emptied (m/s).")
    purge_speed: float = Field(
        default=18.4, ge=18.2, le=24, description="Air speed while waste is only brought home (m/s)."
    )
    clear_s: float = Field(default=30, ge=10, le=120)
    stop_s: float = Field(default=60, ge=10, le=300)
    shakes: int = Field(default=3, ge=1, le=3)
    pulses: int = Field(default=3, ge=1, le=6, description="At most so many for one chute in one run.")


class Waste(Part):
    """Collection of waste by vacuum. The station is a board with the program `waste_station`."""

    station: Identifier
    branches: list[WasteBranch] = Field(min_length=1, max_length=6)
    inlets: list[WasteInlet] = Field(min_length=1)
    order: Literal["near_first", "far_first"] = "near_first"
    chute_kg: float = Field(default=80, ge=1, le=1000, description="What a full chute holds (kg).")
    pulse_kg: float = Field(default=35, ge=1, le=200, description="What one pulse moves at most (kg).")
    fan_kw_per_a: float = Field(
        default=0.58, ge=0, le=10, description="Power of a fan above its no-load current (kW/A); for the energy report."
    )
    fan_no_load_a: float = Field(default=22, ge=0, le=250, description="No-load current of a fan (A).")
    fan_idle_kw: float = Field(default=1.4, ge=0, le=50, description="Power of a fan at its no-load current (kW).")
    curfew: WasteCurfew = Field(default_factory=WasteCurfew)
    schedule: WasteSchedule = Field(default_factory=WasteSchedule)
    sequence: WasteSequence = Field(default_factory=WasteSequence)

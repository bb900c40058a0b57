"""What the gateway makes of a fan's current, held against the power that the emulated fan takes."""

from __future__ import annotations

import pytest

from edge_gateway.core.waste_image import fan_kw
from edge_gateway.site import Waste
from tools.emulator.waste.fans import Fan


def default(name: str) -> float:
    """What a site has that says nothing."""
    return float(Waste.model_fields[name].default)


@pytest.mark.parametrize("kilowatts", [1.3, 4.0, 15.0, 30.0, 55.0])
def test_the_current_of_a_fan_tells_its_power(kilowatts: float) -> None:
    fan = Fan()
    fan.command(1, 0.9)
    fan.speed = 0.9
    fan.watts = 1000 * kilowatts
    assert fan_kw(fan.amps, default("fan_no_load_a"), default("fan_kw_per_a")) == pytest.approx(kilowatts, rel=0.01)


def test_a_fan_at_rest_takes_nothing() -> None:
    assert fan_kw(Fan().amps, default("fan_no_load_a"), default("fan_kw_per_a")) == 0

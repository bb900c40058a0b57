"""HT1, sensors against a reference, and point to point: every terminal of the heat board has its own tag (§6).

Each PT1000 is a decade box at three resistances of IEC 60751; the other measurements are forced likewise, each contact
is made alone, and what the board says of its outputs is what its terminals carry.
"""

from __future__ import annotations

from typing import Any

import pytest

from hil_tests.conftest import MakeHeat
from hil_tests.heat_rig import QUICK, HeatRig
from protocols import layout
from protocols.sheets import load
from tools.emulator import pt1000
from tools.emulator.heat.sensors import TEMPERATURES

REFERENCE = {-20.0: 921.60, 60.0: 1232.42, 120.0: 1460.68}
"""degC and ohm."""
ALLOWED_K = 0.5
ELSE = 3_000
"""What all the others show meanwhile, 0.01 degC."""
SHEET = load("heat_loop")


def points(kind: str) -> list[Any]:
    return [point for point in SHEET.points if type(point).__name__ == kind]


def words(rig: HeatRig, first: int) -> int:
    """The contacts or switched outputs that the board publishes, bit by bit."""
    low, high = rig.master.read(rig.unit, first, 2)
    return low | high << 16


def test_ht1_each_pt1000_at_three_points(make_heat: MakeHeat) -> None:
    rig = make_heat(gateway=False)
    for tag in TEMPERATURES:
        rig.fault(tag, "value", ELSE)
    for celsius, ohm in REFERENCE.items():
        assert pt1000.sample(round(100 * celsius)) == round(100 * ohm), "the decade box itself"
        for tag in TEMPERATURES:
            rig.fault(tag, "value", round(100 * celsius))
            rig.run(0.3)
            assert rig.told(tag) == pytest.approx(celsius, abs=ALLOWED_K), tag
            moved = [other for other in TEMPERATURES if rig.value(other) != ELSE]
            assert moved == [tag], "one terminal, one tag"
            rig.fault(tag, "value", ELSE)


def test_ht1_in_the_running_plant(make_heat: MakeHeat) -> None:
    """The transmitters' noise and the loop's movement included."""
    rig = make_heat(gateway=False, lapse_ms=1_000)
    rig.run_up(within_s=1500)
    rig.run(300)
    for tag in TEMPERATURES:
        assert rig.told(tag) == pytest.approx(rig.true(tag), abs=ALLOWED_K), tag


def test_ht1_each_measurement_is_one_tag(make_heat: MakeHeat) -> None:
    rig = make_heat(gateway=False)
    measured = points("AI")
    for turn in (1, 2, 3):
        forced = {}
        for place, point in enumerate(measured):
            share = (place * turn) % len(measured) + 1
            forced[point.name] = point.lo + (point.hi - point.lo) * share // (len(measured) + 1)
            rig.fault(point.name, "value", forced[point.name])
        rig.run(1)
        for point in measured:
            assert rig.value(point.name) == pytest.approx(forced[point.name], abs=max(2, (point.hi - point.lo) // 1000))
    assert len(measured) == 30


def test_ht1_each_contact_is_one_tag(make_heat: MakeHeat) -> None:
    rig = make_heat(gateway=False)
    contacts = points("DI")
    for point in contacts:
        rig.fault(point.name, "stuck_clear")
    rig.run(1)
    assert words(rig, layout.DI_WORDS) == 0
    for point in contacts:
        rig.fault(point.name, "stuck_set")
        rig.run(point.on_ms / 1000 + 0.3)
        assert words(rig, layout.DI_WORDS) == 1 << point.bit, point.name
        rig.fault(point.name, "open")
        rig.run(max(point.on_ms, point.off_ms) / 1000 + 0.3)
        assert words(rig, layout.DI_WORDS) == (1 << point.bit if point.nc else 0), f"{point.name}: a cut wire"
        rig.fault(point.name, "stuck_clear")
        rig.run(max(point.on_ms, point.off_ms) / 1000 + 0.3)
    assert words(rig, layout.DI_WORDS) == 0


class Outputs:
    """What each output has shown; every look compares what the board says with what its terminals carry."""

    def __init__(self) -> None:
        self.seen: dict[str, set[int]] = {}

    def look(self, rig: HeatRig, seconds: float = 5.0) -> None:
        rig.run(seconds)
        told = words(rig, layout.DO_WORDS)
        for point in points("DO"):
            carried = rig.out(point.name)
            assert told >> point.bit & 1 == carried, point.name
            self.seen.setdefault(point.name, set()).add(carried)
        for point in points("AO"):
            assert rig.header(point.reg) == rig.out(point.name), point.name
            self.seen.setdefault(point.name, set()).add(rig.out(point.name))

    @property
    def still(self) -> set[str]:
        return {name for name, shown in self.seen.items() if len(shown) < 2}


def test_ht1_each_output_says_what_its_terminal_carries(make_heat: MakeHeat) -> None:
    """Every output is seen on and off, by what makes the plant want it."""
    outputs = Outputs()
    winter = make_heat(lapse_ms=1_000, store=(52.0, 50.0, 48.0, 45.0), circ_stop_min=5, **QUICK)
    outputs.look(winter)
    winter.fault("TT46", "value", 5_900)
    while len(winter.running()) < 3 and winter.now < 1_500_000:
        outputs.look(winter, 30)
    winter.fault("PT301", "value", 100)
    outputs.look(winter, 10)
    winter.fault("PT301", "")
    winter.turn("KEY.DIS", 1)
    outputs.look(winter)
    assert winter.command("DISINFECT", hazardous=True).result == layout.RES_DONE
    outputs.look(winter, 30)
    winter.fail("P101A", "trip")
    outputs.look(winter)
    winter.fail("DC", "still")
    outputs.look(winter, 10)
    winter.turn("REF.GAS", 1)
    winter.turn("FIRE", 1)
    outputs.look(winter)
    summer = make_heat(lapse_ms=1_000, season="summer", outdoor=33.0, chw_fitted=1, it_water=7500, **QUICK)
    summer.run_up()
    outputs.look(summer, 60)
    bypass = make_heat(lapse_ms=1_000, it_water=7500, **QUICK)
    bypass.fault("TT101", "value", 6_500)
    outputs.look(bypass, 150)
    assert outputs.still == set()

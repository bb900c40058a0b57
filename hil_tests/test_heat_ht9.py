"""HT9, the sensor failure set: each TT open, shorted, frozen or drifting, wires swapped, meters that lie (H11, §6).

A sensor that fails is named in the EST words (bit k: the k-th of the I/O list) and in the events; what stands for it
keeps the IT water cool, the store warm and the taps from scalding.
"""

from __future__ import annotations

import pytest

from hil_tests.conftest import MakeHeat
from hil_tests.heat_rig import QUICK, HeatRig
from tools.emulator.heat.sensors import TEMPERATURES

FROZEN_S = 600
STAGGER_S = 20
STORE = ("TT41", "TT42", "TT43", "TT44")
LAPSE_MS = 1_000
OPEN, SHORT, FROZEN, DRIFT, SWAPPED = 1, 2, 3, 4, 5
"""`why` of the event ESTIMATE."""
WORDS = {"open": "EST.OPEN", "short": "EST.SHORT", "frozen": "EST.FROZEN", "drift": "EST.DRIFT", "swapped": "EST.SWAP"}
IT_LIMIT_C = 40.0
SCALDS_C = 65.0


def bit(*tags: str) -> int:
    return sum(1 << TEMPERATURES.index(tag) for tag in tags)


class Watch:
    """The worst of what people care about."""

    def __init__(self, rig: HeatRig) -> None:
        self.rig = rig
        self.it = self.tap = self.store = 0.0
        self.top = self.back = 100.0

    def run(self, seconds: int) -> None:
        rig = self.rig
        for _ in range(seconds):
            rig.run(1)
            self.it = max(self.it, rig.true("TT101"))
            self.tap = max(self.tap, rig.true("TT45"))
            self.store = max(self.store, *rig.district.dhw.store.t)
            self.top = min(self.top, rig.true("TT41"))
            self.back = min(self.back, rig.true("TT46"))

    def harmless(self) -> None:
        print({name: value for name, value in vars(self).items() if name != "rig"})
        assert self.it < IT_LIMIT_C
        assert self.tap < SCALDS_C
        assert self.store < 68.0, "never overheated"
        assert self.top >= 55.0 and self.back >= 50.0, "never starved"


# -- named -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["open", "short"])
def test_ht9_each_sensor_with_a_broken_wire_is_named(make_heat: MakeHeat, kind: str) -> None:
    rig = make_heat(gateway=False, lapse_ms=LAPSE_MS)
    rig.run(10)
    for at, tag in enumerate(TEMPERATURES):
        rig.fault(tag, kind)
        rig.run(3)
        assert rig.value(WORDS[kind]) == bit(tag), tag
        shown = rig.told(tag)
        assert shown is None or not -40 < shown < 140, "and no temperature is shown"
        assert rig.event("ESTIMATE")[-1][3:] == (at + 1, OPEN if kind == "open" else SHORT)
        assert rig.tripped("SENSOR")
        rig.fault(tag, "")
        rig.run(3)
        assert rig.value(WORDS[kind]) == 0, f"{tag} is believed again"
        assert rig.event("ESTIMATE")[-1][3:] == (at + 1, 0)


def test_ht9_each_sensor_that_stands_still_is_named_after_10_minutes(make_heat: MakeHeat) -> None:
    """One after the other, and so they are named: each by itself."""
    rig = make_heat(gateway=False, lapse_ms=LAPSE_MS)
    rig.run(30)
    for tag in TEMPERATURES:
        rig.fail(tag, "frozen")
        rig.run(STAGGER_S)
    rig.run(FROZEN_S - len(TEMPERATURES) * STAGGER_S - STAGGER_S / 2)
    named = 0
    for tag in TEMPERATURES:
        assert rig.value("EST.FROZEN") == named, tag
        rig.run(STAGGER_S)
        named |= bit(tag)
        assert rig.value("EST.FROZEN") == named, tag
    for tag in TEMPERATURES:
        rig.fail(tag, "")
    rig.run(5)
    assert rig.value("EST.FROZEN") == 0


# -- what stands for it ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["open", "short", "frozen"])
def test_ht9_without_tt101_the_it_water_goes_to_the_dry_cooler(make_heat: MakeHeat, kind: str) -> None:
    rig = make_heat(gateway=False, lapse_ms=LAPSE_MS, it_kw=1000, **QUICK)
    rig.run_up()
    rig.run(60)
    (rig.fail if kind == "frozen" else rig.fault)("TT101", kind)
    within = FROZEN_S + 5 if kind == "frozen" else 3
    rig.until(lambda: rig.out("V101.SP") == 0 and rig.out("DRYC.FAN") == 1000, within_s=within)
    watch = Watch(rig)
    watch.run(180)
    assert rig.tripped("TT101") and not rig.running()
    watch.harmless()
    (rig.fail if kind == "frozen" else rig.fault)("TT101", "")
    rig.run(30)
    assert not rig.tripped("TT101")


@pytest.mark.parametrize(("tag", "kind"), [("TT41", "open"), ("TT42", "short"), ("TT43", "open"), ("TT44", "frozen")])
def test_ht9_without_a_sensor_of_the_store_the_charge_is_neither_starved_nor_overheated(
    make_heat: MakeHeat, tag: str, kind: str
) -> None:
    """A neighbour stands for it, for 30 min; then the electric heater may help."""
    rig = make_heat(gateway=False, lapse_ms=LAPSE_MS, draw=1.0, store=(58.0, 56.0, 53.0, 45.0), **QUICK)
    (rig.fail if kind == "frozen" else rig.fault)(tag, kind)
    watch = Watch(rig)
    watch.run(2_400)
    assert rig.value(WORDS[kind]) == bit(tag)
    assert rig.value("HM4.KWH"), "hot water was drawn"
    watch.harmless()


@pytest.mark.parametrize("supply", ["TT45", "TT203"])
def test_ht9_swapped_supply_and_return_are_named(make_heat: MakeHeat, supply: str) -> None:
    other = {"TT45": "TT46", "TT203": "TT204"}[supply]
    rig = make_heat(gateway=False, lapse_ms=LAPSE_MS, draw=0.6, **QUICK)
    rig.run_up()
    rig.fail(supply, "swapped")
    watch = Watch(rig)
    begin = rig.now
    while rig.value("EST.SWAP") != bit(supply, other):
        watch.run(30)
        assert rig.now - begin <= 45 * 60_000, f"{rig.value('EST.SWAP'):#x} {rig.value('EST.DRIFT'):#x}"
    print(f"named after {(rig.now - begin) / 60_000:.1f} min")
    watch.run(600)
    watch.harmless()


def test_ht9_drift_is_named_where_something_contradicts_it(make_heat: MakeHeat) -> None:
    """One sensor in each part of the plant: +5 K at 1 K a minute, found within half an hour."""
    drifting = ("TT101", "TT204", "TT43")
    rig = make_heat(gateway=False, lapse_ms=LAPSE_MS, draw=0.8, **QUICK)
    rig.run_up()
    rig.run(300)
    begin = rig.now
    for tag in drifting:
        rig.fail(tag, "drift")
    watch = Watch(rig)
    found: dict[str, float] = {}
    while len(found) < len(drifting) and rig.now - begin < 30 * 60_000:
        watch.run(30)
        doubted = rig.value("EST.DRIFT") or 0
        found.update({tag: (rig.now - begin) / 60_000 for tag in drifting if doubted & bit(tag) and tag not in found})
        assert not doubted & ~bit(*drifting)
    print(found)
    assert set(found) == set(drifting)
    watch.harmless()


# -- meters ------------------------------------------------------------------------------------------------------


def test_ht9_meters_that_jump_wrap_or_are_swapped(make_heat: MakeHeat) -> None:
    rig = make_heat(gateway=False, **QUICK)
    rig.run(20)
    before = {n: rig.value(f"HM{n}.KWH") or 0 for n in (1, 2, 3)}
    assert rig.value("METER.BAD") == 0
    rig.fail("HM2", "wrap")
    rig.run(10)
    refused = rig.value("METER.BAD") or 0
    assert refused > 0, "the leap to the end of its range"
    counter = rig.plant.field.meters[1]
    rig.until(lambda: counter.kwh < 1000, within_s=120)
    rig.run(5)
    assert rig.value("METER.BAD") == refused, "a wrap is no jump"
    assert 0 <= (rig.value("HM2.KWH") or 0) - before[2] <= 5
    rig.fail("HM1", "jump")
    rig.run(2.5)
    assert (rig.value("METER.BAD") or 0) > refused and (rig.value("HM1.ERR") or 0) & 0x0100, "counter jumped"
    rig.run(10)
    assert rig.value("HM1.KWH") == before[1] and not rig.value("HM1.ERR"), "its new place is taken, nothing is counted"
    rig.fail("HM3", "swapped")
    rig.until_value("HM3.ERR", lambda error: bool(error and error & 0x10), within_s=10)

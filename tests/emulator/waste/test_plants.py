"""Inlet boards and the station board on one network: names, scales, one common time."""

from __future__ import annotations

import pytest

from protocols.sheets import load
from protocols.sheets.derive import table
from tools.emulator.plant import SharedPlant
from tools.emulator.waste.inlet_plant import InletPlant
from tools.emulator.waste.network import Network
from tools.emulator.waste.station_plant import StationPlant
from tools.emulator.wiring import Wiring

INLET = table(load("waste_inlet"))
STATION = table(load("waste_station"))


class Site:
    """A network whose boards are driven by hand, as the world drives them."""

    def __init__(self, inlets: int = 2) -> None:
        self.network = Network(residents=0)
        self.station = StationPlant(self.network)
        self.inlets = [InletPlant(self.network, number) for number in range(1, inlets + 1)]
        self.wirings = [Wiring(STATION, self.station), *(Wiring(INLET, plant) for plant in self.inlets)]

    def put(self, board: int, **outputs: int) -> None:
        """Let a board's outputs change now; board 0 is the station."""
        wiring = self.wirings[board]
        wiring.commanded.update(outputs)
        wiring._relays()

    @property
    def times(self) -> list[int]:
        """Time of each plant."""
        return [self.station.now_ms, *(plant.now_ms for plant in self.inlets)]

    def run(self, ms: int, step: int = 10) -> None:
        """Let time pass for one board after the other."""
        for _ in range(0, ms, step):
            for wiring in self.wirings:
                wiring.plant.step(step, wiring.outputs)


def test_every_point_of_both_sheets_is_there() -> None:
    site = Site()
    for wiring in site.wirings:
        points = {row[0] for row in (*wiring.table.DI, *wiring.table.AI, *wiring.table.BI)}
        assert points == set(wiring.plant.inputs())
        assert isinstance(wiring.plant, SharedPlant)


def test_the_network_moves_on_once_whoever_asks() -> None:
    site = Site(2)
    site.put(0, SEP_YO=1)
    site.run(5000)
    assert site.times == [5000] * 3
    assert site.network.now_ms <= 5000
    site.put(1, DV1_YO=1)
    assert site.network.now_ms == 5000
    site.run(3000)
    assert 5800 <= site.network.now_ms <= 8000  # at rest again, it takes long steps


def test_valves_show_their_travel_to_10_ms() -> None:
    site = Site(1)
    chute = site.inlets[0].inlet.chutes[0]
    inputs = site.inlets[0].inputs
    site.run(777, 7)
    site.put(1, DV1_YO=1)
    took = 0
    while not inputs()["DV1_ZSO"]:
        site.run(10)
        took += 10
    assert took == pytest.approx(chute.valve.travel_s * 980, abs=11)
    assert not inputs()["DV1_ZSC"]


def test_orders_count_from_their_own_millisecond() -> None:
    def closed_at(others: int) -> int:
        site = Site(others)
        site.put(1, DV2_YO=1)
        site.run(2000)
        site.put(1, DV2_YO=0)
        site.run(300)
        return round(site.network.inlets[0].chutes[1].valve.position * 1e6)

    assert closed_at(1) == closed_at(24)


def test_an_emergency_stop_shuts_every_valve_without_any_board() -> None:
    site = Site(2)
    site.put(1, DV1_YO=1)
    site.put(0, AV1_YO=1, SEP_YO=1, **{f"FAN{k}_{p}": v for k in (1, 2, 3) for p, v in (("YRUN", 1), ("SREF", 900))})
    site.run(5000)
    station = site.station.inputs()
    assert site.inlets[0].inputs()["DV1_ZSO"] and site.station.inputs()["AV1_ZSO"] and station["FAN1_ZRUN"]
    site.station.turn("ES", 1)
    assert site.inlets[0].inputs()["ES"] == site.inlets[1].inputs()["ES"] == site.station.inputs()["ES"] == 1
    site.run(2000)
    assert site.inlets[0].inputs()["DV1_ZSC"] and site.station.inputs()["AV1_ZSC"]
    assert not site.station.inputs()["FAN1_ZRUN"]
    site.station.turn("ES", 0)
    site.run(5000)
    assert not any(fan.driven for fan in site.network.fans.fans)  # a converter wants a fresh command


def test_a_dip_of_the_mains_shuts_valves_and_drops_fans() -> None:
    site = Site(1)
    site.put(0, SEP_YO=1, FAN1_YRUN=1, FAN1_SREF=800)
    site.run(5000)
    site.station.fail("MAINS", "off")
    site.run(300)
    site.station.fail("MAINS", "")
    site.run(3000)
    assert not site.station.inputs()["FAN1_ZRUN"]
    site.put(0, FAN1_YRUN=0)
    site.put(0, FAN1_YRUN=1)
    site.run(2000)
    assert site.station.inputs()["FAN1_ZRUN"]


def test_the_station_conveys_what_an_inlet_drops() -> None:
    site = Site(1)
    site.network.fill(0, 0, 20_000)
    fans = {f"FAN{k}_{p}": v for k in (1, 2, 3) for p, v in (("YRUN", 1), ("SREF", 800))}
    site.put(0, SEP_YO=1, CNT1_YGATE=1, DIV1_YPOS1=1, **fans)
    site.run(20_000)
    inputs = site.station.inputs()
    assert inputs["PT90"] < -1500
    assert inputs["FT90"] == 0
    assert site.inlets[0].inputs()["VS"] == 1
    site.put(0, AV1_YO=1)
    site.run(10_000)
    assert 1800 < site.station.inputs()["FT90"] < 3000
    site.put(1, DV1_YO=1)
    site.run(6000)
    site.put(1, DV1_YO=0)
    site.run(60_000)
    inputs = site.station.inputs()
    counters = site.station.counters()
    assert counters["landed_g"] == counters["received_g"] == 20_000
    assert inputs["CNT1_WT"] == 242
    assert inputs["PT90"] < inputs["PT1"] < 0


def test_the_flow_signal_is_lively_while_air_moves() -> None:
    site = Site(1)
    site.put(0, SEP_YO=1, AV6_YO=1, FAN1_YRUN=1, FAN1_SREF=1000, FAN2_YRUN=1, FAN2_SREF=1000)
    site.run(40_000)
    seen = set()
    for _ in range(20):
        site.run(50)
        seen.add(site.station.inputs()["FT90"])
    assert len(seen) > 3


def test_locks_doors_and_cards() -> None:
    network = Network(residents=20.0, start_hour=18.0)
    inlet = InletPlant(network, 1)
    wiring = Wiring(INLET, inlet)
    wiring._relays()  # not energised: locked
    for _ in range(4000):
        inlet.step(100, wiring.outputs)
    assert inlet.counters()["deposits"] == 0
    read = inlet.inputs()["READ_SEQ"]
    assert read > 0
    wiring.commanded.update(DV1_YLOCK=1, DV2_YLOCK=1, DV3_YLOCK=1)
    wiring._relays()
    seen = False
    for _ in range(2000):
        inlet.step(100, wiring.outputs)
        seen = seen or not inlet.inputs()["DV1_ZDOOR"]
    assert seen
    assert inlet.counters()["deposits"] > 0
    assert inlet.inputs()["READ_SEQ"] != read
    assert inlet.inputs()["READ_TOKEN"] > 0


def test_a_hatch_forced_open_and_the_inlet_loop() -> None:
    site = Site(1)
    site.inlets[0].turn("DV2.ZDOOR", 0)
    assert site.inlets[0].inputs()["DV2_ZDOOR"] == 0
    site.inlets[0].turn("DV2.ZDOOR", 1)
    assert site.inlets[0].inputs()["DV2_ZDOOR"] == 1
    assert site.station.inputs()["ZINL"] == 0
    site.put(1, YOK=0)
    assert site.station.inputs()["ZINL"] == 1
    site.put(1, YOK=1)
    assert site.station.inputs()["ZINL"] == 0


def test_fire_of_a_building_reaches_its_inlet_and_the_station() -> None:
    site = Site(2)
    site.inlets[0].turn("FIRE", 1)
    assert [plant.inputs()["FIRE"] for plant in site.inlets] == [1, 0]
    assert site.station.inputs()["FIRE"] == 1
    assert site.station.inputs()["FIRE_ST"] == 0


@pytest.mark.parametrize(
    ("device", "kind", "point", "value"),
    [
        ("AV2", "both_switches", "AV2_ZSO", 1),
        ("DIV1", "both", "DIV1_ZB", 1),
        ("SEPARATOR", "spark", "XS92", 1),
        ("CMP", "no_home", "CMP_ZHOME", 0),
    ],
)
def test_faults_show_at_the_terminals(device: str, kind: str, point: str, value: int) -> None:
    site = Site(1)
    before = site.station.inputs()[point]
    site.station.fail(device, kind)
    site.run(6000)
    assert site.station.inputs()[point] == value != before
    site.station.fail(device, "")
    site.run(6000)
    assert site.station.inputs()[point] == before


@pytest.mark.parametrize("device", ["AV1", "SV6", "FAN3", "DIV1", "CNT2", "CMP", "SEPARATOR", "FILTER", "AIR", "LEAK",
                                    "BRANCH3", "MAIN2", "MAINS"])  # fmt: skip
def test_a_fault_that_does_not_exist_is_refused(device: str) -> None:
    site = Site(1)
    with pytest.raises(ValueError, match="can be"):
        site.station.fail(device, "purple")
    with pytest.raises(ValueError, match="no device"):
        site.station.fail(device + "0", "")
    with pytest.raises(ValueError, match="valve"):
        site.inlets[0].fail("DV4", "stuck")

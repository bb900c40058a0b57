"""PW1, point to point: every terminal of both boards has its own tag, with the right value and direction."""

from __future__ import annotations

from typing import Any

import pytest

from edge_gateway.fieldbus.command import CommandEnd
from hil_tests.conftest import MakeWaste
from hil_tests.waste_rig import STATION, WasteRig, inlet_name
from protocols.sheets import load

BOARDS = (STATION, inlet_name(1))
READ_S = 0.7
"""All registers have been read anew."""


def points(board: str, kind: str) -> list[Any]:
    sheet = load("waste_station" if board == STATION else "waste_inlet")
    return [point for point in sheet.points if type(point).__name__ == kind]


def values(rig: WasteRig, board: str, kind: str) -> dict[str, Any]:
    return {point.name: rig.gateway.tag(f"{board}.{point.name}") for point in points(board, kind)}


@pytest.mark.parametrize("board", BOARDS)
def test_pw1_each_contact_is_one_tag(make_waste: MakeWaste, board: str) -> None:
    rig = make_waste()
    contacts = points(board, "DI")
    for point in contacts:
        rig.fault(board, point.name, "stuck_clear")
    rig.run(2 + READ_S)
    assert set(values(rig, board, "DI").values()) == {0}
    for point in contacts:
        rig.fault(board, point.name, "stuck_set")
        rig.run(point.on_ms / 1000 + READ_S)
        seen = [name for name, value in values(rig, board, "DI").items() if value]
        assert seen == [point.name]
        rig.fault(board, point.name, "stuck_clear")
        rig.run(point.off_ms / 1000 + READ_S)
        assert rig.gateway.tag(f"{board}.{point.name}") == 0


@pytest.mark.parametrize("board", BOARDS)
def test_pw1_each_measurement_is_one_tag(make_waste: MakeWaste, board: str) -> None:
    rig = make_waste()
    measured = points(board, "AI")
    for turn in (1, 2):
        forced = {}
        for place, point in enumerate(measured):
            share = place + 1 if turn == 1 else len(measured) - place
            forced[point.name] = point.lo + (point.hi - point.lo) * share // (len(measured) + 1)
            rig.fault(board, point.name, "value", forced[point.name])
        rig.run(5 + READ_S)
        seen = values(rig, board, "AI")
        assert {p.name: round(seen[p.name] * p.scale) for p in measured} == forced
        assert len({(p.unit, forced[p.name]) for p in measured}) == len(measured), "no two points show the same"


def jog(rig: WasteRig, board: str, command: str, device: int, seconds: float, seen: dict[str, set[int]]) -> None:
    """Hold to run, and compare every output's tag with its terminal while it does and afterwards."""
    held = rig.now + round(1000 * seconds)
    while rig.now < held:
        assert rig.order(board, command, device).end is CommandEnd.DONE, (command, device)
        rig.run(0.2)
    compare(rig, board, seen)
    rig.run(2 + READ_S)
    compare(rig, board, seen)


def compare(rig: WasteRig, board: str, seen: dict[str, set[int]]) -> None:
    """Within one poll every tag says what its terminal carries."""
    names = list(values(rig, board, "DO"))
    rig.until(lambda: all(rig.gateway.tag(f"{board}.{name}") == rig.out(board, name) for name in names), READ_S)
    for name in names:
        seen.setdefault(name, set()).add(rig.out(board, name))


def test_pw1_each_output_of_the_station(make_waste: MakeWaste) -> None:
    rig = make_waste()
    network = rig.network
    seen: dict[str, set[int]] = {}
    assert rig.order(STATION, "FLIGHT_CLEAR").end is CommandEnd.DONE, "else the diverter may not be moved"
    assert rig.order(STATION, "DIVERT", 0, within_s=20).end is CommandEnd.DONE
    rig.gateway.order(STATION, "FANS_START", 0, 0)
    rig.run(1)
    compare(rig, STATION, seen)
    assert rig.order(STATION, "FANS_STOP", 1, within_s=90).end is CommandEnd.DONE
    rig.turn(STATION, "KEY", 1)
    rig.run(READ_S)
    compare(rig, STATION, seen)
    for k in (2, 3, 1):
        jog(rig, STATION, "JOG", 40 + k, 1.0, seen)
    for k in range(1, 7):
        jog(rig, STATION, "JOG", k, 1.2, seen)
        assert network.air_inlets[k - 1].strokes == 2, "opened by its own output, and shut again"
        jog(rig, STATION, "JOG", 20 + k, 0.4, seen)
        assert network.sections[k - 1].position < 1
        jog(rig, STATION, "JOG", 10 + k, 0.4, seen)
    for k in range(1, 4):
        jog(rig, STATION, "JOG", 30 + k, 1.0, seen)
        jog(rig, STATION, "JOG", 50 + k, 0.8, seen)
    jog(rig, STATION, "JOG", 61, 1.0, seen)
    jog(rig, STATION, "JOG", 71, 1.0, seen)
    rig.turn(STATION, "KEY", 0)
    rig.run(1 + READ_S)
    compare(rig, STATION, seen)
    rig.fail(STATION, "SEPARATOR", "spark")
    rig.run(1 + READ_S)
    compare(rig, STATION, seen)
    assert {name for name, shown in seen.items() if shown != {0, 1}} == set()
    assert len(seen) == len(points(STATION, "DO"))


def test_pw1_each_output_of_an_inlet(make_waste: MakeWaste) -> None:
    rig = make_waste(station=True, parameters={"waste_inlet": {"valves": 3}})
    board = inlet_name(1)
    seen: dict[str, set[int]] = {}
    rig.turn(board, "KEY", 1)
    rig.run(READ_S)
    compare(rig, board, seen)
    for k in range(1, 4):
        jog(rig, board, "DV_JOG", k, 2.0, seen)
        assert rig.valve(1, k).strokes == 2
    rig.turn(board, "KEY", 0)
    rig.run(2 + READ_S)
    compare(rig, board, seen)
    rig.turn(board, "ES", 1)
    rig.run(READ_S)
    compare(rig, board, seen)
    unmoved = {name for name, shown in seen.items() if shown != {0, 1}}
    assert unmoved == {"DV4.YO", "DV4.YLOCK"}, "the fourth valve is not fitted"

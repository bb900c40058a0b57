"""PK5: the fire contact opens the lane from every state, with gateway and board dead too (domain brief §3c B7)."""

from __future__ import annotations

import pytest

from hil_tests.conftest import MakeRig
from hil_tests.lane_rig import LaneRig
from hil_tests.lane_states import WAYS, bring
from protocols import layout

OPEN_MS = 2500


@pytest.mark.parametrize("state", list(WAYS))
def test_pk5_fire_opens_from_every_state(rig: LaneRig, state: str) -> None:
    bring(rig, state)
    fire = rig.turn("FIRE", 1)
    rig.until(lambda: rig.open, within=OPEN_MS)
    rig.run(10_000)
    assert rig.open
    assert rig.stamp("YC", 1, after=fire + 200) == -1
    assert (rig.out("LT.R"), rig.out("LT.G")) == (1, 0)
    assert rig.lane.contacts == 0
    if state != "FAULT":
        assert rig.state == "HOLD_OPEN"


def test_pk5_fire_while_closing_reverses_within_150_ms(rig: LaneRig) -> None:
    rig.closing(50.0)
    fire = rig.turn("FIRE", 1)
    assert rig.until(lambda: rig.lane.arm.omega >= 0.0, within=350) <= 350
    rig.until(lambda: rig.out("YO") and not rig.out("YC"), within=150)
    assert rig.now - fire <= 350
    assert rig.stamp("YO", 1, after=fire) - fire <= 150


def test_pk5_fire_opens_with_the_gateway_dead(rig: LaneRig) -> None:
    rig.gateway.kill()
    rig.run(5000)
    rig.turn("FIRE", 1)
    rig.until(lambda: rig.open, within=OPEN_MS)


def test_pk5_fire_opens_with_the_board_dead(rig: LaneRig) -> None:
    rig.gateway.kill()
    rig.board.power_off()
    rig.run(500)
    rig.turn("FIRE", 1)
    rig.until(lambda: rig.open, within=OPEN_MS)
    rig.run(20_000)
    assert rig.open


def test_pk5_an_exit_shows_green(make_rig: MakeRig) -> None:
    rig = make_rig(role="exit")
    rig.turn("FIRE", 1)
    rig.until(lambda: rig.open, within=OPEN_MS)
    rig.run(200)
    assert (rig.out("LT.R"), rig.out("LT.G")) == (0, 1)


def test_pk5_fire_ends_by_panel_attendant_and_reset_and_moves_nothing(rig: LaneRig) -> None:
    rig.turn("FIRE", 1)
    rig.until(lambda: rig.open, within=OPEN_MS)
    rig.command(layout.CMD_RESET)
    rig.run(500)
    assert rig.tripped("FIRE")
    rig.turn("FIRE", 0)
    rig.run(1000)
    rig.reset(confirm=False)
    assert rig.header(layout.H_FIRST_OUT) == rig.table.CAUSE_FIRE + 1
    assert rig.state == "HOLD_OPEN"
    rig.reset()
    rig.run(20_000)
    assert rig.state != "HOLD_OPEN"
    assert rig.open  # a reset never starts motion by itself
    assert rig.stamp("YC", 1) == -1

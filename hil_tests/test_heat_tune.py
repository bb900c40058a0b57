"""The step test of `edgectl heat tune` on a real board with the model of the plant behind it, in a time-lapse."""

from __future__ import annotations

import pytest

from edge_gateway.control.heat.loop_seen import LoopSeen, Mode, Seen, Wanted
from edge_gateway.control.heat.loops import TESTS
from edge_gateway.control.heat.tune import Phase, Tuner, evaluate
from hil_tests.conftest import MakeHeat
from hil_tests.heat_rig import QUICK, HeatRig
from protocols.sheets.heat_points import HELD_BY, LOOP_MODES

HOT_BUFFER = (58.0, 57.0, 56.0, 55.0)
"""Much hotter than its return, so that V301 mixes."""
COOL_STORE = (52.0, 50.0, 48.0, 46.0)
"""So that machines run."""
HOT_STORE = (64.0, 63.5, 63.0, 62.0)
"""So that V401 mixes."""


class Person:
    """Runs a test with the stand-in for the gateway, and watches it."""

    def __init__(self, rig: HeatRig, loop: str) -> None:
        self.rig = rig
        self.test = TESTS[loop]
        self.tuner = Tuner(self.test, "mei", rig.now)
        self._sent: Wanted | None = None
        self._sent_at = 0

    def until(self, phase: Phase) -> None:
        """Until the test is there."""
        while self.tuner.phase is not phase:
            assert not self.tuner.over, self.tuner.why
            self.rig.run(1)
            self.look()

    def look(self) -> None:
        """Once a second."""
        rig, tuner = self.rig, self.tuner
        tuner.watched(rig.now)
        tuner.step(Seen(self.loop(), "AUTO", rig.state, it_margin_k=40.0 - rig.true("TT101")), rig.now)
        wanted = tuner.wanted
        if wanted is None:
            return
        if wanted != self._sent or (wanted.refresh_ms and rig.now - self._sent_at >= wanted.refresh_ms):
            rig.command(wanted.command, *wanted.args)
            self._sent, self._sent_at = wanted, rig.now

    def loop(self) -> LoopSeen:
        """As the board tells it."""
        found = {name: self.rig.value(f"L{self.test.number}.{name}") for name in ("SP", "PV", "OUT", "MODE", "HELD")}
        set_point, value, output, mode, held = found.values()
        assert set_point is not None and output is not None and mode is not None and held is not None
        return LoopSeen(
            self.rig.now,
            set_point / 100,
            None if value is None else value / 100,
            output / 10,
            Mode(LOOP_MODES[mode]),
            HELD_BY[held],
        )


def test_it_finds_the_mixing_of_the_heating_as_the_model_has_it(make_heat: MakeHeat) -> None:
    """5 s of pipe and 20 s of header at the rated flow; gain: buffer less return over the stroke.

    The valve's own 2 s, and the radiators, whose return follows the supply in minutes, come on top of the lag.
    """
    rig = make_heat(lapse_ms=1_000, outdoor=3.0, buffer=HOT_BUFFER, store=COOL_STORE, **QUICK)
    rig.run(900)
    person = Person(rig, "heating")
    person.until(Phase.BACK)
    gain = (rig.true("TT301") - rig.true("TT306")) / 100
    slower = 20.0 / rig.true("FT301")
    person.until(Phase.IDENTIFY)
    assert person.tuner.record is not None
    result = evaluate(person.tuner.record)
    model = result.outcome.model
    assert model is not None, result.outcome.why
    assert model.gain == pytest.approx(gain, rel=0.1)
    assert 20 * slower < model.lag_s < 1.4 * 20 * slower
    assert model.dead_s == pytest.approx(5 * slower + 1, abs=1.5)  # and one scan of the time-lapse
    assert result.suggestion is not None and not result.suggestion.suggested.oscillates
    assert person.loop().mode is Mode.AUTO


def test_hot_water_stays_within_hygiene_and_scald_while_its_loop_is_tested(make_heat: MakeHeat) -> None:
    rig = make_heat(lapse_ms=1_000, outdoor=3.0, store=HOT_STORE, draw=0.5, **QUICK)
    rig.run(600)
    person = Person(rig, "dhw")
    supplies = [rig.true("TT45")]
    while person.tuner.phase is not Phase.IDENTIFY:
        assert not person.tuner.over, person.tuner.why
        rig.run(1)
        person.look()
        supplies.append(rig.true("TT45"))
    assert len(supplies) > 40
    assert 55.5 < min(supplies) < 59.5 and max(supplies) < 61.0
    assert person.tuner.record is not None
    result = evaluate(person.tuner.record)
    model = result.outcome.model
    assert model is not None, result.outcome.why
    assert model.gain > 0.1 and 2.0 < model.lag_s < 8.0
    rig.run(30)
    assert rig.true("TT45") == pytest.approx(60.0, abs=0.5)


def test_when_the_gateway_dies_in_the_step_the_board_takes_the_loop_back(make_heat: MakeHeat) -> None:
    rig = make_heat(lapse_ms=1_000, outdoor=3.0, store=HOT_STORE, draw=0.5, **QUICK)
    rig.run(600)
    person = Person(rig, "dhw")
    person.until(Phase.STEP)
    rig.until_value("L5.MODE", lambda mode: mode == 1, within_s=10)
    rig.gateway.kill()
    rig.until_value("L5.MODE", lambda mode: mode == 0, within_s=22)
    rig.run(30)
    assert rig.true("TT45") == pytest.approx(60.0, abs=0.5)

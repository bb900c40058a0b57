"""The rule: what a suggestion does on the processes of the domain brief §4d, and on plants that are 30 % off."""

from __future__ import annotations

import pytest

from edge_gateway.control.heat.identify import Model, identify
from edge_gateway.control.heat.loop_model import Process, step_response
from edge_gateway.control.heat.rule import Pi, judge, margins, simc, suggest, tau_c_s
from tests.edge_gateway.control.heat.plants import Plant, Test, recorded

PROCESSES = {
    "V301 mix": Process(0.4, 20.0, 5.0, stroke_s=60.0),
    "P301 difference pressure": Process(0.01, 3.0, 0.3),
    "heat pump outlet": Process(0.3, 90.0, 10.0),
    "P401 charge": Process(-0.25, 15.0, 2.0),
    "V401 hot water": Process(0.4, 3.0, 1.0, stroke_s=20.0),
    "V101 and dry cooler": Process(-0.12, 20.0, 4.0, stroke_s=30.0),
    "dry cooler fans": Process(-0.2, 90.0, 15.0),
}
"""Gain for each %, lag and dead time (s) of §4d; where it names none, what the plant's model has."""


def model(process: Process) -> Model:
    return Model(process.gain, process.lag_s, process.dead_s, 0.0, 100.0, 0.0, (0.0, 0.0, 0.0), 100)


@pytest.mark.parametrize("name", PROCESSES)
def test_a_suggestion_is_calm_quick_and_stands_thirty_percent(name: str) -> None:
    process = PROCESSES[name]
    found = suggest(model(process), None, stroke_s=process.stroke_s).suggested
    assert len(found.rows) == 9
    assert found.as_identified.overshoot_pct <= 10
    settled = found.as_identified.settle_s
    assert settled is not None and settled <= 3 * process.lag_s
    assert not found.oscillates
    assert all(row.settle_s is not None for row in found.rows)
    assert found.gain_margin > 2.5
    assert found.phase_margin > 55


@pytest.mark.parametrize("name", PROCESSES)
def test_what_a_noisy_step_test_suggests_does_it_too(name: str) -> None:
    """The whole way: a test of the plant, its identification, the rule, and then the real plant."""
    process = PROCESSES[name]
    plant = Plant(process.gain, process.lag_s, process.dead_s)
    test = Test(hold=4 * (process.lag_s + process.dead_s), dt=process.lag_s / 12, noise=0.02, grain=0.01, drift=0.1)
    outcome = identify(recorded(plant, test), resolution=0.01 * abs(8 * process.gain))
    assert outcome.model is not None
    pi = suggest(outcome.model, None, stroke_s=process.stroke_s).suggested.pi
    row = judge(process, pi).as_identified
    assert row.overshoot_pct <= 10
    assert row.settle_s is not None and row.settle_s <= 3 * process.lag_s


def test_a_long_dead_time_is_answered_with_patience() -> None:
    """Dead time of two lags: no three lags any more, but calm, and calm 30 % off."""
    found = suggest(model(Process(1.0, 10.0, 20.0)), None).suggested
    assert found.as_identified.overshoot_pct <= 10
    assert not found.oscillates


def test_parameters_in_force_are_judged_beside_the_suggestion() -> None:
    wild = Pi(kp=14.0, ti_s=10.0)
    found = suggest(model(PROCESSES["V301 mix"]), wild, stroke_s=60.0)
    assert found.in_force is not None
    assert found.in_force.pi == wild
    assert found.in_force.oscillates
    assert found.in_force.gain_margin < found.suggested.gain_margin


def test_margins_are_those_of_the_textbook() -> None:
    """SIMC with tau_c = dead time: gain margin 3.14, phase margin 61.4 degrees, whatever the process."""
    for process in (Process(2.0, 30.0, 6.0), Process(-0.1, 100.0, 50.0)):
        gain_margin, phase_margin = margins(process, simc(process, process.dead_s))
        assert gain_margin == pytest.approx(3.14, abs=0.01)
        assert phase_margin == pytest.approx(61.4, abs=0.1)


def test_the_closed_loop_has_the_lag_that_was_chosen() -> None:
    process = Process(0.4, 20.0, 2.0)
    pi, wanted = simc(process, tau_c_s(process)), tau_c_s(process)
    shape = step_response(process, pi.kp, pi.ti_s, step=4.0, lasts_s=120.0)
    reached = next(t for t, value in zip(shape.at_s, shape.values, strict=True) if value >= 0.632 * 4.0)
    assert reached == pytest.approx(wanted + process.dead_s, abs=0.7)

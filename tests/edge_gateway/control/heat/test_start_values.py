"""Start values of the domain brief §4d for V301, on its process and with the board's own PI block."""

from __future__ import annotations

import pytest

from edge_gateway.control.heat.loop_model import Process, Shape, Windup, step_response

V301 = Process(gain=0.4, lag_s=20.0, dead_s=5.0, stroke_s=60.0)
TI_S = 25.0


def response(kp: float, step: float, windup: Windup, ti_s: float = TI_S) -> Shape:
    return step_response(V301, kp, ti_s, step=step, lasts_s=400.0, start=0.0, windup=windup)


# fmt: off
TABLE = [
    # Kp %/K  Ti s  step K  what the block knows of the valve   overshoot K   within 0.5 K after s
    ( 2.0,    25.0, 16.0,   Windup.UNTOLD,                      (0.1, 0.3),   (50, 62)),    # the brief's 0.2 K, 54 s
    ( 5.0,    25.0, 10.0,   Windup.UNTOLD,                      (3.5, 4.5),   (75, 95)),    # +4 K and slow
    ( 2.0,    25.0, 10.0,   Windup.CONDITIONAL,                 (0.0, 0.1),   (100, 125)),  # calm, twice as slow
    ( 2.0,    25.0, 10.0,   Windup.BACK_CALCULATION,            (0.0, 0.1),   (90, 110)),
    ( 5.0,    25.0, 10.0,   Windup.BACK_CALCULATION,            (0.0, 0.1),   (30, 45)),    # no 4 K any more
    ( 3.8,    20.0, 10.0,   Windup.BACK_CALCULATION,            (0.0, 0.5),   (30, 45)),    # what the rule suggests
]
# fmt: on


@pytest.mark.parametrize(("kp", "ti_s", "step", "windup", "overshoot", "settled"), TABLE)
def test_the_table(
    kp: float, ti_s: float, step: float, windup: Windup, overshoot: tuple[float, float], settled: tuple[float, float]
) -> None:
    shape = response(kp, step, windup, ti_s)
    assert overshoot[0] <= shape.overshoot <= overshoot[1]
    within = shape.settle_s(0.5)
    assert within is not None and settled[0] <= within <= settled[1]


def test_a_loop_that_swings_is_seen_to() -> None:
    assert response(14.0, 5.0, Windup.UNTOLD, 10.0).oscillates
    assert not response(2.0, 16.0, Windup.UNTOLD).oscillates

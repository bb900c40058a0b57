"""The transformer's rows (domain brief §2c E5): for how long above, and how long below 75 % until it is over."""

from __future__ import annotations

from edge_gateway.control.energy.transformer import Transformer

# fmt: off
LOGBOOK = [
    # for s   load %   level afterwards
    ( 10,      80.0,    0),     # 80 % itself is allowed
    (  5,      81.0,    0),
    (  1,      81.0,   80),
    ( 60,      76.0,   80),     # not below 75 %
    ( 59,      74.0,   80),
    (  1,      76.0,   80),     # begins anew
    ( 60,      74.0,   80),
    (  1,      74.0,    0),
    (  2,     101.0,    0),
    (  1,     101.0,  100),     # 100 % for 2 s, before 80 % has stood for 5
    ( 30,      90.0,  100),     # it stays until it is below 75 % for 60 s
    (  1,     111.0,  110),     # at once
    ( 10,      None,  110),     # not known: nothing changes
    ( 30,      50.0,  110),
    ( 10,      None,  110),     # and for no time: the 60 s begin anew
    ( 60,      50.0,  110),
    (  1,      50.0,    0),
]
# fmt: on


def test_the_logbook() -> None:
    machine, now = Transformer(1600.0), 0
    for row, (seconds, pct, level) in enumerate(LOGBOOK):
        for _ in range(seconds):
            now += 1000
            machine.step(None if pct is None else 16.0 * pct, now)
        assert machine.level == level, f"row {row}"

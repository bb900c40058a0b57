"""A limit narrows what those before it have left, and takes nothing back."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from edge_gateway.control.energy.limits import Band, Order

KW = st.floats(-1000, 1000).map(lambda x: round(x, 1))


def test_the_earlier_one_wins() -> None:
    band = Band(-500, 500)
    band.narrow(Order.IMPORT_CAP, "transformer", low=120)
    band.narrow(Order.RESERVE, "reserve", high=0)
    assert (band.low, band.high) == (120, 120), "the reserve gets the nearest of what is left"
    assert [limit.granted for limit in band.limits] == [True, False]
    assert band.binding(0.0) is band.limits[0], "who asks for nothing is held up by the transformer"
    assert band.binding(120.0) is None


@given(st.lists(st.tuples(KW, KW), max_size=6))
def test_a_band_only_shrinks_and_is_never_empty(asked: list[tuple[float, float]]) -> None:
    band = Band(-500, 500)
    for low, high in asked:
        before = (band.low, band.high)
        band.narrow(Order.TARIFF, "x", min(low, high), max(low, high))
        assert before[0] <= band.low <= band.high <= before[1]
        if max(low, high) >= before[0] and min(low, high) <= before[1]:
            assert band.low >= min(low, high) and band.high <= max(low, high), "what can be had is given"

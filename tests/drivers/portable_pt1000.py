"""PT1000: the integers against the formula of IEC 60751 in floats, over the whole range."""

from drivers.pt1000 import OVER, UNDER, temperature
from tests.portable_helpers import growth

A = 3.9083e-3
B = -5.775e-7
C = -4.183e-12


def ohms(celsius):
    cubic = C * (celsius - 100.0) * celsius * celsius * celsius if celsius < 0.0 else 0.0
    return 1000.0 * (1.0 + A * celsius + B * celsius * celsius + cubic)


def test_published_points():
    """Rows of the table that every data sheet of such a sensor has."""
    for celsius, ohm in ((-50, 80306), (-40, 84271), (0, 100000), (25, 109735), (60, 123242), (100, 138506)):
        assert abs(temperature(ohm) - 100 * celsius) <= 1, celsius
    assert (temperature(84271), temperature(153584)) == (-4000, 14000)


def test_within_two_hundredths_of_the_formula_everywhere():
    worst = 0
    for value in range(-4990, 14991, 7):
        worst = max(worst, abs(temperature(int(ohms(value / 100.0) * 100.0 + 0.5)) - value))
    assert worst <= 1, worst  # 0.01 K; a digit of the resistance alone is 0.0026 K


def test_more_resistance_is_never_colder():
    last = UNDER
    for raw in range(80000, 158000, 3):
        value = temperature(raw)
        assert 0 <= value - last <= 3 or last == UNDER, raw
        last = value


def test_outside_the_curve_there_is_no_temperature():
    for raw in (0, 1, 80305):
        assert temperature(raw) == UNDER
    for raw in (157326, 1000000, 100000000):
        assert temperature(raw) == OVER


def test_a_call_takes_no_heap():
    assert growth(lambda i: temperature(80000 + i * 7)) == 0

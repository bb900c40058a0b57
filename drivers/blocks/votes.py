"""Trip votes of one to three sensors (domain brief §0.3).

`x` is 1 where the sensor asks for the trip, `q` is its quality. A sensor of BAD or STALE quality counts as a vote
to trip, which is the whole rule of degradation: 2oo3 with one bad sensor behaves as 1oo2 of the other two, with two
bad it trips; 2oo2 with one bad behaves as 1oo1; 1oo1 and 1oo2 trip on the first bad one. UNCERTAIN is still a
measurement.
"""

from protocols.quality import BAD


def vote_1oo1(x, q):
    """Return 1 if the sensor asks for the trip or can't be believed."""
    return 1 if x or q >= BAD else 0


def vote_1oo2(x1, q1, x2, q2):
    """Return 1 if either of two sensors votes."""
    return 1 if x1 or x2 or q1 >= BAD or q2 >= BAD else 0


def vote_2oo2(x1, q1, x2, q2):
    """Return 1 if both of two sensors vote."""
    return 1 if (x1 or q1 >= BAD) and (x2 or q2 >= BAD) else 0


def vote_2oo3(x1, q1, x2, q2, x3, q3):
    """Return 1 if at least two of three sensors vote."""
    votes = 0
    if x1 or q1 >= BAD:
        votes += 1
    if x2 or q2 >= BAD:
        votes += 1
    if x3 or q3 >= BAD:
        votes += 1
    return 1 if votes > 1 else 0

"""Where things stand in a lane: x in metres along the direction of travel, the boom at x = 0 (domain brief §3a).

The stop line lies at the edge of the boom loop, so that a vehicle is seen within 0.3 m of crossing it: that distance,
the loop's filter and the boom's 8 degrees of over-travel are what makes the never-strike rule attainable.
"""

SPAWN = -26.0
"""A vehicle enters the emulated approach here; who finds no room waits in the backlog."""

READ_FROM = -3.6
"""The reader sees a vehicle whose front is between here and the boom."""

STOP_LINE = -1.6
LA = (-4.6, -2.6)
LB = (-1.6, 1.2)
LC = (2.2, 3.7)
PE1 = (-0.25, 0.65)
"""Position and height of the bumper beam."""

PE2 = (0.25, 0.4)
GONE = 9.0
"""A vehicle whose rear is past this has left the lane."""

LOOP_REACH = 1.0
"""Detection height of the loops: 2/3 of the short side of 1.5 m."""

LOOP_OVERLAP = 0.3
"""Metres of vehicle over a loop that it takes to be noticed."""

BOOM_LENGTH = 3.0
BOOM_PIVOT = 0.9
"""Height of the boom's pivot over the road."""

BOOM_HALF = 0.05
"""Half the boom's thickness along x."""

"""IEC 61131-3 function blocks shared by boards and gateway.

A block is an object that is called once a scan, `q = block(x, now)`, and keeps its output in `.q`. `now` is control
time in milliseconds, wrapping at 2**30 (protocols/ticks.py). Values are small integers, outputs are 0 or 1, and a
call allocates nothing. Presets are attributes: a program may change one between two calls, and the new value holds
from the next call on.

timers      OnDelay (TON), OffDelay (TOF), Pulse (TP)
edges       RisingEdge (R_TRIG), FallingEdge (F_TRIG)
debounce    Debounce, different times for on and off
latch       SetDominant (SR), ResetDominant (RS)
rate        RateLimit (slew of an integer), RateCounter (n events in a window)
pi          PI, with back-calculation, feed-forward and tracking
split_range SplitRange, one demand for two actuators
votes       vote_1oo1, vote_1oo2, vote_2oo2, vote_2oo3 with bad quality
trip        TripEngine: the cause-and-effect rows of a sheet with first-out
"""

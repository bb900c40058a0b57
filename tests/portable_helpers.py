"""What the portable tests of drivers share; runs on both runtimes."""

import gc

from protocols.port import MICROPYTHON

CALLS = 10000


def growth(work, calls=CALLS):
    """Bytes of heap that `work(i)` leaves behind over `calls` calls, after a first round of 100.

    CPython has no such count: there the calls are only made.
    """
    for i in range(100):
        work(i)
    gc.collect()
    if not MICROPYTHON:
        for i in range(calls):
            work(i)
        return 0
    gc.disable()
    before = gc.mem_alloc()
    for i in range(calls):
        work(i)
    after = gc.mem_alloc()
    gc.enable()
    return after - before


def refusal(make, *args):
    """The text of the ValueError that `make(*args)` raises; fails when it raises none."""
    try:
        make(*args)
    except ValueError as error:
        return str(error)
    raise AssertionError("no ValueError")

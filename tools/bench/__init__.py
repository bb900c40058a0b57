"""Benches: figures of ours beside a peer's, measured interleaved in the same run. ``make bench``.

A module here that has ``BENCHES = {name: function}`` is found by itself; the function returns a `Result` (or several,
where one run measures several things; then the mapping has each name, and the function is run once). Benches stand
beside the tests, never inside them: a figure depends on the machine, the ratio much less.
"""

from tools.bench.measure import Result, interleave

__all__ = ["Result", "interleave"]

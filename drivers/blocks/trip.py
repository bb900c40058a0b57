"""The trip engine: the cause-and-effect rows of a sheet at work (domain brief §0.3).

Each scan every row is judged in the same order:

1. its condition, with the answer to bad inputs: while a point that the row looks at is BAD or STALE, TRIP takes the
   cause as present, HOLD keeps the last judgement made on good inputs, IGNORE takes it as absent;
2. its delays: the condition must stand for `after` ms to become *active* and be gone for `clear` ms to be healthy;
3. its latch: a latching row that was active stays *latched* until it is reset.

A row works its effects while it is active or latched. Latching rows make trips; rows that don't latch are inhibits,
which come and go with the traffic (a vehicle under the boom). A latched row is reset by itself when healthy (AUTO), by
a reset edge (REMOTE), or by a reset edge with the local confirmation (LOCAL); never while another cause of the same
trip is active, that is a latching row which shares an effect with it. The edge must be fresh: a reset that is held, or
was true at power-up, or was refused, must be given anew. A reset moves nothing: that the program starts only from a
new command or a new demand is the program's part.

*First-out* is the cause that came first, frozen with its time until the trip is over, which is when no row is latched
any more; the others are consequential. An inhibit is first-out only as long as there is no trip.
"""

from array import array

from drivers.blocks.edges import RisingEdge
from protocols.layout import ON_BAD_HOLD, ON_BAD_TRIP, RESET_AUTO, RESET_LOCAL
from protocols.quality import BAD
from protocols.ticks import ticks_diff

MAX_BIT = 29
"""Highest bit a cause may have: masks stay small ints on a 32-bit board, so that they cost no heap."""


class TripEngine:
    """Judges the rows of `table.CAUSES` with `table.causes` and `table.delays`; masks have the bits of TRIP_BITS.

    =============  =============================================================================================
    active         causes present now, after their delays
    latched        causes that wait for a reset
    effects        EF_ mask of all rows active or latched: what the program must obey
    first_out      number of the first cause, its row + 1; 0 without a trip
    first_out_ms   tick at which it became active
    raised         causes that became active in this scan; all but first-out are consequential
    cleared        causes that in this scan ceased to be active or latched
    blocked        causes that stayed latched at the last reset edge: what to name in its refusal; 0 when it worked
    =============  =============================================================================================
    """

    def __init__(self, table):
        rows = table.CAUSES
        n = len(rows)
        for row in rows:
            if not 0 <= row[1] <= MAX_BIT:
                raise ValueError("cause %s: bit %d is not in 0..%d" % (row[0], row[1], MAX_BIT))
        self.n = n
        self.active = 0
        self.latched = 0
        self.effects = 0
        self.first_out = 0
        self.first_out_ms = 0
        self.raised = 0
        self.cleared = 0
        self.blocked = 0
        self._causes = table.causes
        self._delays = table.delays
        self._bit = tuple([1 << row[1] for row in rows])
        self._on_bad = tuple([row[2] for row in rows])
        self._reset = tuple([row[4] for row in rows])
        self._effects = tuple([row[5] for row in rows])
        channels = [row[0] + "_Q" for row in tuple(table.DI) + tuple(table.AI) + tuple(table.BI)]
        self._qualities = tuple([tuple([channels[ref] for ref in row[6]]) for row in rows])
        seen = []
        for names in self._qualities:
            for name in names:
                if name not in seen:
                    seen.append(name)
        self._looked_at = tuple(seen)
        self._latching = 0
        self._by_itself = 0
        for row in rows:
            if row[3]:
                self._latching |= 1 << row[1]
                if row[4] == RESET_AUTO:
                    self._by_itself |= 1 << row[1]
        self._out = [0] * n
        self._after = [0] * n
        self._clear = [0] * n
        self._was = bytearray(n)  # last judgement before delays, also what HOLD holds
        self._timing = bytearray(n)
        self._since = array("i", [0] * n)  # tick at which the condition left the judgement that still stands
        self._raised_ms = array("i", [0] * n)
        self._edge = RisingEdge(1)

    def scan(self, io, par, pr, now, reset, local_ok):
        """Judge all rows.

        `io` is the process image with its qualities, `par` the parameters, `pr` the program (its `state` and facts are
        part of conditions). `reset` is 1 while a reset is asked for, `local_ok` 1 while somebody confirms on the spot.
        """
        was = self.active
        before = was | self.latched
        active = self._judge(io, par, pr, now)
        self.active = active
        self.raised = active & ~was
        self.latched = (self.latched | (active & self._latching)) & (active | ~self._by_itself)
        if self._edge(reset):
            self._clear_latches(local_ok)
        tripped = active | self.latched
        self.cleared = before & ~tripped
        if active != was or tripped != before:
            effects = 0
            for i in range(self.n):
                if tripped & self._bit[i]:
                    effects |= self._effects[i]
            self.effects = effects
            self._find_first()

    def _judge(self, io, par, pr, now):
        out = self._out
        was = self._was
        timing = self._timing
        self._causes(io, par, pr, out)
        for name in self._looked_at:
            if getattr(io, name) >= BAD:
                self._doubt(io)
                break
        active = self.active
        delays_known = 0
        for i in range(self.n):
            x = out[i]
            if x == was[i] and not timing[i]:
                continue  # nearly every row in nearly every scan
            was[i] = x
            bit = self._bit[i]
            if x == (1 if active & bit else 0):
                timing[i] = 0
                continue
            if not delays_known:  # parameters may have changed; a scan in which nothing changes needn't ask
                delays_known = 1
                self._delays(par, self._after, self._clear)
            if not timing[i]:
                timing[i] = 1
                self._since[i] = now
            if ticks_diff(now, self._since[i]) >= (self._after[i] if x else self._clear[i]):
                timing[i] = 0
                active ^= bit
                if x:
                    self._raised_ms[i] = now
        return active

    def _doubt(self, io):
        """Answer for the rows that look at a bad point."""
        out = self._out
        for i in range(self.n):
            for name in self._qualities[i]:
                if getattr(io, name) >= BAD:
                    on_bad = self._on_bad[i]
                    out[i] = 1 if on_bad == ON_BAD_TRIP else self._was[i] if on_bad == ON_BAD_HOLD else 0
                    break

    def _clear_latches(self, local_ok):
        tripping = self.active & self._latching
        effects = 0
        for i in range(self.n):
            if tripping & self._bit[i]:
                effects |= self._effects[i]
        latched = self.latched
        for i in range(self.n):
            bit = self._bit[i]
            healthy = not tripping & bit and not self._effects[i] & effects
            if latched & bit and healthy and (local_ok or self._reset[i] != RESET_LOCAL):
                latched &= ~bit
        self.latched = latched
        self.blocked = latched

    def _find_first(self):
        number = self.first_out
        if number:
            bit = self._bit[number - 1]
            if bit & self._latching:
                if self.latched:
                    return
            elif self.active & bit and not self.latched:
                return
        among = self.latched or self.active
        number = 0
        if among:
            at = self._raised_ms
            for i in range(self.n):
                if among & self._bit[i] and (not number or ticks_diff(at[i], at[number - 1]) < 0):
                    number = i + 1
        self.first_out = number
        self.first_out_ms = self._raised_ms[number - 1] if number else 0

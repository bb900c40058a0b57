"""What is read of a unit: one block for each model that control needs, made once the chain is known.

A block reaches from the model's ID register to the last register needed, so each reading shows again that the model is
still there, and values come with their scale factors. One reading gives at most 125 registers (or what the device's
quirk says): a longer block is split, never within a point, and its values are used when all of it has come.
"""

from array import array

from drivers.sunspec.controls import BASIS, MODEL, PAIR, ROWS
from drivers.sunspec.models import FIELDS, PATIENCE_MS, PERIOD_MS, SECOND_MS, SLOW_MS, STALE_MS, family
from drivers.sunspec.values import size


class Block:
    """Consecutive registers of one model, kept at ``regs[base:]``.

    rows       ``(field, type, at, scale, decimals)`` with indexes into the registers; scale below 0 is models.FIXED + n
    scales     indexes of the scale factors; `known` their values at the last reading
    parts      ``(offset, count)`` of each reading; `part` the next one
    fast       1 when it is read in every period of the unit
    patience   ms that a reading may be late on a line with too much to do: of those that wait, the one goes first that
               has used up most of it
    due, read_at, fresh, refused   ms tick of the next and of the last complete reading; 1 until that is too old; times
               that the unit refused to have it read
    """

    def __init__(self, model, address, length, period_ms, stale_ms, rows):
        self.model = model
        self.address = address
        self.length = length
        self.period_ms = period_ms
        self.stale_ms = stale_ms
        self.fast = 0
        self.patience = patience_of(period_ms)
        self.count = 2
        self.base = 0
        self.rows = rows
        self.scales = ()
        self.known = array("H", [])
        self.confirmed = 0
        self.parts = ()
        self.part = 0
        self.due = 0
        self.read_at = 0
        self.fresh = 0
        self.refused = 0


def patience_of(period_ms):
    """Return how long (ms) a block of such a period can wait, where its kind doesn't say."""
    return period_ms if period_ms <= SECOND_MS else 2 * SLOW_MS


def _split(count, points, most):
    # Borders fall between points, so that no value comes half from one reading and half from another.
    parts = []
    begin = 0
    while begin < count:
        end = min(begin + most, count)
        moved = end < count
        while moved:
            moved = False
            for offset, words in points:
                if offset < end < offset + words:
                    end = offset
                    moved = True
        if end <= begin:
            raise ValueError("a point doesn't fit in one reading")
        parts.append((begin, end - begin))
        begin = end
    return tuple(parts)


def fields_of(walk, kind):
    """Return for each field of ``kind`` its row in a model of the chain, with the model's place there, or None."""
    found = []
    for sources in FIELDS[kind]:
        best = None
        for row in sources:
            for i in range(walk.n):
                if best is None and family(walk.ids[i]) == row[0] and _within(walk, i, row[1], row[2], row[3]):
                    best = (i, row)
        found.append(best)
    return found


def layout_of(walk, layouts):
    """Return the first of ``layouts`` whose model the chain has, or None."""
    for layout in layouts:
        i = walk.find(layout[MODEL])
        if i >= 0 and all([_within(walk, i, row[0], row[1], row[3]) for row in layout[ROWS]]):
            return layout
    return None


def _within(walk, i, offset, type_of, factor):
    # A model may be shorter than published, by a quirk: what is behind its end belongs to another.
    end = walk.lengths[i] + 2
    return offset + size(type_of) <= end and factor < end


def make(walk, kind, power, operation, quirk, period_ms=0):
    """Return (blocks, registers in all) for what the chain offers; ``power``, ``operation``: layouts, or None."""
    own = period_ms or PERIOD_MS[kind]
    needs = {}  # place in the chain: [period, [(offset, words)], rows]

    def need(i, period, *points):
        entry = needs.setdefault(i, [period, [], [], []])
        entry[0] = min(entry[0], period)
        entry[1] += points
        return entry

    field = -1
    for found in fields_of(walk, kind):
        field += 1
        if found is None:
            continue
        i, (_, offset, type_of, factor, decimals, period) = found
        entry = need(i, max(period, own), (offset, size(type_of)))
        entry[2].append((field, type_of, offset, factor, decimals))
        entry[3].append(factor)
    for layout, period in ((power, 2 * own), (operation, SLOW_MS)):
        if layout is None:
            continue
        i = walk.find(layout[MODEL])
        entry = need(i, min(period, SLOW_MS))
        for offset, type_of, what, factor in layout[ROWS]:
            entry[1].append((offset, 2 if what == PAIR else size(type_of)))
            entry[3].append(factor)
        if layout[BASIS]:
            entry[1].append((layout[BASIS][0], 1))
            entry[3].append(layout[BASIS][1])

    base = 0
    used = []
    blocks = []
    for i in sorted(needs):
        period, points, rows, factors = needs[i]
        factors = sorted({at for at in factors if at >= 0})
        points += [(at, 1) for at in factors]
        length = walk.lengths[i]
        count = max(2, max([offset + words for offset, words in points]))
        # Readings of different size can't be taken for each other when an answer comes late.
        while count in used and count < length + 2 and count < quirk.max_read:
            count += 1
        used.append(count)
        rows = tuple([(f, t, base + at, base + s if s >= 0 else s, d) for f, t, at, s, d in rows])
        stale = max(STALE_MS[kind], 3 * period)
        block = Block(family(walk.ids[i]), walk.addresses[i], length, period, stale, rows)
        if period == own:
            block.fast = 1
            block.patience = PATIENCE_MS[kind] if own == PERIOD_MS[kind] else own
        block.base = base
        block.count = count
        block.parts = _split(count, points, quirk.max_read)
        block.scales = tuple([base + at for at in factors])
        block.known = array("H", [0] * len(factors))
        base += count
        blocks.append(block)
    return tuple(blocks), base


__all__ = ("Block", "fields_of", "layout_of", "make")

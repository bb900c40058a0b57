"""The atomic command block, 0x0040-0x004C (domain brief §7.2).

A block is judged in this order; the first that fails is the answer:

1. CRC over 0x42-0x4B: result 8, and nothing else of the block counts;
2. sequence 0: no command, the block only brings a heartbeat and a claim of the lease;
3. owner: while the link is OK, another GW_ID than the lease's gets result 9. With any other link, or while nobody owns
   the board, the lease is taken. CFG_OWNER other than 0 admits that gateway alone;
4. repeat: the last sequence used up gets its stored ack once more, another of the last 10 s result 10; nothing is
   executed;
5. age: HB_ECHO must be a beat that arrived at this board within TTL (0 means 2 s, at most 10 s): else result 5. Beats
   are forgotten at a reset, so no command survives one;
6. key: 0x5AFE; a hazardous code must have been armed by the same code and arguments with key 0xA12B within 5 s;
7. the code itself.

The ack shows the block judged last. Results 5, 8, 9 and 10 name its sequence but don't use it up: sent well, it is
still executed. When an accepted command ends, the ack shows it again, unless a newer command has taken its place.

Sequences are remembered for as long as a copy of their block could pass the check of age, over any change of the lease.
More commands than that memory holds get result 7.
"""

from array import array

from protocols import layout
from protocols.modbus.crc import crc16
from protocols.port import const
from protocols.ticks import ticks_diff

SEEN = const(128)  # sequences remembered against late copies
MAX_TTL_MS = const(10000)
_HB = const(0)  # places in the block
_ID = const(1)
_SEQ = const(2)
_CODE = const(3)
_ARG0 = const(4)
_TTL = const(8)
_ECHO = const(9)
_KEY = const(10)
_CRC = const(12)
_HEAD_BYTES = const(4)  # GW_HB and GW_ID, before what the CRC covers
_COVERED = const(20)  # bytes under the CRC


class Commands:
    """Judges command blocks. `execute(code, a0, a1, a2, a3)` of the handler does what they say and returns the result.

    `seq`, `code`, `result`, `detail`, `at` are the ack; `owner` the lease.
    """

    def __init__(self, table, supervision, events, handler, only_owner=0):
        self.supervision = supervision
        self.events = events
        self.handler = handler
        self.only_owner = only_owner
        self.owner = 0
        self.seq = 0
        self.code = 0
        self.result = layout.RES_NONE
        self.detail = 0
        self.at = 0
        self.block = array("H", [0] * layout.COMMAND_SIZE)
        self.pending = 0  # sequence of the accepted command that has not ended
        self._hazardous = tuple([row[0] for row in table.COMMANDS if row[2]] + [layout.CMD_REBOOT])
        self._seen = array("H", [0] * SEEN)
        self._seen_owner = array("H", [0] * SEEN)
        self._seen_tick = array("i", [0] * SEEN)
        self._seen_at = 0
        self._last = array("i", [0] * 5)  # seq, code, result, detail, tick of the last sequence used up
        self._armed = array("H", [0] * 5)  # code and arguments
        self._armed_at = 0
        self._is_armed = False

    def claim(self, gateway):
        """GW_ID was written by itself. Returns whether the lease is its now."""
        if not self._may_own(gateway):
            return False
        self._take_lease(gateway)
        return True

    def write(self, data, at, now):
        """A whole block of 13 registers arrived at ``data[at:]``."""
        crc = crc16(data, at + _HEAD_BYTES, _COVERED)
        block = self.block
        for i in range(layout.COMMAND_SIZE):
            block[i] = data[at] << 8 | data[at + 1]
            at += 2
        seq = block[_SEQ]
        if crc != block[_CRC]:
            self._answer(seq, layout.RES_CRC, 0, now)
        elif not self._may_own(block[_ID]):
            if seq:
                self._answer(seq, layout.RES_NOT_OWNER, self.owner, now)
        elif seq == 0:
            self._take_lease(block[_ID])
            self.supervision.beat(block[_HB], now)
        elif seq == self._last[0] and block[_ID] == self.owner:
            self._publish_last()
        elif self._was_seen(seq, block[_ID], now):
            self._answer(seq, layout.RES_DUPLICATE, 0, now)
        else:
            self._new(seq, now)

    def _may_own(self, gateway):
        if gateway == 0 or (self.only_owner and gateway != self.only_owner):
            return False
        return gateway == self.owner or not self.owner or self.supervision.link != layout.LINK_OK

    def _take_lease(self, gateway):
        if gateway == self.owner:
            return
        self.owner = gateway
        self.pending = 0
        self._is_armed = False
        self._last[0] = 0

    def finish(self, result, detail, now):
        """The accepted command has ended; of one that a newer has overtaken nothing is told any more."""
        if self.pending and self.pending == self._last[0]:
            self._last[2] = result
            self._last[3] = detail & 0xFFFF
            self._last[4] = now
            self._publish_last()
            self.events.emit(layout.EV_COMMAND, self._last[1], result)
        self.pending = 0

    def _new(self, seq, now):
        block = self.block
        ttl = min(MAX_TTL_MS, (block[_TTL] or layout.TTL_DEFAULT) * 100)
        # The age comes before this block's own heartbeat counts, and before its sender becomes the owner: a copy that
        # was held up must neither vouch for itself nor take the board from a living gateway.
        age = self.supervision.age_of(block[_ECHO], now)
        if age < 0 or age > ttl:
            self._answer(seq, layout.RES_EXPIRED, 0, now)
            return
        slot = self._seen_at
        if self._is_young(slot, now):
            self._answer(seq, layout.RES_BUSY, 0, now)
            return
        self._seen_at = (slot + 1) % SEEN
        self._seen[slot] = seq
        self._seen_owner[slot] = block[_ID]
        self._seen_tick[slot] = now
        self._take_lease(block[_ID])
        self.supervision.beat(block[_HB], now)
        key = block[_KEY]
        code = block[_CODE]
        if key == layout.KEY_ARM and code in self._hazardous:
            self._arm(now)
            self._settle(seq, layout.RES_DONE, 0, now)
            return
        if key != layout.KEY_EXECUTE or (code in self._hazardous and not self._armed_for(now)):
            self._settle(seq, layout.RES_BAD_ARGUMENT, layout.C_KEY, now)
            return
        self._is_armed = False
        handler = self.handler
        handler.detail = 0
        a0 = block[_ARG0]
        result = handler.execute(code, a0, block[_ARG0 + 1], block[_ARG0 + 2], block[_ARG0 + 3])
        if result == layout.RES_ACCEPTED:
            self.pending = seq
        self._settle(seq, result, handler.detail, now)
        if code != layout.CMD_PING and code != layout.CMD_TIME:
            self.events.emit(layout.EV_COMMAND, code, result)

    def _settle(self, seq, result, detail, now):
        last = self._last
        last[0] = seq
        last[1] = self.block[_CODE]
        last[2] = result
        last[3] = detail & 0xFFFF
        last[4] = now
        self._publish_last()

    def _publish_last(self):
        last = self._last
        self.seq = last[0]
        self.code = last[1]
        self.result = last[2]
        self.detail = last[3]
        self.at = last[4]

    def _answer(self, seq, result, detail, now):
        self.seq = seq
        self.code = self.block[_CODE]
        self.result = result
        self.detail = detail
        self.at = now

    def _was_seen(self, seq, owner, now):
        for i in range(SEEN):
            if self._seen[i] == seq and self._seen_owner[i] == owner and self._is_young(i, now):
                return True
        return False

    def _is_young(self, slot, now):
        return self._seen[slot] and 0 <= ticks_diff(now, self._seen_tick[slot]) <= MAX_TTL_MS

    def _arm(self, now):
        for i in range(5):
            self._armed[i] = self.block[_CODE + i]
        self._armed_at = now
        self._is_armed = True

    def _armed_for(self, now):
        if not self._is_armed or ticks_diff(now, self._armed_at) > layout.ARM_LIFE_MS:
            return False
        for i in range(5):
            if self._armed[i] != self.block[_CODE + i]:
                return False
        return True

"""Command blocks repeated, reordered, corrupted, delayed, or another gateway's: each is executed once or never."""

from __future__ import annotations

import struct

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from protocols import layout
from tests.firmware.portable_rig import TABLE, Idle, Rig

BODY = 20
"""Bytes of the block that the CRC covers."""


class Recorder(Idle):
    """Remembers which blocks were executed, by their ARG0."""

    executed: list[int]

    def command(self, code: int, a0: int, a1: int, a2: int, a3: int, io: object, now: int) -> int:
        self.executed.append(a0)
        result: int = layout.RES_DONE if a1 else layout.RES_ACCEPTED
        return result


class CommandLine(RuleBasedStateMachine):
    """A line between two gateways and a board that keeps, repeats, corrupts and delays what is sent."""

    def __init__(self) -> None:
        super().__init__()
        self.rig = Rig(Recorder)
        self.rig.board.program.executed = []
        self.rig.link_up()
        self.value = self.first = 2
        self.arrived = {2: self.rig.ms}  # of the beats before it the model doesn't know when they came
        self.sequence = {5: 0, 6: 0}
        self.kept: list[tuple[int, bytes, int]] = []
        """Blocks ever sent: their number, their bytes, the beat that they echo."""
        self.expected: set[int] = set()
        self.judged = 0

    def deliver(self, data: bytes) -> list[int]:
        """Write a block; return the ack."""
        before = len(self.rig.board.program.executed)
        reply = self.rig.ask(struct.pack(">BHHB", 16, layout.C_GW_HB, 13, 26) + data)
        assert reply[0] == 16
        assert len(self.rig.board.program.executed) - before <= 1
        return list(self.rig.read(layout.H_ACK_SEQ, 3))

    @rule(same=st.booleans())
    def beat(self, same: bool) -> None:
        """The heartbeat register is written, with a new value or the old one."""
        if not same:
            self.value += 1
            self.arrived[self.value] = self.rig.ms
        self.rig.beat(self.value)

    @rule(ms=st.integers(1, 1500))
    def wait(self, ms: int) -> None:
        """Time passes."""
        self.rig.run_ms(ms)

    @rule(owner=st.sampled_from((5, 6)), done=st.booleans(), behind=st.integers(0, 3))
    def send(self, owner: int, done: bool, behind: int) -> None:
        """A gateway sends a new command, which echoes a beat, maybe not the newest."""
        self.sequence[owner] += 1
        number = len(self.kept)
        echo = max(self.first, self.value - behind)
        block = self.rig.block(self.sequence[owner], TABLE.CMD_OPEN_ONCE, (number, int(done)), echo=echo, owner=owner)
        data = struct.pack(">13H", *block)
        self.kept.append((number, data, echo))
        supervision = self.rig.board.supervision
        was_ok = supervision.link == layout.LINK_OK
        holder = self.rig.board.commands.owner
        ack = self.deliver(data)
        is_ok = supervision.link == layout.LINK_OK
        age = self.rig.ms - self.arrived[echo]
        ran = number in self.rig.board.program.executed
        if holder not in (0, owner) and was_ok:
            if not is_ok:  # it went while the block was on the line: either answer may be right
                return
            assert not ran
            assert ack[2] == layout.RES_NOT_OWNER
        elif age > 2100:
            assert not ran
            assert ack[2] == layout.RES_EXPIRED
        elif age < 1900:
            assert ran
            assert ack[2] == (layout.RES_DONE if done else layout.RES_ACCEPTED)

    @precondition(lambda self: self.kept)
    @rule(pick=st.data())
    def repeat(self, pick: st.DataObject) -> None:
        """Any block that was ever sent arrives again."""
        number, data, echo = pick.draw(st.sampled_from(self.kept))
        already = number in self.rig.board.program.executed
        self.deliver(data)
        if not already and number in self.rig.board.program.executed:
            assert self.rig.ms - self.arrived[echo] <= 2100

    @precondition(lambda self: self.kept)
    @rule(pick=st.data(), at=st.integers(0, BODY + 1), bits=st.integers(1, 255))
    def corrupt(self, pick: st.DataObject, at: int, bits: int) -> None:
        """Any block arrives with one byte changed, of what the CRC covers or of the CRC itself."""
        _number, data, _echo = pick.draw(st.sampled_from(self.kept))
        before = list(self.rig.board.program.executed)
        damaged = bytearray(data)
        damaged[4 + at] ^= bits
        ack = self.deliver(bytes(damaged))
        assert self.rig.board.program.executed == before
        assert ack[2] == layout.RES_CRC

    @invariant()
    def each_at_most_once(self) -> None:
        """No block is ever executed twice."""
        executed = self.rig.board.program.executed
        assert len(executed) == len(set(executed))


TestCommandLine = CommandLine.TestCase
TestCommandLine.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)

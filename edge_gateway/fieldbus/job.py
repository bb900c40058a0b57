"""One request to a unit as a line handles it: made once, sent once or in each of its periods."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Sequence
from enum import IntEnum
from typing import TYPE_CHECKING

from protocols.modbus.codes import MAX_READ_REGISTERS, READ_HOLDING_REGISTERS, READ_INPUT_REGISTERS
from protocols.modbus.request import Request

if TYPE_CHECKING:
    from edge_gateway.fieldbus.unit import UnitLink

MAX_READ: int = MAX_READ_REGISTERS

_REGISTER_READS = (READ_HOLDING_REGISTERS, READ_INPUT_REGISTERS)
_READS = (1, 2, 3, 4, 20, 43)


class Outcome(IntEnum):
    """How a request ended."""

    OK = 0
    EXCEPTION = 1
    """The unit answered with an exception; its code is in `Job.exception`."""
    TIMEOUT = 2
    """Sent, and no usable answer came: nobody knows whether the unit acted on it."""
    LINE_DOWN = 3
    """The line went down. `Job.sent` says whether the request had left; it isn't sent again after the reconnect."""
    SILENT = 4
    """Not sent: the unit doesn't answer and is only probed now and then."""
    EXPIRED = 5
    """Not sent: it waited longer than it may."""


Reply = bytes | bytearray
Done = Callable[["Job", Outcome, Reply, int, int], None]
"""`done(job, outcome, data, at, now_us)`: `data[at:]` holds the registers (big-endian) of a read that ended OK.

The buffer is the line's own: take what you need before you return. Other functions: see the accessors of `job.request`.
"""


class Job:
    """A request and how it's sent.

    request: what is asked of whom (`protocols.modbus.request.Request`). period_us: 0 for a job that is sent once.
    The other attributes are the line's; `exception` and `sent` are for reading.
    """

    __slots__ = (
        "body",
        "data_bytes",
        "deadline_us",
        "done",
        "due_us",
        "exception",
        "expires_us",
        "function",
        "head",
        "number",
        "order",
        "period_us",
        "removed",
        "reply_bytes",
        "request",
        "sent_us",
        "transaction",
        "unit",
        "wire_us",
        "writing",
    )

    unit: UnitLink
    """Set when the job is given to a line."""

    def __init__(self, request: Request, done: Done, period_us: int = 0) -> None:
        self.request = request
        self.done = done
        self.period_us = period_us
        self.number: int = request.unit
        function: int = request.fc
        self.function = function
        self.writing = function not in _READS
        # Of the reply's PDU; 0 for device identification, which tells its length as it comes.
        self.reply_bytes: int = request.reply_size(bytes((function, 0)), 0, 2)
        # What a reply to a plain register read says in its third byte; -1: `Request.judge` decides.
        self.data_bytes = self.reply_bytes - 2 if function in _REGISTER_READS else -1
        self.body = b""
        self.head = b""
        self.order = 0
        self.wire_us = 0
        self.transaction = -1
        self.exception = 0
        self.removed = False
        self.due_us = 0
        self.sent_us = 0
        self.deadline_us = 0
        self.expires_us = 0

    @property
    def sent(self) -> bool:
        """Whether it has left since it was given to the line."""
        return self.transaction >= 0

    def __repr__(self) -> str:
        return f"<Job unit {self.number} {self.request.pdu().hex(' ')}>"


def read_job(
    unit: int, address: int, count: int, done: Done, period_us: int = 0, function: int = READ_HOLDING_REGISTERS
) -> Job:
    """A read of 1..125 registers. ValueError for what no request can hold."""
    return Job(Request(unit, 5).read(function, address, count), done, period_us)


def write_one_job(unit: int, address: int, value: int, done: Done) -> Job:
    """A write of one register (function 6)."""
    return Job(Request(unit, 5).write_register(address, value), done)


def write_job(unit: int, address: int, values: Sequence[int], done: Done) -> Job:
    """A write of 1..123 registers in one piece (function 16)."""
    return Job(Request(unit).write_registers(address, array("H", values)), done)

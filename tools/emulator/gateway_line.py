"""A gateway's end of an emulated RS-485 line in the world's time: the queueing of `Line`, the bytes of `SerialLine`."""

from __future__ import annotations

from edge_gateway.fieldbus.cost import CostModel
from edge_gateway.fieldbus.job import Job
from edge_gateway.fieldbus.line import NEVER_US
from edge_gateway.fieldbus.rtu_receiver import Found, RtuReceiver
from edge_gateway.fieldbus.transport import LoopLine
from edge_gateway.fieldbus.unit import Patience
from tools.emulator.serial_line import SerialLine
from tools.emulator.world import World

_SILENCE_US = 5_000


class GatewayLine(LoopLine):
    """What the gateway's own serial line is to a device of the machine; the world's events take the loop's place."""

    serial = True

    def __init__(
        self,
        world: World,
        wire: SerialLine,
        name: str = "RS1",
        patience: Patience | None = None,
        station: str = "gateway",
    ) -> None:
        super().__init__(name, CostModel.serial(wire.baud, wire.bits), patience)
        self.connected = True
        """False: the cable is pulled at the gateway's end, or the gateway is dead."""
        self._world = world
        self._wire = wire
        self._station = station
        self._receiver = RtuReceiver(self._counters, self.units)
        self._wake_us = NEVER_US
        wire.connect(station, self)

    def start(self) -> None:
        """The line is there at once."""
        self.go_up(self._world.now_us)
        self.kick()

    async def close(self) -> None:
        """Say nothing more, hear nothing more."""
        self.connected = False
        self.go_down(self._world.now_us)

    def kick(self) -> None:
        """See `Line.kick`."""
        self._wake(self._world.now_us)

    def receive_serial(self, data: bytes, end_us: int) -> None:
        """Bytes from the line, the last one ended at `end_us`."""
        if self.connected:
            self._settle(self._receiver.feed(data, self._current, end_us), end_us)
            if self._receiver.pending:
                self._world.at(end_us + _SILENCE_US, self._silence)

    @property
    def _current(self) -> Job | None:
        return next(iter(self.in_flight.values()), None)

    def _silence(self) -> None:
        if self._receiver.pending:
            self._settle(self._receiver.silence(self._current, self._world.now_us), self._world.now_us)

    def _settle(self, found: Found, now_us: int) -> None:
        job = self._current
        if found is Found.NOTHING or job is None:
            return
        self.bus_free_us = now_us + self.cost.gap_us
        if found is Found.REPLY:
            self.answered(job, self._receiver.frame, 3, now_us)
        elif found is Found.EXCEPTION:
            self.refused(job, self._receiver.frame[2], now_us)
        else:
            self.spoilt(job, now_us)
        self._go_on()

    def _go_on(self) -> None:
        """Transmit what may be transmitted, and wake up for the rest."""
        now_us = self._world.now_us
        if self.expire(now_us):
            self._receiver.drop()
        while self.connected and not self.in_flight:
            job = self.next(now_us)
            if job is None:
                break
            if self._receiver.pending:
                self._receiver.silence(None, now_us)
            self._wire.transmit(self._station, job.body)
        self._wake(max(self.wake_us(), now_us + 50))

    def _wake(self, when_us: int) -> None:
        if when_us < self._wake_us:
            self._wake_us = when_us
            self._world.at(when_us, lambda: self._turn(when_us))

    def _turn(self, when_us: int) -> None:
        if when_us == self._wake_us and self.connected:
            self._wake_us = NEVER_US
            self._go_on()

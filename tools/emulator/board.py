"""One board in the world: its link, its power, its watchdog, its serial port.

A board is *off*, *booting* (its process is there, the world has not welcomed it yet), *running*, or *hung* (the world
doesn't answer, as if the processor stood still). Outputs are de-energised whenever it isn't running, and stay as they
are while it hangs, until its watchdog ends that.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol

from protocols import iolink, layout
from tools.emulator.link import LinkLostError
from tools.emulator.plant import Plant, SlowPlant
from tools.emulator.wiring import MASK, Wiring

if TYPE_CHECKING:
    from tools.emulator.world import World

OFF = "off"
BOOTING = "booting"
RUNNING = "running"
HUNG = "hung"

NEVER = 1 << 62
BOOT_MS = 150
"""From reset to the first statement of the firmware, world time."""
STEP_MS = 10
"""Longest step of a plant that says nothing else."""
MAX_IDLE_TURNS = 10_000


class Link(Protocol):
    """World's end of a board's I/O link."""

    def receive(self) -> memoryview:
        """Return the next frame; waits for it."""
        ...

    def send(self, frame: bytes) -> None:
        """Send one frame."""

    def close(self) -> None:
        """End the link."""


class Runner(Protocol):
    """What runs the firmware: a process with real MicroPython, or a thread of this one."""

    def start(self) -> Link:
        """Start the firmware from reset and return its link once it's there."""
        ...

    def kill(self) -> None:
        """End it at once, as a power cut does; nothing of its RAM survives."""

    def console(self) -> str:
        """Return the end of what it printed."""
        ...


class BoardError(RuntimeError):
    """A board broke the rules of the link, or died; the message carries the end of its console."""


class FieldPort:
    """The board's own serial port, of a board whose sheet has a field line: a station of that line.

    ``line.connect(name, board.field)`` and ``board.field.on_send = lambda data: line.transmit(name, data)``.
    """

    def __init__(self, board: Board) -> None:
        self.board = board
        self.on_send: Callable[[bytes], None] | None = None
        self.data = b""
        self.end_us = 0

    def receive_serial(self, data: bytes, end_us: int) -> None:
        """Bytes have arrived, the last one at `end_us`; the board is answered at once."""
        if self.board.state == RUNNING:
            self.data += data
            self.end_us = end_us
            self.board.hurry()

    def take(self) -> bytes:
        """What fits into the next frame."""
        taken = self.data[: iolink.MAX_BURST]
        self.data = self.data[iolink.MAX_BURST :]
        return taken


class Board:
    """A board of the world. Times are world µs (not ticks) unless they say ms."""

    def __init__(self, world: World, name: str, table: Any, plant: Plant, runner: Runner, unit: int = 1) -> None:
        self.world = world
        self.name = name
        self.unit = unit
        self.table = table
        self.plant = plant
        self.runner = runner
        self.wiring = Wiring(table, plant)
        self.link: Link | None = None
        self.state = OFF
        self.reset_cause = layout.RESET_POWER
        self.boot_ms = BOOT_MS
        self.runtime = ""
        self.dev_id = 0
        self.wdt_ms = 0
        self.resets: list[int] = []
        """Causes of the resets so far, the first power-up included."""
        self.steps = 0
        self.scans = 0
        """Steps that brought outputs: one for each scan."""
        self.wake_us = NEVER
        self.dog_us = NEVER
        """When the watchdog bites unless fed before."""
        self.owes = False
        """The board has been answered and its next STEP is awaited."""
        self.asked_us = 0
        """Since when, in world time."""
        self.asked_wall_us = 0
        """The same on the machine's clock; the world keeps both, and only against a wall clock."""
        self.on_serial: Callable[[bytes], None] | None = None
        self.on_step: Callable[[], None] | None = None
        self.restart_on_death = False
        self.deaths = 0
        self.field = FieldPort(self)
        self._rx = b""
        self._rx_end_us = 0
        self._plant_ms = world.now_us // 1000
        self._longest_ms = plant.longest_ms if isinstance(plant, SlowPlant) else STEP_MS
        self._idle_turns = 0
        self._answered_us = -1

    # -- power and reset -------------------------------------------------------------------------------------

    def power_on(self, cause: int = layout.RESET_POWER) -> None:
        """Start the firmware from reset; it is welcomed `boot_ms` later."""
        if self.state != OFF:
            raise BoardError(f"{self.name} has power already")
        self.reset_cause = cause
        self.link = self.runner.start()
        self._hello(self.link)
        self.state = BOOTING
        self.wake_us = self.world.now_us + self.boot_ms * 1000
        self.dog_us = NEVER
        self._rx = self.field.data = b""
        self.resets.append(cause)
        self.world.board_linked(self)

    def power_off(self) -> None:
        """Cut the power: the process dies where it stands, outputs drop."""
        self.advance_plant()
        if self.link is not None:
            self.world.board_unlinked(self)
            self.runner.kill()
            self.link.close()
            self.link = None
        self.state = OFF
        self.owes = False
        self.wake_us = NEVER
        self.dog_us = NEVER
        self._rx = self.field.data = b""
        self.wiring.de_energise()

    def reset(self, cause: int) -> None:
        """Reset the processor: outputs drop, the firmware starts anew with `cause`."""
        self.power_off()
        self.power_on(cause)

    def hang(self) -> None:
        """Stop the processor where it is: outputs stay, the watchdog is no longer fed."""
        if self.state == RUNNING:
            self.state = HUNG
            self.wake_us = NEVER

    def _hello(self, link: Link) -> None:
        frame = self._receive(link)
        end = iolink.WorldEnd(None)
        if end.decode(frame, len(frame), None) != iolink.HELLO:
            raise BoardError(f"{self.name}: the first frame is no HELLO\n{self.runner.console()}")
        program = end.program.decode()
        if program != self.table.PROGRAM or end.sheet_crc != self.table.SHEET_CRC:
            raise BoardError(
                f"{self.name} runs {program} with sheet {end.sheet_crc:04x}; "
                f"wired is {self.table.PROGRAM} with {self.table.SHEET_CRC:04x}"
            )
        self.runtime = end.runtime.decode()
        self.dev_id = end.dev_id
        self.wdt_ms = end.wdt_ms

    def _receive(self, link: Link) -> memoryview:
        try:
            return link.receive()
        except LinkLostError as error:
            raise BoardError(f"{self.name}: {error}\n{self.runner.console()}") from error

    # -- turns -----------------------------------------------------------------------------------------------

    def advance_plant(self) -> None:
        """Bring the plant to the world's time under the outputs that stand."""
        now = self.world.now_us // 1000
        behind = now - self._plant_ms
        if behind <= 0:
            return
        self._plant_ms = now
        step = self.plant.step
        outputs = self.wiring.outputs
        longest = self._longest_ms
        while behind > longest:
            step(longest, outputs)
            behind -= longest
        step(behind, outputs)

    def due(self) -> None:
        """Answer the board: its time has come, or serial bytes are there."""
        world = self.world
        now = world.now_us
        link = self.link
        assert link is not None
        self.advance_plant()
        self.wake_us = NEVER
        self.owes = True
        if self.state == BOOTING:
            self.state = RUNNING
            self.dog_us = now + self.wdt_ms * 1000 if self.wdt_ms else NEVER
            end = iolink.WorldEnd(None)
            n = end.welcome(self.reset_cause, now // 1000 & MASK, now & MASK)
            link.send(bytes(end.buf[:n]))
            return
        if now == self._answered_us:
            self._idle_turns += 1
            if self._idle_turns > MAX_IDLE_TURNS:
                raise BoardError(f"{self.name} asks again and again without letting time pass\n{self.runner.console()}")
        else:
            self._idle_turns = 0
            self._answered_us = now
        rx = self._rx
        if rx:
            self._rx = rx[iolink.MAX_BURST :]
            rx = rx[: iolink.MAX_BURST]
        field = self.field.take() if self.field.data else b""
        if self._rx or self.field.data:
            self.wake_us = now
        link.send(self.wiring.world_frame(now, rx, self._rx_end_us, field, self.field.end_us))

    def collect(self) -> None:
        """Take the board's next STEP: outputs act from now on."""
        assert self.link is not None
        self.owes = False
        now = self.world.now_us
        frame = self._receive(self.link)
        if frame[0] != iolink.STEP:
            raise BoardError(f"{self.name}: frame type {frame[0]:#x} where a STEP belongs\n{self.runner.console()}")
        self.advance_plant()
        flags, wake, tx, field = self.wiring.take_step(frame)
        self.steps += 1
        self.scans += flags & iolink.STEP_OUTPUTS
        if self.state == HUNG:
            return
        if flags & iolink.STEP_FED and self.wdt_ms:
            self.dog_us = now + self.wdt_ms * 1000
        ahead = (wake - now) & MASK
        self.wake_us = now if self._rx or self.field.data else now + (ahead if ahead < 0x20000000 else 0)
        if self.on_step is not None:
            self.on_step()
        if tx and self.on_serial is not None:
            self.on_serial(tx)
        if field and self.field.on_send is not None:
            self.field.on_send(field)
        if flags & iolink.STEP_RESET:
            self.world.at(now, lambda: self.reset(layout.RESET_SOFT))

    def receive_serial(self, data: bytes, end_us: int) -> None:
        """Bytes have arrived at the board's serial port, the last one at `end_us`; it is answered at once."""
        if self.state != RUNNING:
            return
        self._rx += data
        self._rx_end_us = end_us
        self.hurry()

    def hurry(self) -> None:
        """Answer the board now: something has arrived for it."""
        if not self.owes:
            self.wake_us = self.world.now_us

    def bite(self) -> None:
        """The watchdog was not fed in time: reset."""
        self.reset(layout.RESET_WATCHDOG)

"""Never two valves open (PW3): random pairs of orders over a line that delays, repeats, reorders and loses.

The gateway is restarted in between, and the boards know only what a real one knows: tokens, age and sequence.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge_gateway.control.waste.image import Image, Station, Valve, Valves
from edge_gateway.control.waste.orders import STATION, Answer, End
from edge_gateway.control.waste.plant import Branch, Chute, Fraction, Plant, Rules
from edge_gateway.control.waste.pulse import Pulse
from edge_gateway.control.waste.state import Memory
from edge_gateway.control.waste.store import from_text, to_text
from edge_gateway.control.waste.token import ValveToken
from edge_gateway.control.waste.view import View

STEP_MS = 250
UTC_S = 1_767_225_600
RULES = Rules(open_ms=6_000, open_least_ms=6_000)
PLANT = Plant(tuple(Chute(f"inlet{n:02d}", 1, Fraction.OTHER, 1, 100 * n) for n in range(1, 7)), (Branch(1, 900, 0),))


@dataclass
class Board:
    """An inlet board: opens for a fresh order with a newer token, once; shuts by its own timer, dead gateway or not."""

    token: int = 0
    shut_at: int = 0
    seen: set[int] = field(default_factory=set)
    pulses: int = 0

    def receive(self, seq: int, sent: int, number: int, revoke: bool, open_ms: int, now: int) -> tuple[int, End]:
        """When the answer is ready, and what it is."""
        if now - sent > RULES.command_ttl_ms:
            return now, End.REFUSED
        if revoke:
            self.token = max(self.token, number)
            return now, End.DONE
        if seq in self.seen or number <= self.token or now < self.shut_at:
            return now, End.REFUSED
        self.seen.add(seq)
        self.token = number
        self.pulses += 1
        self.shut_at = now + min(open_ms, RULES.max_open_ms) + 2_400
        return self.shut_at, End.DONE

    def valve(self, now: int) -> Valve:
        return Valve(True, now >= self.shut_at, now < self.shut_at, pulses=self.pulses)


class Line:
    """Everything that a line and a command channel may do to an order."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.boards = {chute.inlet: Board() for chute in PLANT.chutes}
        self.now = 0
        self.seq = 0
        self.life = 0
        self._frames: list[tuple[int, int, Callable[[], None]]] = []

    def send(self, board: str, command: str, args: tuple[int, ...], told: Callable[[Answer], None]) -> None:
        if board == STATION:
            told(Answer(0, End.DONE))
            return
        self.seq += 1
        seq, life, rng = self.seq, self.life, self.rng
        # It may wait in our queue for up to its time to live, is stamped when it leaves, and then travels.
        sent = self.now + rng.choice((0, 0, 0, 500, 2_000))
        number, revoke, open_ms = args[-2] << 16 | args[-1], command == "DV_REVOKE", args[1]

        def answer(end: End) -> None:
            if life == self.life:
                told(Answer(seq, end))

        def arrive(heard: bool) -> None:
            ready, end = self.boards[board].receive(seq, sent, number, revoke, open_ms, self.now)
            if heard:
                self._frames.append((ready, seq, lambda: answer(end)))

        copies = rng.choice((1, 1, 1, 2, 3))
        lost = rng.random() < 0.15
        for copy in range(copies):
            delay = rng.choice((0, 100, 400, 1_500, 4_000, 9_000)) if copy or rng.random() < 0.3 else 50
            if not lost:
                heard = copy == 0 and rng.random() < 0.8
                self._frames.append((sent + delay, seq, lambda heard=heard: arrive(heard)))  # type: ignore[misc]
        if lost or rng.random() < 0.2:  # the channel gives up: nobody knows
            self._frames.append((sent + RULES.command_ttl_ms, seq, lambda: answer(End.UNKNOWN)))

    def step(self) -> None:
        self.now += STEP_MS
        due = [frame for frame in self._frames if frame[0] <= self.now]
        self._frames = [frame for frame in self._frames if frame[0] > self.now]
        self.rng.shuffle(due)
        for _at, _seq, act in due:
            act()
        opened = [name for name, board in self.boards.items() if self.now < board.shut_at]
        assert len(opened) <= 1, f"{opened} are open at {self.now} ms"


class Gateway:
    """Orders pulses one after the other, with the token and the disk of the real one."""

    def __init__(self, line: Line) -> None:
        self.line = line
        self.disk = ""
        self.ended = 0
        self.seen: list[tuple[bool, int]] = []
        self.image = Image(Valves({}), Station())
        self.boot()

    def boot(self) -> None:
        self.line.life += 1
        self.memory = from_text(self.disk) if self.disk else Memory()
        self.token = ValveToken(
            RULES.command_ttl_ms, RULES.longest_open_ms, self.line.now, self.memory.token, self.memory.holder
        )
        self.pulse: Pulse | None = None
        self.generation = 1
        self.stored = 0
        self.wanted: list[str] = []

    def look(self, now: int) -> Image:
        """The image is made anew when a valve has changed."""
        seen = [(now < board.shut_at, board.pulses) for board in self.line.boards.values()]
        if seen != self.seen:
            self.seen = seen
            valves = Valves({f"{name}.1": board.valve(now) for name, board in self.line.boards.items()})
            self.image = Image(valves, Station())
        return self.image

    def step(self) -> None:
        now = self.line.now
        image = self.look(now)
        v = View(PLANT, RULES, image, self.memory, self.token, now, 1000 * UTC_S + now, 0)
        if self.pulse is None:
            holder = self.memory.holder
            if holder and self.token.give_back(self.token.number, False, image.valve(holder).proven_shut, now):
                self.memory.holder = ""
                self.generation += 1
            elif self.wanted:
                chute = PLANT.by_name[self.wanted[0]]
                grant = self.token.take(chute.name, now, UTC_S + now // 1000)
                if grant is not None:
                    self.wanted.pop(0)
                    self.memory.token, self.memory.holder = grant.number, chute.name
                    self.generation += 1
                    self.pulse = Pulse(chute, grant.number, self.generation)
                    self.before = image.valve(chute.name).pulses
        if self.pulse is not None:
            self.pulse.counted = image.valve(self.pulse.chute.name).pulses > self.before
            self.pulse.step(v, self.stored, self.line.send)
            if self.pulse.result is not None:
                self.pulse = None
                self.memory.holder = ""
                self.generation += 1
                self.ended += 1
        if self.stored != self.generation and self.line.rng.random() < 0.7:  # a disk takes its time
            self.disk = to_text(self.memory)
            self.stored = self.generation


def pairs(seed: int, count: int) -> Gateway:
    """So many pairs of orders. Every step asserts that at most one valve is open."""
    rng = random.Random(seed)
    line = Line(rng)
    gateway = Gateway(line)
    names = [chute.name for chute in PLANT.chutes]
    for _ in range(count):
        gateway.wanted = [rng.choice(names), rng.choice(names)]
        kill = rng.random() < 0.15
        steps = rng.randrange(1, 60) if kill else 400
        for _step in range(steps):
            line.step()
            gateway.step()
            if not gateway.wanted and gateway.pulse is None and not kill:
                break
        if kill:
            if rng.random() < 0.1:
                gateway.disk = ""  # the memory is lost too
            gateway.boot()
    return gateway


@pytest.mark.slow
def test_ten_thousand_pairs_of_orders_never_open_two_valves() -> None:
    gateway = pairs(seed=20, count=10_000)
    assert gateway.ended > 12_000, "most of them were carried out"
    assert sum(board.pulses for board in gateway.line.boards.values()) > 10_000


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 1 << 32))
def test_whatever_the_line_does(seed: int) -> None:
    pairs(seed, 12)


def test_after_a_restart_the_longest_opening_is_waited_out() -> None:
    token = ValveToken(2_000, 21_000, now=1_000, number=7)
    assert token.take("a", 1_000, 5) is None
    assert token.wait_ms(1_000) == 23_000
    assert token.take("a", 23_999, 5) is None
    grant = token.take("a", 24_000, 5)
    assert grant is not None and grant.number == 8


def test_one_holder_until_it_is_answered_and_shut() -> None:
    token = ValveToken(2_000, 21_000, now=-100_000)
    grant = token.take("a", 0, 5)
    assert grant is not None
    assert token.take("b", 0, 5) is None
    assert token.may_order(grant.number, 2_000) and not token.may_order(grant.number, 2_001)
    assert not token.give_back(grant.number, answered=True, proven_shut=False, now=5_000)
    assert not token.give_back(grant.number, answered=False, proven_shut=True, now=22_999)
    assert token.give_back(grant.number, answered=False, proven_shut=True, now=23_000)
    second = token.take("b", 23_000, 5)
    assert second is not None and second.number > grant.number


def test_numbers_grow_even_when_the_memory_is_lost() -> None:
    first = ValveToken(0, 0, now=0).take("a", 0, 1_000)
    second = ValveToken(0, 0, now=0).take("a", 0, 1_030)
    assert first is not None and second is not None and second.number > first.number

"""Whatever a line does to frames, whenever a board restarts: a command happens once or not at all, and is answered."""

from __future__ import annotations

from itertools import cycle

from hypothesis import given, settings
from hypothesis import strategies as st

from edge_gateway.fieldbus.command import Command, CommandEnd
from edge_gateway.fieldbus.unit import Patience
from protocols import layout
from tests.edge_gateway.fieldbus.virtual import Lane, OnTheWay, World

OPEN_ONCE = 0x0201

FATES: dict[str, list[int]] = {
    "through": [0],
    "lost": [],
    "late": [250_000],
    "very late": [3_500_000],
    "twice": [0, 40_000],
    "twice, much later": [0, 5_000_000],
}
"""What becomes of a frame: the delays (us) of its copies."""

fates = st.lists(st.sampled_from(sorted(FATES)), min_size=1, max_size=12)


def harmed(names: list[str]) -> OnTheWay:
    """Command blocks and their replies meet these fates in turn; everything else goes through."""
    turns = cycle(names)

    def on_the_way(frame: bytes) -> list[tuple[int, bytes]]:
        if frame[1] != 16:
            return [(0, frame)]
        return [(delay_us, frame) for delay_us in FATES[next(turns)]]

    return on_the_way


@given(
    fates,
    fates,
    st.lists(st.integers(0, 3000), min_size=1, max_size=5),
    st.lists(st.integers(0, 12_000), max_size=2),
    st.sampled_from([layout.RES_DONE, layout.RES_ACCEPTED, layout.RES_INTERLOCK]),
)
@settings(max_examples=30, deadline=None)
def test_a_command_happens_once_or_not_at_all(
    to_boards: list[str], to_gateway: list[str], pauses: list[int], reboots: list[int], answer: int
) -> None:
    world = World(11, patience=Patience.up_to(100))
    assert world.run(5000, lambda: world.sessions[11].link_ok)
    board = world.boards[11]
    executed: list[int] = []

    def watch(program: Lane) -> None:
        program.answer = answer
        # The log of orders goes with the program at a reboot; this list stays.
        program.orders = _Log(executed)

    watch(board.program)
    world.to_boards, world.to_gateway = harmed(to_boards), harmed(to_gateway)
    begin = world.now
    actions = [(begin + sum(pauses[: place + 1]), "command") for place in range(len(pauses))]
    actions += [(begin + at, "reboot") for at in reboots]
    commands: list[Command] = []
    for at, what in sorted(actions):
        world.run(max(0, at - world.now))
        if what == "reboot":
            board.boot(world.now_us, layout.RESET_WATCHDOG)
            watch(board.program)
        else:
            commands.append(world.sessions[11].command(OPEN_ONCE, (len(commands), 0), now=world.now))
    world.run(20_000)
    for number, command in enumerate(commands):
        times = executed.count(number)
        assert times <= 1, (number, command)
        if command.end is CommandEnd.DONE:
            assert times == 1
        elif command.end in (CommandEnd.NOT_SENT, CommandEnd.EXPIRED):
            assert times == 0
        elif command.end is None:
            # Only what the board accepted may still be under way.
            assert command.accepted
            assert times == 1


class _Log(list[tuple[int, int, int]]):
    def __init__(self, executed: list[int]) -> None:
        super().__init__()
        self._executed = executed

    def append(self, order: tuple[int, int, int]) -> None:
        self._executed.append(order[1])

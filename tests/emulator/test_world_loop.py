"""asyncio in the world's time: exact, in order, and alive to what comes from outside."""

from __future__ import annotations

import asyncio
import os

from tools.emulator.world import World
from tools.emulator.world_loop import WorldLoop

FASTER_THAN_ANY_MACHINE = 1e9


def _nothing() -> None:
    pass


def test_sleeping_takes_world_time_to_the_microsecond() -> None:
    world = World()
    seen: list[tuple[str, int]] = []

    async def sleeps(name: str, seconds: float, times: int) -> None:
        for _ in range(times):
            await asyncio.sleep(seconds)
            seen.append((name, world.now_us))

    async def story() -> None:
        world.at(2_500_000, lambda: seen.append(("world", world.now_us)))
        await asyncio.gather(sleeps("a", 1.0, 3), sleeps("b", 1.25, 2))

    with asyncio.Runner(loop_factory=lambda: WorldLoop(world, FASTER_THAN_ANY_MACHINE, _nothing)) as runner:
        runner.run(story())
    assert seen == [
        ("a", 1_000_000),
        ("b", 1_250_000),
        ("a", 2_000_000),
        ("world", 2_500_000),
        ("b", 2_500_000),
        ("a", 3_000_000),
    ]


def test_what_a_thread_would_do_takes_no_world_time() -> None:
    world = World()

    async def story() -> tuple[int, int]:
        await asyncio.sleep(1)
        return await asyncio.to_thread(lambda: 7), world.now_us

    with asyncio.Runner(loop_factory=lambda: WorldLoop(world, FASTER_THAN_ANY_MACHINE, _nothing)) as runner:
        assert runner.run(story()) == (7, 1_000_000)


def test_a_pipe_is_heard_while_the_world_waits_for_its_pace() -> None:
    world = World()
    ours, theirs = os.pipe()

    async def story() -> None:
        heard = asyncio.Event()
        asyncio.get_running_loop().add_reader(ours, heard.set)
        asyncio.get_running_loop().call_later(0.2, os.write, theirs, b"x")
        await heard.wait()
        asyncio.get_running_loop().remove_reader(ours)

    with asyncio.Runner(loop_factory=lambda: WorldLoop(world, 100.0, _nothing)) as runner:
        runner.run(story())
    os.close(ours)
    os.close(theirs)
    assert 200_000 <= world.now_us <= 300_000  # within one look of the write

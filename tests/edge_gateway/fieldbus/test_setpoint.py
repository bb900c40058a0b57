"""Set-points stand as long as somebody vouches for them: again after a reboot, never after their time."""

from __future__ import annotations

from edge_gateway.fieldbus.setpoint import RETRY_MS, SetPoint, SetPoints
from edge_gateway.fieldbus.unit import Patience
from protocols import layout
from tests.edge_gateway.fieldbus.virtual import World

HOLD = 0x0202


def world_with() -> tuple[World, SetPoints, list[SetPoint]]:
    world = World(11, patience=Patience.up_to(100))
    assert world.run(5000, lambda: world.sessions[11].link_ok and world.sessions[11].commands.idle)
    expired: list[SetPoint] = []
    return world, SetPoints(world.sessions[11], lambda point, now: expired.append(point)), expired


def pass_time(world: World, points: SetPoints, ms: int) -> None:
    for _ in range(ms // 100):
        world.run(100)
        points.scan(world.now)


def test_a_set_point_is_sent_once_while_it_stands() -> None:
    world, points, expired = world_with()
    point = points.hold("hold", HOLD, (5, 0), 60_000, world.now)
    for _ in range(5):
        pass_time(world, points, 2000)
        points.hold("hold", HOLD, (5, 0), 60_000, world.now)
    assert point.applied
    assert world.boards[11].program.orders == [(HOLD, 5, 0)]
    points.hold("hold", HOLD, (6, 0), 60_000, world.now)
    pass_time(world, points, 1000)
    assert world.boards[11].program.orders[1:] == [(HOLD, 6, 0)]
    assert expired == []


def test_it_is_sent_again_after_a_reboot_and_after_silence() -> None:
    world, points, _ = world_with()
    board = world.boards[11]
    points.hold("hold", HOLD, (5, 0), 600_000, world.now)
    pass_time(world, points, 1000)
    board.boot(world.now_us, layout.RESET_WATCHDOG)
    pass_time(world, points, 8000)
    assert board.program.orders == [(HOLD, 5, 0)]
    board.mute = True
    pass_time(world, points, 5000)
    board.mute = False
    pass_time(world, points, 15_000)
    assert board.program.orders == [(HOLD, 5, 0)] * 2
    assert points["hold"].applied


def test_the_same_value_may_come_to_need_refreshing() -> None:
    world, points, _ = world_with()
    points.hold("hold", HOLD, (5, 30), 60_000, world.now)
    pass_time(world, points, 12_000)
    points.hold("hold", HOLD, (5, 30), 60_000, world.now, refresh_ms=10_000)
    pass_time(world, points, 25_000)
    assert world.boards[11].program.orders == [(HOLD, 5, 30)] * 4


def test_it_expires_and_is_not_sent_after_its_time() -> None:
    world, points, expired = world_with()
    board = world.boards[11]
    points.hold("hold", HOLD, (5, 0), 3000, world.now)
    pass_time(world, points, 2900)
    assert expired == []
    board.mute = True
    pass_time(world, points, 200)
    assert [point.key for point in expired] == ["hold"]
    board.mute = False
    board.boot(world.now_us, layout.RESET_POWER)
    pass_time(world, points, 10_000)
    assert board.program.orders == []
    assert len(points) == 0


def test_what_the_board_refuses_is_said_and_tried_again_calmly() -> None:
    world, points, _ = world_with()
    board = world.boards[11]
    board.program.answer = layout.RES_INTERLOCK
    point = points.hold("hold", HOLD, (5, 0), 600_000, world.now)
    pass_time(world, points, 2 * RETRY_MS)
    assert not point.applied
    assert "interlock" in point.problem
    assert len(board.program.orders) == 2
    board.program.answer = layout.RES_DONE
    pass_time(world, points, RETRY_MS)
    assert points["hold"].applied
    points.release("hold")
    assert len(points) == 0


def test_a_value_that_the_board_forgets_is_sent_again_in_time_and_its_latency_is_told() -> None:
    world, _, _ = world_with()
    ended: list[tuple[int, bool]] = []
    points = SetPoints(world.sessions[11], on_end=lambda _point, took_ms, taken: ended.append((took_ms, taken)))
    points.hold("hold", HOLD, (5, 30), 60_000, world.now, refresh_ms=10_000)
    pass_time(world, points, 9_500)
    assert world.boards[11].program.orders == [(HOLD, 5, 30)]
    pass_time(world, points, 15_000)
    assert world.boards[11].program.orders == [(HOLD, 5, 30)] * 3
    assert [taken for _took, taken in ended] == [True] * 3 and all(0 < took < 2_000 for took, _taken in ended)
    world.boards[11].program.answer = layout.RES_INTERLOCK
    pass_time(world, points, 10_000)
    assert ended[-1][1] is False and "interlock" in points["hold"].problem

"""The boom's mechanics: energy, stopping, contact force (domain brief §3d-§3f)."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tools.emulator.lane.arm import BRAKE, DRIVE, FREE, OPEN, Arm


def run(arm: Arm, ms: int, mode: int, target: float, step_ms: int = 1) -> None:
    for _ in range(0, ms, step_ms):
        arm.step(step_ms, mode, target)


@settings(max_examples=40, deadline=None)
@given(
    st.floats(0.0, OPEN),
    st.lists(st.tuples(st.sampled_from((DRIVE, BRAKE, FREE)), st.floats(-1.5, 1.5), st.integers(1, 400)), max_size=12),
    st.booleans(),
)
def test_kinetic_energy_is_the_work_done(theta: float, moves: list[tuple[int, float, int]], obstacle: bool) -> None:
    arm = Arm(theta)
    arm.obstacle = 0.3 if obstacle and theta > 0.35 else None
    for mode, target, ms in moves:
        run(arm, ms, mode, target, 5)
        assert 0.0 <= arm.theta <= OPEN
        assert arm.kinetic == pytest.approx(arm.works, abs=1e-9)


def test_opens_and_closes_in_the_time_of_its_speed() -> None:
    arm = Arm()
    ms = 0
    while arm.theta < OPEN:
        arm.step(5, DRIVE, 1.2)
        ms += 5
    # 90 degrees at 1.2 rad/s plus half the ramp of 0.3 s.
    assert ms == pytest.approx(1000 * (OPEN / 1.2 + 0.15), abs=30)


def test_reversal_of_the_prototype() -> None:
    """Brief §3e: 100 ms after the cut the boom is told to stop; it rests at 289 ms after 8.3 degrees."""
    arm = Arm(math.radians(60))
    run(arm, 300, DRIVE, -0.75)
    begin = arm.degrees
    run(arm, 100, DRIVE, -0.75)
    ms = 100
    while arm.omega < 0.0:
        arm.step(1, DRIVE, 0.0)
        ms += 1
    assert ms == pytest.approx(289, abs=4)
    assert begin - arm.degrees == pytest.approx(8.3, abs=0.2)


@pytest.mark.parametrize(("speed", "newtons"), [(0.5, 133), (0.75, 196), (1.0, 258)])
def test_contact_force_of_the_prototype(speed: float, newtons: float) -> None:
    """Brief §3f: peak force on a rigid obstacle, drive cut 30 ms after the edge feels it."""
    arm = Arm(math.radians(60))
    arm.obstacle = math.radians(20)
    felt = None
    for ms in range(3000):
        if felt is None and arm.force > 30.0:
            felt = ms
        arm.step(1, DRIVE, -speed if felt is None or ms < felt + 30 else speed if ms > felt + 250 else 0.0)
    assert arm.peak_force == pytest.approx(newtons, rel=0.05)
    assert arm.force_over_150_ms < 750


def test_the_spring_lifts_a_boom_without_power() -> None:
    arm = Arm()
    run(arm, 8000, FREE, 0.0, 5)
    assert arm.theta == OPEN


def test_the_brake_holds() -> None:
    arm = Arm(0.7)
    run(arm, 5000, BRAKE, 0.0, 10)
    assert arm.theta == 0.7
    assert arm.omega == 0.0


def test_a_stopped_drive_holds() -> None:
    arm = Arm(1.2)
    run(arm, 400, DRIVE, -0.75)
    run(arm, 400, DRIVE, 0.0)
    rest = arm.theta
    run(arm, 5000, DRIVE, 0.0, 10)
    assert arm.theta == rest

"""The loops of the heat plant by name, and how each is tested: by how much, for how long, and what must hold meanwhile.

A test must be felt by nobody. `step` is small enough for the comfort, hygiene and IT limits of the domain brief §4c to
hold with the gain of §4d and twice it; and should the plant be another one, the step is taken back as soon as the value
has moved by `move`, and the test ends where the value leaves `low`..`high`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from edge_gateway.control.heat.rule import Pi

PERMILLE = 10
"""Output words have 0.1 %."""
HUNDREDTHS = 100
"""Temperature and pressure words have 0.01."""
TI_PER = 10
"""Integral times have 0.1 s."""
STATED_K, LEAST_K = 40.0, 10.0
"""The board states the gain of V301 for the first difference, and scales it down to the second (`heat_mixing`)."""


class Way(StrEnum):
    """What is stepped."""

    OUTPUT = "output"
    """The loop is taken out of its controller's hands with LOOP_MAN: the cleanest record."""
    SET_POINT = "set_point"
    """The controller stays in charge and its set-point moves: for loops that nobody may hold."""


@dataclass(frozen=True, slots=True)
class LoopTest:
    """One loop. Outputs in %, values in `unit`, times in s.

    number: of the loop on the board. step: the largest, in % or in `unit`. directions: of the output or the set-point,
    in the order of preference. outputs: what the test may order. low, high: the value ends the test outside them. move:
    by how much the value may move before the step is taken back. band: a value whose means stay within it for
    `settle_s` stands still. hold_s: least and most for which the step is held. cause: what the controller moves:
    `output`, or `set_point` where the machine has its own controller. kp, ti: its parameters on the board, empty where
    it has none and only the process is told; kp_per: units of `kp` for 1 % of output for each unit of the value.
    """

    name: str
    number: int
    what: str
    unit: str
    way: Way
    step: float
    directions: tuple[int, ...]
    outputs: tuple[float, float]
    low: float
    high: float
    move: float
    band: float
    settle_s: float
    hold_s: tuple[float, float]
    kp: str = ""
    ti: str = ""
    kp_per: float = 100.0
    cause: Way = Way.OUTPUT
    stroke_s: float = 0.0
    """Of the valve that the output moves, end to end."""
    beware: str = ""
    """On what the gain depends: parameters must stand the highest."""
    spread: tuple[str, str] | None = None
    """Two temperatures with whose difference the process gain goes, and the board's Kp against it."""

    def steeper(self, spread_k: float) -> float:
        """By what the board multiplies its parameter Kp while `spread` is this wide."""
        return STATED_K / min(STATED_K, max(LEAST_K, abs(spread_k)))

    def parameters(self, kp: int, ti: int, steeper: float = 1.0) -> Pi:
        """What the board's parameters mean, where it multiplies Kp by `steeper`."""
        return Pi(kp * steeper / self.kp_per, ti / TI_PER)

    def words(self, pi: Pi, steeper: float = 1.0) -> dict[str, int]:
        """What the board's parameters would be for it to work with `pi` there."""
        return {self.kp: max(1, round(pi.kp * self.kp_per / steeper)), self.ti: max(1, round(pi.ti_s * TI_PER))}

    @property
    def settle_most_s(self) -> float:
        """For so long it is waited for a plant that stands still."""
        return 6 * self.settle_s

    @property
    def longest_s(self) -> float:
        """No test takes longer."""
        return self.settle_most_s + 3 * self.hold_s[1] + 60


_UP_DOWN = (1, -1)

TESTS: dict[str, LoopTest] = {
    test.name: test
    for test in (
        LoopTest(
            "heating", 1, "heating supply temperature by V301", "K", Way.OUTPUT,
            step=8.0, directions=_UP_DOWN, outputs=(5.0, 95.0), low=20.0, high=55.0, move=5.0,
            band=0.6, settle_s=60.0, hold_s=(60.0, 200.0), kp="mix_kp", ti="mix_ti", stroke_s=60.0,
            beware="the gain goes with buffer top (TT301) less return (TT306); the board's Kp goes against it",
            spread=("TT301", "TT306"),
        ),
        LoopTest(
            "heating-pump", 2, "heating difference pressure by P301", "bar", Way.OUTPUT,
            step=20.0, directions=(-1, 1), outputs=(30.0, 100.0), low=0.03, high=0.8, move=0.25,
            band=0.03, settle_s=15.0, hold_s=(12.0, 40.0), kp="dp_kp", ti="dp_ti", kp_per=1.0,
            beware="the gain goes with the speed: test with the network wide open",
        ),
        LoopTest(
            "heat-pump", 3, "condenser outlet by the machines' set-point", "K", Way.SET_POINT,
            step=2.0, directions=(-1, 1), outputs=(0.0, 100.0), low=30.0, high=65.0, move=4.0,
            band=0.6, settle_s=120.0, hold_s=(240.0, 900.0), cause=Way.SET_POINT,
        ),
        LoopTest(
            "charge", 4, "charging temperature by P401", "K", Way.OUTPUT,
            step=8.0, directions=_UP_DOWN, outputs=(15.0, 100.0), low=50.0, high=66.0, move=4.0,
            band=0.8, settle_s=45.0, hold_s=(45.0, 150.0), kp="charge_kp", ti="charge_ti",
            beware="the gain goes with the heat pumps' load, and against the flow",
        ),
        LoopTest(
            "dhw", 5, "hot water supply TT45 by V401", "K", Way.OUTPUT,
            step=5.0, directions=(-1, 1), outputs=(2.0, 98.0), low=55.5, high=63.5, move=3.0,
            band=0.6, settle_s=20.0, hold_s=(12.0, 45.0), kp="tap_kp", ti="tap_ti", stroke_s=20.0,
            beware="the gain goes with store top (TT41) less cold feed (TT47): test when it is hot",
        ),
        LoopTest(
            "it", 6, "IT supply TT102 by V101 and the dry cooler", "K", Way.SET_POINT,
            step=1.0, directions=(-1,), outputs=(0.0, 100.0), low=10.0, high=32.0, move=2.0,
            band=0.5, settle_s=60.0, hold_s=(60.0, 180.0), kp="it_kp", ti="it_ti", kp_per=10.0, stroke_s=30.0,
            beware="the gain goes with IT load; V101 and the dry cooler have one each",
        ),
        LoopTest(
            "dry-cooler", 7, "dry cooler approach by its fans", "K", Way.OUTPUT,
            step=12.0, directions=(1,), outputs=(10.0, 100.0), low=5.0, high=35.0, move=4.0,
            band=0.6, settle_s=120.0, hold_s=(240.0, 720.0), kp="dryc_kp", ti="dryc_ti", kp_per=10.0,
            beware="the gain goes with source water (TT101) less outdoor (TT50): test on a cold day",
        ),
    )
}  # fmt: skip
"""By the name on the command line."""

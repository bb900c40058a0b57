"""The board's hot-water side on the model of the plant, with the source side kept simple: machines that run when the
store has priority, their outlet raised by 1 K a minute. The whole program on the whole plant has its own rig."""

from __future__ import annotations

from random import Random
from typing import Any

from tests.firmware.programs.portable_heat_dhw_bench import NAMES, Side
from tools.emulator.heat.district import HeatDistrict

DIGITS = 3
"""Noise of a transmitter, 0.01 K."""
OUTLET = 62.0
BETWEEN = 55.0


class DhwWorld:
    """`step()` is a second. `offset`: what a sensor shows too much, 0.01 K."""

    def __init__(self, hour: float, store: tuple[float, float, float, float] = (60.0, 59.5, 59.0, 57.0)) -> None:
        self.plant = HeatDistrict(2, start_s=hour * 3600.0, noise=0.1, store=store)
        self.side: Any = Side(1000)
        self.machines = 1
        self.offset: dict[str, int] = {}
        self._rng = Random(3)
        self._outlet = BETWEEN
        self._litres = 0.0
        plant = self.plant
        plant.p101a_y = plant.p201_y = plant.p202_y = plant.p402_y = True
        plant.p101_spd = 0.8
        plant.p201_spd = 1.0

    def run(self, seconds: int) -> None:
        """Let time pass."""
        for _ in range(seconds):
            self.step()

    def step(self) -> None:
        """One second: sensors, board, actuators, plant."""
        self._sense()
        self.side.run(1000)
        self._act()
        self.plant.step(1.0)

    def _sense(self) -> None:
        plant, io = self.plant, self.side.io
        for name in NAMES:
            true = round(getattr(plant, name.lower()) * 100)
            setattr(io, name, true + self._rng.randint(-DIGITS, DIGITS) + self.offset.get(name, 0))
        for name in ("FT101", "FT401", "FT402"):
            setattr(io, name, round(getattr(plant, name.lower()) * 100))
        self._litres += plant.dhw.tapped
        io.FQ_L = int(self._litres) // 10 * 10
        io.IT_REQ = round(plant.it_w / 100)
        io.P401_RUN = int(plant.p401_y)
        io.P402_RUN = int(plant.p402_y)
        io.P202_RUN = 1
        for k, machine in enumerate(plant.machines, 1):
            setattr(io, f"HP{k}_ST", int(machine.state))
            setattr(io, f"HP{k}_TO", round(machine.outlet * 100))
        self.side.heat_kw = sum(round(machine.heat_w / 100) for machine in plant.machines)

    def _act(self) -> None:
        plant, side = self.plant, self.side
        priority = bool(side.charge.priority)
        self._outlet = min(OUTLET, self._outlet + 1.0 / 60.0) if priority else BETWEEN
        for k, machine in enumerate(plant.machines):
            machine.order = k < self.machines and priority
            machine.set_point = self._outlet
        plant.p401_y = bool(side.charge.run)
        plant.p401_spd = side.charge.speed / 1000
        plant.v401_sp = side.tap.out / 1000
        plant.p402_y = bool(side.circulation.run)
        plant.v101_sp = 0.3 if priority else 0.0
        plant.dryc_fan = max(0.0, min(1.0, (plant.tt101 - 30.0) / 8.0))
        for n in range(6):
            plant.dhw.steps[n] = bool(side.backup.mask >> n & 1)

"""The energy plant as the terminals of its `energy` board see it, with the devices of the board's own line."""

from __future__ import annotations

from collections.abc import Sequence

from tools.emulator.board import Board
from tools.emulator.energy.district import STEP_S, District
from tools.emulator.energy.field import NEWER, Field
from tools.emulator.energy.plant_faults import fail
from tools.emulator.energy.station import Station
from tools.emulator.plant import Signals
from tools.emulator.serial_line import SerialLine
from tools.emulator.world import World

QUICK_MS = 10
QUICK_FOR_MS = 2_000
"""After something was switched the steps are this short for so long: breakers and islands are quicker than 50 ms."""
STEP_MS = round(STEP_S * 1000)
_HAND = ("BAT_ES", "LOC", "KEY", "RSD_PB", "FIRE", "BAT_GAS", "BAT_SMOKE", "BAT_AGENT")


class EnergyPlant:
    """A district with its field line. Values by point attribute, 1: the named condition holds.

    warm: when a board holds the rapid shutdown off for the first time, everything runs as if it had for long; otherwise
    the inverters take their minute to start.
    """

    PROGRAM = "energy"

    def __init__(self, district: District, newer: Sequence[str] = NEWER, seed: int = 1, *, warm: bool = False) -> None:
        self.district = district
        self.field = Field(district, newer, seed)
        self.line: SerialLine | None = None
        self.stations: dict[str, Station] = {}
        self.trace: list[tuple[int, str, int]] | None = None
        """Set to a list to record (ms, input, value)."""
        self.now_ms = 0
        self.exhaust = False
        self._warm = warm
        self._stepped_ms = 0
        self._quick_until = QUICK_FOR_MS
        self._driven: Signals = {}
        self._inputs: Signals = dict.fromkeys(_HAND, 0)
        self._inputs.update(QG_ZCL=1, RSD_ZOK=0, GRID_OK=1)
        self._sense()

    def connect(self, world: World, board: Board) -> SerialLine:
        """Make the board's field line with all devices on it."""
        self.line = line = SerialLine(world, seed=2)
        line.connect(board.name, board.field)
        board.field.on_send = lambda data: line.transmit(board.name, data)
        self.stations = self.field.connect(world, line)
        return line

    # -- the world's side ------------------------------------------------------------------------------------

    def step(self, dt_ms: int, outputs: Signals) -> None:
        """Let `dt_ms` pass; the physics follows in steps of its own."""
        self.now_ms += dt_ms
        while True:
            step = QUICK_MS if self._stepped_ms < self._quick_until else STEP_MS
            if self.now_ms - self._stepped_ms < step:
                return
            self._stepped_ms += step
            self.district.step(step / 1000.0)
            self.field.step(step / 1000.0)
            self._sense()

    def drive(self, outputs: Signals) -> None:
        """Take outputs that changed now."""
        if outputs == self._driven:
            return
        self._driven = dict(outputs)
        self._hurry()
        district = self.district
        district.breaker.trip_coil = bool(outputs["QG_YTRIP"])
        district.breaker.released = bool(outputs["QG_YCLOSE"])
        district.converter.may_form = bool(outputs["PCS_YFORM"])
        district.hold(bool(outputs["RSD_YHOLD"]))
        if self._warm and district.held:
            self._warm = False
            district.run_up()
        district.battery.recirculation = not outputs["HVAC_YOFF"]
        self.exhaust = bool(outputs["EXH_YRUN"])
        district.shed(2, bool(outputs["SHED2_Y"]))
        district.shed(3, bool(outputs["SHED3_Y"]))

    def _hurry(self) -> None:
        self._quick_until = self.now_ms + QUICK_FOR_MS

    def inputs(self) -> Signals:
        """Conditions by point attribute; the same mapping every time."""
        return self._inputs

    def _sense(self) -> None:
        district, inputs = self.district, self._inputs
        for name, on in (
            ("QG_ZCL", district.breaker.feedback),
            ("RSD_ZOK", district.conductors_live),
            ("GRID_OK", district.network.seen),
        ):
            if inputs[name] != on:
                self._set(name, int(on))

    def _set(self, name: str, value: int) -> None:
        self._inputs[name] = value
        if self.trace is not None:
            self.trace.append((self.now_ms, name, value))

    # -- the bench's side ------------------------------------------------------------------------------------

    def turn(self, point: str, on: int) -> None:
        """Set a contact: FIRE, RSD.PB, BAT.GAS, BAT.SMOKE, BAT.ES, BAT.AGENT, LOC, KEY."""
        attr = point.replace(".", "_")
        if attr not in _HAND:
            raise ValueError(f"{point} is no switch of the energy plant")
        self._hurry()
        self._set(attr, int(bool(on)))
        # Gas, smoke and the stop are wired into the battery's own loop: its management opens the contactors.
        self.district.battery.stop_loop = not any(self._inputs[name] for name in ("BAT_ES", "BAT_GAS", "BAT_SMOKE"))

    def fail(self, device: str, kind: str) -> None:
        """Start a fault of a device, or end it with kind "" (see `plant_faults`). Raises ValueError."""
        self._hurry()
        fail(self.district, self.field, self.line, device, kind)

    def counters(self) -> dict[str, int]:
        """Ground truth: powers in W, energies in Wh."""
        district = self.district
        books = district.books
        return {
            "pv_w": round(district.pv_w),
            "grid_w": round(district.grid_w),
            "battery_w": round(district.converter.w),
            "charging_w": round(district.charging.w),
            "load_w": round(district.loads.w),
            "soc_ppm": round(district.battery.soc * 1e6),
            "pv_wh": round(books.pv_ac),
            "import_wh": round(books.imported),
            "export_wh": round(books.exported),
            "most_exported_w": round(books.most_exported_w),
            "charging_wh": round(books.charging),
            "load_wh": round(books.loads),
            "residual_uwh": round(district.residual_wh * 1e6),
            "dark_ms": round(district.longest_dark_s * 1000),
            "cars": len(district.charging.cars),
        }

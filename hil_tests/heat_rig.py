"""The heat plant on the rig: a real `heat_loop` board, the model of the plant behind its terminals, seven field units.

A test reads like a logbook::

    rig = make_heat(season="winter", hour=12)
    rig.until_state("RUN", within_s=300)
    at = rig.fail("HP1", "trip")                            # a machine trips
    rig.until(lambda: rig.out("V101.SP") == 0, within_s=1)
    rig.true("TT101"), rig.told("TT101")                    # what it is, what the board makes of it (degC)
    rig.command("SET_SP", 1, 4200, 0)                       # heating supply to 42 degC

Stamps are world ms. `rig.trace` has a line for each change of a contact or of a switched output, and of the set values
that jump (V101, the dry cooler); a failing test prints it. The gateway is a stand-in: heartbeat and commands. Draws and
IT load have no noise, so that a test is about what it does.

With `lapse_ms` the board lives in a time-lapse (`tools.emulator.time_lapse`) and hours pass in seconds.
"""

from __future__ import annotations

from pathlib import Path

from firmware.runtime.bank import make_registers
from firmware.runtime.events import Events
from firmware.runtime.image import make_image
from firmware.runtime.retained import Retained
from firmware.runtime.store import DirStore
from hil_tests.field_rig import FieldRig
from hil_tests.trace import Trace
from protocols import layout
from protocols.sheets import load
from tools.emulator.heat.district import HeatDistrict
from tools.emulator.heat.plant import HeatPlant
from tools.emulator.heat.sensors import NAMES
from tools.emulator.site import BoardSpec
from tools.heat.course import PROGRAM, SEASONS, UNIT

SUBSTATES = load(PROGRAM).substates
WARM = (60.0, 59.5, 59.0, 57.0)
COOL = (43.0, 42.0, 40.0, 38.0)
"""A buffer that wants heat."""
QUICK = {"hp_pumps_s": 10, "it_normal_min": 1, "hp_step_min": 1, "hp_on_min": 3, "hp_off_min": 3}
"""Parameters that let a test come to the point; what they stand for is tested with the sheet's own."""
SLOW_BEAT_MS = 4_000
SLOW_TTL = 2 * SLOW_BEAT_MS // 100
LAPSE_LOST_MS = 10_000
_LIVELY = (
    *("V301_SP", "V401_SP", "P101_SPD", "P201_SPD", "P301_SPD", "P401_SPD", "DRYC_SPRAY"),
    *(f"HP{n}_{what}" for n in (1, 2, 3) for what in ("SP", "PLR")),
)
"""Set values that move all the time."""
_POSITIONS = ("V101_SP", "DRYC_FAN")


class HeatRig(FieldRig):
    """One plant with its board. Made by the fixture `make_heat`.

    season, hour: where the sun stands; outdoor: prescribed temperature. it_kw: load of the IT hall; None: its profile.
    draw: mixed water at the taps (kg/s); None: the profile of the day. store, buffer: from top to bottom. gateway:
    False leaves the board alone. params: what differs from the sheet's defaults.
    """

    def __init__(
        self,
        folder: Path,
        *,
        runtime: str = "unix",
        season: str = "winter",
        hour: float = 12.0,
        outdoor: float | None = None,
        it_kw: float | None = 850.0,
        draw: float | None = None,
        store: tuple[float, float, float, float] = WARM,
        buffer: tuple[float, float, float, float] = COOL,
        gateway: bool = True,
        lapse_ms: int = 0,
        seed: int = 1,
        **params: int,
    ) -> None:
        it_w = None if it_kw is None else 1000.0 * it_kw
        self.district = HeatDistrict(
            seed, day=SEASONS[season], start_s=hour * 3600.0, outdoor=outdoor, it_w=it_w, store=store, buffer=buffer
        )
        self.district.draw.forced = draw
        self.plant = HeatPlant(self.district, seed, lapse_ms=lapse_ms)
        if lapse_ms:
            params = {"LOST_MS": LAPSE_LOST_MS, **params}
        spec = BoardSpec("heat", UNIT, 100 + UNIT, program=PROGRAM, params=params, lapse_ms=lapse_ms)
        bus: dict[str, int] = {}
        self.plant.field.publish(bus)
        measured = {*NAMES, *bus, "HM4_PLS", "FQ_PLS"}
        super().__init__(
            folder,
            self.plant,
            spec,
            runtime=runtime,
            gateway=gateway,
            contacts=[attr for attr in self.plant.inputs() if attr not in measured],
            ignored=_LIVELY,
        )
        assert self.plant.line is not None
        self.field_line = self.plant.line
        self._folder = folder
        self.gateway.answers = False
        self.settle_s = max(0.3, 3.0 * lapse_ms / 1000.0)
        if lapse_ms:
            self.gateway.beat_ms = self.gateway.poll_ms = SLOW_BEAT_MS
            self.ttl = SLOW_TTL

    def start(self) -> HeatRig:
        """Power up and run the first scan; with a gateway, run until it may command."""
        self.board.power_on()
        self.until(lambda: self.board.scans, within_s=5)
        if self._wants_gateway:
            self.gateway.start()
            self.until(lambda: self.gateway.ready(self.unit), within_s=60)
        return self

    def remember(self, **values: int) -> None:
        """Before the start: what the board is to find in its storage of an earlier life, by retained status value."""
        store = DirStore(str(self._folder / "flash"))
        image = make_image(self.table)
        for name, value in values.items():
            setattr(image, name, value)
        Retained(self.table, store, image, Events(make_registers())).save(0)

    # -- what is really there --------------------------------------------------------------------------------

    def true(self, tag: str) -> float:
        """What a measurement of the plant really is: degC, kg/s or bar by the name of its sensor ("TT101", "FT201")."""
        return float(getattr(self.district, tag.lower()))

    def told(self, tag: str) -> float | None:
        """What the board publishes of it, in the same unit; None: it says that it has none."""
        value = self.value(tag)
        return None if value is None else value / 100.0

    def kw(self, what: str) -> float:
        """Power in the plant, kW: "hp1".."hp3" (heat), "eh1", "recovered", "cooler", "charge", "heating", "taps"."""
        district = self.district
        if what.startswith("hp"):
            return district.machines[int(what[2:]) - 1].heat_w / 1000.0
        watts = {
            "eh1": district.dhw.backup_w,
            "recovered": district.hm1_w,
            "cooler": district.cooler.w,
            "charge": district.hm3_w,
            "heating": district.hm2_w,
            "taps": district.hm4_w,
        }
        return watts[what] / 1000.0

    def running(self) -> list[int]:
        """Machines whose compressor runs."""
        return [n for n, machine in enumerate(self.district.machines, 1) if machine.load > 0.0]

    @property
    def substate(self) -> str:
        """Name of the program's substate, read over the line now."""
        return str(SUBSTATES[self.header(layout.H_SUBSTATE)])

    # -- doing -----------------------------------------------------------------------------------------------

    def run_up(self, within_s: float = 600.0) -> int:
        """Run until at least one machine heats; returns the ms it took."""
        return self.until(self.running, within_s)

    # -- trace -----------------------------------------------------------------------------------------------

    def logbook(self, last: int = 60) -> str:
        """The end of the trace, without the positions between the ends that valve and fans were told."""
        told = Trace()
        told.changes = [row for row in self.trace.changes if row[1] not in _POSITIONS or row[2] in (0, 1000)]
        return "\n".join(told.last(last))

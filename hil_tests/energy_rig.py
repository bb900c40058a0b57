"""The energy plant on the rig: a real `energy` board, the district behind its terminals, ten devices on its field line.

A test reads like a logbook::

    rig.command("SET_PCS", 1500, 30)                        # the gateway wishes 150 kW of discharge for 30 s
    rig.until(lambda: rig.kw("pcs") > 140, within_s=5)
    at = rig.fail("GM", "frozen")                           # the meter freezes
    rig.until_state("METER_LOST", within_s=10)
    rig.written("INV1")                                     # what the board wrote: (ms, model, point, register value)

Stamps are world ms. `rig.trace` has a line for each change of an output or of a contact; a failing test prints it. The
gateway is a stand-in: heartbeat and commands. The sun stands still at `hour` unless a test lets a cloud pass.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from hil_tests.field_rig import FieldRig
from tools.emulator.energy.district import District
from tools.emulator.energy.field import NEWER, UNITS
from tools.emulator.energy.plant import EnergyPlant
from tools.emulator.site import BoardSpec

UNIT = 21
INVERTERS = tuple(name for name in UNITS if name.startswith("INV"))


class EnergyRig(FieldRig):
    """One plant with its board. Made by the fixture `make_energy`.

    hour, base_kw, soc: where the district stands. newer: which devices have the 7xx chain. quirks: by device, from the
    beginning. gateway: False leaves the board alone. params: what differs from the sheet's defaults.
    """

    def __init__(
        self,
        folder: Path,
        *,
        runtime: str = "unix",
        hour: float = 12.0,
        base_kw: float = 500.0,
        soc: float = 0.5,
        newer: Sequence[str] = NEWER,
        quirks: dict[str, Sequence[str]] | None = None,
        gateway: bool = True,
        seed: int = 1,
        **params: int,
    ) -> None:
        self.district = District(seed, start_s=hour * 3600, base_w=base_kw * 1000, soc=soc, cars=False)
        self.plant = EnergyPlant(self.district, newer, seed, warm=True)
        for device, names in (quirks or {}).items():
            for quirk in names:
                self.plant.field.devices[device].turn(quirk)
        spec = BoardSpec("energy", UNIT, 121, program="energy", params={"observe_s": 2, **params})
        super().__init__(folder, self.plant, spec, runtime=runtime, gateway=gateway)
        assert self.plant.line is not None
        self.field_line = self.plant.line
        self.gateway.answers = False
        for name in UNITS:
            if name != "EV":
                self.plant.field.sunspec(name).log = []

    def start(self) -> EnergyRig:
        """Power up with the sun already on the inverters; with a gateway, run until it may command.

        Devices are discovered by then, and the board has taken over what it controls.
        """
        self.board.power_on()
        self.until(lambda: self.out("RSD.YHOLD"), within_s=5)
        if self._wants_gateway:
            self.gateway.start()
            self.until(lambda: self.gateway.ready(UNIT), within_s=10)
        return self

    # -- what is really there --------------------------------------------------------------------------------

    def kw(self, what: str) -> float:
        """Power in the plant, kW: "grid" (import), "pv", "pcs" (discharge), "ev", "load", "inv1".."inv6"."""
        district = self.district
        if what.startswith("inv"):
            return district.inverters[int(what[3:]) - 1].w / 1000
        watts = {
            "grid": district.grid_w,
            "pv": district.pv_w,
            "pcs": district.converter.w,
            "ev": district.charging.w,
            "load": district.loads.w,
        }
        return watts[what] / 1000

    def written(self, device: str, after: int = 0) -> list[tuple[int, int, str, int]]:
        """What was written to a SunSpec device since a stamp: (ms, model, point, register value)."""
        log = self.plant.field.sunspec(device).log or []
        return [(round(s * 1000), model, point, raw) for s, model, point, raw in log if round(s * 1000) >= after]

    # -- trace -----------------------------------------------------------------------------------------------

    def logbook(self, last: int = 60) -> str:
        """The end of the trace, and of what was written to each device."""
        lines = self.trace.last(last)
        for device in UNITS:
            if device != "EV":
                written = self.written(device)[-12:]
                lines += [f"{ms:>8} ms  {device} {model}.{point} {raw}" for ms, model, point, raw in written]
        return "\n".join(lines)

"""The heat plant as the terminals of its `heat_loop` board see it, with the units of the board's own line.

Hard-wired, whatever the board does: the limit thermostats take EH1 and the charge pump away until somebody resets them
by hand, the flow switch and the refrigerant detector take the heat pumps away, V101 and V401 have springs, and P101,
P402 and the fans of the dry cooler run by themselves when nobody commands them.
"""

from __future__ import annotations

from tools.emulator.board import BOOTING, OFF, Board
from tools.emulator.heat.books import J_PER_KWH
from tools.emulator.heat.district import HeatDistrict
from tools.emulator.heat.field import HeatField
from tools.emulator.heat.hard_wired import HardWired
from tools.emulator.heat.meter_device import PulseOutput
from tools.emulator.heat.plant_faults import PlantFaults
from tools.emulator.heat.sensors import Sensors
from tools.emulator.plant import Signals
from tools.emulator.serial_line import SerialLine
from tools.emulator.world import World

J_PER_WH = J_PER_KWH / 1000
STEP_MS = 100
PULSE_S = 0.3
"""For which the contact of a pulse meter is closed."""
LONGEST_MS = 1_000
"""Of a step of the physics."""
HANDS = (
    *("LEAK1", "LEAK2", "LEAK3", "LEAK4", "FIRE", "FIRE_HALL", "REF_GAS", "FLOOD"),
    *("KEY", "KEY_DIS", "LOC"),
)
"""Contacts that somebody, or something outside the model, makes."""
THERMOSTATS = ("STB_DHW", "STB_EH")
_PUMPS = ("P101A", "P101B", "P201", "P202", "P301", "P401", "P402")


class HeatPlant:
    """A district with its sensors, contacts and field line. Values by point attribute, 1: the named condition holds.

    lapse_ms: the board lives in a time-lapse with such scans (`tools.emulator.time_lapse`): the physics takes long
    steps too, nobody looks between two scans, and the units of the field line stand at the terminals.
    """

    PROGRAM = "heat_loop"

    def __init__(self, district: HeatDistrict, seed: int = 1, *, lapse_ms: int = 0) -> None:
        self.district = district
        self.field = HeatField(district)
        self.line: SerialLine | None = None
        self.now_ms = 0
        self.longest_ms = lapse_ms or STEP_MS
        self.hard_wired = HardWired(district)
        pulse_s = max(PULSE_S, lapse_ms / 1000.0)
        self.heat_pulses = PulseOutput(J_PER_KWH, pulse_s)
        self.feed_pulses = PulseOutput(10.0, pulse_s)
        self._lapse = bool(lapse_ms)
        self._steps = -(-lapse_ms // LONGEST_MS) or 1
        self._step_s = self.longest_ms / 1000.0 / self._steps
        self._stepped_ms = 0
        self._board: Board | None = None
        self._commands: Signals = {}
        """What stands at the terminals; empty without power."""
        self._news = False
        """Something has changed that reaches the actuators."""
        self._inputs: Signals = dict.fromkeys((*HANDS, *THERMOSTATS), 0)
        self.sensors = Sensors(district, self._inputs, seed)
        self.faults = PlantFaults(self)
        self._drives = tuple(
            (name, pump)
            for name, pump in zip(
                _PUMPS,
                (
                    district.p101.a,
                    district.p101.b,
                    district.evaporator.pump,
                    district.condenser.pump,
                    district.building.pump,
                    district.p401,
                    district.dhw.circulation,
                ),
                strict=True,
            )
        )
        self.pumps = dict(self._drives)
        self._tapped = 0.0, 0.0
        self._order()
        self._sense(0.0)

    def connect(self, world: World, board: Board) -> SerialLine:
        """Make the board's field line with all devices on it."""
        self._board = board
        self.line = line = SerialLine(world, seed=2)
        line.connect(board.name, board.field)
        board.field.on_send = lambda data: line.transmit(board.name, data)
        self.field.connect(world, line)
        return line

    # -- the world's side ------------------------------------------------------------------------------------

    def step(self, dt_ms: int, outputs: Signals) -> None:
        """Let `dt_ms` pass; the physics follows in steps of its own."""
        self.now_ms += dt_ms
        while self.now_ms - self._stepped_ms >= self.longest_ms:
            self._stepped_ms += self.longest_ms
            step_s = self._step_s
            if self._lapse and self._commands:
                self._tell()
            for _ in range(self._steps):
                self.faults.step(step_s)
                if self._news:
                    self._order()
                self.field.step(step_s)
                self.district.step(step_s)
            self._sense(self.longest_ms / 1000.0)

    def drive(self, outputs: Signals) -> None:
        """Take outputs that changed now. Those of a board without power, or not yet running, are no commands."""
        board = self._board
        dead = board is not None and board.state in (OFF, BOOTING)
        self._commands = {} if dead else outputs
        self._news = True

    def inputs(self) -> Signals:
        """Conditions by point attribute; the same mapping every time."""
        return self._inputs

    # -- what the board commands -----------------------------------------------------------------------------

    def _order(self) -> None:
        """Bring commands, faults and hard-wired layers together at the actuators."""
        self._news = False
        district, commands, wired = self.district, self._commands, self.hard_wired
        alive = bool(commands)
        get = commands.get

        def signal(name: str) -> float | None:
            return commands[name] / 1000.0 if alive else None

        district.p101a_y = bool(get("P101A_Y", 1))
        district.p101b_y = bool(get("P101B_Y", 1))
        district.p402_y = bool(get("P402_Y", 1))
        district.p201_y = bool(get("P201_Y", 0))
        district.p202_y = bool(get("P202_Y", 0))
        district.p301_y = bool(get("P301_Y", 0))
        district.p401_y = bool(get("P401_Y", 0)) and wired.may_charge
        district.p101_spd = signal("P101_SPD")
        district.p201_spd = signal("P201_SPD")
        district.p301_spd = signal("P301_SPD")
        district.p401_spd = signal("P401_SPD")
        district.v101_sp = signal("V101_SP")
        district.v301_sp = signal("V301_SP")
        district.v401_sp = signal("V401_SP")
        district.dryc_fan = signal("DRYC_FAN")
        district.dryc_spray = signal("DRYC_SPRAY")
        district.makeup_y = bool(get("MAKEUP_Y", 0))
        district.vent_y = bool(get("VENT_Y", 0)) or bool(self._inputs["REF_GAS"])
        district.byp_y = bool(get("BYP_Y", 0))
        district.chw_y = bool(get("CHW_Y", 0))
        district.rej_y = bool(get("REJ_Y", 0))
        district.dhw.steps[:] = [bool(get(f"EH1_Y{n}", 0)) for n in range(1, 7)]
        may_run = wired.flow and not self._inputs["REF_GAS"]
        for n, machine in enumerate(self.field.machines, 1):
            machine.connect(bool(get(f"HP{n}_Y", 0)) and may_run)
        self.faults.order()
        district.dhw.limit_tripped = not wired.may_heat

    def _tell(self) -> None:
        """In a time-lapse: what the field line would bring to the machines."""
        commands = self._commands
        for n, machine in enumerate(self.field.machines, 1):
            if machine.answers and "silent_ignore" not in machine.quirks:
                machine.tell(commands[f"HP{n}_SP"], commands[f"HP{n}_PLR"])

    # -- what the board sees ---------------------------------------------------------------------------------

    def _sense(self, dt: float) -> None:
        district, inputs, wired = self.district, self._inputs, self.hard_wired
        self.sensors.read(dt)
        self._news |= wired.step(dt)
        for name, pump in self._drives:
            inputs[name + "_RUN"] = 1 if pump.running else 0
            inputs[name + "_FLT"] = 1 if pump.fault else 0
        inputs["V101_ZSO"] = 1 if district.v101.open_switch else 0
        inputs["V101_ZSC"] = 1 if district.v101.closed_switch else 0
        inputs["FS201"] = 1 if wired.flow else 0
        inputs["STB_DHW"] = 1 if wired.store_tripped else 0
        inputs["STB_EH"] = 1 if wired.heater_tripped else 0
        books = district.books
        heat, water = self._tapped
        self._tapped = books.taps, books.tap_kg
        self.heat_pulses.step(dt, books.taps - heat)
        self.feed_pulses.step(dt, books.tap_kg - water)
        inputs["HM4_PLS"] = 1 if self.heat_pulses.closed else 0
        inputs["FQ_PLS"] = 1 if self.feed_pulses.closed else 0
        if self._lapse:
            self.field.publish(inputs)

    # -- the bench's side ------------------------------------------------------------------------------------

    def turn(self, point: str, on: int) -> None:
        """Set a contact of `HANDS`; STB.DHW and STB.EH: 1 trips the thermostat, 0 resets it, if it is cool enough."""
        attr = point.replace(".", "_")
        if attr in THERMOSTATS:
            self.hard_wired.turn(attr, bool(on))
            self._inputs[attr] = int(on)
        elif attr in HANDS:
            self._inputs[attr] = int(bool(on))
        else:
            raise ValueError(f"{point} is no switch of the heat plant")
        self._news = True

    def fail(self, device: str, kind: str) -> None:
        """Start a fault of a device, or end it with kind "" (see `plant_faults`). Raises ValueError."""
        self.faults.fail(device, kind)
        self._news = True

    def counters(self) -> dict[str, int]:
        """Ground truth: energies in Wh, temperatures in 0.01 degC, residual in J."""
        district = self.district
        books = district.books
        energies = {
            "it_wh": books.it,
            "recovered_wh": books.recovered,
            "cooler_wh": books.cooler,
            "heating_wh": books.heating,
            "taps_wh": books.taps,
            "backup_wh": books.backup,
            "compressors_wh": books.compressors,
            "pumps_wh": books.pumps,
        }
        return {
            **{name: round(joules / J_PER_WH) for name, joules in energies.items()},
            "tap_litres": round(books.tap_kg),
            "starts": sum(machine.starts for machine in district.machines),
            "store_top": round(100 * district.tt41),
            "supply": round(100 * district.tt45),
            "return": round(100 * district.tt46),
            "it_water": round(100 * district.tt101),
            "residual_j": round(district.residual_j),
        }

"""The waste plant on the rig: real firmware of the station and of some inlets on one vacuum network and one RS-485
line, led by the gateway's own collection.

A test reads like a logbook::

    rig.fill(1, 1, 30)                              # inlet, valve, kg
    rig.collect("inlet01.1")                        # the sequence starts; real boards do the rest
    rig.until(lambda: rig.valve(1, 1).opened, within_s=90)
    at = rig.turn("inlet01", "DV1.ZDOOR", 0)        # somebody forces the hatch
    rig.until(lambda: rig.valve(1, 1).closed, within_s=2.5)

Stamps are world ms. `rig.trace` has a line for each change of an output or of a contact; a failing test prints it.
Inlets without a board are shut chutes: nothing moves there.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from edge_gateway.control.waste.plant import Fraction
from edge_gateway.control.waste.schedule import legs
from edge_gateway.control.waste.state import Run, State
from edge_gateway.fieldbus.command import Command, CommandEnd
from edge_gateway.site import Board as BoardConfig
from edge_gateway.site import Waste
from hil_tests.one_board import RUNTIMES
from hil_tests.trace import Trace
from hil_tests.waste_gateway import WasteGateway
from protocols import layout
from tools.emulator.board import Board
from tools.emulator.serial_line import SerialLine
from tools.emulator.site import BoardSpec, put_board
from tools.emulator.waste.inlet_plant import InletPlant
from tools.emulator.waste.layout import Branch as Pipe
from tools.emulator.waste.layout import Layout
from tools.emulator.waste.network import Network
from tools.emulator.waste.station_plant import StationPlant
from tools.emulator.waste.valve import Valve
from tools.emulator.world import World

STATION = "station"
START_MINUTE = 10 * 60
_IGNORED = ("FAN1_SREF", "FAN2_SREF", "FAN3_SREF")
_WATCHED = ("ZSO", "ZSC", "ZDOOR", "ZRUN", "ZA", "ZB", "ZC", "ZDOCK", "ZGATE", "ES", "FIRE", "ZMAN", "ZINL")

Plant = StationPlant | InletPlant


def short_pipes() -> Layout:
    """Six branches of 90 m that join the main every 15 m, two inlets each: what is purged comes home within 20 s."""
    joins = [45.0 + 15.0 * number for number in range(6)]
    return Layout(tuple(Pipe(at, at + 90.0, (at + 30.0, at + 60.0)) for at in joins), 210.0)


def inlet_name(number: int) -> str:
    """Board of an inlet."""
    return f"inlet{number:02}"


class WasteRig:
    """Station (unless `station` is False) and inlet boards of one plant. Made by the fixture `make_waste`.

    gateway: False leaves the line to the test. parameters: by program, what differs from the sheet's defaults.
    fractions: of valves 1, 2, 3. pipes: those of the reference site unless given. poll_ms: how often the gateway reads.
    """

    def __init__(
        self,
        folder: Path,
        *,
        runtime: str = "unix",
        inlets: Sequence[int] = (1,),
        station: bool = True,
        gateway: bool = True,
        start_minute: int = START_MINUTE,
        parameters: dict[str, dict[str, int]] | None = None,
        fractions: Sequence[str] = ("perishable", "other", "recyclable"),
        pipes: Layout | None = None,
        poll_ms: int = 250,
        wire: Callable[[World], SerialLine] = SerialLine,
    ) -> None:
        self.folder = folder
        self.runtime = runtime
        self.world = World()
        self.network = Network(pipes, residents=0)
        self.wire = wire(self.world)
        self.start_minute = start_minute
        self.boards: dict[str, Board] = {}
        self.plants: dict[str, Plant] = {}
        self.trace = Trace()
        self._configs: list[BoardConfig] = []
        self._wants_gateway = gateway
        self._poll_ms = poll_ms
        given = parameters or {}
        branches = self.network.layout.branches
        if station:
            lengths = {f"length{number}": round(branch.end) for number, branch in enumerate(branches, 1)}
            own = {**lengths, "inlet_loop": 1, **given.get("waste_station", {})}
            self._add(STATION, StationPlant(self.network), own)
        kinds = [Fraction[name.upper()] for name in fractions]
        own = {f"fraction{valve}": int(kind) for valve, kind in enumerate(kinds, 1)} | given.get("waste_inlet", {})
        for number in inlets:
            for chute, kind in zip(self.network.inlets[number - 1].chutes, kinds, strict=False):
                chute.fraction = int(kind)
            self._add(inlet_name(number), InletPlant(self.network, number), own)
        self.waste = self._waste(inlets, list(fractions))
        self.gateway: WasteGateway

    def _add(self, name: str, plant: Plant, parameters: dict[str, int]) -> None:
        unit = len(self.boards) + 1
        runtime = RUNTIMES[self.runtime]
        spec = BoardSpec(name, unit, 100 + unit, program=plant.PROGRAM, params=parameters, runtime=runtime)
        board = put_board(self.world, self.wire, spec, plant, self.folder / name, addressed=True)
        contacts = [attr for attr in plant.inputs() if attr.rpartition("_")[2] in _WATCHED]
        board.on_step = self.trace.watcher(board, f"{name}.", contacts, _IGNORED)
        self.boards[name], self.plants[name] = board, plant
        self._configs.append(
            BoardConfig(id=name, program=plant.PROGRAM, line="RS1", unit=unit, dev_id=100 + unit, parameters=parameters)
        )

    def _waste(self, inlets: Sequence[int], fractions: list[str]) -> Waste:
        pipes = self.network.layout
        places = [(inlet_name(number), *pipes.place(number - 1)) for number in inlets]
        data = {
            "station": STATION,
            "branches": [
                {"number": number, "length_m": round(branch.end), "joins_m": round(branch.junction)}
                for number, branch in enumerate(pipes.branches, 1)
            ],
            "inlets": [
                {"board": name, "branch": b + 1, "distance_m": round(at), "fractions": fractions}
                for name, b, at in places
            ],
        }
        return Waste.model_validate(data)

    # -- time ------------------------------------------------------------------------------------------------

    @property
    def now(self) -> int:
        """World time, ms."""
        return self.world.now_ms

    def run(self, seconds: float) -> None:
        """Let time pass."""
        self.world.run(seconds * 1000)

    def until(self, condition: Callable[[], object], within_s: float) -> int:
        """Run until `condition` holds; returns the ms it took. Fails after `within_s`."""
        return self.world.until(condition, within_s * 1000)

    def start(self) -> WasteRig:
        """Power up; with a gateway, run until it may collect: station reset by hand, token waited out."""
        for board in self.boards.values():
            board.power_on()
        self.run(3)  # level switches take 2 s to say that a chute isn't full
        if self._wants_gateway:
            self.start_gateway()
            self.until(lambda: all(self.gateway.ready(name) for name in self.boards), within_s=15)
            self.confirm()
        return self

    def start_gateway(self) -> None:
        """A new life of the gateway, with what the last one stored."""
        run_dir = self.folder / "gateway"
        day = self.start_minute, self._poll_ms
        self.gateway = WasteGateway(self.world, self.wire, self.waste, self._configs, run_dir, *day)

    def confirm(self) -> None:
        """Somebody goes round, confirms on the spot and resets every board."""
        for name, plant in self.plants.items():
            plant.turn("ATT", 1)
            self.run(0.1)
            assert self.order(name, "RESET").end is CommandEnd.DONE
            plant.turn("ATT", 0)
        self.run(0.5)

    def close(self) -> None:
        """Power off."""
        if self._wants_gateway and hasattr(self, "gateway") and self.gateway.alive:
            self.gateway.kill()
        self.world.close()

    # -- what is to be seen ----------------------------------------------------------------------------------

    def is_in(self, state: State) -> bool:
        """Whether the collection is in a state."""
        return self.gateway.task.control.state is state

    def valve(self, inlet: int, number: int) -> Valve:
        """A discharge valve as it really is."""
        return self.network.inlets[inlet - 1].chutes[number - 1].valve

    def grams(self, inlet: int, number: int) -> int:
        """What is in a chute."""
        return self.network.inlets[inlet - 1].chutes[number - 1].grams

    @property
    def in_flight_g(self) -> int:
        """Waste in the pipes, plugs included."""
        return self.network.balance.in_flight

    @property
    def valves_shut(self) -> bool:
        """Whether every discharge and air-inlet valve is really shut."""
        chutes = all(chute.valve.closed for inlet in self.network.inlets for chute in inlet.chutes)
        return chutes and all(valve.closed for valve in self.network.air_inlets)

    @property
    def fans_ordered(self) -> int:
        """Exhausters that are told to run."""
        outputs = self.boards[STATION].wiring.outputs
        return sum(outputs[f"FAN{number}_YRUN"] for number in (1, 2, 3))

    def out(self, board: str, name: str) -> int:
        """An output as the drive sees it."""
        return int(self.boards[board].wiring.outputs[name.replace(".", "_")])

    def first_out(self, board: str) -> str:
        """Cause that tripped a board first, as the gateway has read it."""
        unit = self.gateway.boards[board]
        header = unit.session.header
        number = header.first_out if header is not None else 0
        return str(unit.sheet.causes[number - 1].name) if number else ""

    def trips(self, board: str) -> list[str]:
        """Causes that stand at a board, as the gateway has read them."""
        return self.gateway.boards[board].trips()

    def told(self, board: str, event: str, after: int, **body: object) -> int:
        """World ms of a board's event by the board's own clock, which the gateway has set; -1 if there is none."""
        for _, draft in self.gateway.named(event):
            at = draft.utc_ms - self.gateway.utc_ms() + self.now
            if draft.source == board and at >= after and body.items() <= dict(draft.body).items():
                return at
        return -1

    def stamp(self, name: str, value: int, after: int = 0) -> int:
        """Ms at which "board.POINT" first became `value` at or after a stamp; -1 if it hasn't."""
        return self.trace.stamp(name, value, after)

    def count(self, name: str, value: int, after: int = 0) -> int:
        """How often "board.POINT" became `value` since a stamp."""
        return self.trace.count(name, value, after)

    def discharges(self, after: int = 0) -> int:
        """How often a discharge valve was energised since a stamp."""
        changes = self.trace.changes
        return sum(ms > after and to and point[8:10] == "DV" and point.endswith("_YO") for ms, point, to in changes)

    # -- doing -----------------------------------------------------------------------------------------------

    def fill(self, inlet: int, valve: int, kilograms: float) -> None:
        """Put waste into a chute."""
        self.network.fill(inlet - 1, valve - 1, round(1000 * kilograms))

    def drop(self, inlet: int, valve: int, kilograms: float) -> None:
        """The same, and the books know of it, as by the deposits of residents."""
        self.fill(inlet, valve, kilograms)
        control = self.gateway.task.control
        chute = control.plant.by_name[f"{inlet_name(inlet)}.{valve}"]
        control.memory.books.level(chute, self.grams(inlet, valve))
        control.changed()

    def collect(self, *chutes: str) -> None:
        """Ask for a run of these chutes; returns when it has left IDLE (a new gateway waits out its token first)."""
        control = self.gateway.task.control
        control.memory.paused = False
        chosen = [control.plant.by_name[name] for name in chutes]
        self.until(lambda: not control.token.wait_ms(self.now), within_s=60)
        control.asked = Run(0, "asked for", legs(control.plant, chosen), by="test")
        self.until(lambda: not self.is_in(State.IDLE), within_s=10)

    def until_state(self, state: State, within_s: float) -> int:
        """Run until the collection is in a state; returns the ms it took."""
        return self.until(lambda: self.is_in(state), within_s)

    def order(self, board: str, name: str, *args: int, within_s: float = 5) -> Command:
        """Command a board past the collection and wait for the end of it."""
        command = self.gateway.order(board, name, *args)
        self.until(lambda: command.end is not None, within_s)
        return command

    def fault(self, board: str, point: str, kind: str, value: int = 0) -> int:
        """Put a fault on a point's wiring ("" ends it); returns the stamp."""
        self.boards[board].wiring.fault(point, kind, value)
        return self.now

    def fail(self, board: str, device: str, kind: str) -> int:
        """Let a device fail by itself ("" ends it); returns the stamp."""
        self.plants[board].fail(device, kind)
        return self.now

    def turn(self, board: str, switch: str, on: int) -> int:
        """Operate a switch or contact of the plant; returns the stamp."""
        self.plants[board].turn(switch, on)
        return self.now

    def dip(self, ms: float) -> int:
        """Take the mains of the whole plant for so long, boards included; returns the stamp of its return."""
        for board in self.boards.values():
            board.power_off()
        self.fail(STATION, "MAINS", "off")
        self.world.run(ms)
        self.fail(STATION, "MAINS", "")
        for board in self.boards.values():
            board.power_on()
        return self.now

    # -- trace -----------------------------------------------------------------------------------------------

    def logbook(self, last: int = 50) -> str:
        """The end of the journal and of the trace."""
        lines = self.trace.last(last)
        if self._wants_gateway and hasattr(self, "gateway"):
            notes = [(at, draft) for at, draft in self.gateway.journal if draft.name not in layout.MODES]
            lines += [f"{at:>8} ms  {draft.source} {draft.name} {dict(draft.body)}" for at, draft in notes[-last:]]
        return "\n".join(lines)

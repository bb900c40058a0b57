"""PW3 across boards: never two discharge valves open, whatever the line does to orders, and whoever gives them.

Real inlet boards behind the gateway's own sessions, one-valve token and pulses. Two of them are asked for at a time,
more often than one can be carried out. Orders get lost on the line, and are heard again: at once, later, after others,
and after a restart of the gateway. (PW3 on one board is in `test_waste_pw2_pw3`, ten thousand pairs of the gateway's
logic are in `tests/edge_gateway/control/waste/test_one_valve`.)
"""

from __future__ import annotations

from random import Random
from typing import Any

from edge_gateway.control.waste.orders import STATION, Answer, End
from edge_gateway.control.waste.plant import Rules
from edge_gateway.control.waste.pulse import Pulse, Result
from edge_gateway.control.waste.view import View
from edge_gateway.fieldbus.command import Command, CommandEnd
from hil_tests.conftest import MakeWaste
from hil_tests.waste_rig import WasteRig, inlet_name
from protocols.modbus.codes import WRITE_MULTIPLE_REGISTERS
from tools.emulator.serial_line import SerialLine
from tools.emulator.world import World

INLETS = (1, 2, 3)
PAIRS_A_LIFE = (220, 180, 180)
PAIR_MS = 200
BRIEF = Rules(open_ms=1_000, open_least_ms=1_000)
"""Pulses as short as a board takes them: more of them in the time."""
_ENDS = {CommandEnd.DONE: End.DONE, CommandEnd.FAILED: End.FAILED}
_REFUSED = (CommandEnd.REFUSED, CommandEnd.EXPIRED, CommandEnd.NOT_SENT)


class HostileLine(SerialLine):
    """A line on which orders of the gateway are lost, and heard again up to 20 s later."""

    def __init__(self, world: World, chance: Random) -> None:
        super().__init__(world)
        self.lost = self.repeated = 0
        self._chance = chance

    def transmit(self, sender: str, data: bytes) -> None:
        """See `SerialLine.transmit`."""
        order = sender == "gateway" and data[1] == WRITE_MULTIPLE_REGISTERS and data[6] > 2
        if order and self._chance.random() < 0.3:
            self.world.after(self._chance.choice((50, 400, 1_500, 4_000, 20_000)), lambda: self._again(data))
        if order and self._chance.random() < 0.1:
            self.lost += 1
            return
        super().transmit(sender, data)

    def _again(self, data: bytes) -> None:
        """The same bytes, as soon as nobody talks; what the board answers finds nobody who waits for it."""
        if self._active:
            self.world.after(1, lambda: self._again(data))
            return
        self.repeated += 1
        super().transmit("gateway", data)


class Pairs:
    """One life of who orders pulses: the token of the gateway's collection, its memory on the disk."""

    def __init__(self, rig: WasteRig, chance: Random) -> None:
        self.rig, self.chance = rig, chance
        self.pulse: Pulse | None = None
        self.before = 0
        self.carried_out = 0

    def send(self, board: str, command: str, args: tuple[int, ...], told: Any) -> None:
        """The port of `Pulse`."""
        assert board != STATION
        gateway = self.rig.gateway
        unit = gateway.boards[board]

        def ended(order: Command) -> None:
            assert order.end is not None
            told(Answer(0, End.REFUSED if order.end in _REFUSED else _ENDS.get(order.end, End.UNKNOWN), order.reason))

        code = unit.commands[command].code
        gateway.commander.send(unit.session, command, code, args, "test", self.rig.now, ended)

    def ask(self) -> None:
        """Two valves of different boards; who has no token orders nothing."""
        control, chance = self.rig.gateway.task.control, self.chance
        for number in chance.sample(INLETS, 2):
            chute = control.plant.by_name[f"{inlet_name(number)}.{chance.randint(1, 3)}"]
            if chance.random() < 0.005:
                self.send(chute.inlet, "DV_CLOSE", (0,), lambda answer: None)
            grant = (
                None if self.pulse else control.token.take(chute.name, self.rig.now, self.rig.gateway.utc_ms() // 1000)
            )
            if grant is not None:
                control.memory.token, control.memory.holder = grant.number, chute.name
                control.changed()
                self.before = self.rig.gateway.task.image.valve(chute.name).pulses
                self.pulse = Pulse(chute, grant.number, control.generation, declared=True)

    def scan(self) -> None:
        """One step of the pulse under way."""
        if self.pulse is None:
            return
        gateway, now = self.rig.gateway, self.rig.now
        control, image = gateway.task.control, gateway.task.image
        v = View(control.plant, BRIEF, image, control.memory, control.token, now, gateway.utc_ms(), 0)
        self.pulse.counted = image.valve(self.pulse.chute.name).pulses > self.before
        self.pulse.step(v, gateway.task.stored, self.send)
        if self.pulse.result is not None:
            self.carried_out += self.pulse.result is Result.PULSED
            control.memory.holder, self.pulse = "", None
            control.changed()


def test_pw3_never_two_open_across_boards(make_waste: MakeWaste) -> None:
    chance = Random(31)
    rig = make_waste(power=False, inlets=INLETS, poll_ms=500, wire=lambda world: HostileLine(world, chance))
    rig.start()
    open_now: dict[str, set[int]] = {}
    most = 0
    for name in map(inlet_name, INLETS):
        rig.boards[name].on_step = lambda name=name: look(name)

    def look(name: str) -> None:
        nonlocal most
        outputs = rig.boards[name].wiring.outputs
        open_now[name] = {valve for valve in (1, 2, 3) if outputs[f"DV{valve}_YO"]}
        most = max(most, sum(map(len, open_now.values())))

    rig.gateway.task.control.memory.paused = True
    carried_out = 0
    for life, pairs in enumerate(PAIRS_A_LIFE):
        if life:
            rig.gateway.kill()
            rig.world.run(chance.choice((100, 3_000)))
            rig.start_gateway()
        rig.until(lambda: all(rig.gateway.ready(name) for name in rig.boards), within_s=15)
        who = Pairs(rig, chance)
        for _ in range(pairs):
            who.ask()
            for _ in range(PAIR_MS // 100):
                who.scan()
                rig.world.run(100)
        carried_out += who.carried_out
    rig.run(25)
    assert most == 1 and rig.network.two_open_ms == 0 and rig.valves_shut
    wire = rig.wire
    assert isinstance(wire, HostileLine) and wire.lost >= 3 and wire.repeated >= 15
    assert carried_out >= 8
    counted = {name: [rig.gateway.tag(f"{name}.DV{valve}.PULSES") for valve in (1, 2, 3)] for name in open_now}
    assert sum(map(sum, counted.values())) >= carried_out and all(map(any, counted.values())), "on every board"
    assert [rig.trips(name) for name in open_now] == [[], [], []]

"""The master in virtual time, against a Modbus server on the same wires."""

from __future__ import annotations

from typing import Any

import pytest

from protocols import layout
from protocols.modbus.bank import ArrayBank
from protocols.modbus.crc import crc16
from protocols.modbus.rtu import RtuServer
from protocols.modbus.server import Server
from tools.emulator.serial_line import SerialLine
from tools.emulator.stand_in import OPEN_ONCE, StandIn
from tools.emulator.station import Master, ModbusError
from tools.emulator.wiring import MASK
from tools.emulator.world import World


class Unit:
    """A Modbus unit that answers as soon as the standard allows."""

    def __init__(self, world: World, line: SerialLine, unit: int) -> None:
        self.world = world
        self.line = line
        self.bank: Any = ArrayBank(0x300)
        self.rtu: Any = RtuServer(Server(self.bank), unit, line.baud, line.bits)
        self.name = f"U{unit}"
        line.connect(self.name, self)

    def receive_serial(self, data: bytes, end_us: int) -> None:
        self.rtu.feed(data, len(data), end_us & MASK)
        self.world.at(end_us + ((self.rtu.due_us - end_us) & MASK), self.answer)

    def answer(self) -> None:
        n = self.rtu.poll(self.world.now_us & MASK)
        if n:
            self.line.transmit(self.name, bytes(self.rtu.tx[:n]))


def make(baud: int = 115_200) -> tuple[World, SerialLine, Master, Unit]:
    world = World()
    line = SerialLine(world, baud)
    return world, line, Master(world, line), Unit(world, line, 17)


@pytest.mark.parametrize(("baud", "ms"), [(115_200, (13, 16)), (19_200, (70, 90)), (9_600, (140, 175))])
def test_a_header_read_takes_its_time_on_the_wire(baud: int, ms: tuple[int, int]) -> None:
    world, _, master, unit = make(baud)
    unit.bank.holding[5] = 4711
    assert master.read(17, 0, 64)[5] == 4711
    assert ms[0] <= world.now_ms <= ms[1]


def test_writes_arrive_and_a_silent_unit_times_out() -> None:
    _, _, master, unit = make()
    master.write(17, 3, [1, 2, 3])
    master.write(17, 9, 65535)
    assert list(unit.bank.holding[3:6]) == [1, 2, 3]
    assert unit.bank.holding[9] == 65535
    with pytest.raises(ModbusError, match="unit 18"):
        master.read(18, 0)
    with pytest.raises(ModbusError) as refused:
        master.read(17, 0x2FF, 2)
    assert refused.value.status == 2
    assert master.read(17, 9) == (65535,)


def test_a_disturbed_line_is_an_error_and_the_next_request_is_answered() -> None:
    _, line, master, _ = make()
    fault = line.fault("corrupt", "U17")
    with pytest.raises(ModbusError):
        master.read(17, 0, 10)
    line.mend(fault)
    assert master.read(17, 0, 10) == (0,) * 10
    assert master.client.crc_errors + master.client.foreign + master.client.malformed == 1


def test_the_stand_in_beats_until_killed() -> None:
    world, _, master, unit = make()
    stand_in = StandIn(master, [17])
    stand_in.start()
    beats: list[int] = []
    for _ in range(40):
        world.run(100)
        if not beats or unit.bank.holding[layout.C_GW_HB] != beats[-1]:
            beats.append(unit.bank.holding[layout.C_GW_HB])
    assert len(beats) == 8
    world.run(100)
    beats.append(unit.bank.holding[layout.C_GW_HB])
    stand_in.kill()
    world.run(2000)
    assert unit.bank.holding[layout.C_GW_HB] == beats[-1]
    stand_in.start()
    world.run(100)
    assert unit.bank.holding[layout.C_GW_HB] != beats[-1]


def test_a_command_block_is_sealed_and_its_ack_is_followed() -> None:
    world, _, master, unit = make()
    stand_in = StandIn(master, [17])
    stand_in.start()
    world.run(500)
    order = stand_in.command(17, OPEN_ONCE, 0x1234, 0x5678)
    world.run(100)
    block = list(unit.bank.holding[0x40:0x4D])
    data = b"".join(value.to_bytes(2, "big") for value in block[2:12])
    assert block[2:8] == [order.seq, OPEN_ONCE, 0x1234, 0x5678, 0, 0]
    assert block[12] == crc16(data, 0, 20)
    assert not order.over
    unit.bank.holding[layout.H_ACK_SEQ] = order.seq
    unit.bank.holding[layout.H_ACK_RESULT] = layout.RES_DONE
    world.until(lambda: order.over, within=500)
    assert order.result == layout.RES_DONE


def test_a_credential_is_answered_once() -> None:
    world, _, master, unit = make()
    stand_in = StandIn(master, [17], decide=lambda number, token: token != 0xBAD)
    unit.bank.holding[layout.H_GW_LINK] = layout.LINK_OK
    stand_in.start()
    world.run(500)
    unit.bank.holding[0x011A] = 1
    unit.bank.holding[0x011C] = 99
    world.run(1000)
    assert stand_in.opened == 1
    assert list(unit.bank.holding[0x43:0x46]) == [OPEN_ONCE, 0, 99]
    unit.bank.holding[0x011A] = 2
    unit.bank.holding[0x011C] = 0xBAD
    world.run(1000)
    assert stand_in.opened == 1
    assert unit.bank.holding[0x43] == 0x0206

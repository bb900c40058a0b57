"""The two wires: timing, half duplex, collisions, faults."""

from __future__ import annotations

import pytest

from tools.emulator.serial_line import SerialLine
from tools.emulator.world import World


class Ear:
    def __init__(self) -> None:
        self.heard: list[tuple[int, bytes]] = []

    def receive_serial(self, data: bytes, end_us: int) -> None:
        self.heard.append((end_us, data))


def make(baud: int = 115_200, bits: int = 10, stations: str = "ABC") -> tuple[World, SerialLine, dict[str, Ear]]:
    world = World()
    line = SerialLine(world, baud, bits)
    ears = {name: Ear() for name in stations}
    for name, ear in ears.items():
        line.connect(name, ear)
    return world, line, ears


@pytest.mark.parametrize(("baud", "bits", "us"), [(115_200, 10, 695), (9_600, 10, 8334), (9_600, 11, 9167)])
def test_everyone_else_hears_a_burst_at_its_end(baud: int, bits: int, us: int) -> None:
    world, line, ears = make(baud, bits)
    line.transmit("A", b"12345678")
    world.run(20)
    assert ears["A"].heard == []
    assert ears["B"].heard == ears["C"].heard == [(us, b"12345678")]


def test_bursts_of_one_sender_queue_behind_each_other() -> None:
    world, line, ears = make()
    line.transmit("A", b"1234")
    line.transmit("A", b"5678")
    world.run(20)
    assert [data for _, data in ears["B"].heard] == [b"1234", b"5678"]
    assert ears["B"].heard[1][0] == 2 * line.character_us(4)


def test_two_at_once_corrupt_each_other_and_hear_nothing() -> None:
    world, line, ears = make()
    line.transmit("A", b"\xff" * 20)
    world.after(0.5, lambda: line.transmit("B", b"\xff" * 20))
    world.run(20)
    assert line.statistics.collisions == 1
    assert ears["A"].heard == [] or all(data != b"\xff" * 20 for _, data in ears["A"].heard)
    assert [data for _, data in ears["C"].heard if data == b"\xff" * 20] == []


def test_faults_strike_whom_they_name() -> None:
    world, line, ears = make()
    drop = line.fault("drop", "A")
    line.transmit("A", b"lost")
    line.transmit("B", b"kept")
    world.run(5)
    assert [data for _, data in ears["C"].heard] == [b"kept"]
    assert drop.hits == 1
    line.mend(drop)
    line.fault("corrupt", "A")
    line.transmit("A", b"wrong")
    world.run(5)
    (_, wrong) = ears["C"].heard[-1]
    assert len(wrong) == 5
    assert sum(bin(x ^ y).count("1") for x, y in zip(wrong, b"wrong", strict=True)) == 1
    line.mend()
    line.fault("delay", amount=3000)
    line.transmit("A", b"late")
    begin = world.now_us
    world.run(10)
    assert ears["C"].heard[-1] == (begin + 3000 + line.character_us(4), b"late")


def test_a_dribbled_frame_comes_character_by_character() -> None:
    world, line, ears = make()
    line.fault("dribble", "A", amount=2000)
    line.transmit("A", b"abc")
    world.run(20)
    assert [data for _, data in ears["B"].heard] == [b"a", b"b", b"c"]
    ends = [end for end, _ in ears["B"].heard]
    assert ends[1] - ends[0] == 2000 + line.character_us(1)


def test_stations_with_a_unit_hear_what_is_meant_for_them() -> None:
    world, line, ears = make()
    line.connect("B", ears["B"], 2)
    line.connect("C", ears["C"], 3)
    for sender, data in (("A", b"\x02request"), ("B", b"\x02reply"), ("A", b"\x00broadcast"), ("A", b"\x03other")):
        line.transmit(sender, data)
        world.run(20)
    assert [data for _, data in ears["A"].heard] == [b"\x02reply"]
    assert [data for _, data in ears["B"].heard] == [b"\x02request", b"\x00broadcast"]
    assert [data for _, data in ears["C"].heard] == [b"\x00broadcast", b"\x03other"]
    line.fault("dribble", "A", amount=2000)  # nobody can tell from a single character whom it is for
    line.transmit("A", b"\x02x")
    world.run(20)
    assert [data for _, data in ears["C"].heard[2:]] == [b"\x02", b"x"]


def test_a_character_has_ten_or_eleven_bits() -> None:
    with pytest.raises(ValueError, match="10 or 11"):
        SerialLine(World(), bits=9)

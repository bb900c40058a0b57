"""Terminals, serial line and reader of a real board, on a stand-in for `machine` that a test can look into."""

import sys
from array import array


class Pin:
    """A pin with a level; every pin made is in `made` by its number."""

    OUT = 1
    IN = 0
    PULL_UP = 1
    made = {}

    def __init__(self, number, mode=0, pull=None, value=None):
        self.number = number
        self.level = 1 if value is None else value  # inputs idle at their pull-up
        self.history = []
        Pin.made[number] = self

    def __call__(self, level=None):
        if level is None:
            return self.source() if hasattr(self, "source") else self.level
        self.level = level
        self.history.append(level)
        return None


class ADC:
    made = {}

    def __init__(self, pin):
        self.value = 0
        ADC.made[pin.number] = self

    def read_u16(self):
        return self.value


class PWM:
    made = {}

    def __init__(self, pin):
        self.duty = None
        PWM.made[pin.number] = self

    def freq(self, hertz):
        self.hertz = hertz

    def duty_u16(self, duty):
        self.duty = duty


class UART:
    def __init__(self, number, **settings):
        self.settings = settings
        self.arrived = b""
        self.sent = b""
        self.done = True

    def any(self):
        return len(self.arrived)

    def readinto(self, buf, n=-1):
        n = len(buf) if n < 0 else n
        piece = self.arrived[:n]
        self.arrived = self.arrived[n:]
        buf[: len(piece)] = piece
        return len(piece)

    def write(self, data, n):
        self.sent += bytes(data[:n])
        self.done = False

    def txdone(self):
        return self.done


class Machine:
    pass


machine = Machine()
machine.Pin = Pin
machine.ADC = ADC
machine.PWM = PWM
machine.UART = UART
before = sys.modules.get("machine")
sys.modules["machine"] = machine

from drivers.analogue_input import OVER_RANGE, UNDER_RANGE, AnalogueInput  # noqa: E402
from firmware.boards import esp32, rp2  # noqa: E402
from firmware.hal.reader import LineReader  # noqa: E402
from firmware.hal.rs485 import Rs485  # noqa: E402
from firmware.hal.terminals import Terminals, attr_of  # noqa: E402
from protocols.layout import NO_SAMPLE, SIG_PT1000  # noqa: E402
from protocols.quality import BAD, GOOD  # noqa: E402
from protocols.token import token  # noqa: E402
from tests.firmware.portable_rig import TABLE  # noqa: E402

if before is None:
    del sys.modules["machine"]
else:
    sys.modules["machine"] = before

CHANNELS = [row[0] for row in TABLE.DI + TABLE.AI + TABLE.BI]


class Chain:
    """The shift registers behind the chain's data pin."""

    def __init__(self, board, levels):
        self.levels = levels
        self.clock = Pin.made[board.CHAIN["clock"]]
        self.load = Pin.made[board.CHAIN["load"]]
        Pin.made[board.CHAIN["data"]].source = self.bit

    def bit(self):
        return self.levels[self.clock.history[self.loaded() :].count(1)]

    def loaded(self):
        # The clock has been idle since the last load: count its edges from the last whole read on.
        reads = len(self.clock.history) // (2 * len(self.levels))
        return reads * 2 * len(self.levels)


def wired(board):
    """Terminals with everything open, converters at zero, and the chain whole."""
    for kind in (Pin, ADC, PWM):
        kind.made.clear()
    terminals = Terminals(TABLE, board, ADC)
    chain = Chain(board, [0 if name == "-" else 1 for name in board.CHAIN_DI])
    return terminals, chain


def read(terminals):
    raw = array("i", [NO_SAMPLE] * len(CHANNELS))
    terminals.read(raw)
    return dict(zip(CHANNELS, raw))


def test_every_input_of_the_sheet_is_on_each_board_once():
    for board in (rp2, esp32):
        names = [attr_of(name) for name in list(board.DI) + list(board.CHAIN_DI) if name not in ("+", "-")]
        assert sorted(names) == sorted([row[0] for row in TABLE.DI])


def test_no_pin_has_two_uses():
    for board in (rp2, esp32):
        pins = list(board.DI.values()) + list(board.CHAIN.values()) + list(board.AO.values())
        pins += [number for number in board.DO.values() if number is not None]
        pins += [row[0] for row in board.AI.values()]
        pins += [board.LINE[name] for name in ("tx", "rx", "driver_enable")]
        pins += [board.READER[name] for name in ("tx", "rx")]
        assert len(pins) == len(set(pins)), pins


def test_outputs_are_low_from_the_first_moment():
    for board in (rp2, esp32):
        wired(board)
        for number in board.DO.values():
            assert number is None or Pin.made[number].level == 0
        assert PWM.made[board.AO["SPD"]].duty == 0


def test_a_low_pin_is_a_closed_contact():
    for board in (rp2, esp32):
        terminals, chain = wired(board)
        raw = read(terminals)
        assert (raw["LB_P"], raw["KEY"]) == (0, 0)
        Pin.made[board.DI["LB.P"]].level = 0
        chain.levels[board.CHAIN_DI.index("KEY")] = 0
        raw = read(terminals)
        assert (raw["LB_P"], raw["KEY"], raw["ATT"]) == (1, 1, 0)


def test_a_broken_chain_brings_no_sample_and_spares_the_direct_pins():
    for board in (rp2, esp32):
        for level in (0, 1):  # stuck low, stuck high
            terminals, chain = wired(board)
            for i in range(len(chain.levels)):
                chain.levels[i] = level
            raw = read(terminals)
            assert raw["KEY"] == NO_SAMPLE
            assert raw["LB_P"] == 0


def test_converters_give_what_the_signal_wants():
    terminals, _ = wired(rp2)
    ADC.made[rp2.AI["POS"][0]].value = 65535
    ADC.made[rp2.AI["MOT.I"][0]].value = 0
    edge = ADC.made[rp2.AI["EDGE"][0]]
    edge.value = 32768  # half of the divider: as much as the pull-up
    raw = read(terminals)
    assert raw["POS"] == 22000  # uA
    assert raw["MOT_I"] == 0
    assert abs(raw["EDGE"] - 8200) < 10
    edge.value = 65535
    assert read(terminals)["EDGE"] == 30000  # open
    edge.value = 0
    assert read(terminals)["EDGE"] == 0  # short
    assert read(terminals)["V24"] == NO_SAMPLE  # not fitted


class ColdRoom:
    """The table of a board with one PT1000."""

    DI = DO = AO = ()
    AI = (("TT1", 0x80, -4000, 14000, SIG_PT1000, 2000, 0, 0),)


class ColdPins:
    """Its pin map: a pull-up of 1000.00 ohm."""

    CHAIN = {"clock": 18, "load": 19, "data": 22}
    CHAIN_DI = ("+", "-")
    DI = DO = AO = {}
    AI = {"TT1": (26, 100000)}


def test_a_platinum_sensor_reads_against_its_pull_up():
    terminals = Terminals(ColdRoom, ColdPins, ADC)
    sensor = ADC.made[26]
    channel = AnalogueInput(-4000, 14000, SIG_PT1000)
    raw = array("i", [0])
    for volts, celsius in ((32768, 0), (36429, 6500), (38508, 11050)):  # of 65,535: R / (R + 1000)
        sensor.value = volts
        terminals.read(raw)
        channel(raw[0], 0)
        assert channel.quality == GOOD
        assert abs(channel.value - celsius) <= 50, (volts, raw[0], channel.value)
    for volts, reason in ((65535, OVER_RANGE), (0, UNDER_RANGE)):  # open, short
        sensor.value = volts
        terminals.read(raw)
        channel(raw[0], 0)
        assert (channel.quality, channel.reason) == (BAD, reason)


def test_outputs_follow_the_table():
    terminals, _ = wired(rp2)
    values = [0] * (len(TABLE.DO) + len(TABLE.AO))
    values[[row[0] for row in TABLE.DO].index("LT_R")] = 1
    values[-1] = 500
    terminals.write(values)
    assert Pin.made[rp2.DO["LT.R"]].level == 1
    assert Pin.made[rp2.DO["YO"]].level == 0
    assert abs(PWM.made[rp2.AO["SPD"]].duty - 32767) < 100
    values[-1] = 5000
    terminals.write(values)
    assert PWM.made[rp2.AO["SPD"]].duty <= 65535


def test_the_driver_is_enabled_exactly_while_something_is_sent():
    line = Rs485(rp2.LINE, 115200)
    enable = Pin.made[rp2.LINE["driver_enable"]]
    assert enable.level == 0

    line.send(bytearray(b"reply and more"), 5)
    assert (enable.level, line.uart.sent, line.poll()) == (1, b"reply", True)
    line.uart.done = True

    assert not line.poll()
    assert enable.level == 0


def test_a_line_hears_others_and_not_itself():
    line = Rs485(rp2.LINE, 115200)
    assert not line.heard()
    line.send(b"frame", 5)
    line.uart.arrived = b"frame"  # its own echo
    assert not line.heard()
    assert line.receive(bytearray(16)) == 0
    line.uart.done = True
    line.poll()
    line.uart.arrived = b"answer"
    assert line.heard()


def test_the_board_does_not_take_its_own_words_for_a_request():
    line = Rs485(rp2.LINE, 115200)
    buf = bytearray(64)
    line.send(b"reply", 5)
    line.uart.arrived = b"reply"
    assert line.receive(buf) == 0
    line.uart.done = True
    line.poll()
    line.uart.arrived = b"request"
    assert (line.receive(buf), bytes(buf[:7])) == (7, b"request")


def heard(reader, data, now):
    reader._uart.arrived += data
    raw = [0, 0, 0]
    reader.read(raw, 0, now)
    return raw


def test_a_line_of_the_reader_is_a_token_for_a_second():
    reader = LineReader(UART(1), 0)
    assert heard(reader, b"", 0) == [NO_SAMPLE] * 3
    assert heard(reader, "浙A12345,9".encode(), 10) == [NO_SAMPLE] * 3
    assert heard(reader, b"7\r\n", 20) == [1, token("浙A12345"), 97]
    assert heard(reader, b"", 1019)[0] == 1
    assert heard(reader, b"", 1020) == [NO_SAMPLE] * 3
    assert heard(reader, b"zhe a-12345,100\n", 2000) == [2, token("ZHEA12345"), 100]


def test_noise_is_no_plate():
    for noise in (
        b"\n",
        b",,\n",
        b"A,\n",
        b",9\n",
        b"A12345,x\n",
        b"\xff\xfe,90\n",
        b"A" * 60 + b",90\n",
        b"A12345 90\n",
    ):
        reader = LineReader(UART(1), 0)
        assert heard(reader, noise, 5000) == [NO_SAMPLE] * 3, noise
        assert heard(reader, b"A12345,90\n", 5001)[0] == 1

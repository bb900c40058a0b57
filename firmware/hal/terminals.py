"""Terminals of a real board: pins, input chain, converters and outputs, as the board's pin map names them.

Written for MicroPython's `machine`; the scan allocates nothing. A point that the map doesn't have is not fitted: it
never brings a sample, and the program sees it stale.
"""

import machine

from protocols import layout
from protocols.port import const

_ADC_MAX = const(4095)  # converters are read as 12 bits, so that products stay small integers
_OPEN_OHM = const(30000)
_OPEN_PT1000 = const(1000000)  # 0.01 ohm
_PWM_HZ = const(1000)
_PWM_MAX = const(16383)  # a quarter of the duty's range, so that products stay small integers


def attr_of(name):
    """Name of a point on the image: "LB.P" -> "LB_P"."""
    return name.replace(".", "_")


def _not_fitted(level):
    """Stands for an output whose pin is None in the map."""


class InputChain:
    """A chain of 74HC165 shift registers, read bit by bit: 16 inputs take about 0.2 ms on an RP2040.

    Its map may have "+" and "-", inputs wired to supply and to ground: where they read otherwise the chain is broken,
    and none of its inputs brings a sample.
    """

    def __init__(self, pins, names):
        self._clock = machine.Pin(pins["clock"], machine.Pin.OUT, value=0)
        self._load = machine.Pin(pins["load"], machine.Pin.OUT, value=1)
        self._data = machine.Pin(pins["data"], machine.Pin.IN, machine.Pin.PULL_UP)
        self._wired = bytearray([1 if name == "+" else 0 if name == "-" else 2 for name in names])
        self.bits = bytearray(len(names))

    def read(self):
        """Latch all inputs at one moment and shift them into `bits`: 1 = high. Returns whether the chain is whole."""
        clock = self._clock
        data = self._data
        bits = self.bits
        wired = self._wired
        whole = True
        self._load(0)
        self._load(1)
        for i in range(len(bits)):
            bits[i] = data()
            clock(1)
            clock(0)
            if wired[i] < 2 and wired[i] != bits[i]:
                whole = False
        return whole


class Terminals:
    """All inputs and outputs of `table` on the pins of `board`, a module of `firmware.boards`.

    `converter` makes an analogue input of a pin: its `read_u16` is 65,535 at 3.3 V. A resistance is read against a
    pull-up, which the pin map gives in ohm, for a PT1000 in 0.01 ohm; one digit of 12 bits is then 0.25 K.

    Made first thing after a reset: outputs are low from then on.
    """

    def __init__(self, table, board, converter):
        self._converter = converter
        self._do = self._outputs(table, board)
        self._ao, self._ao_span = self._analogue_outputs(table, board)
        self._chain = InputChain(board.CHAIN, board.CHAIN_DI)
        self._pins, self._chained = self._inputs(table, board)
        self._adc, self._full, self._open = self._analogue_inputs(table, board)
        self._di = len(self._pins)
        self._outs = len(self._do)

    def read(self, raw):
        """Contact levels (1 = closed) and converter values into `raw`."""
        whole = self._chain.read()
        bits = self._chain.bits
        n = self._di
        for i in range(n):
            pin = self._pins[i]
            if pin is not None:
                raw[i] = 1 - pin()
            elif whole and self._chained[i] >= 0:
                raw[i] = 1 - bits[self._chained[i]]
            else:
                raw[i] = layout.NO_SAMPLE
        for i in range(len(self._adc)):
            adc = self._adc[i]
            if adc is None:
                raw[n + i] = layout.NO_SAMPLE
                continue
            value = adc.read_u16() >> 4
            full = self._full[i]
            most = self._open[i]
            if not most:
                raw[n + i] = value * full // _ADC_MAX
            elif value < _ADC_MAX:
                raw[n + i] = min(most, full * value // (_ADC_MAX - value))
            else:
                raw[n + i] = most

    def write(self, out):
        """Outputs in the order of the table: DO, then AO."""
        for i in range(self._outs):
            self._do[i](out[i])
        for i in range(len(self._ao)):
            value = min(max(out[self._outs + i], 0), self._ao_span[i])
            self._ao[i].duty_u16(value * _PWM_MAX // self._ao_span[i] << 2)

    def _outputs(self, table, board):
        pins = {attr_of(name): board.DO[name] for name in board.DO}
        made = []
        for row in table.DO:
            if row[0] not in pins:  # an output must be wired, or be said not to be
                raise ValueError("the pin map has no output %s" % row[0])
            number = pins[row[0]]
            made.append(_not_fitted if number is None else machine.Pin(number, machine.Pin.OUT, value=0))
        return made

    def _analogue_outputs(self, table, board):
        pins = {attr_of(name): board.AO[name] for name in board.AO}
        made = []
        for row in table.AO:
            pwm = machine.PWM(machine.Pin(pins[row[0]]))
            pwm.freq(_PWM_HZ)
            pwm.duty_u16(0)
            made.append(pwm)
        return made, [row[4] for row in table.AO]

    def _inputs(self, table, board):
        direct = {attr_of(name): board.DI[name] for name in board.DI}
        chain = [attr_of(name) for name in board.CHAIN_DI]
        pins = []
        chained = []
        for row in table.DI:
            number = direct.get(row[0])
            pins.append(None if number is None else machine.Pin(number, machine.Pin.IN, machine.Pin.PULL_UP))
            chained.append(chain.index(row[0]) if row[0] in chain else -1)
        return pins, chained

    def _analogue_inputs(self, table, board):
        fitted = {attr_of(name): board.AI[name] for name in board.AI}
        converters = []
        full = []
        for row in table.AI:
            pin, scale = fitted.get(row[0], (None, 0))
            converters.append(None if pin is None else self._converter(machine.Pin(pin)))
            full.append(scale)
        # What an open circuit reads as, for the inputs that are a resistance; 0 for the others
        open_circuit = {layout.SIG_OHM: _OPEN_OHM, layout.SIG_PT1000: _OPEN_PT1000}
        return converters, full, [open_circuit.get(row[4], 0) for row in table.AI]

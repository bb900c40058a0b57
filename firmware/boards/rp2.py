"""Pin map of a parking lane on a Raspberry Pi Pico (RP2040). Numbers are GPIO numbers, names are those of the sheet.

Inputs come through optocouplers: contact closed = pin low. What the boom must react to at once has a pin of its own;
the rest comes through a chain of two 74HC165, in this order from the first bit out. Outputs drive relays through
transistors: high = energised, and low from power-on.
"""

# RS-485 transceiver: driver enable is high while the board sends
LINE = {"uart": 0, "tx": 0, "rx": 1, "driver_enable": 2}

# Plate or ticket reader: lines of text, "PLATE,CONFIDENCE" and a line feed, 9,600 baud
READER = {"uart": 1, "tx": 20, "rx": 21, "baud": 9600}

DI = {
    "LB.P": 10,
    "PE1": 11,
    "PE2": 12,
    "ZO": 13,
    "ZC": 14,
    "SK1": 15,
    "FIRE": 16,
    "ES": 17,
}

# "+" and "-" are inputs wired to supply and to ground: by them the board sees that the chain is whole
CHAIN = {"clock": 18, "load": 19, "data": 22}
CHAIN_DI = (
    "LA.P",
    "LC.P",
    "LA.FLT",
    "LB.FLT",
    "LC.FLT",
    "ARM.ZOK",
    "HATCH",
    "REL",
    "EMV",
    "UPS.OK",
    "KEY",
    "JOG.O",
    "JOG.C",
    "ATT",
    "+",
    "-",
)

# Analogue input: pin, and what full scale (3.3 V) is: microamperes over a 150 ohm shunt for 4-20 mA; for a resistance
# the pull-up to 3.3 V in ohms. The chip has three such pins: V24 and WIND are not fitted and read as stale.
AI = {
    "POS": (26, 22000),
    "MOT.I": (27, 22000),
    "EDGE": (28, 8200),
}

DO = {
    "YO": 3,
    "YC": 4,
    "LT.R": 5,
    "LT.G": 6,
    "BEEP": 7,
    "TEST": 8,
    "READ.TRG": None,  # not fitted: the reader reads by itself
}

# Analogue output: pin of a pulse width modulator (1 kHz) before a 0-10 V stage
AO = {"SPD": 9}

# Modbus TCP: 0, since a plain Pico has no network
TCP_PORT = 0

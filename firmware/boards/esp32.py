"""Pin map of a parking lane on an ESP32 (WROOM-32, 38 pins). Numbers are GPIO numbers, names are those of the sheet.

Inputs come through optocouplers: contact closed = pin low. What the boom must react to at once has a pin of its own;
the rest comes through a chain of two 74HC165, in this order from the first bit out. Outputs drive relays through
transistors: high = energised, and low from power-on. GPIO 6-11 belong to the flash, 0, 2, 12 and 15 decide how the chip
starts.
"""

# RS-485 transceiver: driver enable is high while the board sends
LINE = {"uart": 2, "tx": 17, "rx": 16, "driver_enable": 4}

# Plate or ticket reader: lines of text, "PLATE,CONFIDENCE" and a line feed, 9,600 baud; it is only listened to
READER = {"uart": 1, "tx": 2, "rx": 15, "baud": 9600}

DI = {
    "LB.P": 13,
    "PE1": 14,
}

# "+" and "-" are inputs wired to supply and to ground: by them the board sees that the chain is whole
CHAIN = {"clock": 18, "load": 5, "data": 19}
CHAIN_DI = (
    "PE2",
    "SK1",
    "ZO",
    "ZC",
    "FIRE",
    "ES",
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
    "+",
    "-",
)

# Analogue input: pin, and what full scale (3.3 V) is: microamperes over a 150 ohm shunt for 4-20 mA; for a resistance
# the pull-up to 3.3 V in ohms. Only the first converter (GPIO 32-39), which works beside the radio.
AI = {
    "POS": (36, 22000),
    "MOT.I": (39, 22000),
    "EDGE": (34, 8200),
    "V24": (35, 22000),
    "WIND": (32, 22000),
}

DO = {
    "YO": 21,
    "YC": 22,
    "LT.R": 23,
    "LT.G": 25,
    "BEEP": 33,
    "TEST": 27,
    "READ.TRG": None,  # not fitted: the reader reads by itself
}

# Analogue output: pin of a pulse width modulator (1 kHz) before a 0-10 V stage
AO = {"SPD": 26}

# Modbus TCP: 502 once boot.py has brought up a network, 0 without
TCP_PORT = 0

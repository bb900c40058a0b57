"""The three loops towards people: hot water to the taps (V401), heating supply (V301) and its pump (P301)."""

from firmware.programs.heat_controller import Controller


class TapMix:
    """V401 holds TT45; to cold when it can't.

    out     V401.SP, 0.1 % (0 cold)      loop   its Controller
    scald   fact: TT45 or TT46 above 65, until below 60 (H6; delay by the sheet: scald_s)
    scorch  fact: above 70, until below 60 (H6; scorch_s)
    stuck   fact: V401 was closed and TT45 doesn't fall
    """

    def __init__(self, table, par):
        self.par = par
        self.loop = Controller()
        self.out = 0
        self.scald = 0
        self.scorch = 0
        self.stuck = 0

    def step(self, io, temps, sp, cold, hot, suspended, hand, now):
        """One scan. sp: set-point; cold: an interlock wants cold water; hot: NETWORK_DISINFECT wants it fully hot;
        suspended: scald protection is (`hygiene.suspended`)."""


class HeatingMix:
    """V301 holds TT305: `out`, `loop`."""

    def __init__(self, table, par):
        self.par = par
        self.loop = Controller()
        self.out = 0

    def step(self, io, temps, sp, run, cooling, hand, now):
        """One scan. run: heating or cooling is on; cooling: the valve opened further makes the supply colder."""


class HeatingPump:
    """P301 holds DP301: `run`, `speed`, `loop`."""

    def __init__(self, table, par):
        self.par = par
        self.loop = Controller()
        self.run = 0
        self.speed = 0

    def step(self, io, sp, run, hand, now):
        """One scan. run: heating, cooling or frost wants flow and nothing forbids it."""

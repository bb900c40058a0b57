"""Hygiene of the hot water: PASTEURISE, NETWORK_DISINFECT, and what H7 and H8 count (domain brief §4b, §4c)."""

from protocols.port import const

# cycle
NONE = const(0)
PASTEURISE = const(1)
DISINFECT = const(2)
CYCLES = ("NONE", "PASTEURISE", "NETWORK_DISINFECT")

# phase
IDLE = const(0)
HEATING = const(1)  # the store
HOLDING = const(2)  # PASTEURISE: the whole store stays hot
NETWORK = const(3)  # NETWORK_DISINFECT: V401 fully hot until the return is
FLUSHING = const(4)  # taps may be flushed
COOLING = const(5)  # hot water in the pipe goes before normal operation counts as normal
PHASES = ("IDLE", "HEATING", "HOLDING", "NETWORK", "FLUSHING", "COOLING")

# why a PASTEURISE was queued or runs
WEEKLY = const(1)
COUNTER = const(2)  # the clock isn't synced, or a week was missed
STAGNANT = const(3)  # H8: a node lukewarm for a day
CIRCULATION = const(4)  # H8: circulation off
OPERATOR = const(5)
WHYS = ("NONE", "WEEKLY", "COUNTER", "STAGNANT", "CIRCULATION", "OPERATOR")

# result
DONE = const(1)
TIME_OUT = const(2)
ABORTED = const(3)
KEY_REMOVED = const(4)
TRIPPED = const(5)
UNPROVEN = const(6)  # held its time, but a node was an estimate
RESULTS = ("NONE", "DONE", "TIME_OUT", "ABORTED", "KEY_REMOVED", "TRIPPED", "UNPROVEN")


class Hygiene:
    """Which cycle runs, what it wants, and what it has come to.

    cycle, phase, why, result   numbers above; `result` is that of the last cycle
    queued        why a PASTEURISE waits to be let in (0: none); the state machine lets it in with `admit`
    ended         1 in the scan in which a cycle ended (state machine leaves; counters, event)
    heat_to       store temperature wanted of EH1, 0.01 degC; 0: none
    tap_sp        set-point of TT45 meanwhile; 0: the usual
    tap_hot       V401 fully hot
    suspended     scald protection H6 is suspended (NETWORK_DISINFECT only)
    lamp          HYG.LAMP: hot network notice
    hot_min       minutes the whole store has been hot      left_min   minutes until the cycle is ended
    next_min      minutes until the weekly one (-1: clock not known)
    since_min     minutes since the last PASTEURISE that was DONE (retained by the program)
    luke_min      longest time of a node between 25 and 50, minutes
    flushed       taps flushed in this or the last NETWORK_DISINFECT
    deep          1: charge the whole store before a node is stagnant
    stagnant      fact H8        supply_low, return_low   facts H7
    """

    def __init__(self, table, par):
        self.par = par
        self.cycle = NONE
        self.phase = IDLE
        self.why = 0
        self.result = 0
        self.queued = 0
        self.ended = 0
        self.heat_to = 0
        self.tap_sp = 0
        self.tap_hot = 0
        self.suspended = 0
        self.lamp = 0
        self.hot_min = 0
        self.left_min = 0
        self.next_min = -1
        self.since_min = 0
        self.luke_min = 0
        self.flushed = 0
        self.deep = 0
        self.stagnant = 0
        self.supply_low = 0
        self.return_low = 0

    def step(self, io, temps, week_min, synced, circulation_off, now):
        """One scan. week_min: `heat_week.week_minute` or UNKNOWN; synced: the clock was set within a day."""

    def pasteurise(self, why):
        """Queue a PASTEURISE. Returns 0 while a cycle runs."""

    def admit(self, now):
        """The state machine lets the queued PASTEURISE begin. Returns 1 if it began."""

    def disinfect(self, io, now):
        """Begin NETWORK_DISINFECT. Returns 0 without the key or while a cycle runs."""

    def tap_flushed(self, tap):
        """Note that a tap had its 3 min. Returns 0 outside FLUSHING, for a return below 70, for a tap of 0 or > 255."""

    def abort(self, result):
        """End the cycle that runs (ABORTED, TRIPPED). Returns 0 if none does."""

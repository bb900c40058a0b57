"""The heat board: IT cooling first, then waste heat to heating, chilled water and hot water (domain brief §4).

Each scan runs in one order: judge (`heat_base`), the source pumps and what a cause asks of V101 and the dry cooler, the
machines, the state, the outputs. Measurements and loops take turns, every 500 ms, a scan apart (§4a), so that no scan
carries all of them; protections look at every scan.
"""

from firmware.programs.heat_base import MIXING, SHOW, SOURCE, STORE
from firmware.programs.heat_field import HeatField
from firmware.programs.heat_meters import Meters
from firmware.programs.heat_outputs import HeatOutputs


class HeatLoop(HeatOutputs):
    """The program of the heat board."""

    FIELD = HeatField

    def __init__(self, table, par, events):
        super().__init__(table, par, events)
        self.meters = Meters()

    def scan(self, io, now):
        """One control cycle."""
        if not self.known(io, now):
            self.safe(io)
            return
        self.judge(io, now)
        self._cool(io, now)
        if self.turn(SOURCE, now):
            self.demand(io, now)
            self.laws_of_source(io, now)
        self.machines(io, now)
        if self.turn(STORE, now):
            self.store(io, now)
        if self.turn(MIXING, now):
            self.mixing(io, now)
        self.choose_state(io, now)
        self.meters.scan(io, now)
        if self.away(io):
            self.rest(io, now)
        else:
            self.drive(io, now)
        if self.turn(SHOW, now):
            self.publish(io, now)

    def _cool(self, io, now):
        """The IT water: nothing comes before it."""
        effects = self.trips.effects
        table = self.table
        burns = 1 if effects & table.EF_HALL_FIRE and not self.par.hall_fire else 0
        self.source.protect(io, self.par, self.it_calls, burns, now)

    def quiet(self, io):
        """Whether a flash write may come between: water doesn't mind some tens of milliseconds, a new cause does."""
        return not self.trips.raised

"""What must hold of the heat plant whatever dies, looked at on the model itself, second by second.

Limits of IT water, of what may heat without a flow, of the water at the taps; and that hygiene alarms (H7, H8) are
raised in their time. `Watch.look` is called after each scan; `problems` has what was seen, in words.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from hil_tests.heat_states import CIRCULATION_OFF_MIN, RETURN_LOW_MIN, SUPPLY_LOW_MIN
from tools.emulator.heat.heat_pump import State
from tools.emulator.heat.water import CP

SCAN_S = 1
EVAPORATOR_KG_S = 12.0
"""The flow switch's."""
CONDENSER_KG_S = 3.0
FLOW_S = 3 + SCAN_S
"""H2, and the scan in which it is seen."""
SWITCH_S = 6 + SCAN_S
"""A machine's own pressure switch, where nothing tells the board that the condenser has no flow."""
SCALD_C = 65.0
SCALD_S = 10 + 20 + 3 * SCAN_S
"""H6: its delay, V401 from end to end, and the water between it and TT45."""
STORE_C = 76.0
"""A degree above the limit thermostat."""
EDGE_C = 0.1
"""Noise of a transmitter and a digit."""
SUPPLY_C, RETURN_C = 55.0, 50.0
CIRCULATED_KG_S = 0.2
IT_FLOW_KG_S = 6.0
LEAST_KG_S = 20.0
IT_FLOW_S = 3 + 2 * SCAN_S
IT_HOT_S = 5 + 2 * SCAN_S


@dataclass
class Timer:
    """Seconds that something has stood without a break, and the most of it."""

    now: int = 0
    most: int = 0

    def __call__(self, stands: object) -> int:
        """Count; return how long it stands."""
        self.now = self.now + SCAN_S if stands else 0
        self.most = max(self.most, self.now)
        return self.now


@dataclass
class Hygiene:
    """A rule that wants an alarm in `within_s`; `late`: it didn't come."""

    cause: str
    within_s: int
    stands: Timer = field(default_factory=Timer)


class Watch:
    """Looks at a plant (`DirectHeat`, or a rig behind `tripped` and `out`) from now on.

    it_limit, it_air, it_sp: the hall's limits and its set-point, degC. network: the hot network is on, so the scald
    protection is suspended.
    """

    def __init__(
        self, plant: Any, it_limit: float, it_air: float = 27.0, it_sp: float = 24.0, *, network: bool = False
    ) -> None:
        self.plant = plant
        self.problems: list[str] = []
        district = plant.district
        self.highest = district.tt101
        self.usual = max(district.tt101, it_sp + district.hall.load_w / (max(district.ft101, LEAST_KG_S) * CP))
        self.hot = Timer()
        self.unflowed = Timer()
        self.home_s = -1
        """Seconds until V101 was at the dry cooler with the fans at their end."""
        self.away = 0
        """Seconds that it has been elsewhere since then."""
        self.seconds = 0
        self.powered = True
        self.flow_s = FLOW_S
        """Longest time that a machine may run without a flow."""
        self._it_limit = it_limit
        self._it_air = it_air
        self._network = network
        self._supply = Hygiene("DHW_COOL", 60 * SUPPLY_LOW_MIN + 5)
        self._return = Hygiene("DHW_COOL", 60 * RETURN_LOW_MIN + 5)
        self._off = Hygiene("STAGNANT", 60 * CIRCULATION_OFF_MIN + 5)
        self._flow = Timer()
        self._warm = Timer()

    @property
    def rise(self) -> float:
        """Kelvin by which the IT water has risen beyond where it was, or where its loop was about to hold it."""
        return float(self.highest - self.usual)

    def restarted(self) -> None:
        """The board lost its memory: what it counts begins anew."""
        for each in (self._supply, self._return, self._off):
            each.stands.now = 0

    def look(self) -> None:
        """One second."""
        district = self.plant.district
        self.seconds += SCAN_S
        self._it(district)
        if self._burns(district):
            self._say("heats without a flow for more than", self.flow_s)
        if not self._network and self.hot(district.tt45 > SCALD_C) > SCALD_S:
            self._say(f"TT45 above {SCALD_C:.0f} for more than", SCALD_S)
        if district.dhw.backup_w and max(district.dhw.store.t) > STORE_C:
            self._say("EH1 heats a store", STORE_C)
        if self.powered:
            self._alarms(district)

    def _it(self, district: Any) -> None:
        water = district.tt101
        self.highest = max(self.highest, water)
        if water > self._it_limit:
            self._say("TT101 above its limit", self._it_limit)
        if district.it_air > self._it_air:
            self._say("supply air of the hall above its limit", self._it_air)
        home = district.v101.closed_switch
        if self.home_s < 0:
            self.home_s = self.seconds if home else -1
        elif not home:
            self.away += SCAN_S
        called = self._flow(district.ft101 < IT_FLOW_KG_S) > IT_FLOW_S
        called |= self._warm(water > self._it_limit or district.it_air > self._it_air) > IT_HOT_S
        if called and district.v101_sp:
            self._say("H1 stands, and V101 is not sent home after", IT_FLOW_S)

    def _burns(self, district: Any) -> bool:
        heats = any(machine.state is State.RUNNING for machine in district.machines)
        flows = district.ft201 >= EVAPORATOR_KG_S and district.ft202 >= CONDENSER_KG_S
        return self.unflowed(heats and not flows) > self.flow_s

    def _alarms(self, district: Any) -> None:
        for rule, stands in (
            (self._supply, district.tt45 < SUPPLY_C - EDGE_C),
            (self._return, district.tt46 < RETURN_C - EDGE_C),
            (self._off, district.ft402 < CIRCULATED_KG_S),
        ):
            if rule.stands(stands) > rule.within_s and not self.plant.tripped(rule.cause):
                self._say(f"no {rule.cause} after", rule.within_s)

    def _say(self, what: str, figure: float) -> None:
        line = f"{what} {figure:g}"
        if line not in self.problems:
            self.problems.append(line)

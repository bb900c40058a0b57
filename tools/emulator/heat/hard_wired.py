"""What acts in the heat plant whatever its board does: limit thermostats and flow switch (domain brief §4a, §4c)."""

from __future__ import annotations

from tools.emulator.heat.district import HeatDistrict

STORE_LIMIT_C = 75.0
"""STB.DHW, in the top of the store."""
HEATER_LIMIT_C = 95.0
"""STB.EH, in the flange of the electric heater."""
RESET_K = 6.0
"""A thermostat lets itself be reset only when it is so much cooler."""
HEATER_W_K = 15e3
"""From the heater's rods to the water around them; its flange is between."""
DRY_SHARE = 0.1
"""What of that is left where the heater stands in steam."""
HEATER_LAG_S = 20.0
FLOW_SWITCH_KG_S = 12.0
"""FS201, about half of the nominal flow through the evaporators; it closes again a little above."""
FLOW_SWITCH_BACK = 13.0


class HardWired:
    """Thermostats with reset by hand, and the flow switch of the evaporator loop."""

    def __init__(self, district: HeatDistrict) -> None:
        self.store_tripped = False
        self.heater_tripped = False
        self.flow = False
        """FS201 has flow."""
        self.flange = district.tt42
        """Temperature that STB.EH sees, degC."""
        self.dry = False
        """The heater stands in steam."""
        self.stuck = False
        """FS201 says that water flows, whatever does."""
        self._district = district

    @property
    def may_heat(self) -> bool:
        """EH1 has its release."""
        return not self.store_tripped and not self.heater_tripped

    @property
    def may_charge(self) -> bool:
        """The charge pump has its release."""
        return not self.store_tripped

    def step(self, dt: float) -> bool:
        """Look at the plant after `dt` seconds; return whether something has acted, or let go."""
        district = self._district
        before = self.flow, self.store_tripped, self.heater_tripped
        flow = district.ft201
        self.flow = self.stuck or flow > (FLOW_SWITCH_KG_S if self.flow else FLOW_SWITCH_BACK)
        store = district.dhw.store.t
        if max(store[0], store[1]) >= STORE_LIMIT_C:
            self.store_tripped = True
        carries = HEATER_W_K * (DRY_SHARE if self.dry else 1.0)
        aim = store[1] + district.dhw.backup_w / carries
        self.flange += (aim - self.flange) * dt / (HEATER_LAG_S + dt)
        if self.flange >= HEATER_LIMIT_C:
            self.heater_tripped = True
        return before != (self.flow, self.store_tripped, self.heater_tripped)

    def turn(self, name: str, trip: bool) -> None:
        """Trip a thermostat with its test button, or reset it. Raises ValueError while it is still too hot for that."""
        at_store = name == "STB_DHW"
        limit = STORE_LIMIT_C if at_store else HEATER_LIMIT_C
        seen = max(self._district.dhw.store.t[:2]) if at_store else self.flange
        if not trip and seen > limit - RESET_K:
            raise ValueError(f"{name} is at {seen:.1f} degC and can't be reset above {limit - RESET_K:.0f}")
        if at_store:
            self.store_tripped = trip
        else:
            self.heater_tripped = trip

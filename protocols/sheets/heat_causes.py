"""Causes and effects of the heat board: H1 to H16 of domain brief §4c as rows.

Nothing here stops the source pumps but a fire in the IT hall: IT cooling outranks everything else on this loop, so
what trips on the source side sends the IT water to the dry cooler and takes the heat pumps off.
"""

from protocols.sheets.heat_points import MACHINES, each
from protocols.sheets.model import AUTO as ITSELF
from protocols.sheets.model import HOLD, IGNORE, LOCAL, REMOTE, Cause, Effect


def _machine(k):
    return (
        Cause("HP%d" % k, "hp%d_fault" % k, ("HP%d_OFF" % k,), latch=True, reset=LOCAL, ref="H4", priority=2,
              consequence="heat pump %d is off, the others go on" % k,
              action="HP%d.FLT says why (its own pressure switch, flow switch, start). Mend, confirm, reset." % k),
    )  # fmt: skip


# fmt: off
CAUSES = (
    Cause("IT_HOT", "it_hot", ("IT_COOL",), after="it_hot_s", clear="it_normal_min", ref="H1", priority=1,
          consequence="IT water to the dry cooler at full fans, both source pumps, heat pumps unload and stop",
          action="See to the IT hall. Heat is recovered again 15 min after all is normal."),
    Cause("IT_FLOW", "p101_asked and FT101 < it_flow_min", ("IT_COOL",), after="it_flow_s", clear="it_normal_min",
          ref="H1", priority=1, consequence="IT water to the dry cooler at full fans, both source pumps run",
          action="Check source pumps, filter (DP101) and valves; the hall has no cooling without flow."),
    Cause("IT_STALE", "IT.REQ < 0 or IT.T < 0", ("IT_COOL",), clear="it_normal_min", ref="H1", priority=2,
          consequence="IT water to the dry cooler at full fans",
          action="Check the line to the data centre: its cooling demand, or how warm its air is, isn't known."),
    Cause("TT101", "tt101_lost", ("IT_COOL",), ref="H11", priority=2,
          consequence="IT water to the dry cooler; TT101 is estimated from TT102",
          action="Mend the sensor TT101."),
    Cause("P101", "P101A.FLT or P101B.FLT or p101_change", ("LOG",), ref="H12", priority=2,
          consequence="the other source pump runs; there is no reserve",
          action="Mend the pump. It is taken back by itself."),
    Cause("ACTUATOR", "v101_stuck or v401_stuck or P201.FLT or P202.FLT or P301.FLT or P401.FLT or P402.FLT", ("LOG",),
          on_bad=IGNORE, ref="4e", priority=2, consequence="what it does is missing; the plant goes on without",
          action="V101.STUCK, or the pump's FLT contact, says which. Mend the drive."),
    Cause("HP_FLOW", "hp_asks and (FT201 < evap_flow_min or not FS201 or evap_wide or not P202.RUN)", ("HP_OFF",),
          after="hp_flow_s", ref="H2", priority=2, hard_wired=True,
          consequence="heat pumps off; started again with proven flow, three times in an hour at most",
          action="Check evaporator pump (FT201, FS201), condenser pump (P202), filters and valves."),
    Cause("H2_THIRD", "h2_third", ("HP_OFF",), latch=True, reset=LOCAL, ref="H2", priority=2,
          consequence="heat pumps stay off",
          action="Flow failed three times in an hour. Find the reason, confirm on the spot, reset."),
    Cause("EVAP_COLD", "TT202 < evap_cold", ("HP_OFF",), after="evap_cold_s", latch=True, reset=REMOTE, ref="H3",
          priority=2, consequence="heat pumps off", action="Check flow and temperature of the source, then reset."),
    Cause("EVAP_FREEZE", "TT202 < evap_freeze", ("HP_OFF", "EVAP_PUMP"), on_bad=IGNORE, latch=True, reset=REMOTE,
          ref="H3", priority=1, consequence="heat pumps off, evaporator pump on",
          action="The evaporator is about to freeze. Keep its water moving; reset when it is warm."),
    Cause("COND_HOT", "TT204 > cond_hot", ("HP_UNLOAD",), after="cond_hot_s", ref="H4", priority=3,
          consequence="heat pumps at their least load; their own pressure switches trip them above",
          action="Check flow of the condenser loop."),
    ) + each(MACHINES, _machine) + (
    Cause("STB_DHW", "STB.DHW or store_over", ("EH1_OFF", "CHARGE_OFF"), latch=True, reset=LOCAL, ref="H5", priority=1,
          hard_wired=True, consequence="electric heater and charging off",
          action="The store was above 75 degC. Find out why, and whether STB.DHW opened; reset it by hand,"
          " confirm, reset."),
    Cause("STB_EH", "STB.EH", ("EH1_OFF",), latch=True, reset=LOCAL, ref="H5", priority=1, hard_wired=True,
          consequence="electric heater off",
          action="The heater was above 95 degC. Find out why, reset the thermostat by hand, confirm, reset."),
    Cause("SCALD", "scalds", ("V401_COLD",), after="scald_s", ref="H6", priority=1, consequence="V401 to cold",
          action="Hot water is above its band at the taps. Check V401; warn people."),
    Cause("SCORCH", "scorches", ("V401_COLD", "CHARGE_OFF"), after="scorch_s", latch=True, reset=REMOTE, ref="H6",
          priority=1, consequence="V401 to cold, charging off",
          action="Hot water scalds at the taps: warn people, shut the supply by hand. Mend V401, then reset."),
    Cause("DHW_COOL", "supply_cool or return_cool", ("BACKUP",), ref="H7", priority=2,
          consequence="electric heater helps", action="Check store, charging, V401 and circulation."),
    Cause("STAGNANT", "stagnant or circ_off", ("PAST_DUE",), on_bad=HOLD, latch=True, reset=ITSELF, ref="H8",
          priority=2, consequence="the store is heated up to 70 degC (PASTEURISE) as soon as it can be",
          action="See to circulation pump and store; take samples if it was long."),
    Cause("P_IT", "PT101 < p_low or PT101 > p_high", ("IT_COOL", "HP_OFF"), after="p_s", latch=True, reset=LOCAL,
          ref="H9", priority=1, consequence="heat pumps off; the IT water goes on through the dry cooler",
          action="Check the source loop for leaks and its expansion vessel. Confirm on the spot, reset."),
    Cause("P_EVAP", "PT201 < p_low or PT201 > p_high", ("HP_OFF", "EVAP_STOP"), after="p_s", latch=True, reset=LOCAL,
          ref="H9", priority=2, consequence="heat pumps and evaporator pump off",
          action="Check the evaporator loop for leaks and its expansion vessel. Confirm on the spot, reset."),
    Cause("P_HEAT", "PT301 < p_low or PT301 > p_high", ("HP_OFF", "HEAT_STOP", "EH1_OFF", "NO_FILL"), after="p_s",
          latch=True, reset=LOCAL, ref="H9", priority=2, consequence="pumps and heat off, no filling",
          action="Check the heating loop for leaks and its expansion vessel. Confirm on the spot, reset."),
    Cause("LEAK", "LEAK1 or LEAK2 or LEAK3 or LEAK4 or FLOOD", ("NO_FILL",), latch=True, reset=LOCAL, ref="H10",
          priority=1, consequence="make-up water shut; cooling goes on",
          action="Find the leak: LEAK1-3 the hall, LEAK4 the plant room. Confirm on the spot, reset."),
    Cause("SENSOR", "estimated", ("LOG",), ref="H11", priority=3,
          consequence="the plant goes on with an estimate; after 30 min without one, with the backup",
          action="EST says which sensor and why. Mend it."),
    Cause("FROST", "frosty", ("FROST",), ref="H13", priority=3, consequence="pumps on, coil kept above 8 degC",
          action="None, unless it stays above 5 degC outdoors."),
    Cause("FIRE", "FIRE", ("HP_OFF", "EH1_OFF", "DAMPERS"), latch=True, reset=REMOTE, ref="H14", priority=1,
          consequence="heat pumps and electric heater off, dampers shut; IT cooling goes on",
          action="Follow the fire plan. When the panel is normal, reset."),
    Cause("FIRE_HALL", "FIRE.HALL", ("IT_COOL", "HP_OFF", "HALL_FIRE", "DAMPERS"), latch=True, reset=REMOTE, ref="H14",
          priority=1, consequence="heat pumps off; IT cooling by the hall's policy (parameter hall_fire)",
          action="Follow the fire plan. When the panel is normal, reset."),
    Cause("GATEWAY", "link == LINK_NEVER or link == LINK_SAFE", ("GW_FALLBACK",), ref="H15", priority=2,
          consequence="last set-points within their bands, no power-to-heat; the local loops go on",
          action="Check gateway and line."),
    Cause("REF_GAS", "REF.GAS", ("HP_OFF", "VENT"), latch=True, reset=LOCAL, ref="H16", priority=1, hard_wired=True,
          consequence="heat pumps off, exhaust fan on",
          action="Nobody enters the plant room. Confirm on the spot after inspection, reset."),
)
# fmt: on

EFFECTS = (
    Effect("IT_COOL", "V101 to the dry cooler, its fans at 100 %, both source pumps, heat pumps unload and stop"),
    Effect("HP_OFF", "all heat pumps off at once"),
    Effect("HP_UNLOAD", "heat pumps at their least load"),
    Effect("HP1_OFF", "heat pump 1 off at once"),
    Effect("HP2_OFF", "heat pump 2 off at once"),
    Effect("HP3_OFF", "heat pump 3 off at once"),
    Effect("EVAP_PUMP", "evaporator pump on"),
    Effect("EVAP_STOP", "evaporator pump off"),
    Effect("HEAT_STOP", "condenser, heating and charge pumps off"),
    Effect("EH1_OFF", "electric heater off"),
    Effect("CHARGE_OFF", "charge pump off"),
    Effect("V401_COLD", "V401 to cold"),
    Effect("BACKUP", "electric heater helps"),
    Effect("PAST_DUE", "PASTEURISE is queued"),
    Effect("NO_FILL", "make-up water shut"),
    Effect("FROST", "pumps on, coil kept warm"),
    Effect("VENT", "refrigerant exhaust fan on"),
    Effect("DAMPERS", "ventilation dampers shut"),
    Effect("HALL_FIRE", "IT cooling by the policy of the hall"),
    Effect("GW_FALLBACK", "wishes are dropped but for the last set-points, no power-to-heat"),
    Effect("LOG", "recorded, nothing else"),
)

"""Parameters of the source side of the heat plant: IT water, heat pumps, seasons, pressures, field line (domain brief
§4b-§4d).

Temperatures are 0.01 degC, flows 0.01 L/s, pressures 0.01 bar, positions and speeds 0.1 %. Limits that rest on a
standard that was not read here (EN 12828, GB 50736, GB 55015) must be checked by a licensed engineer.
"""

from protocols.sheets.heat_points import MACHINES, each
from protocols.sheets.model import Param

_T = "0.01 degC"
_K = "0.01 K"
_P = "0.1 %"
_F = "0.01 L/s"
_B = "0.01 bar"


def _machine(k):
    return (
        Param("hp%d_unit" % k, k, 0, 247, "", "heat pump %d: address on the field line; 0 not fitted" % k),
        Param("hp%d_kw" % k, 3000, 100, 20000, "0.1 kW", "heat pump %d: heat at full load" % k),
    )


# fmt: off
FIELD = each(MACHINES, _machine) + (
    Param("hm1_unit", 11, 0, 247, "", "heat meter 1 (recovered at HX1): address; 0 not fitted"),
    Param("hm2_unit", 12, 0, 247, "", "heat meter 2 (heating): address; 0 not fitted"),
    Param("hm3_unit", 13, 0, 247, "", "heat meter 3 (hot-water charge): address; 0 not fitted"),
    Param("dc_unit", 20, 0, 247, "", "data centre: address; 0 not fitted, which leaves its water in the dry cooler"),
    Param("field_baud_100", 1152, 96, 1152, "bit/s", "speed of the field line / 100"),
    Param("answer_ms", 300, 50, 2000, "ms", "longest time that a device takes to begin its answer"),
    Param("meter_kw", 15000, 100, 30000, "0.1 kW", "a meter that reads more, or counts faster, is wrong"),
)

IT = (
    Param("it_sp", 2400, 1500, 6500, _T, "water back to the IT hall (TT102)"),
    Param("it_air", 2700, 1800, 4500, _T, "supply air of the hall too warm above (contract)"),
    Param("it_water", 4000, 2500, 7500, _T, "source water (TT101) too warm above"),
    Param("it_hot_s", 5, 1, 60, "s", "for this long"),
    Param("it_flow_min", 600, 50, 4000, _F, "source flow lost below"),
    Param("it_flow_s", 3, 1, 30, "s", "for this long"),
    Param("it_normal_min", 15, 1, 120, "min", "all normal for this long before heat is recovered again"),
    Param("it_delta", 1000, 100, 2000, _K, "TT101 counts as TT102 and this much while its sensor is bad"),
    Param("it_margin", 500, 100, 2000, _K, "TT101 this far below its limit lets the dry cooler be quieted"),
    Param("it_kp", 40, 1, 1000, "0.1 %/K", "cooling demand of the IT loop"),
    Param("it_ti", 200, 50, 6000, "0.1 s", "cooling demand of the IT loop"),
    Param("v101_stroke_s", 30, 5, 60, "s", "V101 from one end to the other"),
    Param("v101_slew", 33, 5, 1000, "0.1 %/s", "V101 to recovery no faster than this; to the dry cooler at once"),
    Param("dryc_kp", 50, 1, 1000, "0.1 %/K", "dry cooler"),
    Param("dryc_ti", 600, 50, 6000, "0.1 s", "dry cooler"),
    Param("dryc_spray", 2800, 1500, 6000, _T, "spray with the fans at their end and TT50 above it"),
    Param("coil_min", 800, 300, 2000, _T, "water of the dry cooler (TT102) is not cooled below it in frost"),
    Param("p101_speed", 800, 300, 1000, _P, "source pump, lowest speed"),
    Param("p101_flow", 2750, 100, 20000, _F, "its flow at full speed"),
    Param("p101_dt", 900, 300, 2000, _K, "it turns so fast that the hall's heat warms the water by no more than this"),
    Param("p101_spin_s", 10, 1, 60, "s", "its flow counts this long after its start"),
    Param("p101_prove_ms", 2000, 500, 2900, "ms", "a pump that doesn't run by then is faulty; the other takes over"),
    Param("p101_swap_h", 168, 1, 2000, "h", "the duty changes after this"),
    Param("hall_fire", 0, 0, 1, "", "IT cooling in a fire of the hall", enum=("stops", "goes on")),
)

MACHINE = (
    Param("p201_speed", 1000, 300, 1000, _P, "evaporator pump"),
    Param("evap_flow_min", 1900, 50, 4000, _F, "evaporator flow too low below: 60 % of the nominal flow"),
    Param("hp_flow_s", 3, 1, 10, "s", "flow of evaporator or condenser not proven for this long"),
    Param("evap_dt", 800, 300, 1500, _K, "cooled by more than this there is too little flow"),
    Param("evap_cold", 300, 100, 1000, _T, "evaporator outlet too cold below"),
    Param("evap_cold_s", 5, 1, 30, "s", "for this long"),
    Param("evap_freeze", 100, 0, 500, _T, "about to freeze below"),
    Param("cond_hot", 6800, 5000, 7500, _T, "condenser outlet too hot above"),
    Param("cond_hot_s", 3, 1, 30, "s", "for this long"),
    Param("h2_per_h", 3, 1, 10, "", "flow trips in an hour that need somebody on the spot"),
    Param("hp_pumps_s", 60, 10, 600, "s", "flows proven for this long before a machine starts"),
    Param("hp_start_s", 120, 30, 600, "s", "a machine runs by then, or its start has failed"),
    Param("hp_unload_s", 20, 0, 120, "s", "at its least load before it is switched off"),
    Param("hp_stop_s", 60, 10, 300, "s", "it tells that it is off by then"),
    Param("hp_on_min", 10, 3, 60, "min", "a machine runs at least this long, but for a protection"),
    Param("hp_off_min", 5, 3, 60, "min", "and rests at least this long"),
    Param("hp_starts_h", 4, 1, 12, "", "starts of a machine in an hour"),
    Param("hp_step", 200, 50, 1000, _K, "supply too cold by more than this"),
    Param("hp_step_min", 5, 1, 60, "min", "for this long: one machine more"),
    Param("hp_down", 100, 20, 1000, _K, "supply too warm by more than this"),
    Param("hp_down_s", 60, 10, 600, "s", "for this long: one machine less"),
    Param("hp_part", 300, 100, 1000, _P, "least part load"),
    Param("hp_slew", 100, 10, 1000, "0.01 K/min", "outlet set-point rises this fast"),
    Param("hp_sp_max", 6500, 4500, 7000, _T, "highest outlet set-point"),
    Param("buffer_add", 200, 0, 1000, _K, "buffer above the heating supply"),
    Param("buffer_on", 300, 50, 1000, _K, "TT302 this far below the buffer's set-point: the heat pumps are wanted"),
    Param("buffer_off", 50, 0, 1000, _K, "TT303 less than this below it: not any more"),
    Param("boost_max", 500, 0, 1500, _K, "most that a wish raises the buffer"),
    Param("supply_min", 3500, 2000, 4500, _T, "lowest heating supply that is taken"),
    Param("supply_max", 5000, 4000, 6500, _T, "highest heating supply that is taken"),
    Param("charge_kw", 6000, 500, 30000, "0.1 kW", "heat of the machines for the store: what HX2 can make hot"),
    Param("charge_ahead", 300, 0, 1000, _K, "TT43 this near to the start of a charge: the outlet begins to rise"),
    Param("source_min", 1200, 500, 4000, _T, "no start with the evaporator loop (TT201) below"),
    Param("direct_on", 6000, 4000, 7500, _T, "source (TT101) above it heats without the heat pumps"),
    Param("direct_off", 5500, 3500, 7000, _T, "and below it not any more"),
    Param("chw_fitted", 0, 0, 1, "", "the heat pumps make chilled water in summer", enum=("no", "yes")),
    Param("chw_sp", 700, 400, 1500, _T, "chilled water (TT202)"),
)

CLIMATE = (
    Param("season_heat", 1200, 500, 2000, _T, "heating below this mean of 24 h"),
    Param("season_cool", 2200, 1500, 3000, _T, "cooling above it"),
    Param("season_h", 24, 1, 168, "h", "a season lasts at least this long"),
    Param("frost_on", 300, -500, 800, _T, "outdoors below it and idle: frost"),
    Param("frost_off", 500, 0, 1500, _T, "until above it"),
    Param("frost_speed", 400, 100, 1000, _P, "speed of pumps in frost"),
)

PRESSURES = (
    Param("p_low", 80, 20, 200, _B, "pressure too low below"),
    Param("p_high", 280, 150, 900, _B, "too high above"),
    Param("p_s", 5, 1, 30, "s", "for this long"),
    Param("fill_on", 110, 50, 300, _B, "the heating loop (PT301) is filled below"),
    Param("fill_off", 150, 60, 400, _B, "up to here"),
    Param("fill_min", 10, 1, 120, "min", "filled for longer than this in a day it leaks: no more"),
)

GATEWAY = (
    Param("wish_s", 900, 10, 3600, "s", "validity of a wish that names none, where it needs one"),
    Param("p2h_lost_s", 25, 0, 30, "s", "power-to-heat ends this long after the gateway is lost"),
    Param("manual_s", 600, 10, 600, "s", "a loop stays in manual no longer"),
)
# fmt: on

PARAMS = FIELD + IT + MACHINE + CLIMATE + PRESSURES + GATEWAY

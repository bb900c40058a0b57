"""Parameters of the hot-water and heating side of the heat plant (domain brief §4b-§4d).

Temperatures are 0.01 degC, flows 0.01 L/s, positions and speeds 0.1 %, gains of the loops 0.0001 of full stroke for
each K (each 0.01 bar for the pressure loop). Limits that rest on a standard that was not read here (EN 806, W 551,
GB 50015) must be checked by a licensed engineer.
"""

from protocols.sheets.model import Param

_T = "0.01 degC"
_K = "0.01 K"
_P = "0.1 %"
_G = "0.0001/K"

# fmt: off
SENSORS = (
    Param("tt_estimate_min", 30, 1, 240, "min", "an estimate of a store node is good enough for this long"),
    Param("tt_inverse", 150, 50, 1000, _K, "a lower node hotter than the one above by more than this is wrong"),
    Param("tt_drift", 250, 100, 1000, _K, "further than this from what heat can have done is drift"),
    Param("tt_drift_s", 300, 30, 1500, "s", "for this long"),
    Param("tt_pair", 200, 50, 1000, _K, "a return hotter than its supply by more than this is wrong"),
    Param("tt_pair_s", 900, 60, 1700, "s", "for this long: longer than the water takes round the loop"),
    Param("tt_slack", 100, 10, 1000, "0.01 K/h", "what nodes gain and lose by conduction and to the plant room"),
    Param("node_kg", 2500, 50, 10000, "kg", "water in each quarter of the store"),
    Param("draw_most", 400, 10, 4000, "0.01 L/s", "largest flow through the store by draw and circulation"),
    Param("circ_node", 4, 0, 4, "", "quarter of the store that the circulation returns to; 0 elsewhere"),
    Param("eh_node", 1, 0, 1, "", "1: the heater stands in the store and may warm every quarter"),
    Param("cold_default", 1500, 200, 3000, _T, "cold feed without its sensor"),
    Param("outdoor_default", 500, -1000, 3000, _T, "outdoor temperature without its sensor, in the end"),
    Param("outdoor_slew", 100, 10, 1000, "0.01 K/h", "from the last value seen towards it"),
)

CHARGE = (
    Param("dhw_outlet", 6200, 5800, 6600, _T, "outlet of the heat pumps while the store is charged"),
    Param("charge_on", 800, 200, 1500, _K, "charge when TT43 is this far below it"),
    Param("charge_off", 600, 100, 1400, _K, "until TT44 is less than this below it"),
    Param("charge_hyst", 200, 20, 500, _K, "and TT43 is this much warmer than where charging begins"),
    Param("charge_lift", 100, 0, 1000, _K, "P401 at its least until the condenser is this much hotter than TT41"),
    Param("charge_full_min", 1200, 60, 1440, "min", "a node lukewarm for this long has the whole store charged"),
    Param("prio_min", 45, 5, 240, "min", "longest priority of hot water over heating"),
    Param("prio_rest_min", 15, 5, 120, "min", "then heating for this long"),
    Param("charge_kp", 200, 1, 2000, _G, "charge pump"),
    Param("charge_ti", 300, 10, 6000, "0.1 s", "charge pump"),
    Param("charge_least", 30, 0, 1000, _P, "lowest speed of the charge pump"),
    Param("charge_flow", 1000, 20, 4000, "0.01 L/s", "flow of the charge pump at full speed"),
    Param("charge_under", 50, 0, 500, _K, "P401 holds the condenser this much below the heat pumps' set-point"),
)

LOOPS = (
    Param("tap_sp", 6000, 5500, 6200, _T, "hot water to the taps (TT45)"),
    Param("tap_kp", 300, 1, 2000, _G, "V401"),
    Param("tap_ti", 80, 10, 6000, "0.1 s", "V401"),
    Param("tap_slew", 50, 10, 200, "0.1 %/s", "V401"),
    Param("scald", 6500, 6000, 6500, _T, "TT45 above it: V401 to cold"),
    Param("scald_s", 10, 1, 30, "s", "for this long"),
    Param("scorch", 7000, 6500, 7000, _T, "TT45 above it: charging off"),
    Param("scorch_s", 5, 1, 30, "s", "for this long"),
    Param("scald_back", 6000, 5000, 6400, _T, "both are over below"),
    Param("stuck_s", 10, 4, 60, "s", "V401 was asked for colder water for this long and gave none"),
    Param("stuck_move", 60, 20, 500, _P, "asked by at least this much"),
    Param("mix_sp", 4500, 3500, 5000, _T, "heating supply (TT305) without a gateway"),
    Param("mix_kp", 200, 1, 2000, _G, "V301, with 40 K between buffer and return; more with less"),
    Param("mix_ti", 250, 10, 6000, "0.1 s", "V301"),
    Param("mix_slew", 17, 5, 200, "0.1 %/s", "V301: no faster than its stroke"),
    Param("dp_sp", 30, 5, 90, "0.01 bar", "difference pressure of the heating (DP301)"),
    Param("dp_kp", 100, 1, 200, "0.0001/0.01 bar", "P301"),
    Param("dp_ti", 25, 10, 6000, "0.1 s", "P301"),
    Param("dp_least", 300, 100, 1000, _P, "lowest speed of P301"),
    Param("dp_fixed", 600, 100, 1000, _P, "speed of P301 without DP301"),
    Param("hold_s", 30, 0, 600, "s", "a loop holds its output this long without its measurement, then what is stated"),
)

HYGIENE = (
    Param("past_day", 1, 0, 6, "", "weekday of PASTEURISE, 0 Monday"),
    Param("past_at", 180, 0, 1439, "min", "its minute of the day, local time"),
    Param("zone_min", 480, -720, 840, "min", "local time less UTC"),
    Param("past_every_min", 10080, 1440, 20160, "min", "longest time without one, by counter"),
    Param("past_temp", 7000, 6500, 7200, _T, "whole store above it"),
    Param("past_margin", 150, 50, 300, _K, "heated this much further"),
    Param("past_hold_min", 60, 10, 240, "min", "for this long"),
    Param("past_max_min", 240, 60, 480, "min", "after this it ends whatever it reached"),
    Param("past_tap", 6000, 5500, 6200, _T, "TT45 meanwhile"),
    Param("dis_store", 7350, 7000, 7450, _T, "store during NETWORK_DISINFECT, below its limit thermostat"),
    Param("dis_return", 7000, 6500, 7200, _T, "return that lets taps be flushed"),
    Param("dis_max_min", 360, 60, 480, "min", "NETWORK_DISINFECT ends after this"),
    Param("dis_taps", 0, 0, 255, "", "taps to flush; 0 the operator says when all are"),
    Param("dis_cool_s", 120, 20, 600, "s", "after it TT45 must not be hotter than the water that comes back"),
    Param("dis_cool_sp", 5700, 5500, 6000, _T, "TT45 while it cools"),
    Param("dis_cool_min", 90, 10, 240, "min", "longest time that the network takes to cool, the notice lit"),
    Param("supply_low", 5500, 5000, 6000, _T, "TT45 too low"),
    Param("supply_low_min", 10, 1, 60, "min", "for this long"),
    Param("return_low", 5000, 4500, 5500, _T, "TT46 too low"),
    Param("return_low_min", 30, 1, 120, "min", "for this long"),
    Param("luke_lo", 2500, 2000, 3000, _T, "bacteria grow above"),
    Param("luke_hi", 5000, 4500, 5500, _T, "and below"),
    Param("luke_min", 1440, 60, 2880, "min", "a node for this long between the two is stagnant"),
)

CIRCULATION = (
    Param("circ_stop", 5700, 5500, 6500, _T, "circulation may rest with the return above it"),
    Param("circ_stop_min", 30, 5, 240, "min", "for this long"),
    Param("circ_start", 5500, 5000, 6000, _T, "until the return is below it"),
    Param("circ_rest_min", 30, 5, 55, "min", "or for this long"),
    Param("circ_off_min", 60, 10, 240, "min", "circulation without flow for this long is off"),
    Param("circ_flow", 20, 0, 1000, "0.01 L/s", "flow (FT402) that proves it"),
    Param("circ_prove_s", 10, 2, 60, "s", "P402 runs and has flow after this"),
)

BACKUP = (
    Param("eh_steps", 6, 0, 6, "", "steps of EH1 that are fitted"),
    Param("eh_upper", 3, 0, 6, "", "those of the upper half of the store, from 1; the others stand at its bottom"),
    Param("eh_kw", 500, 10, 2000, "0.1 kW", "each"),
    Param("eh_on_s", 60, 5, 600, "s", "a step stays on for this long"),
    Param("eh_off_s", 60, 5, 600, "s", "and off"),
    Param("eh_stagger_s", 2, 1, 60, "s", "between two steps"),
    Param("eh_band", 50, 20, 500, _K, "one step more for each of these that are missing"),
    Param("store_low", 5500, 4500, 6000, _T, "top of the store (TT41) too low"),
    Param("store_low_min", 5, 1, 30, "min", "for this long: EH1 helps"),
    Param("store_max", 7400, 6600, 7450, _T, "no heater above, in any node: the limit thermostat opens at 75"),
    Param("stb_limit", 7500, 6500, 9500, _T, "limit thermostat of the store: 3 K above it ought to have opened"),
    Param("p2h_store", 6500, 5500, 7000, _T, "power-to-heat up to here"),
)

PARAMS = SENSORS + CHARGE + LOOPS + HYGIENE + CIRCULATION + BACKUP
# fmt: on

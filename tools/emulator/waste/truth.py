"""What really is in the network: the ground truth that reports and screens put beside what the gateway believes."""

from __future__ import annotations

from typing import Any

from tools.emulator.waste.inlet import CHUTE_G
from tools.emulator.waste.network import Network


def ground_truth(network: Network) -> dict[str, Any]:
    """A dict for JSON: masses in grams; `kwh` taken by the fans; `fans` that turn; `hour` of the day.

    pulses: openings of discharge valves; valves_open_max: most that were off their seats at once; blockages: plugs that
    formed; inlets: of each its branch, the filling of its chutes in %, and 1 for each valve that is off its seat.
    """
    balance = network.balance
    chutes = [chute for inlet in network.inlets for chute in inlet.chutes]
    return {
        "hour": network.residents.hour(network.now_ms),
        "dropped_g": balance.received,
        "chutes_g": balance.chutes,
        "in_flight_g": balance.in_flight,
        "landed_g": balance.landed,
        "balance_g": balance.received - balance.chutes - balance.in_flight - balance.landed,
        "misdirected_g": network.reception.misdirected_g,
        "deposits": sum(chute.deposits for chute in chutes),
        "refused": sum(chute.refused for chute in chutes),
        "pulses": sum((chute.valve.strokes + 1) // 2 for chute in chutes),
        "landings": network.reception.landings,
        "kwh": network.energy_kwh,
        "blockages": network.conveying.blockages,
        "valves_open_max": network.valves_open_max,
        "fans": sum(fan.running for fan in network.fans.fans),
        "inlets": [
            {
                "branch": inlet.branch + 1,
                "percent": [round(100 * chute.grams / CHUTE_G, 1) for chute in inlet.chutes],
                "open": [int(not chute.valve.seated) for chute in inlet.chutes],
            }
            for inlet in network.inlets
        ],
    }

"""The site file's `heat` in the units of control, and bands that agree with the parameters of its board."""

from __future__ import annotations

from dataclasses import replace

from edge_gateway.control.heat.bands import SETTABLE, Settable
from edge_gateway.control.heat.plant import Building, Curfew, Curve, Law, Plant
from edge_gateway.site import Board, Heat
from edge_gateway.site.energy_checks import minutes
from edge_gateway.site.heat_checks import parameter
from protocols.sheets.heat_points import MACHINES


def plant_of(heat: Heat, board: Board) -> Plant:
    """The plant as it was built."""
    fitted = [number for number in MACHINES if parameter(board, f"hp{number}_unit")]
    return Plant(
        machines=len(fitted),
        back_up_kw=parameter(board, "eh_steps") * parameter(board, "eh_kw") / 10,
        back_up_step=parameter(board, "eh_kw") / 10,
        buildings=tuple(
            Building(
                name=building.name,
                curve=Curve(
                    cold=building.curve.cold_c,
                    supply_cold=building.curve.supply_cold_c,
                    warm=building.curve.warm_c,
                    supply_warm=building.curve.supply_warm_c,
                ),
                limit=building.limit_c,
            )
            for building in heat.buildings
        ),
        climate=tuple(heat.climate_c),
        dhw=heat.dhw.supply_c,
        store=heat.dhw.store_c,
        it_limit=parameter(board, "it_water") / 100,
        curfew=Curfew(minutes(heat.curfew.from_), minutes(heat.curfew.to)),
        curfew_fan=heat.curfew.fan_pct,
        surplus_store=heat.dhw.surplus_c,
        surplus_boost=heat.power_to_heat.boost_k,
        loss_kw=heat.loss_kw,
        power_to_heat_kw=heat.power_to_heat.kw,
    )


def law_of(heat: Heat, board: Board) -> Law:
    """The figures of the laws."""
    return replace(Law(), surplus_margin=heat.power_to_heat.margin_kw, it_margin=parameter(board, "it_margin") / 100)


def settable_of(board: Board) -> dict[str, Settable]:
    """What may be set, within what the board takes."""

    def band(name: str, low: float, high: float) -> Settable:
        return replace(
            SETTABLE[name], low=low, high=high, at_rest=high if name == "machines" else SETTABLE[name].at_rest
        )

    least, most = parameter(board, "supply_min") / 100, parameter(board, "supply_max") / 100
    outlet = parameter(board, "hp_sp_max") / 100
    fitted = sum(bool(parameter(board, f"hp{number}_unit")) for number in MACHINES)
    eh1 = parameter(board, "eh_steps") * parameter(board, "eh_kw") / 10
    own = {
        "heating": band("heating", least, most),
        "heat-pump": band("heat-pump", least, outlet),
        "it": band("it", SETTABLE["it"].low, parameter(board, "it_sp") / 100),
        "buffer": band("buffer", 0.0, parameter(board, "boost_max") / 100),
        "machines": band("machines", 0.0, fitted),
        "eh1": band("eh1", 0.0, eh1),
    }
    return {name: own.get(name, row) for name, row in SETTABLE.items()}

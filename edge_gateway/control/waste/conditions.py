"""The conditions of the state table, each a sentence that is true or not (domain brief §1b)."""

from __future__ import annotations

from edge_gateway.control.waste.view import View

AIR_CAUSES = ("SPEED_LOW", "VACUUM_HIGH")
"""Holds that the sequence answers itself, by waiting or by the unblock routine."""

MOVING = ("VACUUM", "CONVEY", "PURGE")
"""States of the station board with all fans on."""

AT_REST = ("STOPPING", "IDLE", "OFF")
"""Those in which they are stopped, or being stopped."""

# --- leaving IDLE, PRECHECK -------------------------------------------------------------------------------------------


def run_due(v: View) -> bool:
    """Schedule, any LSHH, LSH batch, or operator."""
    return v.due


def change_due(v: View) -> bool:
    """A container is to be changed."""
    return v.memory.change > 0


def permitted(v: View) -> bool:
    """All permissives are there."""
    return not missing(v)


def missing(v: View) -> list[str]:
    """What keeps a run from starting, in words."""
    station, found = v.station, []
    if not station.fresh:
        return ["the station is not heard"]
    if station.refusal:
        found.append(station.refusal)
    if station.maint:
        found.append("the station is under maintenance")
    causes = dict.fromkeys((*station.trips, *station.purges, *station.no_start, *station.holds))
    found += [f"{name} at the station" for name in causes if name not in AIR_CAUSES]
    found += [f"{v.image.valve(name).stop} at {name}" for name in v.image.valves.stops]
    if v.token.holder:
        found.append(f"valve {v.token.holder} is not proven shut after the last order")
    elif v.token.wait_ms(v.now):
        found.append(f"the longest opening time is waited out ({v.token.wait_ms(v.now) / 1000:.0f} s)")
    found += [f"valve {name} is not proven shut" for name in v.image.valves.unshut]
    if v.memory.books.flying and station.diverter != v.position:
        found.append("WASTE_IN_FLIGHT: the diverter is not where the waste in the pipe belongs")
    return found


# --- the way to airflow -----------------------------------------------------------------------------------------------


def no_leg(v: View) -> bool:
    """Nothing is left to do in this run."""
    return v.leg is None


def more_legs(v: View) -> bool:
    """There is another leg."""
    return v.leg is not None


def diverter_there(v: View) -> bool:
    """DIV1 is proven at the fraction's container."""
    return v.station.diverter == v.position


def diverted(v: View) -> bool:
    """DIV1 proven at the fraction, container docked, gate open; level below 85 % unless waste is in flight."""
    box = v.container
    room = box.level < v.rules.container_full or bool(v.memory.books.flying)
    return diverter_there(v) and box.docked and box.gate_open and room


def av_shut(v: View) -> bool:
    """All air-inlet valves are proven shut."""
    return v.station.av == 0


def av_shutting(v: View) -> bool:
    """None is proven open: what isn't shut is on its way."""
    return v.station.av <= 0


def av_shut_to_divert(v: View) -> bool:
    """Air is off before the diverter moves."""
    return diverter_there(v) or av_shut(v)


def gate_open(v: View) -> bool:
    """The container's gate is proven open."""
    return v.container.gate_open


def fans_proven(v: View) -> bool:
    """All fans are proven running, or as many as the station still runs with."""
    return v.station.state in MOVING


def vacuum_built(v: View) -> bool:
    """PT90 <= -15 kPa; or air flows already in the branch, after a restart of the gateway."""
    return v.station.vacuum <= v.rules.vacuum_kpa or (v.station.av == v.branch and v.fast_ms >= 0)


def shut_or_blowing(v: View) -> bool:
    """No air-inlet valve lets the vacuum out; this branch's may while air flows in it, after a restart."""
    return v.station.av <= 0 or (v.station.av == v.branch and v.fast_ms >= 0)


def vacuum_again(v: View) -> bool:
    """Enough vacuum for the next air-inlet valve, as the board sees it; not asked where the valve is open already."""
    return av_open(v) or v.station.vacuum_ok


def other_av_shut(v: View) -> bool:
    """No air-inlet valve but this branch's is proven open; one that moves is waited for."""
    return v.station.av in (0, -1, v.branch)


def av_open(v: View) -> bool:
    """AV of the branch is proven open."""
    return v.station.av == v.branch


def full_speed(v: View) -> bool:
    """The board's set-point is that for waste to be dropped into."""
    return abs(v.station.speed_set - v.rules.speed) < 0.05


def purge_speed(v: View) -> bool:
    """Its set-point is that for bringing waste home; or it is home. Bringing it home doesn't wait for that for long."""
    set_ = abs(v.station.speed_set - v.rules.speed_purge) < 0.05
    return set_ or v.branch not in v.station.flight or v.age >= v.rules.retry_ms


def airflow(v: View) -> bool:
    """AV proven open and v >= 18 m/s for 3 s."""
    return av_open(v) and full_speed(v) and v.fast_ms >= v.rules.airflow_steady_ms


def airflow_to_empty(v: View) -> bool:
    """Air flows, there are chutes to empty, and the board permits it; at night the fans alone hold that air."""
    night = v.memory.run is not None and v.memory.run.night
    held = not night or v.fast_ms >= v.rules.airflow_steady_ms + v.rules.burst_ms
    return airflow(v) and chutes_left(v) and v.station.permit and held


def airflow_to_clear(v: View) -> bool:
    """Air flows and there is only waste in the pipe."""
    return airflow(v) and not chutes_left(v)


# --- conveying --------------------------------------------------------------------------------------------------------


def chutes_left(v: View) -> bool:
    """This leg has chutes that wait."""
    return v.leg is not None and bool(v.leg.chutes)


def branch_done(v: View) -> bool:
    """This leg has none."""
    return not chutes_left(v)


def pulse_over(v: View) -> bool:
    """The valve is closed, proven, and the pulse is in the books."""
    return v.pulse_over


def spaced(v: View) -> bool:
    """v has recovered to 18 m/s and the charge has its distance."""
    return v.age >= v.rules.spacing_ms and v.fast_ms >= 0 and v.station.permit


def purging(v: View) -> bool:
    """The board brings home what is in the branch, or has done so."""
    return v.station.state == "PURGE" or v.branch not in v.station.flight


def landed_next_branch(v: View) -> bool:
    """All has landed, and the next leg is of the same fraction."""
    legs = v.memory.run.legs if v.memory.run is not None else []
    return v.landed and len(legs) > 1 and legs[1].fraction == legs[0].fraction


def landed(v: View) -> bool:
    """All has landed."""
    return v.landed


def cleared(v: View) -> bool:
    """No slug in flight, and the scales stand still."""
    return v.landed and v.steady_ms >= v.rules.settle_ms


def cleared_more(v: View) -> bool:
    """Cleared, and there is another fraction to do."""
    return cleared(v) and v.memory.run is not None and len(v.memory.run.legs) > 1


# --- ends -------------------------------------------------------------------------------------------------------------


def fans_off(v: View) -> bool:
    """No fan runs."""
    return v.station.fans == 0


def stopped(v: View) -> bool:
    """AV shut, fans off, vacuum below 1 kPa."""
    return av_shut(v) and fans_off(v) and v.station.vacuum > v.rules.idle_kpa


def freed(v: View) -> bool:
    """A shake has brought the air back."""
    return v.freed


def stuck(v: View) -> bool:
    """All shakes are used up and the section is named."""
    return v.stuck


def changed(v: View) -> bool:
    """Another container is docked, weighed, its gate open."""
    return v.memory.change == 0


def was_reset(v: View) -> bool:
    """Reset by a person."""
    return v.reset


def key_back(v: View) -> bool:
    """The key is back."""
    return v.station.fresh and not v.station.maint


def untouched(v: View) -> bool:
    """Nothing has tripped the station; one that is OFF may not have judged its inputs yet after power-up."""
    return not v.station.trips and v.station.state not in ("", "OFF")


def flight_known(v: View) -> bool:
    """The board knows what is in flight, or waste is, so that it may not be told otherwise."""
    return not v.station.flight_unknown or bool(v.memory.books.flying)

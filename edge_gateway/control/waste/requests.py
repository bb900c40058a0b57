"""What people ask of the collection, and why they don't get it: a reason, and what would release it."""

from __future__ import annotations

from enum import Enum, auto

from edge_gateway.control.waste.collection import Collection
from edge_gateway.control.waste.image import Image
from edge_gateway.control.waste.plant import Chute, Fraction
from edge_gateway.control.waste.schedule import Hints, Plan, When, legs, plan, unavailable
from edge_gateway.control.waste.state import RUNNING, Run, State
from edge_gateway.site.problems import did_you_mean

FRACTIONS = tuple(fraction.name.lower() for fraction in Fraction)


class Kind(Enum):
    """What sort of refusal it is."""

    UNKNOWN = auto()
    """It names something that doesn't exist."""
    NOT_NOW = auto()
    """It can't be done as things stand."""


class RefusedError(Exception):
    """A request that isn't met. release: what would change that."""

    def __init__(self, kind: Kind, reason: str, release: str) -> None:
        super().__init__(f"{reason}; {release}")
        self.kind = kind
        self.reason = reason
        self.release = release


def collect(
    control: Collection, image: Image, when: When, fraction: str | None, inlet: str | None, by: str
) -> list[str]:
    """Asks for a run: of everything that holds waste, or of one fraction, one inlet, or both. Returns the chutes.

    Raises RefusedError.
    """
    chosen = _chosen(control, fraction, inlet)
    _free(control, "collect")
    if control.hints is not None and control.hints.forbid:
        told = f" ({control.hints.why})" if control.hints.why else ""
        raise RefusedError(Kind.NOT_NOW, f"the power plant forbids to start fans{told}", "when it has power for them")
    night = control.times.in_curfew(when.minute)
    if night:
        full = [chute for chute in chosen if image.valve(chute.name).full]
        if not full:
            raise RefusedError(
                Kind.NOT_NOW,
                "curfew: none of these chutes is full, and only full ones are emptied at night",
                f"from {_clock(control.times.curfew_to)} on, or when a chute is full",
            )
        chosen = full
    able = [chute for chute in chosen if not _obstacle(control, image, when, chute)]
    if not able:
        chute = chosen[0]
        why = _obstacle(control, image, when, chute)
        raise RefusedError(Kind.NOT_NOW, f"{chute.name} can't be emptied: {why}", _release(why))
    if inlet is None:
        able = [chute for chute in able if _holds(control, image, chute)]
        if not able:
            raise RefusedError(Kind.NOT_NOW, "these chutes are empty", "name an inlet to empty it all the same")
    control.memory.paused = False
    control.asked = Run(0, "asked for", legs(control.plant, able), by=by, night=night)
    control.changed()
    return [name for leg in control.asked.legs for name in leg.chutes]


def explain(control: Collection, image: Image, when: When, hints: Hints | None) -> Plan:
    """What would run now, and why; RefusedError while the plant can't run at all."""
    if control.state is State.TRIPPED:
        _free(control, "plan")
    return plan(control.plant, control.times, image, control.memory, when, hints)


def reset(control: Collection, now: int) -> None:
    """Sees to a trip. Raises RefusedError when there is none."""
    if control.state is not State.TRIPPED:
        raise RefusedError(Kind.NOT_NOW, f"nothing is tripped: the state is {control.state}", "nothing to reset")
    control.reset(now)


def resume(control: Collection) -> None:
    """After a trip was reset: runs start by themselves again. Raises RefusedError."""
    if control.state is State.TRIPPED:
        _free(control, "resume")
    control.memory.paused = False
    control.changed()


def change(control: Collection, container: int, image: Image) -> None:
    """Asks for the change of a container. Raises RefusedError."""
    if container not in control.plant.containers.values():
        known = ", ".join(str(number) for number in sorted(set(control.plant.containers.values())))
        raise RefusedError(Kind.UNKNOWN, f"there is no container {container}", f"containers: {known}")
    _free(control, "change")
    if control.memory.books.flying:
        raise RefusedError(Kind.NOT_NOW, "WASTE_IN_FLIGHT", "it is brought home first: `edgectl waste resume`")
    box = image.station.containers.get(container)
    control.memory.change_level = box.level if box is not None else 0.0
    control.memory.change, control.memory.change_step = container, 0
    control.changed()


def _chosen(control: Collection, fraction: str | None, inlet: str | None) -> list[Chute]:
    plant = control.plant
    if fraction is not None and fraction not in FRACTIONS:
        raise RefusedError(
            Kind.UNKNOWN, f"no fraction `{fraction}`", did_you_mean(fraction, FRACTIONS, noun="fractions")
        )
    if inlet is not None and inlet not in plant.inlets:
        raise RefusedError(Kind.UNKNOWN, f"no inlet `{inlet}`", did_you_mean(inlet, plant.inlets, noun="inlets"))
    chosen = [
        chute
        for chute in plant.chutes
        if (inlet is None or chute.inlet == inlet)
        and (fraction is None or chute.fraction is Fraction[fraction.upper()])
    ]
    if not chosen:
        taken = [chute.fraction.name.lower() for chute in plant.chutes if chute.inlet == inlet or inlet is None]
        raise RefusedError(
            Kind.UNKNOWN, f"{inlet or 'no inlet'} takes no {fraction}", f"it takes {', '.join(dict.fromkeys(taken))}"
        )
    return chosen


def _free(control: Collection, what: str) -> None:
    """Refuses while the plant is tripped, busy or under maintenance."""
    memory = control.memory
    if memory.state is State.TRIPPED:
        where = f" ({memory.section})" if memory.section and memory.section not in memory.tripped else ""
        raise RefusedError(
            Kind.NOT_NOW,
            f"tripped: {memory.tripped}{where}",
            "see to the cause on the spot, reset its board, then `edgectl waste reset`",
        )
    if memory.state is State.MAINT:
        raise RefusedError(Kind.NOT_NOW, "under maintenance", "turn the key of the station back")
    if memory.state is State.CNT_CHANGE or memory.change:
        raise RefusedError(Kind.NOT_NOW, f"container {memory.change} is being changed", "dock it, it is tared then")
    if memory.state in RUNNING:
        run = memory.run
        number = f"run {run.number} is in {memory.state}" if run is not None else f"the state is {memory.state}"
        raise RefusedError(Kind.NOT_NOW, f"{what} has to wait: {number}", "when that run has ended")


def _obstacle(control: Collection, image: Image, when: When, chute: Chute) -> str:
    """As for the schedule, but a person who asks may try a chute again that was held off."""
    why = unavailable(image, control.memory, when.utc_ms, chute)
    return "" if why and why.startswith(control.memory.chute(chute.name).held_why or "\0") else why


def _holds(control: Collection, image: Image, chute: Chute) -> bool:
    return control.memory.books.held(chute.name) > 0 or image.valve(chute.name).high


def _release(why: str) -> str:
    if "parameters" in why:
        return "give the board the parameters of the site file, or correct that"
    if "silent" in why:
        return "when the board answers again"
    if "hatch" in why:
        return "when the hatch is shut"
    if "BOTH_SWITCHES" in why or "NOT_" in why:
        return "mend and reset the board"
    return "when that has changed"


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"

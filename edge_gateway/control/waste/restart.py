"""What a gateway that comes back does with the run and the order of its life before (domain brief §1e)."""

from __future__ import annotations

from typing import Any

from edge_gateway.control.waste import runs
from edge_gateway.control.waste.image import Image
from edge_gateway.control.waste.plant import Plant
from edge_gateway.control.waste.state import RUNNING, Memory, State
from edge_gateway.control.waste.token import ValveToken


def begin(plant: Plant, memory: Memory) -> State | None:
    """Where to go on: a run is checked again from PRECHECK, with the pipe to be cleared first. Returns the state in
    which the life before ended, if a run was under way."""
    before = memory.state
    if before not in RUNNING:
        return None
    memory.unwatched = True
    stopped = memory.run is None or before is State.STOP
    memory.state = State.STOP if stopped else State.PRECHECK
    if memory.run is not None and not stopped:
        memory.run.legs = runs.resumed(plant, memory)
    return before


def orphan(
    plant: Plant, memory: Memory, token: ValveToken, image: Image, now: int, utc_ms: int
) -> dict[str, Any] | None:
    """An order of the life before, or of a run that was broken off: its valve proven shut, the token is free. Returns
    what to note then; None while there is none, or it may still act."""
    if not memory.holder:
        return None
    valve = image.valve(memory.holder)
    if not token.give_back(token.number, False, valve.proven_shut, now):
        return None
    counted = any(charge.number == memory.token for charge in memory.books.flying)
    chute = plant.by_name.get(memory.holder)
    if chute is not None and not counted:
        memory.books.doubt(chute, memory.token, utc_ms)
    told = {"chute": memory.holder, "token": memory.token, "counted": counted}
    memory.holder = ""
    return told

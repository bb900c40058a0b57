"""Changing a container: gate shut, undock, dock, tare, gate open again (domain brief §1b, CNT_CHANGE)."""

from __future__ import annotations

from enum import IntEnum

from edge_gateway.control.waste.orders import Note
from edge_gateway.control.waste.sequence import Want
from edge_gateway.control.waste.view import View


class Step(IntEnum):
    """Where the change is; stored, so never renumber."""

    SHUT = 0
    AWAY = 1
    BACK = 2
    TARE = 3


def step(v: View) -> tuple[tuple[Want, ...], list[Note]]:
    """One scan in CNT_CHANGE: what the station is to do, and what happened. `memory.change` 0 ends it."""
    memory, number = v.memory, v.memory.change
    box = v.station.containers.get(number)
    if box is None or not v.station.fresh:
        return (), []
    notes: list[Note] = []
    now = Step(memory.change_step)
    if now is Step.SHUT and not box.gate_open:
        memory.change_step = Step.AWAY
        notes.append(Note("CONTAINER_MAY_LEAVE", "waste", {"container": number, "level": round(box.level, 1)}))
    elif now is Step.AWAY and not box.docked:
        grams = memory.books.take_away(number)
        memory.change_step = Step.BACK
        body = {"container": number, "level": round(memory.change_level, 1), "kg": grams / 1000}
        notes.append(Note("CONTAINER_TAKEN", "waste", body))
    elif now is Step.BACK and box.docked:
        memory.change_step = Step.TARE
    elif now is Step.TARE and box.tared:
        memory.scales[number] = box.kg
        notes.append(Note("CONTAINER_CHANGED", "waste", {"container": number}))
        memory.change, memory.change_step = 0, Step.SHUT
    return _wants(v), notes


def _wants(v: View) -> tuple[Want, ...]:
    number = v.memory.change
    if v.memory.change_step == Step.SHUT and number:
        shut = Want("CNT_CHANGE", lambda v: not v.station.containers[number].gate_open, lambda v: (number,))
        return (shut,)
    if v.memory.change_step == Step.TARE:
        return (Want("CNT_READY", lambda v: v.station.containers[number].tared, lambda v: (number,)),)
    return ()

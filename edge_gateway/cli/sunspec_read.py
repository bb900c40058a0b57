"""Reading a SunSpec unit for an installer: its chain, every model, or the cause why not. As plain data, for JSON."""

from __future__ import annotations

import json
from pathlib import Path
from time import monotonic, sleep
from typing import Any

from drivers.sunspec import definition, values
from drivers.sunspec.discovery import BASES, CAUSES
from drivers.sunspec.quirks import QUIRKS
from drivers.sunspec.reader import Reader
from edge_gateway.fieldbus.asking import Asking
from protocols.modbus import request as req
from protocols.ticks import PERIOD_MASK

FORMAT = "district-edge-sunspec-1"
"""First key of a dump file."""
_WAIT_S = 0.005
_NEVER_CHANGES = (1, 120, 702)
"""Models of ratings and names: all their points count in a comparison."""


class SilentError(Exception):
    """The unit did not answer."""


def read_unit(line: Asking, unit: int, quirk: str = "standard", whole: bool = True, patience_s: float = 5.0) -> Any:
    """Reads one unit: `finished`, `models`, `cause` as the driver's `Reader` has them.

    whole: everything; else the chain and model 1 alone. Raises SilentError after `patience_s` without any answer,
    OSError when the line is gone.
    """
    reader: Any = Reader(unit, QUIRKS[quirk])
    answered = monotonic()
    while not reader.finished and (whole or not reader.models):
        now = _ms()
        if reader.urgency(now):
            request = reader.request(now)
            status = line.ask(request, reader.timeout_ms)
            if status != req.TIMEOUT:
                answered = monotonic()
            reader.over(request, _ms())
        else:
            sleep(_WAIT_S)
        if monotonic() - answered > patience_s:
            raise SilentError(f"unit {unit} does not answer on {line.name}")
    return reader


def cause_of(reader: Any) -> str:
    """Why the chain was refused, with the model that is meant; empty for a good one."""
    if not reader.cause:
        return ""
    return f"{CAUSES[reader.cause]}" + (f" (model {reader.detail})" if reader.detail else "")


def found(reader: Any, unit: int) -> dict[str, Any]:
    """One unit in short: who it is and which models it has."""
    who = dict.fromkeys(("Mn", "Md", "Vr", "SN"), "-")
    for model, _address, regs in reader.models:
        if model == 1:
            who |= {r.path: r.text() for r in definition.decode(definition.find(1), regs) if r.path in who}
    walk = reader.walk
    return {
        "unit": unit,
        "maker": who["Mn"],
        "model": who["Md"],
        "version": who["Vr"],
        "serial": who["SN"],
        "base": BASES[walk.base] if not reader.cause else None,
        "models": [
            {"id": walk.ids[i], "address": walk.addresses[i], "length": walk.lengths[i], "known": known(walk.ids[i])}
            for i in range(walk.n)
        ],
        "cause": cause_of(reader),
    }


def known(model: int) -> bool:
    """Whether its points have names here."""
    return definition.find(model) is not None


def dump(reader: Any, unit: int, target: str) -> dict[str, Any]:
    """One unit in full: each model with its registers, and its points as they are written."""
    return {
        "format": FORMAT,
        "line": target,
        **found(reader, unit),
        "models": [_model(model, address, regs) for model, address, regs in reader.models],
        "refused": [{"model": model, "address": address, "exception": code} for model, address, code in reader.refused],
    }


def _model(model: int, address: int, regs: Any) -> dict[str, Any]:
    group = definition.find(model)
    readings = [] if group is None else definition.decode(group, regs)
    return {
        "id": model,
        "address": address,
        "length": len(regs) - 2,
        "known": group is not None,
        "points": {
            r.path: {
                "offset": r.offset,
                "text": r.text(),
                "unit": r.point.unit,
                "setting": bool(r.point.writable) or r.point.kind == values.SF or model in _NEVER_CHANGES,
            }
            for r in readings
            if r.point.kind != values.PAD
        },
        "registers": list(regs),
    }


def load(path: Path) -> dict[str, Any]:
    """A dump that was written to a file. Raises ValueError when it is none."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ValueError(f"{path} can't be read: {error}") from None
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        raise ValueError(f"{path} is no dump: write one with `edgectl energy sunspec dump LINE UNIT --json`")
    return data


def differences(old: dict[str, Any], new: dict[str, Any], everything: bool = False) -> list[dict[str, Any]]:
    """What differs: identity, models that came, went or moved, and points. Measured values only with `everything`.

    A model that occurs more than once is compared in the order of the chain.
    """
    told: list[dict[str, Any]] = []

    def tell(model: Any, what: str, before: Any, after: Any) -> None:
        told.append({"model": model, "what": what, "old": before, "new": after})

    for key in ("maker", "model", "version", "serial", "base"):
        if old.get(key) != new.get(key):
            tell("", key, old.get(key), new.get(key))
    before, after = _by_model(old), _by_model(new)
    for place in [*before, *(place for place in after if place not in before)]:
        one, other = before.get(place), after.get(place)
        name = place[0] if not place[1] else f"{place[0]} ({place[1] + 1}.)"
        if one is None or other is None:
            tell(name, "model", "there" if one else "-", "there" if other else "-")
            continue
        for field in ("address", "length"):
            if one[field] != other[field]:
                tell(name, field, one[field], other[field])
        for path in [*one["points"], *(path for path in other["points"] if path not in one["points"])]:
            here, there = one["points"].get(path), other["points"].get(path)
            counts = everything or (here or there)["setting"]
            texts = [point["text"] if point else None for point in (here, there)]
            if counts and texts[0] != texts[1]:
                tell(name, path, *texts)
        if not one["known"] and everything and one["registers"] != other["registers"]:
            tell(name, "registers", "differ", "differ")
    return told


def _by_model(data: dict[str, Any]) -> dict[tuple[int, int], dict[str, Any]]:
    seen: dict[int, int] = {}
    made = {}
    for model in data["models"]:
        count = seen.get(model["id"], 0)
        seen[model["id"]] = count + 1
        made[(model["id"], count)] = model
    return made


def _ms() -> int:
    return int(monotonic() * 1000) & int(PERIOD_MASK)

"""The plant of the waste collection out of tags: what board sessions know, as the frozen image of control."""

from __future__ import annotations

from collections.abc import Mapping
from math import sqrt
from typing import Any

from edge_gateway.control.waste.image import UNNAMED, Container, Image, Station, Valve, Valves
from edge_gateway.control.waste.plant import Plant
from edge_gateway.core.board import BoardUnit
from edge_gateway.site import Waste
from edge_gateway.tags import Tag, TagDatabase
from protocols import layout, sheets

_VALVE = ("ZSC", "ZSO", "LSH", "LSHH", "ZDOOR", "FAULT", "PULSES", "DEPOSITS")
_FAULT = _VALVE.index("FAULT")
_PARAMETERS_MS = 5_000
_STOPPING = "NETWORK_STOP"
"""Effect of an inlet's causes that stop the fans."""
_CONTAINERS = (1, 2, 3)
_FANS = (1, 2, 3)


class WasteImages:
    """Makes images. A chute keeps its value object until one of its tags changes."""

    def __init__(self, waste: Waste, plant: Plant, database: TagDatabase, boards: Mapping[str, BoardUnit]) -> None:
        self._waste = waste
        self._plant = plant
        self._boards = boards
        self._station_board = boards[waste.station]
        self._chutes = {
            chute.name: tuple(database[f"{chute.inlet}.DV{chute.valve}.{point}"] for point in _VALVE)
            for chute in plant.chutes
        }
        self._stops = {inlet: database[f"{inlet}.NETWORK.STOP"] for inlet in plant.inlets}
        self._station = _StationTags(waste, plant, database)
        self._stamps: dict[str, tuple[object, ...]] = {}
        self._seen: dict[str, Valve] = {}
        self._valves = Valves({})
        self._refusals: dict[str, str] = {}
        self._judged_at = -_PARAMETERS_MS

    def image(self, now: int) -> Image:
        """The plant as it is known now."""
        if now - self._judged_at >= _PARAMETERS_MS:
            self._judged_at = now
            self._refusals = {name: self._boards[name].refusal() for name in (*self._plant.inlets, self._waste.station)}
        changed = False
        for chute in self._plant.chutes:
            tags = self._chutes[chute.name]
            stop = _asked(self._boards[chute.inlet], self._stops[chute.inlet])
            online = self._boards[chute.inlet].session.online
            refusal = self._refusals[chute.inlet] if online else ""
            stamp = (max(tag.sequence for tag in tags), stop, online, refusal)
            if stamp != self._stamps.get(chute.name):
                self._stamps[chute.name] = stamp
                self._seen[chute.name] = self._valve(tags, stop, online, refusal)
                changed = True
        if changed:
            self._valves = Valves(self._seen)
        return Image(self._valves, self._station.read(self._station_board, self._refusals[self._waste.station]))

    def _valve(self, tags: tuple[Tag, ...], stop: str, online: bool, refusal: str) -> Valve:
        if not online or not all(tag.good for tag in tags):
            return Valve(refusal=refusal)
        shut, opened, high, full, door, fault, pulses, deposits = (int(tag.value or 0) for tag in tags)
        name = tags[_FAULT].text if fault else ""
        return Valve(
            True, bool(shut), bool(opened), bool(high), bool(full), not door, name, pulses, deposits, stop, refusal
        )


class _StationTags:
    """The tags of the station, looked up once."""

    def __init__(self, waste: Waste, plant: Plant, database: TagDatabase) -> None:
        def tag(point: str) -> Tag:
            return database[f"{waste.station}.{point}"]

        self._waste = waste
        self._sheet: Any = sheets.load("waste_station")
        self._branches = [branch.number for branch in plant.branches]
        self.vacuum, self.speed = tag("PT90"), tag("FT90")
        self.taps = {number: tag(f"PT{number}") for number in self._branches}
        self.av = {number: (tag(f"AV{number}.ZSO"), tag(f"AV{number}.ZSC")) for number in range(1, 7)}
        self.position = [tag(f"DIV1.Z{letter}") for letter in "ABC"]
        self.fans, self.filter = tag("FANS.RUNNING"), tag("PDT91")
        self.amps = [tag(f"FAN{number}.IT") for number in _FANS]
        self.boxes = {
            number: tuple(tag(f"CNT{number}.{point}") for point in ("ZDOCK", "ZGATE", "LT", "WT", "STATE"))
            for number in _CONTAINERS
        }
        self.flight, self.permit = tag("FLIGHT"), tag("DV.PERMIT")
        self.vacuum_ok, self.vacuum_set, self.speed_set = tag("VACUUM.OK"), tag("VACUUM.SET"), tag("SPEED.SET")
        self._needed = [self.fans, self.flight, self.permit, self.vacuum_ok, self.vacuum_set, self.speed_set]
        self._needed += [*self.position, *(tag for pair in self.av.values() for tag in pair)]
        self._kg: dict[int, float] = {}
        self._effects = [frozenset(cause.effects) for cause in self._sheet.causes]
        self._names = [str(cause.name) for cause in self._sheet.causes]

    def read(self, board: BoardUnit, refusal: str) -> Station:
        """The station now."""
        session, header = board.session, board.session.header
        if not session.online or header is None or not all(tag.good for tag in self._needed):
            return Station(refusal=refusal)
        standing = [bit for bit in range(len(self._names)) if header.trip_bits >> bit & 1]

        def with_effect(effect: str) -> tuple[str, ...]:
            return tuple(self._names[bit] for bit in standing if effect in self._effects[bit])

        states = tuple(self._sheet.states)
        flight = _int(self.flight)
        first = self._names[header.first_out - 1] if 0 < header.first_out <= len(self._names) else ""
        return Station(
            fresh=True,
            refusal=refusal,
            state=states[header.state] if header.state < len(states) else "",
            maint=header.mode == layout.MODE_MAINT,
            vacuum=_float(self.vacuum),
            speed=_float(self.speed),
            speed_good=self.speed.good,
            taps={number: _float(tag) if tag.good else None for number, tag in self.taps.items()},
            av=self._open_av(),
            fans=_int(self.fans),
            diverter=self._diverter(),
            containers={number: self._container(number) for number in _CONTAINERS},
            flight=frozenset(number for number in self._branches if flight >> number - 1 & 1),
            flight_unknown=bool(flight >> 6 & 1),
            permit=bool(self.permit.value),
            vacuum_ok=bool(self.vacuum_ok.value),
            vacuum_set=-abs(_float(self.vacuum_set)),
            speed_set=_float(self.speed_set),
            trips=with_effect("FANS_OFF"),
            purges=with_effect("PURGE_STOP"),
            holds=with_effect("NO_DV"),
            no_start=with_effect("NO_START"),
            first_out=first,
            kw=self._kilowatts(),
            filter_kpa=_float(self.filter) if self.filter.good else None,
        )

    def _open_av(self) -> int:
        """Branch of the one that is proven open; 0 when all are proven shut; -1 otherwise."""
        opened = [number for number, (zso, zsc) in self.av.items() if zso.value and not zsc.value]
        shut = sum(bool(zsc.value) and not zso.value for zso, zsc in self.av.values())
        if shut == len(self.av):
            return 0
        return opened[0] if len(opened) == 1 and shut == len(self.av) - 1 else -1

    def _diverter(self) -> int:
        proven = [number for number, tag in enumerate(self.position, 1) if tag.value]
        return proven[0] if len(proven) == 1 else -1 if proven else 0

    def _container(self, number: int) -> Container:
        dock, gate, level, weight, state = self.boxes[number]
        if weight.good:
            self._kg[number] = 1000 * _float(weight)
        return Container(
            dock.good and bool(dock.value),
            gate.good and bool(gate.value),
            _float(level) if level.good else 100.0,
            self._kg.get(number, 0.0),
            state.good and state.text != "change",
        )

    def _kilowatts(self) -> float:
        """Power of the fans from their currents, for there is no meter of their own."""
        idle, per_a = self._waste.fan_no_load_a, self._waste.fan_kw_per_a
        return sum(fan_kw(_float(tag), idle, per_a) for tag in self.amps if tag.good)


def fan_kw(amps: float, no_load_a: float, kw_per_a: float) -> float:
    """Power of a fan (kW) that takes `amps`.

    Magnetising and active current stand at right angles: what is left of the square is what does the work.
    """
    return sqrt(amps * amps - no_load_a * no_load_a) * kw_per_a if amps > no_load_a else 0.0


def _asked(board: BoardUnit, stop: Tag) -> str:
    """Why an inlet wants the fans stopped: of its causes that do so the first-out, empty when it doesn't. Its header
    and its values are read one after the other, so that the cause may be UNNAMED for a moment."""
    if not stop.good or not stop.value:
        return ""
    header, standing = board.session.header, board.trips()
    found = {
        number: cause.name
        for number, cause in enumerate(board.sheet.causes, 1)
        if cause.name in standing and _STOPPING in cause.effects
    }
    first = header.first_out if header is not None else 0
    return found.get(first) or next(iter(found.values()), UNNAMED)


def _int(tag: Tag) -> int:
    return int(tag.value or 0)


def _float(tag: Tag) -> float:
    return float(tag.value or 0)

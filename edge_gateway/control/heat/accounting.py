"""The heat books: what flowed in each hour by meter, journalled at its end; figures are made of them (brief §4g).

    books = HeatBooks(Electric(), memory)
    for note in books.step(value, "RUN", now, utc_ms):      # each second or more often
        journal(note)
    keep(books.as_dict())                                   # when `books.news` is set

`value(name)` is a point of the heat board by its name in the sheet; None when it must not be used. Meters HM1 to HM4
and the cold feed's are counters (`meter.py`); everything else is added up over time. An hour that a kill interrupts
goes on afterwards; when one hour is journalled twice, the later entry has all of it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from edge_gateway.control.energy.ems import Note
from edge_gateway.control.heat.meter import Booked, Memory, Meter

HOUR = "HEAT_HOUR"
METER = "HEAT_METER"
METERS = {"recovered": "HM1", "heating": "HM2", "charge": "HM3", "taps": "HM4"}
"""Heat that has a meter (kWh)."""
POWERS = ("it", "machines", "machines_electric", "back_up", "pumps", "dry_cooler")
"""What is added up over time (kWh)."""
SUPPLY_C, RETURN_C, STORE_C = 60.0, 55.0, 70.0
"""Goals of §4g for TT45 and TT46, and what the whole store is to have in a hygiene cycle."""
IT_NEAR_K = 5.0
"""Nearer to its limit the IT loop collects degree-minutes."""
HYGIENE_STATES = ("PASTEURISE", "NETWORK_DISINFECT")
_KJ = 4.18
"""Heat of a litre of water (kJ/K): of 1 kg, 0.99 kg/L at 45 degC taken into account where it matters, by the meters."""
_HOUR_MS = 3_600_000
_GAP_MS = 5_000
"""What was not looked at for longer than this isn't added up; meters count on."""
_KEEP_MS = 60_000
_VERSION = 1
_NODES = ("TT41", "TT42", "TT43", "TT44")
_PULSES = 1 << 30
_USELESS = ~0x08
"""Error bits of a meter with which it can't be believed: all but its battery."""

Value = Callable[[str], float | None]


@dataclass(frozen=True, slots=True)
class Electric:
    """Electric power (kW) at full speed of what has no meter, and the most that the meters can count.

    The defaults are those of the reference plant; on another one it takes the nameplates.
    """

    p101: float = 4.1
    p201: float = 4.1
    p202: float = 2.4
    p301: float = 2.1
    p401: float = 0.9
    p402: float = 0.1
    dry_cooler: float = 30.0
    meter_kw: float = 1500.0
    feed_lph: float = 40_000.0
    it_limit: float = 40.0
    """degC of TT101 (H1)."""


@dataclass(slots=True)
class Hour:
    """One hour from `begin_utc` (ms). kwh: by what it is; estimated: the part of it that is an estimate; repaid: what
    an older estimate was wrong by, contained in kwh. Times in ms."""

    begin_utc: int
    kwh: dict[str, float] = field(default_factory=lambda: dict.fromkeys((*METERS, *POWERS), 0.0))
    estimated: dict[str, float] = field(default_factory=dict)
    repaid: dict[str, float] = field(default_factory=dict)
    litres: float = 0.0
    seen_ms: int = 0
    supply_ms: int = 0
    supply_seen_ms: int = 0
    return_ms: int = 0
    return_seen_ms: int = 0
    hygiene_ms: int = 0
    hot_ms: int = 0
    """The whole store at 70 degC and above."""
    it_least_k: float | None = None
    it_near: float = 0.0
    """K * min nearer to the limit than `IT_NEAR_K`."""
    starts: int = 0
    states_ms: dict[str, int] = field(default_factory=dict)

    def body(self) -> dict[str, Any]:
        """For the journal."""
        return {
            "begin": self.begin_utc,
            **{name: round(kwh, 3) for name, kwh in self.kwh.items()},
            "estimated": {name: round(kwh, 3) for name, kwh in self.estimated.items()},
            "repaid": {name: round(kwh, 3) for name, kwh in self.repaid.items()},
            "litres": round(self.litres),
            "seen_s": round(self.seen_ms / 1000),
            "supply_s": [round(self.supply_ms / 1000), round(self.supply_seen_ms / 1000)],
            "return_s": [round(self.return_ms / 1000), round(self.return_seen_ms / 1000)],
            "hygiene_s": round(self.hygiene_ms / 1000),
            "hot_s": round(self.hot_ms / 1000),
            "it_least_k": None if self.it_least_k is None else round(self.it_least_k, 2),
            "it_near_kmin": round(self.it_near, 2),
            "starts": self.starts,
            "states_s": {name: round(ms / 1000) for name, ms in self.states_ms.items()},
        }


class HeatBooks:
    """Adds up what the plant shows. memory: what `as_dict` gave, of JSON; raises ValueError when it isn't ours."""

    def __init__(self, electric: Electric | None = None, memory: Mapping[str, Any] | None = None) -> None:
        self.electric = electric or Electric()
        self.news = False
        """Something is to be kept; set it back when it is."""
        kept, self._hour = _kept(memory)
        most = self.electric.meter_kw
        self.meters = {name: Meter(tag, _PULSES, most, kept.get(name)) for name, tag in METERS.items()}
        self.feed = Meter("FQ", _PULSES, self.electric.feed_lph, kept.get("feed"))
        self._at: int | None = None
        self._kept_at = 0
        self._starts: dict[str, float] = {}

    def step(self, value: Value, state: str, now: int, utc_ms: int) -> list[Note]:
        """state: of the plant, empty while the board isn't heard: meters count on, and nothing else is known. Returns
        hours that are over and what became of meters."""
        begin = utc_ms - utc_ms % _HOUR_MS
        notes: list[Note] = []
        if self._hour is not None and self._hour.begin_utc != begin:
            notes.append(Note(HOUR, self._hour.body()))
            self._hour, self.news = None, True
        if self._hour is None:
            self._hour = Hour(begin)
        ms = 0 if self._at is None else max(0, now - self._at)
        self._at = now
        if state:
            notes += self._meters(self._hour, value, ms, utc_ms)
            if 0 < ms <= _GAP_MS:
                self._time(self._hour, value, state, ms)
        if now - self._kept_at >= _KEEP_MS:
            self._kept_at, self.news = now, True
        return notes

    def as_dict(self) -> dict[str, Any]:
        """For the file: the hour so far, the readings up to which it is right, and what is owed to the books."""
        kept = {name: meter.memory.as_dict() for name, meter in self.meters.items()}
        kept["feed"] = self.feed.memory.as_dict()
        return {"version": _VERSION, "meters": kept, "hour": None if self._hour is None else asdict(self._hour)}

    def so_far(self) -> dict[str, Any] | None:
        """The hour under way, as its entry would be now; None before the first look."""
        return None if self._hour is None else self._hour.body()

    # --- meters -------------------------------------------------------------------------------------------------------

    def _meters(self, hour: Hour, value: Value, ms: int, utc_ms: int) -> list[Note]:
        feed = self.feed.step(_count(value, "FQ.L"), 0.0, ms, utc_ms)
        hour.litres += feed.amount
        drawn_lph = feed.amount * _HOUR_MS / ms if ms else 0.0
        notes = _told(self.feed, feed)
        for name, meter in self.meters.items():
            count = _metered(value, meter.name)
            should = max(0.0, estimate(name, value, drawn_lph))
            booked = meter.step(count, should, ms, utc_ms)
            hour.kwh[name] += booked.amount
            if booked.estimated:
                hour.estimated[name] = hour.estimated.get(name, 0.0) + booked.estimated
            if booked.repaid:
                hour.repaid[name] = hour.repaid.get(name, 0.0) + booked.repaid
            notes += _told(meter, booked)
        self.news = self.news or bool(notes)
        return notes

    # --- time ---------------------------------------------------------------------------------------------------------

    def _time(self, hour: Hour, value: Value, state: str, ms: int) -> None:
        hours = ms / _HOUR_MS
        hour.seen_ms += ms
        hour.states_ms[state] = hour.states_ms.get(state, 0) + ms
        for name, kw in self._powers(value).items():
            hour.kwh[name] += kw * hours
        supply, back = value("TT45"), value("TT46")
        if supply is not None:
            hour.supply_seen_ms += ms
            hour.supply_ms += ms if supply >= SUPPLY_C else 0
        if back is not None:
            hour.return_seen_ms += ms
            hour.return_ms += ms if back >= RETURN_C else 0
        hour.hygiene_ms += ms if state in HYGIENE_STATES else 0
        nodes = [value(name) for name in _NODES]
        hour.hot_ms += ms if all(node is not None and node >= STORE_C for node in nodes) else 0
        source = value("TT101")
        if source is not None:
            margin = self.electric.it_limit - source
            hour.it_least_k = margin if hour.it_least_k is None else min(hour.it_least_k, margin)
            hour.it_near += max(0.0, IT_NEAR_K - margin) * ms / 60_000
        self._count_starts(hour, value)

    def _powers(self, value: Value) -> dict[str, float]:
        it = heat_kw(value("FT101"), value("TT101"), value("TT102"))
        machines = [f"HP{number}" for number in (1, 2, 3)]
        e = self.electric
        pumps = (
            _drawn(e.p101, max(value("P101A.RUN") or 0, value("P101B.RUN") or 0), value("P101.SPD"))
            + _drawn(e.p201, value("P201.RUN"), value("P201.SPD"))
            + _drawn(e.p202, value("P202.RUN"), 100.0)
            + _drawn(e.p301, value("P301.RUN"), value("P301.SPD"))
            + _drawn(e.p401, value("P401.RUN"), value("P401.SPD"))
            + _drawn(e.p402, value("P402.RUN"), 100.0)
        )
        return {
            "it": max(0.0, it or 0.0),
            "machines": sum(value(f"{name}.KW") or 0.0 for name in machines),
            "machines_electric": sum(value(f"{name}.PEL") or 0.0 for name in machines),
            "back_up": value("EH1.KW") or 0.0,
            "pumps": pumps,
            "dry_cooler": _drawn(e.dry_cooler, 1, value("DRYC.FAN")),
        }

    def _count_starts(self, hour: Hour, value: Value) -> None:
        """Of the heat pumps, by the board's counters; one that has been reset counts from where it is."""
        for number in (1, 2, 3):
            name = f"HP{number}.STARTS"
            count = value(name)
            if count is None:
                continue
            before = self._starts.get(name)
            if before is not None and count > before:
                hour.starts += round(count - before)
            self._starts[name] = count


def heat_kw(flow: float | None, hot: float | None, cold: float | None) -> float | None:
    """Of a flow of water (L/s) between two temperatures; None when one isn't known."""
    return None if flow is None or hot is None or cold is None else flow * _KJ * (hot - cold)


def estimate(name: str, value: Value, drawn_lph: float = 0.0) -> float:
    """kW that the meter of `name` should show, by flow and difference of temperature; 0.0 where they aren't known."""
    if name == "recovered":
        return heat_kw(value("FT201"), value("TT201"), value("TT202")) or 0.0
    if name == "heating":
        return heat_kw(value("FT301"), value("TT305"), value("TT306")) or 0.0
    if name == "charge":  # behind HX2 there is no sensor: no more than the machines give
        taken = heat_kw(value("FT401"), value("TT204"), value("TT44")) or 0.0
        given = [value(f"HP{number}.KW") for number in (1, 2, 3)]
        return taken if None in given else min(taken, sum(kw or 0.0 for kw in given))
    return heat_kw(drawn_lph / 3600, value("TT45"), value("TT47")) or 0.0


def _metered(value: Value, meter: str) -> int | None:
    """The counter of a heat meter; None while the meter itself is silent or says that it is wrong."""
    if meter != "HM4":
        error = value(f"{meter}.ERR")
        if value(f"{meter}.KW") is None or error is None or int(error) & _USELESS:
            return None
    return _count(value, f"{meter}.KWH")


def _count(value: Value, name: str) -> int | None:
    found = value(name)
    return None if found is None else round(found)


def _drawn(most_kw: float, runs: float | None, speed_pct: float | None) -> float:
    """Electric power of a pump or fan: by the cube of its speed; without a speed all of it."""
    if not runs:
        return 0.0
    return most_kw * (1.0 if speed_pct is None else (speed_pct / 100) ** 3)


def _told(meter: Meter, booked: Booked) -> list[Note]:
    if booked.event is None:
        return []
    body = {"meter": meter.name, "what": str(booked.event), "repaid": round(booked.repaid, 2)}
    return [Note(METER, body, alarm=not meter.trusted)]


def _kept(memory: Mapping[str, Any] | None) -> tuple[dict[str, Memory], Hour | None]:
    if memory is None:
        return {}, None
    try:
        if memory["version"] != _VERSION:
            raise ValueError(f"version {memory['version']} of the heat books isn't known")
        meters = {str(name): Memory.of(each) for name, each in memory["meters"].items()}
        return meters, None if memory["hour"] is None else Hour(**memory["hour"])
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"these are no heat books: {error!r}") from None

"""Looks at the plant once a scan: how long what has lasted, and what of the waste in flight has come down."""

from __future__ import annotations

from edge_gateway.control.waste import conditions
from edge_gateway.control.waste.image import Image
from edge_gateway.control.waste.plant import Plant, Rules
from edge_gateway.control.waste.state import CONVEYING, Memory, State
from edge_gateway.control.waste.token import ValveToken
from edge_gateway.control.waste.tracking import Scales
from edge_gateway.control.waste.view import NEVER, View


class Observer:
    """Makes the view of each scan. Its clocks begin anew with the gateway; what must survive is in the memory."""

    def __init__(self, plant: Plant, rules: Rules, memory: Memory, token: ValveToken, now: int) -> None:
        self._plant = plant
        self._rules = rules
        self._memory = memory
        self._token = token
        self._since: dict[str, int] = {}
        self._scales = Scales()
        self._air_since = now

    def air_anew(self, now: int) -> None:
        """What was let go, or shaken, just now needs the whole time of a purge from here on."""
        self._air_since = now

    def slow_anew(self) -> None:
        """Slow air of before says nothing about the state that begins."""
        self._since.pop("slow", None)

    def settled(self) -> None:
        """The books are settled: nothing is in flight."""
        self._scales.settled()

    def view(self, image: Image, now: int, utc_ms: int, entered: int, reset_until: int) -> View:
        """What this scan looks at. entered: when the present state began; reset_until: so long a person's reset counts
        (both monotonic ms)."""
        station, memory, rules = image.station, self._memory, self._rules
        v = View(self._plant, rules, image, memory, self._token, now, utc_ms, now - entered)
        good = station.fresh and station.speed_good
        v.fast_ms = self._lasting("fast", good and station.speed >= rules.speed_ok, now)
        slow = station.fresh and station.speed < rules.speed_low and station.av == v.branch
        v.slow_ms = self._lasting("slow", slow, now)
        v.lost_ms = self._lasting("lost", not station.fresh, now)
        v.rest_ms = self._lasting("rest", station.fresh and station.state in conditions.AT_REST, now)
        v.reset = now < reset_until and not station.trips and not image.valves.blocking
        if good and station.speed < rules.speed_low:
            self._air_since = now
        far = max((charge.distance_m for charge in memory.books.flying), default=0)
        blown = now - self._air_since >= rules.purge_ms(far)
        v.landed = memory.state is State.CLEAR or (v.branch not in station.flight and (blown or station.av == 0))
        if v.position in station.containers and memory.state in CONVEYING:
            kg = station.containers[v.position].kg
            v.steady_ms = self._scales.steady_ms(kg, now)
            memory.scales.setdefault(v.position, kg)
            if memory.run is not None and memory.leg is not None:
                memory.run.landing_s += self._scales.landings(memory, v.position, kg, utc_ms, memory.leg.fraction)
        return v

    def _lasting(self, name: str, so: bool, now: int) -> int:
        if not so:
            self._since.pop(name, None)
            return NEVER
        return now - self._since.setdefault(name, now)

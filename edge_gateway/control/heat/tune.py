"""A step test of one loop, as `edgectl heat tune LOOP` runs it: settle, step, back, identify, suggest. Never applies.

    tuner = Tuner(TESTS["heating"], by, now)
    for note in tuner.step(seen, now):       # in each control scan
        journal(note)
    hold(tuner.wanted)                       # LOOP_MAN or SET_SP with a validity; LOOP_AUTO at the end
    if tuner.record is not None:             # the only part that takes long: in a thread
        tuner.evaluated(evaluate(tuner.record))

What is ordered expires on the board after `VALID_S`, so a gateway that is killed leaves nothing behind. The test is
given up at once when a person says so or nobody watches any more, and when an alarm appears, the IT loop comes near its
limit, the plant or the loop leaves AUTO, the board isn't heard or the value leaves its band.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from edge_gateway.control.energy.ems import Note
from edge_gateway.control.heat.identify import Outcome, Sample, identify
from edge_gateway.control.heat.loop_seen import LoopSeen, Mode, Seen, Wanted
from edge_gateway.control.heat.loops import HUNDREDTHS, PERMILLE, LoopTest, Way
from edge_gateway.control.heat.response import settled, spread_of, wander
from edge_gateway.control.heat.rule import Pi, Suggestion, suggest
from protocols.sheets.heat_loop import SHEET

VALID_S = 20
"""The board forgets what the test ordered after this."""
REFRESH_MS = 5_000
"""It is ordered again so often."""
_SILENT_MS = 3_000
"""A loop whose words are older than this isn't heard."""
_TAKEN_MS = 8_000
"""After this, and the time of its stroke, an order that isn't seen was not taken."""
_WATCHED_MS = 30_000
"""A test that nobody asks about for so long is given up."""
_EVALUATED_MS = 60_000
"""An evaluation that takes longer has failed."""
_FOREIGN = 1.5
"""An output (%) so far from what was ordered is somebody else's."""
_STANDS = 0.05
"""A set-point that has moved by less than this share of the step stands."""
IT_START_K, IT_LEAST_K = 5.0, 3.0
"""Distance of the IT loop to its limit: for a start, and for going on."""
STATES = frozenset({"RUN", "RECOVERY_LIMITED"})
"""In these states of the plant a loop may be tested; the IT loop and its cooler in SAFE_COOLING too."""
_COOLING = STATES | {"SAFE_COOLING"}
_LEAST_STEP = 0.25
"""A person may ask for a smaller step, down to this share of the loop's own."""


class Phase(StrEnum):
    """Where a test is."""

    SETTLE = "SETTLE"
    STEP = "STEP"
    BACK = "BACK"
    RETURN = "RETURN"
    """The loop is on its way to AUTO."""
    IDENTIFY = "IDENTIFY"
    DONE = "DONE"
    """With a result, which may be that the process can't be identified."""
    ABORTED = "ABORTED"


_ENDS = (Phase.DONE, Phase.ABORTED)


@dataclass(frozen=True, slots=True)
class Record:
    """A finished step test, for `evaluate`."""

    test: LoopTest
    samples: tuple[Sample, ...]
    in_force: Pi | None
    steeper: float = 1.0
    """By what the board multiplied its parameter Kp when the step was made."""


@dataclass(frozen=True, slots=True)
class Result:
    """What a test is worth."""

    outcome: Outcome
    suggestion: Suggestion | None
    words: dict[str, int] | None = None
    """The suggestion as parameters of the board."""
    outside: tuple[str, ...] = ()
    """Those of them that are outside the range that the board takes."""

    def as_dict(self) -> dict[str, Any]:
        """For the local API and the journal."""
        model = self.outcome.model
        return {
            "cause": None if self.outcome.cause is None else str(self.outcome.cause),
            "why": self.outcome.why,
            "model": None if model is None else model.as_dict(),
            "suggestion": None if self.suggestion is None else self.suggestion.as_dict(),
            "words": self.words,
            "outside": list(self.outside),
        }


def evaluate(record: Record) -> Result:
    """Identifies and suggests. Takes some tenths of a second: not for the scan."""
    test = record.test
    outcome = identify(record.samples, resolution=1 / HUNDREDTHS)
    if outcome.model is None or not test.kp:
        return Result(outcome, None)
    suggestion = suggest(outcome.model, record.in_force, stroke_s=test.stroke_s)
    words = test.words(suggestion.suggested.pi, record.steeper)
    ranges = {param.name: (param.lo, param.hi) for param in SHEET.params if param.name in words}
    outside = tuple(name for name, word in words.items() if not ranges[name][0] <= word <= ranges[name][1])
    return Result(outcome, suggestion, words, outside)


@dataclass(slots=True)
class _Clock:
    """When the test, its phase and its last watcher began."""

    began: int
    phase: int
    watched: int


@dataclass(slots=True)
class _Trace:
    """What was recorded: samples, and where the phases begin among them."""

    samples: list[Sample] = field(default_factory=list)
    stepped: int = 0
    backed: int = 0
    last_ms: int = -1


class Tuner:
    """One test. by: who asked for it; step: smaller than the loop's own, None for that. Raises ValueError."""

    def __init__(self, test: LoopTest, by: str, now: int, step: float | None = None) -> None:
        if step is not None and not _LEAST_STEP * test.step <= step <= test.step:
            raise ValueError(f"a step of `{test.name}` is {_LEAST_STEP * test.step:g} to {test.step:g}")
        self.test = test
        self.by = by
        self.size = test.step if step is None else step
        self.phase = Phase.SETTLE
        self.why = ""
        self.wanted: Wanted | None = None
        self.record: Record | None = None
        self.result: Result | None = None
        self._clock = _Clock(now, now, now)
        self._trace = _Trace()
        self._known: frozenset[str] | None = None
        self._base = 0.0
        self._target = 0.0
        self._then = Phase.DONE
        self._pi: Pi | None = None
        self._steeper = 1.0
        self._last: LoopSeen | None = None
        self._told = Phase.SETTLE
        self._foreign = False
        """The loop is in manual, and not by us: it isn't ours to give back."""

    # --- for whoever runs it ------------------------------------------------------------------------------------------

    @property
    def over(self) -> bool:
        """Nothing is left to be done, nor to be journalled."""
        return self.phase in _ENDS and self._told is self.phase

    def watched(self, now: int) -> None:
        """Somebody has asked how it goes."""
        self._clock.watched = now

    def abort(self, why: str, now: int) -> None:
        """A person ends it; the loop goes back to AUTO."""
        if self.phase in (Phase.SETTLE, Phase.STEP, Phase.BACK):
            self._give_up(why, now)

    def step(self, seen: Seen, now: int) -> Sequence[Note]:
        """One control scan. Returns what is to be journalled."""
        before = self.phase
        if before is Phase.IDENTIFY and now - self._clock.phase > _EVALUATED_MS:
            self.why = "the evaluation failed"
            self._enter(Phase.ABORTED, now)
        elif before is not Phase.IDENTIFY and before not in _ENDS:
            self._last = seen.loop or self._last
            why = "" if before is Phase.RETURN else self._refuses(seen, now)
            if why:
                self._give_up(why, now)
            else:
                self._sample(seen, now)
                self._phases[before](self, seen, now)
        return self._notes()

    def evaluated(self, result: Result) -> None:
        """What `evaluate` made of `record`."""
        self.record = None
        if self.phase is Phase.IDENTIFY:
            self.result = result
            self.phase = Phase.DONE

    def as_dict(self, now: int) -> dict[str, Any]:
        """For the local API."""
        test, last = self.test, self._last
        return {
            "loop": test.name,
            "what": test.what,
            "unit": test.unit,
            "beware": test.beware,
            "way": str(test.way),
            "by": self.by,
            "step": self._target - self._base if self._trace.stepped else self.size,
            "phase": str(self.phase),
            "why": self.why,
            "over": self.over,
            "elapsed_s": round((now - self._clock.began) / 1000, 1),
            "phase_s": round((now - self._clock.phase) / 1000, 1),
            "longest_s": round(test.longest_s),
            "samples": len(self._trace.samples),
            "set_point": None if last is None else last.set_point,
            "value": None if last is None else last.value,
            "output": None if last is None else last.output,
            "result": None if self.result is None else self.result.as_dict(),
        }

    # --- phases -------------------------------------------------------------------------------------------------------

    def _settle(self, seen: Seen, now: int) -> None:
        test, trace = self.test, self._trace
        since = now / 1000 - test.settle_s
        window = trace.samples = [sample for sample in trace.samples if sample.at_s >= since]
        if now - self._clock.phase < 1000 * test.settle_s or not window:
            return
        moved = wander(window)
        ordered = spread_of([sample.u for sample in window])
        if moved <= test.band and ordered <= self.size * (_STANDS if test.cause is Way.SET_POINT else 1.0):
            assert seen.loop is not None
            self._begin(seen.loop, sum(sample.u for sample in window) / len(window), now)
        elif now - self._clock.phase >= 1000 * test.settle_most_s:
            why = (
                f"the value moves by {moved:.2f} {test.unit}" if moved > test.band else f"it is moved by {ordered:.1f}"
            )
            self._give_up(f"the plant doesn't stand still: {why}", now)

    def _begin(self, loop: LoopSeen, mean: float, now: int) -> None:
        """The step, in the first direction in which there is room for it."""
        test = self.test
        self._base = loop.set_point if test.way is Way.SET_POINT else round(mean, 1)
        low, high = (test.low, test.high) if test.way is Way.SET_POINT else test.outputs
        for direction in test.directions:
            target = self._base + direction * self.size
            if low <= target <= high and low <= self._base <= high:
                self._target = target
                self._trace.stepped = len(self._trace.samples)
                self._order(target)
                self._enter(Phase.STEP, now)
                return
        self._give_up(f"no room for a step of {self.size:g} from {self._base:.1f} within {low:g} to {high:g}", now)

    def _hold(self, _seen: Seen, now: int) -> None:
        test, trace = self.test, self._trace
        least, most = test.hold_s
        held = (now - self._clock.phase) / 1000
        part = trace.samples[trace.stepped :]
        if not part:
            return
        before = trace.samples[max(0, trace.stepped - 10) : trace.stepped]
        start = sum(sample.y for sample in before) / len(before)
        moved = abs(part[-1].y - start)
        if moved >= test.move or held >= most or (held >= least and settled(part, start)):
            trace.backed = len(trace.samples)
            self._order(self._base)
            self._enter(Phase.BACK, now)

    def _back(self, _seen: Seen, now: int) -> None:
        """As long as the step was held, for both halves say the same of a process that nothing else moves."""
        trace = self._trace
        held_s = trace.samples[trace.backed - 1].at_s - trace.samples[trace.stepped].at_s
        if now - self._clock.phase >= 1000 * max(held_s, self.test.hold_s[0]):
            self._return(Phase.IDENTIFY, now)

    def _returning(self, seen: Seen, now: int) -> None:
        """Until the loop is seen in AUTO; what the board was told last has expired after `VALID_S` anyway."""
        loop = seen.loop
        proven = loop is not None and loop.at_ms > self._clock.phase and self._is_back(loop)
        if proven or now - self._clock.phase >= 1000 * VALID_S:
            self.wanted = None
            if self._then is Phase.IDENTIFY:
                self.record = Record(self.test, tuple(self._trace.samples), self._pi, self._steeper)
            self._enter(self._then, now)

    def _is_back(self, loop: LoopSeen) -> bool:
        if self.test.way is Way.OUTPUT:
            return loop.mode is not Mode.MANUAL
        return abs(loop.set_point - self._base) < 1.5 / HUNDREDTHS

    _phases = {  # noqa: RUF012 - a table of methods
        Phase.SETTLE: _settle,
        Phase.STEP: _hold,
        Phase.BACK: _back,
        Phase.RETURN: _returning,
    }

    # --- own ----------------------------------------------------------------------------------------------------------

    def _refuses(self, seen: Seen, now: int) -> str:
        """Why the test can't begin or go on; empty when it can."""
        test, loop, clock = self.test, seen.loop, self._clock
        running = self.phase is not Phase.SETTLE
        if loop is None or now - loop.at_ms > _SILENT_MS:
            return "the board isn't heard"
        if seen.mode != "AUTO":
            return f"the plant is in {seen.mode}"
        if seen.state not in (_COOLING if test.name in ("it", "dry-cooler") else STATES):
            return f"the plant is in {seen.state}"
        if self._known is None:
            self._known = seen.alarms
        fresh = sorted(seen.alarms - self._known)
        if fresh:
            return f"alarm {fresh[0]}"
        least = IT_LEAST_K if running else IT_START_K
        if seen.it_margin_k is None or seen.it_margin_k < least:
            told = "isn't known" if seen.it_margin_k is None else f"is {seen.it_margin_k:.1f} K"
            return f"the distance of the IT loop to its limit {told}; it takes {least:g} K"
        if loop.value is None:
            return "the value can't be believed"
        if not test.low <= loop.value <= test.high:
            return f"the value is {loop.value:.2f}, outside {test.low:g} to {test.high:g}"
        if now - clock.watched > _WATCHED_MS:
            return "nobody watches any more"
        if now - clock.began > 1000 * test.longest_s:
            return "it takes too long"
        if self.phase is Phase.SETTLE:
            self._pi, self._steeper = loop.pi, loop.steeper
        return self._left(seen, loop, now)

    def _left(self, seen: Seen, loop: LoopSeen, now: int) -> str:
        """Whether somebody else has the loop."""
        held = f" (held by {loop.held_by})" if loop.held_by else ""
        if self.phase is Phase.SETTLE or self.test.way is Way.SET_POINT:
            if loop.mode is not Mode.AUTO:
                return f"the loop is in {loop.mode}{held}"
            return "" if self.phase is Phase.SETTLE else seen.problem or self._unmoved(loop, now)
        if now - self._clock.phase <= _TAKEN_MS + 10 * self.size * self.test.stroke_s:
            if seen.problem:
                return f"the board refuses: {seen.problem}"
            return f"the loop is in {loop.mode}{held}" if loop.mode is Mode.TRACKING else ""
        if loop.mode is not Mode.MANUAL:
            return f"the loop has left the test: {loop.mode}{held}"
        ordered = self._target if self.phase is Phase.STEP else self._base
        self._foreign = abs(loop.output - ordered) > _FOREIGN
        return "the output is not where the test has put it: somebody else, or a limit" if self._foreign else ""

    def _unmoved(self, loop: LoopSeen, now: int) -> str:
        """A set-point may be somebody else's in spite of all orders: a charge's, a cycle's. On its ramp it is ours."""
        if self.phase is not Phase.STEP or now - self._clock.phase <= _TAKEN_MS:
            return ""
        gone = (loop.set_point - self._base) / (self._target - self._base)
        return "" if _STANDS < gone < 1 + _STANDS else "the board follows another set-point than the test's"

    def _sample(self, seen: Seen, now: int) -> None:
        loop, trace = seen.loop, self._trace
        if loop is None or loop.value is None or loop.at_ms == trace.last_ms or self.phase is Phase.RETURN:
            return
        trace.last_ms = loop.at_ms
        u = loop.set_point if self.test.cause is Way.SET_POINT else loop.output
        trace.samples.append(Sample(loop.at_ms / 1000, u, loop.value))

    def _order(self, value: float) -> None:
        by_output = self.test.way is Way.OUTPUT
        word = round(value * (PERMILLE if by_output else HUNDREDTHS))
        name = "LOOP_MAN" if by_output else "SET_SP"
        self.wanted = Wanted(name, (self.test.number, word, VALID_S), REFRESH_MS)

    def _give_up(self, why: str, now: int) -> None:
        self.why = why
        if self.phase is Phase.SETTLE or self._foreign:
            self.wanted = None
            self._enter(Phase.ABORTED, now)
        else:
            self._return(Phase.ABORTED, now)

    def _return(self, then: Phase, now: int) -> None:
        self._then = then
        if self.test.way is Way.OUTPUT:
            self.wanted = Wanted("LOOP_AUTO", (self.test.number,), 0)
        else:
            self._order(self._base)
        self._enter(Phase.RETURN, now)

    def _enter(self, phase: Phase, now: int) -> None:
        self.phase = phase
        self._clock.phase = now

    def _notes(self) -> Sequence[Note]:
        """One when the test has come further since the last step, whoever brought it there."""
        if self.phase is self._told:
            return ()
        told, self._told = self._told, self.phase
        body: Mapping[str, Any] = {"loop": self.test.name, "by": self.by, "phase": str(self.phase)}
        if self.phase is Phase.STEP:
            return (Note("HEAT_TUNE_STEP", {**body, "from": self._base, "to": round(self._target, 2)}),)
        given_up = self.phase is Phase.ABORTED or (self.phase is Phase.RETURN and self._then is Phase.ABORTED)
        if given_up and told is not Phase.RETURN:
            return (Note("HEAT_TUNE_ABORTED", {**body, "why": self.why}),)
        if self.phase is Phase.DONE and self.result is not None:
            return (Note("HEAT_TUNE_DONE", {**body, **self.result.as_dict()}),)
        return ()

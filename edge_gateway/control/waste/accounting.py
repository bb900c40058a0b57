"""Where every gram is: dropped = in chutes + in flight + landed. Books of double entry, in whole grams.

What residents drop is an estimate (deposits times a mean mass), what lands is weighed. The difference between both is
booked as a correction of what was dropped, so that the books close at every moment, and the mean mass learns from it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from edge_gateway.control.waste.plain import plain
from edge_gateway.control.waste.plant import Chute, Fraction

_LEARN = 0.2
_DEPOSIT_G = (300, 10_000)


@dataclass(frozen=True, slots=True)
class Charge:
    """What one pulse has let go. number: of the token. sure: whether the board counted it; if not, the valve may have
    been open, nobody knows for how long, and `grams` is 0 until the scales have said what fell."""

    number: int
    chute: str
    fraction: int
    branch: int
    distance_m: int
    grams: int
    utc_ms: int
    sure: bool = True


@dataclass(slots=True)
class Books:
    """The accounts. `dropped` counts from the day the books were opened; removed went away with a container."""

    dropped: int = 0
    corrected: int = 0
    """The part of `dropped` that came from weighing and level switches, not from deposits."""
    chutes: dict[str, int] = field(default_factory=dict)
    flying: list[Charge] = field(default_factory=list)
    landed: dict[int, int] = field(default_factory=dict)
    removed: dict[int, int] = field(default_factory=dict)
    deposit_g: dict[int, int] = field(default_factory=dict)
    """Learned mean mass of one deposit by fraction."""

    # --- what happens -------------------------------------------------------------------------------------------------

    def deposit(self, chute: Chute, count: int) -> int:
        """Residents have opened the hatch so many times. Returns the grams that this is taken for."""
        grams = count * self.mean(chute.fraction)
        self.dropped += grams
        self._add(chute.name, grams)
        return grams

    def level(self, chute: Chute, least_g: int) -> None:
        """A level switch says that at least so much is there."""
        short = least_g - self.held(chute.name)
        if short > 0:
            self._correct(short)
            self._add(chute.name, short)

    def level_below(self, chute: Chute, most_g: int) -> None:
        """A level switch says that no more than so much is there."""
        over = self.held(chute.name) - most_g
        if over > 0:
            self._correct(-over)
            self._add(chute.name, -over)

    def pulse(self, chute: Chute, number: int, most_g: int, utc_ms: int) -> Charge:
        """A valve has let a charge go: what the chute is taken to hold, and no more than a pulse moves."""
        grams = min(self.held(chute.name), most_g)
        self._add(chute.name, -grams)
        charge = Charge(number, chute.name, int(chute.fraction), chute.branch, chute.distance_m, grams, utc_ms)
        self.flying.append(charge)
        return charge

    def doubt(self, chute: Chute, number: int, utc_ms: int) -> None:
        """A valve may have let something go, and its board doesn't know: it lost its supply in a pulse."""
        self.flying.append(
            Charge(number, chute.name, int(chute.fraction), chute.branch, chute.distance_m, 0, utc_ms, sure=False)
        )

    def land(self, container: int, fraction: Fraction, weighed_g: int, deposits_known: bool = True) -> int:
        """The scales say how much of a fraction has come down; all its charges are in. Returns weighed - estimated."""
        charges = [charge for charge in self.flying if charge.fraction == fraction]
        estimated = sum(charge.grams for charge in charges)
        for charge in charges:
            if not charge.sure:  # what the others don't explain came from there
                fell = min(self.held(charge.chute), max(0, weighed_g - estimated))
                self._add(charge.chute, -fell)
                estimated += fell
                deposits_known = False
        self.flying = [charge for charge in self.flying if charge.fraction != fraction]
        self.landed[container] = self.landed.get(container, 0) + weighed_g
        self._correct(weighed_g - estimated)
        if deposits_known and estimated > 0 and weighed_g > 0:
            self._learn(fraction, weighed_g / estimated)
        return weighed_g - estimated

    def take_away(self, container: int) -> int:
        """A container leaves. Returns what the books say was in it (g)."""
        grams = self.landed.pop(container, 0)
        self.removed[container] = self.removed.get(container, 0) + grams
        return grams

    # --- what stands --------------------------------------------------------------------------------------------------

    def held(self, chute: str) -> int:
        """Estimate of what a chute holds (g)."""
        return self.chutes.get(chute, 0)

    def mean(self, fraction: int) -> int:
        """Mean mass of one deposit (g)."""
        return self.deposit_g.get(int(fraction), 2_000)

    @property
    def in_chutes(self) -> int:
        """In all chutes (g)."""
        return sum(self.chutes.values())

    @property
    def in_flight(self) -> int:
        """On the way (g)."""
        return sum(charge.grams for charge in self.flying)

    @property
    def all_landed(self) -> int:
        """Landed since the books were opened (g), removed containers included."""
        return sum(self.landed.values()) + sum(self.removed.values())

    @property
    def balance(self) -> int:
        """What the books have lost (g): zero, always."""
        return self.dropped - self.in_chutes - self.in_flight - self.all_landed

    def as_dict(self) -> dict[str, Any]:
        """For the file and the local API."""
        return plain(self)

    @classmethod
    def of(cls, data: dict[str, Any]) -> Books:
        """The reverse of `as_dict`, of JSON. Raises KeyError, TypeError, ValueError."""
        books = cls(
            dropped=int(data["dropped"]),
            corrected=int(data["corrected"]),
            chutes={str(name): int(grams) for name, grams in data["chutes"].items()},
            flying=[Charge(**charge) for charge in data["flying"]],
            landed=_by_number(data["landed"].items()),
            removed=_by_number(data["removed"].items()),
            deposit_g=_by_number(data["deposit_g"].items()),
        )
        if books.balance:
            raise ValueError(f"the books are {books.balance} g out of balance")
        return books

    # --- own ----------------------------------------------------------------------------------------------------------

    def _add(self, chute: str, grams: int) -> None:
        self.chutes[chute] = self.held(chute) + grams

    def _correct(self, grams: int) -> None:
        self.dropped += grams
        self.corrected += grams

    def _learn(self, fraction: Fraction, ratio: float) -> None:
        low, high = _DEPOSIT_G
        learned = self.mean(fraction) * (1 + _LEARN * (min(max(ratio, 0.5), 2.0) - 1))
        self.deposit_g[int(fraction)] = round(min(max(learned, low), high))


def _by_number(items: Iterable[tuple[str, Any]]) -> dict[int, int]:
    return {int(number): int(grams) for number, grams in items}

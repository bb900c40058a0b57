"""The heat plant out of tags: what its board's session knows, as the image of control."""

from __future__ import annotations

from edge_gateway.control.heat.image import Image, Machine, Phase, Power, Season
from edge_gateway.control.heat.lost import HOLD_MS
from edge_gateway.core.board import BoardUnit
from edge_gateway.core.held import HeldTag
from edge_gateway.tags import TagDatabase
from protocols.sheets.heat_points import MACHINES, PHASES, SEASONS, TEMPERATURES

ESTIMATES = ("OPEN", "SHORT", "DRIFT", "FROZEN", "SWAP")
"""Words EST.x of the board: why it doesn't believe a temperature."""
WHYS = ("wire open", "shorted", "drifted", "stands still", "swapped with its pair")
_PLACE = {name: bit for bit, (name, _meaning) in enumerate(TEMPERATURES)}


class HeatImages:
    """Makes images: one tag a value, each held as long as `lost.py` says."""

    def __init__(self, database: TagDatabase, board: BoardUnit) -> None:
        def point(name: str, row: str = "") -> HeldTag:
            return HeldTag(database[f"{board.config.id}.{name}"], HOLD_MS[row or name])

        self._board = board
        self._estimates = [database[f"{board.config.id}.EST.{name}"] for name in ESTIMATES]
        self._outdoor, self._it_out = point("TT50"), point("TT101")
        self._supply, self._it_heat = point("L1.PV"), point("IT.REQ")
        self._season, self._eh1, self._key = point("SEASON"), point("EH1.KW"), point("KEY.DIS")
        self._machines = [
            (point(f"HP{n}.PHASE", "HP.PHASE"), point(f"HP{n}.KW", "HP.KW"), point(f"HP{n}.PEL", "HP.KW"),
             point(f"HP{n}.FLT", "HP.KW"))
            for n in MACHINES
        ]  # fmt: skip

    def estimated(self) -> dict[str, str]:
        """Temperatures that the board doesn't believe, and why."""
        found: dict[str, str] = {}
        for tag, why in zip(self._estimates, WHYS, strict=True):
            bits = tag.value if tag.good and isinstance(tag.value, int) else 0
            found.update({name: why for name, bit in _PLACE.items() if bits >> bit & 1})
        return found

    def image(self, power: Power, now: int) -> Image:
        """The plant as it is known now."""
        board = self._board
        session, header = board.session, board.session.header
        if not session.online or header is None:
            return Image(refusal=board.refusal(), power=power)
        doubted = self.estimated()
        season = self._season.read(now)
        states, substates = board.sheet.states, board.sheet.substates
        return Image(
            heard=True,
            refusal=board.refusal(),
            state=states[header.state] if header.state < len(states) else "",
            substate=substates[header.substate] if header.substate < len(substates) else "",
            season=None if season is None or not 0 <= season < len(SEASONS) else Season(SEASONS[int(season)]),
            outdoor=None if "TT50" in doubted else self._outdoor.read(now),
            supply=self._supply.read(now),
            it_out=None if "TT101" in doubted else self._it_out.read(now),
            it_heat=self._it_heat.read(now),
            machines=tuple(_machine(points, now) for points in self._machines),
            eh1=self._eh1.read(now),
            no_back_up=board.with_effect("EH1_OFF"),
            no_machines=board.with_effect("HP_OFF"),
            source_lost=board.with_effect("IT_COOL"),
            key=self._key.read(now) == 1,
            power=power,
        )


def _machine(points: tuple[HeldTag, ...], now: int) -> Machine:
    phase, heat, electric, fault = (point.read(now) for point in points)
    known = phase is not None and 0 <= phase < len(PHASES)
    return Machine(Phase(PHASES[int(phase or 0)]) if known else None, heat, electric, int(fault or 0))

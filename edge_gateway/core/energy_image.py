"""The plant behind the transformer out of tags: what the energy board's session knows, as the image of control."""

from __future__ import annotations

from edge_gateway.control.energy.image import Battery, Ev, Grid, Image, Inverter
from edge_gateway.control.energy.lost import HOLD_MS
from edge_gateway.core.board import BoardUnit
from edge_gateway.core.held import HeldTag
from edge_gateway.site import Energy
from edge_gateway.tags import TagDatabase
from protocols.sheets.energy_points import INVERTER_STATES, WORDS

_UP = tuple(INVERTER_STATES.index(name) for name in ("starting", "running", "throttled"))
_READY = (*_UP, *(INVERTER_STATES.index(name) for name in ("sleeping", "shutting down", "standby")))
_RUNS = tuple(INVERTER_STATES.index(name) for name in ("running", "throttled"))
_WORD_BITS = 16


class EnergyImages:
    """Makes images: one tag a value, each held as long as `lost.py` says."""

    def __init__(self, energy: Energy, database: TagDatabase, board: BoardUnit) -> None:
        def point(name: str, row: str = "") -> HeldTag:
            return HeldTag(database[f"{board.config.id}.{name}"], HOLD_MS[row or name])

        self._board = board
        self._grid = [point(f"GM.{name}") for name in "PQVF"]
        self._there, self._closed = point("GRID.OK"), point("QG.ZCL")
        self._pcs = [point(name) for name in ("PCS.P", "PCS.SP", "BAT.SOC", "BAT.SOH", "CHARGE.MAX", "DISCH.MAX")]
        self._pcs_state, self._pcs_deaf, self._may_form = point("PCS.ST"), point("PCS.CTL"), point("PCS.YFORM")
        self._inverters = [
            tuple(point(f"INV{unit.number}.{name}", "INV.W") for name in ("W", "LIM", "ST"))
            for unit in energy.inverters
        ]
        self._fitted = energy.battery is not None
        self._ev = point("EV.P")
        self._connected = [point(f"EV.CONN{word}", "EV.CONN") for word in WORDS]
        self._charging = [point(f"EV.CHRG{word}", "EV.CHRG") for word in WORDS]
        self._weather = [point("MET.G"), point("MET.TA", "MET.G")]
        self._shed, self._pv_why = point("SHED.TIER"), database[f"{board.config.id}.PV.WHY"]
        self._points = (energy.ev.ac_points + energy.ev.dc_points) if energy.ev is not None else 0

    @property
    def pv_limited_by(self) -> str:
        """What the board says that holds the inverters down; empty when nothing does."""
        return self._pv_why.text if self._pv_why.good and self._pv_why.value else ""

    def image(self, now: int) -> Image:
        """The plant as it is known now."""
        board = self._board
        session = board.session
        if not session.online:
            return Image(refusal=board.refusal())
        kw, kvar, volts, hz = (point.read(now) for point in self._grid)
        shed = self._shed.read(now)
        closed = _flag(self._closed.read(now))
        return Image(
            heard=True,
            refusal=board.refusal(),
            grid=Grid(kw, kvar, volts, hz, _flag(self._there.read(now)), closed),
            battery=self._battery(closed, now) if self._fitted else Battery(kw=0.0),
            inverters=tuple(_inverter(points, now) for points in self._inverters),
            ev=Ev(
                kw=self._ev.read(now),
                connected=self._points_of(self._connected, now),
                charging=self._points_of(self._charging, now) or frozenset(),
            ),
            irradiance=self._weather[0].read(now),
            air_c=self._weather[1].read(now),
            shutdown=board.with_effect("PV_STOP"),
            qg_unproven="QG" in board.trips(),
            shed=int(shed or 0),
        )

    def _battery(self, closed: bool | None, now: int) -> Battery:
        board = self._board
        power, setpoint, soc, soh, charge_max, discharge_max = (point.read(now) for point in self._pcs)
        state, may_form = self._pcs_state.read(now), bool(self._may_form.read(now))
        return Battery(
            kw=power,
            setpoint=setpoint,
            soc=soc,
            soh=soh,
            charge_max=charge_max,
            discharge_max=discharge_max,
            trips=tuple(dict.fromkeys(board.with_effect("PCS_STOP") + board.with_effect("PCS_ZERO"))),
            deaf=self._pcs_deaf.read(now) == 0,
            may_form=may_form,
            forming=may_form and closed is False and state is not None and int(state) in _RUNS,
        )

    def _points_of(self, words: list[HeldTag], now: int) -> frozenset[int] | None:
        found: set[int] = set()
        for index, word in enumerate(words):
            bits = word.read(now)
            if bits is None:
                return None
            value = int(bits)
            found.update(_WORD_BITS * index + bit for bit in range(_WORD_BITS) if value >> bit & 1)
        return frozenset(point for point in found if point < self._points)


def _inverter(points: tuple[HeldTag, ...], now: int) -> Inverter:
    kw, limit, state = (point.read(now) for point in points)
    return Inverter(kw, limit, state is None or int(state) in _UP, state is not None and int(state) in _READY)


def _flag(value: float | None) -> bool | None:
    return None if value is None else bool(value)

"""Control models at work: 123, 124, 704, 715, 802 (domain brief §2a).

Enable and value are separate. A value does something once its enable is on; from then on every write to the block
takes effect and starts the reversion anew. When that runs out, 123 and 124 switch the control off: no limit. 704 takes
up what was written for that case: another value, and whether it is enabled.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from tools.emulator.energy.sunspec.device import Control
from tools.emulator.energy.sunspec.image import Model
from tools.emulator.energy.sunspec.ramp import Ramp, Reversion

SILENCE_S = 10.0
"""A controller whose heartbeat has been seen and stops for this long is lost."""


def _seconds(model: Model, name: str) -> float:
    """A time that was written, 0 where it wasn't."""
    return model.get(name) or 0.0


class Limit123(Control):
    """WMaxLimPct of model 123. `ramp` is the limit in force, 0..1."""

    def __init__(self, model: Model, ramp: Ramp, rng: Random) -> None:
        self.model = model
        self.ramp = ramp
        self.reversion = Reversion()
        self._rng = rng
        model.update(
            {"WMaxLimPct_SF": -1, "WMaxLimPct": 100.0, "WMaxLimPct_WinTms": 0, "WMaxLimPct_RvrtTms": 0,
             "WMaxLimPct_RmpTms": 0, "WMaxLim_Ena": 0}
        )  # fmt: skip

    def written(self, names: set[str]) -> None:
        """See `Control.written`."""
        if not any(name.startswith("WMaxLim") for name in names):
            return
        model = self.model
        if model.raw("WMaxLim_Ena") != 1:
            self.reversion.stop()
            self.ramp.to(1.0)
            return
        window = _seconds(model, "WMaxLimPct_WinTms")
        wait = self._rng.uniform(0.0, window) if window else 0.0
        self.ramp.to((model.get("WMaxLimPct") or 0.0) / 100.0, _seconds(model, "WMaxLimPct_RmpTms"), wait)
        self.reversion.restart(_seconds(model, "WMaxLimPct_RvrtTms"))

    def step(self, dt: float) -> None:
        """See `Control.step`."""
        if self.reversion.step(dt):
            self.model.set_raw("WMaxLim_Ena", 0)
            self.ramp.to(1.0)
        self.ramp.step(dt)


class Connection123(Control):
    """Conn of model 123: on the grid or not."""

    def __init__(self, model: Model, connect: Callable[[bool], None]) -> None:
        self.model = model
        self.connect = connect
        self.reversion = Reversion()
        model.update({"Conn_WinTms": 0, "Conn_RvrtTms": 0, "Conn": 1})

    def written(self, names: set[str]) -> None:
        """See `Control.written`."""
        if not any(name.startswith("Conn") for name in names):
            return
        on = self.model.raw("Conn") == 1
        self.connect(on)
        if on:
            self.reversion.stop()
        else:
            self.reversion.restart(_seconds(self.model, "Conn_RvrtTms"))

    def step(self, dt: float) -> None:
        """See `Control.step`."""
        if self.reversion.step(dt):
            self.model.set_raw("Conn", 1)
            self.connect(True)


class Limit704(Control):
    """WMaxLimPct of model 704. `ramp` is the limit in force, 0..1."""

    def __init__(self, model: Model, ramp: Ramp) -> None:
        self.model = model
        self.ramp = ramp
        self.reversion = Reversion()
        model.update(
            {"WMaxLimPct_SF": -1, "WMaxLimPctEna": 0, "WMaxLimPct": 100.0, "WMaxLimPctRvrt": 100.0,
             "WMaxLimPctEnaRvrt": 0, "WMaxLimPctRvrtTms": 0, "WMaxLimPctRvrtRem": 0, "WRmp": 0, "WRmpRef": 1,
             "AntiIslEna": 1}
        )  # fmt: skip

    def _apply(self) -> None:
        model = self.model
        target = (model.get("WMaxLimPct") or 0.0) / 100.0 if model.raw("WMaxLimPctEna") == 1 else 1.0
        rate = _seconds(model, "WRmp") / 100.0
        self.ramp.to(target, abs(target - self.ramp.value) / rate if rate else 0.0)

    def written(self, names: set[str]) -> None:
        """See `Control.written`."""
        if not any(name.startswith("WMaxLim") for name in names):
            return
        self._apply()
        if self.model.raw("WMaxLimPctEna") == 1:
            self.reversion.restart(_seconds(self.model, "WMaxLimPctRvrtTms"))
        else:
            self.reversion.stop()
        self._remaining()

    def _remaining(self) -> None:
        self.model.set("WMaxLimPctRvrtRem", round(self.reversion.left_s))

    def step(self, dt: float) -> None:
        """See `Control.step`."""
        model = self.model
        if self.reversion.step(dt):
            model.set_raw("WMaxLimPctEna", model.raw("WMaxLimPctEnaRvrt"))
            model.set_raw("WMaxLimPct", model.raw("WMaxLimPctRvrt"))
            self._apply()
        self._remaining()
        self.ramp.step(dt)


class SetPoint704(Control):
    """WSet of model 704, W or % of `w_max`. `ramp` is the power asked for, W; positive is discharge."""

    def __init__(self, model: Model, ramp: Ramp, w_max: float) -> None:
        self.model = model
        self.ramp = ramp
        self.w_max = w_max
        self.reversion = Reversion()
        model.update(
            {"WSet_SF": 2, "WSetPct_SF": -1, "WSetEna": 0, "WSetMod": 1, "WSet": 0, "WSetRvrt": 0, "WSetPct": 0,
             "WSetPctRvrt": 0, "WSetEnaRvrt": 0, "WSetRvrtTms": 0, "WSetRvrtRem": 0}
        )  # fmt: skip

    def _apply(self) -> None:
        model = self.model
        target = 0.0
        if model.raw("WSetEna") == 1:
            watts = model.raw("WSetMod") == 1
            target = (model.get("WSet") or 0.0) if watts else (model.get("WSetPct") or 0.0) / 100.0 * self.w_max
        rate = _seconds(model, "WRmp") / 100.0 * self.w_max
        self.ramp.to(target, abs(target - self.ramp.value) / rate if rate else 0.0)

    def written(self, names: set[str]) -> None:
        """See `Control.written`."""
        if not any(name.startswith("WSet") for name in names):
            return
        self._apply()
        if self.model.raw("WSetEna") == 1:
            self.reversion.restart(_seconds(self.model, "WSetRvrtTms"))
        else:
            self.reversion.stop()
        self._remaining()

    def _remaining(self) -> None:
        self.model.set("WSetRvrtRem", round(self.reversion.left_s))

    def step(self, dt: float) -> None:
        """See `Control.step`."""
        model = self.model
        if self.reversion.step(dt):
            model.set_raw("WSetEna", model.raw("WSetEnaRvrt"))
            model.set_raw("WSet", model.raw("WSetRvrt"))
            model.set_raw("WSetPct", model.raw("WSetPctRvrt"))
            self._apply()
        self._remaining()
        self.ramp.step(dt)


class Storage124(Control):
    """Charge and discharge limits of model 124. Left alone a converter rests at zero.

    Limits at one figure with opposite signs leave it no choice, which is how a set-point is given. Charging from the
    grid has to be allowed (ChaGriSet); otherwise it never takes power.
    """

    def __init__(self, model: Model, ramp: Ramp, rating_w: float, rng: Random) -> None:
        self.model = model
        self.ramp = ramp
        self.rating_w = rating_w
        self.reversion = Reversion()
        self._rng = rng
        model.update(
            {"WChaMax_SF": 1, "WChaMax": rating_w, "WChaDisChaGra_SF": 0, "WChaGra": 100, "WDisChaGra": 100,
             "StorCtl_Mod": 0, "MinRsvPct_SF": -1, "MinRsvPct": 0.0, "ChaState_SF": -1, "InOutWRte_SF": -1,
             "OutWRte": 100.0, "InWRte": 100.0, "InOutWRte_WinTms": 0, "InOutWRte_RvrtTms": 0, "InOutWRte_RmpTms": 0,
             "ChaGriSet": 0}
        )  # fmt: skip

    def _apply(self) -> None:
        model = self.model
        bits = model.raw("StorCtl_Mod")
        high = (model.get("OutWRte") or 0.0) / 100.0 * self.rating_w if bits & 2 else self.rating_w
        low = -(model.get("InWRte") or 0.0) / 100.0 * self.rating_w if bits & 1 else -self.rating_w
        target = min(max(0.0, low), high)
        if model.raw("ChaGriSet") != 1:
            target = max(0.0, target)
        window = _seconds(model, "InOutWRte_WinTms")
        wait = self._rng.uniform(0.0, window) if window else 0.0
        self.ramp.to(target, _seconds(model, "InOutWRte_RmpTms"), wait)

    def written(self, names: set[str]) -> None:
        """See `Control.written`."""
        if not names & {"StorCtl_Mod", "OutWRte", "InWRte", "InOutWRte_RvrtTms", "InOutWRte_RmpTms", "ChaGriSet"}:
            return
        self._apply()
        if self.model.raw("StorCtl_Mod"):
            self.reversion.restart(_seconds(self.model, "InOutWRte_RvrtTms"))
        else:
            self.reversion.stop()

    def step(self, dt: float) -> None:
        """See `Control.step`."""
        if self.reversion.step(dt):
            self.model.set_raw("StorCtl_Mod", 0)
            self._apply()
        self.ramp.step(dt)


class Operation715(Control):
    """OpCtl of model 715: stop, start, standby; and its own heartbeat."""

    def __init__(self, model: Model, operate: Callable[[int], None], beats: bool = True) -> None:
        self.model = model
        self.operate = operate
        self._beats = beats
        self._since_s = 0.0
        model.update({"LocRemCtl": 0, "DERHb": 0, "ControllerHb": 0, "AlarmReset": 0, "OpCtl": 1})

    def written(self, names: set[str]) -> None:
        """See `Control.written`."""
        if "OpCtl" in names:
            self.operate(self.model.raw("OpCtl"))

    def step(self, dt: float) -> None:
        """See `Control.step`."""
        self._since_s += dt
        while self._since_s >= 1.0:
            self._since_s -= 1.0
            if self._beats:
                self.model.set_raw("DERHb", (self.model.raw("DERHb") + 1) & 0x7FFF_FFFF)


class Heart(Control):
    """Heartbeat of the controller (715 ControllerHb, 802 CtrlHb): one that was seen and stops is a lost controller."""

    def __init__(self, model: Model, name: str, lost: Callable[[bool], None]) -> None:
        self.model = model
        self.name = name
        self.lost = lost
        self.silent_s = -1.0
        """Since it last changed; negative: never seen."""
        self._last = model.raw(name)

    def written(self, names: set[str]) -> None:
        """See `Control.written`."""
        beat = self.model.raw(self.name)
        if self.name in names and beat != self._last:
            self._last = beat
            if self.silent_s >= SILENCE_S:
                self.lost(False)
            self.silent_s = 0.0

    def step(self, dt: float) -> None:
        """See `Control.step`."""
        if self.silent_s < 0.0:
            return
        before = self.silent_s
        self.silent_s += dt
        if before < SILENCE_S <= self.silent_s:
            self.lost(True)


class Pressed(Control):
    """A point that acts when it is written, and reads 0 again (AlarmReset, AlmRst)."""

    def __init__(self, model: Model, name: str, act: Callable[[], None]) -> None:
        self.model = model
        self.name = name
        self.act = act

    def written(self, names: set[str]) -> None:
        """See `Control.written`."""
        if self.name in names:
            if self.model.raw(self.name):
                self.act()
            self.model.set_raw(self.name, 0)

"""EN2: the order of writes, scale factors, read-back, refresh and reversion, as a trace of registers (§2a)."""

from __future__ import annotations

from itertools import pairwise

import pytest

from hil_tests.conftest import MakeEnergy
from hil_tests.energy_rig import INVERTERS, EnergyRig

Trace = list[tuple[int, str, int]]
REVERSION_S = 30
"""The sheet's rvrt_s."""


@pytest.fixture
def rig(make_energy: MakeEnergy) -> EnergyRig:
    """A noon whose sun the caps leave alone: the board has put limits of 100 % in force everywhere."""
    rig = make_energy(base_kw=700)
    rig.until(lambda: all(in_force(rig, name) for name in INVERTERS), within_s=30)
    return rig


def in_force(rig: EnergyRig, inverter: str) -> bool:
    """Whether a limit has been enabled."""
    return any(point.endswith("_Ena") or point == "WMaxLimPctEna" for _, point, _ in trace(rig, inverter))


def trace(rig: EnergyRig, device: str, after: int = 0) -> Trace:
    """Writes to a device without its heartbeat."""
    return [(model, point, raw) for _, model, point, raw in rig.written(device, after) if not point.endswith("Hb")]


def test_en2_value_ramp_reversion_enable_in_this_order(make_energy: MakeEnergy) -> None:
    """What an installer left behind is all put right, the enable comes last."""
    rig = make_energy(base_kw=700, power=False)
    field = rig.plant.field
    field.sunspec("INV1").image[123].update({"WMaxLimPct": 80.0, "WMaxLimPct_RmpTms": 5})
    field.sunspec("INV2").image[704].update({"WMaxLimPct": 80.0, "WMaxLimPctRvrt": 70.0})
    field.sunspec("PCS").image[704].update({"WSet": 5000.0, "WSetMod": 0, "WSetRvrt": 2000.0})
    rig.start()
    rig.until(lambda: all(in_force(rig, name) for name in INVERTERS), within_s=30)
    assert trace(rig, "INV1")[:4] == [
        (123, "WMaxLimPct", 1000), (123, "WMaxLimPct_RmpTms", 0), (123, "WMaxLimPct_RvrtTms", REVERSION_S),
        (123, "WMaxLim_Ena", 1),
    ]  # fmt: skip
    assert trace(rig, "INV2")[:5] == [
        (704, "WMaxLimPct", 1000), (704, "WMaxLimPctRvrt", 500), (704, "WMaxLimPctEnaRvrt", 1),
        (704, "WMaxLimPctRvrtTms", REVERSION_S), (704, "WMaxLimPctEna", 1),
    ]  # fmt: skip
    assert trace(rig, "PCS")[:6] == [
        (704, "WSet", 0), (704, "WSetMod", 1), (704, "WSetRvrt", 0), (704, "WSetEnaRvrt", 1),
        (704, "WSetRvrtTms", REVERSION_S), (704, "WSetEna", 1),
    ]  # fmt: skip
    assert rig.kw("pcs") == 0.0


def test_en2_a_limit_is_scaled_enabled_and_read_back(rig: EnergyRig) -> None:
    at = rig.now
    rig.command("INV_LIMIT", 0, 305, 120)
    rig.until(lambda: all(abs(inverter.limit - 0.305) < 1e-6 for inverter in rig.district.inverters), within_s=5)
    assert trace(rig, "INV1", at) == [(123, "WMaxLimPct", 305), (123, "WMaxLim_Ena", 1)]
    assert trace(rig, "INV2", at) == [(704, "WMaxLimPct", 305), (704, "WMaxLimPctEna", 1)]
    rig.run(5)
    for name in ("INV1", "INV2"):
        assert (rig.value(f"{name}.LIM"), rig.value(f"{name}.CTL")) == (305, 1), "read back and mirrored"
    assert rig.kw("inv1") == pytest.approx(30.5, abs=0.5)


def test_en2_a_limit_is_refreshed_at_half_its_reversion_and_held(rig: EnergyRig) -> None:
    rig.command("INV_LIMIT", 0, 400, 120)
    rig.run(17)
    enables = [ms for ms, _, point, _ in rig.written("INV1") if point == "WMaxLim_Ena"][-2:]
    gaps = [later - earlier for earlier, later in pairwise(enables)]
    assert max(gaps) <= REVERSION_S * 1000 / 2 + 1000
    assert rig.kw("inv1") == pytest.approx(40.0, abs=0.5)


def test_en2_units_revert_by_themselves_30_seconds_after_the_board_falls_silent(rig: EnergyRig) -> None:
    rig.command("INV_LIMIT", 0, 305, 120)
    rig.run(3)
    rig.board.power_off()
    silent = {name: rig.written(name)[-1][0] for name in ("INV1", "INV2")}
    older, newer = rig.district.inverters[:2]
    rig.until(lambda: older.limit != pytest.approx(0.305), within_s=40)
    assert rig.now - silent["INV1"] == pytest.approx(REVERSION_S * 1000, abs=2000)
    assert older.limit == 1.0, "123 knows no fallback but none at all"
    rig.until(lambda: newer.limit != pytest.approx(0.305), within_s=10)
    assert rig.now - silent["INV2"] == pytest.approx(REVERSION_S * 1000, abs=2000)
    assert newer.limit == pytest.approx(0.5), "704 falls back to its share of the export cap"


def test_en2_a_set_point_by_124_is_both_limits_in_one_write(make_energy: MakeEnergy) -> None:
    rig = make_energy(base_kw=700, newer=("INV2",))
    rig.until_state("RUN", within_s=30)
    at = rig.now
    rig.command("SET_PCS", 0x10000 - 500, 60)
    rig.until(lambda: rig.kw("pcs") < -49.5, within_s=10)
    begun = trace(rig, "PCS")
    assert begun[:5] == [
        (124, "OutWRte", 0), (124, "InWRte", 0), (124, "ChaGriSet", 1), (124, "InOutWRte_RvrtTms", 30),
        (124, "StorCtl_Mod", 3),
    ]  # fmt: skip
    pairs = [(ms, point, raw) for ms, _, point, raw in rig.written("PCS", at) if point in ("OutWRte", "InWRte")]
    for (ms, one, out), (same, other, charge) in zip(pairs[::2], pairs[1::2], strict=True):
        assert (one, other, ms, out) == ("OutWRte", "InWRte", same, -charge), "never a moment with just one"
    assert trace(rig, "PCS", at)[-1] == (124, "StorCtl_Mod", 3)

"""The gateway's energy management above a real board: a restart is no kick, an outage is left and ended in order."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from edge_gateway.control.energy.plant import Law
from hil_tests.conftest import MakeEnergy
from hil_tests.energy_gateway import EnergyGateway
from hil_tests.energy_rig import EnergyRig

EVENING = 19.0
Life = Callable[[EnergyRig], EnergyGateway]


@pytest.fixture
def life(tmp_path: Path) -> Life:
    """Starts a gateway that observes for 4 s; the grid has to be back for 20 s, tiers come 10 s apart."""
    count = iter(range(9))

    def start(rig: EnergyRig) -> EnergyGateway:
        section = {"grid": {"back_s": 20, "ev_after_s": 5}}
        params = {"observe_s": 2, "grid_back_s": 20, "restore_s": 10}
        made = EnergyGateway(rig, tmp_path / f"gateway{next(count)}", section, params, round(60 * EVENING))
        made.ems.law = Law(observe_ms=4_000)
        return made

    return start


def test_a_gateway_that_is_killed_and_started_again_is_no_kick(make_energy: MakeEnergy, life: Life) -> None:
    rig = make_energy(hour=EVENING, gateway=False, base_kw=300, soc=0.7, grid_back_s=20, restore_s=10)
    gateway = life(rig)
    rig.until(lambda: gateway.state == "OPTIMISE", within_s=15)
    rig.until(lambda: rig.kw("grid") < 60, within_s=15)  # peak price: the battery covers the site
    rig.run(10)  # and has come to rest
    gateway.kill()
    rig.run(5)
    before = rig.kw("pcs")
    assert before > 240, "the board holds the wish while it is valid"
    gateway = life(rig)
    least = before
    while gateway.state != "OPTIMISE":
        rig.run(0.2)
        least = min(least, rig.kw("pcs"))
    rig.run(3)
    assert least > before - 25 and rig.kw("pcs") > before - 25 and abs(rig.kw("grid")) < 60
    notes = [(draft.body["from"], draft.body["to"]) for _at, draft in gateway.journal if draft.name == "ENERGY_STATE"]
    assert notes == [("INIT", "OBSERVE"), ("OBSERVE", "OPTIMISE")]


def test_an_outage_is_shed_at_once_and_ended_after_the_time_of_the_grid(make_energy: MakeEnergy, life: Life) -> None:
    rig = make_energy(hour=EVENING, gateway=False, base_kw=300, soc=0.7, grid_back_s=20, restore_s=10)
    gateway = life(rig)
    rig.until(lambda: gateway.state == "OPTIMISE", within_s=15)
    lost = rig.fail("GRID", "lost")
    rig.until(lambda: rig.out("SHED3.Y") and gateway.state == "ISLAND", within_s=2)
    rig.until(lambda: str(gateway.ems.island.state) == "ISLAND", within_s=5)
    assert rig.kw("pcs") == pytest.approx(rig.kw("load"), rel=0.05), "the battery carries what is left"
    assert gateway.forbids_fans() and gateway.ems.allocation.enabled == frozenset()
    rig.fail("GRID", "")
    rig.run(15)
    rig.fail("GRID", "lost")
    rig.run(1)
    back = rig.fail("GRID", "")
    rig.until(lambda: gateway.tag("QG.ZCL") == 1, within_s=40)
    assert rig.now - back >= 20_000, "the flicker began the 20 s anew"
    assert not rig.out("QG.YTRIP") and rig.now > lost
    assert rig.out("SHED3.Y") and gateway.forbids_fans()
    rig.until(lambda: not rig.out("SHED3.Y"), within_s=15)
    rig.run(1)
    assert not gateway.forbids_fans()
    assert gateway.state in ("RECOVER", "OPTIMISE")
    orders = [draft.name for _at, draft in gateway.journal if draft.body.get("phase") == "ordered"]
    assert orders.count("QG_CLOSE") == 1

"""District heat above a real board: set-points arrive and are obeyed, rows of §5 in their times, H15 when it dies."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from edge_gateway.control.energy.signals import ROWS
from edge_gateway.control.heat.hygiene import Kind
from edge_gateway.fieldbus.command import CommandEnd
from hil_tests.conftest import MakeHeat
from hil_tests.heat_gateway import HeatGateway, done
from hil_tests.heat_rig import QUICK, HeatRig
from protocols import layout

ROW = {row.name: row for row in ROWS}
DRYC_CAP = 10
"""Its bit in WISHES."""
Life = Callable[[HeatRig, dict[str, int]], HeatGateway]


@pytest.fixture
def life(tmp_path: Path) -> Life:
    """Starts a gateway that knows its board; every life of a test has the same folder."""

    def start(rig: HeatRig, params: dict[str, int]) -> HeatGateway:
        section = {
            "taps": [{"id": "a"}, {"id": "b"}],
            "curfew": {"from": "08:00", "to": "20:00"},
        }  # world time 0: 08:00
        gateway = HeatGateway(rig, tmp_path / "gateway", section, params)
        rig.until(lambda: gateway.task.image.heard and gateway.board.configuration.known, within_s=20)
        return gateway

    return start


def test_set_points_arrive_and_rows_are_kept_in_their_times(make_heat: MakeHeat, life: Life) -> None:
    """The grid's row is obeyed within 2 s, whatever least times a heater has; without a gateway H15 holds."""
    params = {**QUICK, "eh_off_s": 5}
    rig = make_heat(gateway=False, outdoor=5.0, **params)
    gateway = life(rig, params)
    value = gateway.task.value
    rig.until(lambda: gateway.value("heating") is not None, within_s=5)
    supply = gateway.value("heating")
    assert supply == pytest.approx(42.5, abs=0.2), "half way from 50 to 35, as TT50 has it"
    rig.until(lambda: value("L1.SP") == supply, within_s=5)
    gateway.task.order("heating", 38.0, 3600, "balancing", "somebody", rig.now)
    rig.until(lambda: value("L1.SP") == 38.0, within_s=3)
    gateway.task.release("heating", "somebody", rig.now)
    rig.until(lambda: value("L1.SP") == supply, within_s=3)
    margin = 40.0 - (value("TT101") or 40.0)
    assert margin > 5.0 and gateway.value("fans") == 70.0, "the curfew holds while IT has margin"
    rig.until(lambda: int(value("WISHES") or 0) >> DRYC_CAP & 1, within_s=5)

    gateway.task.order("eh1", 100.0, 3600, "test", "somebody", rig.now)
    rig.until(lambda: rig.kw("eh1") > 0, within_s=10)
    gateway.power.tell(ROW["transformer > 100 %"], grid_kw=1700.0)
    rig.until(lambda: rig.kw("eh1") == 0, within_s=2)
    rig.until(lambda: gateway.task.orders.taken("machines") is True, within_s=1)
    assert gateway.value("machines") == 1

    gateway.power.tell()
    rig.until(lambda: rig.kw("eh1") > 0, within_s=10)
    rig.run(35)
    gateway.kill()
    rig.until(lambda: rig.kw("eh1") == 0, within_s=30)
    another = life(rig, {**params, "supply_max": 4900})  # reads, and may tell nothing: its site file is another one
    rig.until(lambda: another.task.value("L1.SP") is not None, within_s=5)
    assert "supply_max" in another.task.image.refusal
    assert another.task.value("L1.SP") == supply, "the last set-point goes on"


def test_a_hot_network_is_refused_by_the_board_too_and_a_cycle_outlives_the_gateway_on_record(
    make_heat: MakeHeat, life: Life
) -> None:
    rig = make_heat(gateway=False, **QUICK)
    gateway = life(rig, QUICK)
    refused = gateway.command("DISINFECT")
    rig.until(lambda: refused.end is not None, within_s=10)
    assert refused.end is CommandEnd.REFUSED and refused.result == layout.RES_INTERLOCK, "the key isn't turned"
    assert not gateway.task.image.key

    rig.run(3)  # the board has just started, and hasn't judged its heater
    begun = gateway.command("PASTEURISE")
    rig.until(lambda: begun.accepted or done(begun), within_s=30)
    gateway.task.records.asked(Kind.PASTEURISE, "Li Wei")
    rig.until(lambda: gateway.task.records.running is not None, within_s=30)
    running = gateway.task.records.running
    assert running is not None and running.by == "Li Wei" and running.why == "operator"
    gateway.kill()
    rig.run(6)
    gateway = life(rig, QUICK)
    rig.until(lambda: gateway.task.image.state == "PASTEURISE", within_s=10)
    rig.run(2)
    ended = gateway.command("ABORT")
    rig.until(lambda: done(ended) and gateway.task.records.running is None, within_s=20)
    (cycle,) = gateway.task.records.hygiene.cycles
    assert (cycle.by, str(cycle.result), cycle.gap) == ("Li Wei", "aborted", True)
    assert "HEAT_HYGIENE" in gateway.names()

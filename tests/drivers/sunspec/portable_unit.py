"""A unit is found and read; what it says is believed only when it can be."""

from drivers.sunspec.models import INV_ST, INV_TMP, INV_W, INV_WRTG, INVERTER
from drivers.sunspec.states import ST_RUNNING
from drivers.sunspec.unit import READING, SunSpecUnit
from drivers.sunspec.values import NO_MODEL
from protocols.quality import BAD, GOOD
from tests.drivers.sunspec.rig import Device, Rig, chain, common, controls_123, inverter_103


def test_an_inverter_is_found_and_read():
    inv = SunSpecUnit(INVERTER, 1)
    rig = Rig([inv], [Device(1, chain(common(), inverter_103(), controls_123()))])
    took = rig.until(lambda: inv.passes == 1)
    assert took < 300, took
    assert inv.stage == READING and inv.quality[INV_W] == GOOD
    assert inv.values[INV_W] == 500 and inv.values[INV_ST] == ST_RUNNING and inv.values[INV_TMP] == 415
    assert inv.quality[INV_WRTG] == BAD and inv.why[INV_WRTG] == NO_MODEL
    rig.run(5000)
    assert 5 <= inv.passes <= 7 and inv.rediscoveries == 0

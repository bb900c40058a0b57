"""Chains are found at three places, unknown models skipped, and whatever can't be believed refused with its cause."""

from drivers.sunspec import discovery
from drivers.sunspec.discovery import LENGTH, NO_COMMON, NO_END, NO_ID, NO_SUNS, PAST_END, TOO_MANY
from drivers.sunspec.models import INV_W, INVERTER
from drivers.sunspec.quirks import Quirk
from drivers.sunspec.unit import READING, REFUSED, SunSpecUnit
from protocols.quality import GOOD
from tests.drivers.sunspec.portable_rig import Device, Rig, chain, common, controls_123, inverter_103, model

UNKNOWN = [64999, 300] + [7] * 300


def found(device, quirk=None):
    """Run until the unit is read or refused."""
    inv = SunSpecUnit(INVERTER, 1, quirk) if quirk else SunSpecUnit(INVERTER, 1)
    rig = Rig([inv], [device])
    rig.until(lambda: inv.stage == REFUSED or inv.passes)
    return inv


def test_found_at_each_base_with_an_unknown_model_between():
    for base in (40000, 0, 50000):
        regs = chain(common(), UNKNOWN, inverter_103(), [64001, 5, 0, 0, 0, 0, 0], controls_123())
        for quirk in (Quirk(), Quirk(whole_models=1), Quirk(max_read=20), Quirk(max_read=10)):
            inv = found(Device(1, regs, base), quirk)
            assert inv.stage == READING and inv.quality[INV_W] == GOOD and inv.values[INV_W] == 500
            walk = inv.walk
            assert list(walk.ids[: walk.n]) == [1, 64999, 103, 64001, 123]
            assert walk.addresses[2] == base + 2 + 68 + 302


def test_common_of_65_registers_is_as_good():
    old = common()[:-1]
    old[1] = 65
    inv = found(Device(1, chain(old, inverter_103())))
    assert inv.stage == READING and inv.values[INV_W] == 500


def test_a_device_that_refuses_long_reads_is_read_by_headers():
    device = Device(1, chain(common(), inverter_103()))
    device.most = 60
    inv = found(device)
    assert inv.stage == READING and inv.values[INV_W] == 500


def test_the_identity_is_that_of_the_device_however_it_is_read():
    a = found(Device(1, chain(common("A"), inverter_103())))
    b = found(Device(1, chain(common("B"), inverter_103())))
    small = Device(1, chain(common("A"), inverter_103()))
    small.most = 66
    assert a.identity != b.identity and found(small).identity == a.identity


def refused(regs, base=40000, quirk=None):
    """What a chain is refused for."""
    device = Device(1, regs, base)
    inv = found(device, quirk)
    assert inv.stage == REFUSED and not device.writes
    assert discovery.CAUSES[inv.cause] and inv.quality[INV_W] != GOOD
    return inv.cause, inv.detail


def test_no_mark_anywhere():
    assert refused([0] * 200)[0] == NO_SUNS
    assert refused([0] * 200, 20000)[0] == NO_SUNS


def test_no_common_model():
    assert refused(chain(inverter_103())) == (NO_COMMON, 103)
    assert refused(chain())[0] == NO_COMMON


def test_a_length_that_is_a_lie():
    for length in (0, 40, 49, 51, 52, 153, 0xFFFF):
        lie = inverter_103()
        lie[1] = length
        assert refused(chain(common(), lie, controls_123())) == (LENGTH, 103)
    lie = common()
    lie[1] = 67
    assert refused(chain(lie, inverter_103())) == (LENGTH, 1)


def test_a_lie_of_a_model_that_nobody_knows_ends_somewhere():
    for length in (200, 5000):
        regs = chain(common(), [64999, length] + [3] * 10, inverter_103(), end=False) + [0x4142] * 400
        cause, _ = refused(regs)
        assert cause in (NO_END, TOO_MANY, PAST_END, NO_ID)


def test_a_chain_that_loops():
    regs = chain(common()) + []
    regs = regs[:-2] + [64999, 0] * 600
    assert refused(regs)[0] == TOO_MANY
    # The length wraps the address round to the model before it.
    wrap = [64999, 65536 - 72]
    assert refused(chain(common(), wrap))[0] == PAST_END


def test_a_chain_without_an_end():
    assert refused(chain(common(), inverter_103(), end=False))[0] == NO_END
    inv = found(Device(1, chain(common(), inverter_103(), end=False)), Quirk(no_end=1))
    assert inv.stage == READING and inv.values[INV_W] == 500


def test_zeros_where_a_model_should_be():
    assert refused(chain(common(), [0] * 100))[0] == NO_ID


def test_a_refused_chain_is_looked_at_again():
    device = Device(1, chain(common(), inverter_103(), end=False))
    inv = SunSpecUnit(INVERTER, 1)
    rig = Rig([inv], [device])
    rig.until(lambda: inv.stage == REFUSED)
    device.regs.extend(array_of([0xFFFF, 0]))
    rig.until(lambda: inv.passes, 31000)
    assert inv.stage == READING and inv.cause == 0


def array_of(regs):
    """Return registers as an array."""
    from array import array

    return array("H", regs)


def test_a_silent_address_is_passed_over():
    """A device that keeps silent where it should refuse is found all the same, at 50000."""

    class Mute(Device):
        def read_registers(self, fc, address, count, out, at):
            code = Device.read_registers(self, fc, address, count, out, at)
            self.silent = code != 0
            return code

    device = Mute(1, chain(common(), inverter_103()), 50000)
    inv = SunSpecUnit(INVERTER, 1)
    rig = Rig([inv], [device])
    rig.until(lambda: inv.passes, 120000)
    assert inv.values[INV_W] == 500


def test_answers_that_come_late_are_not_taken_for_the_next_header():
    device = Device(1, chain(common(), UNKNOWN, inverter_103(), [64001, 5, 0, 0, 0, 0, 0], controls_123()))

    def hesitate(device, address, count):
        # It answers the third reading and its repetition one soon after the other, when the repetition was under way.
        device.latency = 150000 if device.reads == 3 else 35000 if device.reads == 4 else 2000

    device.before_read = hesitate
    inv = found(device, Quirk(whole_models=1))
    assert list(inv.walk.ids[: inv.walk.n]) == [1, 64999, 103, 64001, 123] and inv.values[INV_W] == 500


def test_models_of_other_kinds_only_are_no_values():
    inv = SunSpecUnit(INVERTER, 1)
    rig = Rig([inv], [Device(1, chain(common(), model(307, 11, {2: 200})))])
    rig.run(3000)
    assert inv.stage == READING and inv.quality[INV_W] != GOOD and not inv.limit.fitted

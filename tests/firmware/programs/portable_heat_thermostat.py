"""H5 on the bench: the limit thermostat of the store, and water beyond its limit that it doesn't open for."""

from tests.firmware.programs.portable_heat_bench import TABLE, Bench


def started():
    """The heat is off until the thermostat has been closed for ten seconds."""
    bench = Bench(rested=False)
    bench.run(11000)
    return bench


def beyond(words):
    bench = started()
    bench.set(words)
    return bench


def test_the_thermostat_opens():
    bench = started()
    bench.set("STB_DHW=1")
    bench.scan()
    assert bench.tripped("STB_DHW")
    bench.set("STB_DHW=0")
    bench.reset()
    assert bench.tripped("STB_DHW")  # nobody was there
    bench.reset(confirm=True)
    assert not bench.tripped("STB_DHW")


def test_it_does_not_open():
    """Two sensors 3 K beyond its limit for ten seconds: heat off as if it had opened, until somebody has looked."""
    bench = beyond("TT41=7850 TT42=7830")
    bench.run(9000)
    assert not bench.tripped("STB_DHW")
    bench.run(2000)
    assert bench.tripped("STB_DHW")
    assert bench.program.trips.effects & TABLE.EF_EH1_OFF
    bench.reset(confirm=True)
    assert bench.tripped("STB_DHW")  # it is still too hot
    bench.set("TT41=6050 TT42=6000")
    bench.run(11000)
    bench.reset(confirm=True)
    assert not bench.tripped("STB_DHW")


def test_one_sensor_alone_is_not_believed_so_far():
    bench = beyond("TT41=7900")
    bench.run(30000)
    assert not bench.tripped("STB_DHW")
    bench = beyond("TT41=7780 TT42=7780 TT43=7780")  # PASTEURISE, and what sensor and thermostat may differ by
    bench.run(30000)
    assert not bench.tripped("STB_DHW")

"""What is believed of a temperature when its sensor fails, and what is doubted of one that doesn't (H11)."""

from firmware.programs import heat_sensors as hs
from protocols.quality import BAD, GOOD, STALE
from tests.firmware.programs.portable_heat_dhw_bench import MINUTE, Side


def lose(side, name, quality=BAD, value=None):
    """A sensor fails as its input shows it."""
    setattr(side.io, name + "_Q", quality)
    if value is not None:
        setattr(side.io, name, value)


def at(side, k):
    return side.temps.value[k]


def noise(side):
    """The last digit of every transmitter moves."""
    digit = (side.ms // 1000) % 3 - 1
    for name in ("TT41", "TT42", "TT43", "TT44", "TT45", "TT46"):
        setattr(side.io, name, side.base[name] + digit + (side.off if name == side.liar else 0))


def doubted(side, most_ms, each=None):
    """Run until a sensor is doubted, and a scan more; return the ms that took."""
    took = side.until(lambda s: s.temps.sensor_doubt, most_ms, each)
    side.run(side.scan_ms, each)
    return took


def lively(side, liar="", off=0):
    side.base = {name: getattr(side.io, name) for name in ("TT41", "TT42", "TT43", "TT44", "TT45", "TT46")}
    side.liar = liar
    side.off = off
    return side


def test_the_reason_says_how_a_sensor_failed():
    for quality, value, reason in (
        (BAD, 14000, hs.OPEN),
        (BAD, -4000, hs.SHORT),
        (BAD, 5900, hs.FROZEN),
        (STALE, 5900, hs.SILENT),
    ):
        side = Side(1000)
        side.run(1000)
        lose(side, "TT43", quality, value)
        side.scan()
        assert side.temps.reason[hs.TT43] == reason
        assert side.temps.news == side.temps.estimates == 1 << hs.TT43
        side.scan()
        assert side.temps.news == 0
        lose(side, "TT43", GOOD, 5900)
        side.scan()
        assert side.temps.news == 1 << hs.TT43 and side.temps.estimates == 0
        assert at(side, hs.TT43) == 5900


def test_a_node_of_the_store_has_its_neighbours():
    for lost, k, expected in (
        (("TT41",), hs.TT41, 6000),
        (("TT42",), hs.TT42, 5975),
        (("TT43",), hs.TT43, 5800),
        (("TT44",), hs.TT44, 5900),
        (("TT42", "TT43"), hs.TT43, 5750),  # a third and two thirds of the way from TT41 to TT44
        (("TT41", "TT42"), hs.TT41, 5900),
        (("TT302",), hs.TT302, 4650),
    ):
        side = Side(1000)
        side.run(1000)
        for name in lost:
            lose(side, name, BAD, 14000)
        side.scan()
        assert at(side, k) == expected, lost


def test_an_estimate_of_the_store_is_good_for_30_minutes():
    side = Side(2000)
    side.run(1000)
    lose(side, "TT42", BAD, 14000)
    assert side.until(lambda s: s.temps.store_backup, 31 * MINUTE) in (30 * MINUTE, 30 * MINUTE + 2000)
    assert not side.temps.store_blind
    lose(side, "TT42", GOOD, 6000)
    side.run(4000)
    assert not side.temps.store_backup and not side.temps.store_estimated


def test_a_store_without_any_sensor_is_blind():
    side = Side(1000)
    side.run(1000)
    for name in ("TT41", "TT42", "TT43", "TT44"):
        lose(side, name, BAD, 14000)
    side.io.TT42 = 3000
    side.p2h_kw = 3000
    side.run(5 * MINUTE)
    assert side.temps.store_blind
    assert side.charge.run == 0 and side.backup.mask == 0  # no heat into what nobody knows


def test_the_source_is_reckoned_with_the_heat_of_the_hall():
    side = Side(1000)
    side.run(3000)
    lose(side, "TT101", BAD, 14000)
    side.scan()
    assert side.temps.source_estimated
    assert at(side, hs.TT101) == 2400 + 868  # 800 kW into 22 L/s
    side.put(IT_REQ_Q=STALE)
    side.scan()
    assert abs(at(side, hs.TT101) - 3400) <= 40  # without that: the difference as it was
    side.put(TT102=2600)
    side.scan()
    assert abs(at(side, hs.TT101) - 3600) <= 40


def test_the_outdoor_temperature_goes_slowly_to_the_climates():
    side = Side(1000)
    side.put(TT50=-200)
    side.run(1000)
    lose(side, "TT50", BAD, 14000)
    for second in range(3601):
        side.temps.step(side.io, 0, 0, 0, side.now + 1000 * second)
    assert side.temps.outdoor_estimated
    assert -101 <= at(side, hs.TT50) <= -99  # 1 K an hour
    side.par.outdoor_slew = 1000
    for second in range(3602, 3602 + 2300):
        side.temps.step(side.io, 0, 0, 0, side.now + 1000 * second)
    assert at(side, hs.TT50) == 500


def test_swapped_supply_and_return_are_found_and_put_right():
    side = lively(Side(1000))
    side.base["TT45"], side.base["TT46"] = 5550, 6000
    took = doubted(side, 17 * MINUTE, noise)
    assert took >= 15 * MINUTE - 1000
    assert side.temps.reason[hs.TT45] == side.temps.reason[hs.TT46] == hs.SWAPPED
    side.run(1000, noise)
    assert abs(at(side, hs.TT45) - 6000) <= 2 and abs(at(side, hs.TT46) - 5550) <= 2
    side.put(reset=1)
    side.scan()
    side.put(reset=0)
    assert side.temps.estimates == 0  # believed again, until it is found again


def test_a_return_that_is_hotter_for_a_reason_is_no_swap():
    # The supply falls by 0.6 K a minute and the return follows ten minutes later: nothing stands still.
    side = lively(Side(2000))

    def falls(s):
        s.base["TT45"] = 6000 - 60 * s.ms // MINUTE
        s.base["TT46"] = 5550 - 60 * max(0, s.ms - 10 * MINUTE) // MINUTE
        noise(s)

    side.run(25 * MINUTE, falls)
    assert side.io.TT46 > side.io.TT45 + 100 and not side.temps.sensor_doubt
    # Nothing circulates: the pipe of the return cools by itself.
    side = lively(Side(2000))
    side.base["TT45"] = 5000
    side.put(P402_RUN=0)
    side.run(20 * MINUTE, noise)
    assert not side.temps.sensor_doubt


def test_a_drift_of_5_k_is_found_in_30_minutes():
    for name, k in (("TT41", hs.TT41), ("TT42", hs.TT42), ("TT43", hs.TT43), ("TT44", hs.TT44)):
        side = lively(Side(1000))
        side.base["TT41"], side.base["TT42"], side.base["TT43"], side.base["TT44"] = 6000, 5000, 3500, 2000
        side.run(MINUTE, noise)
        side.liar, side.off = name, 500
        took = doubted(side, 30 * MINUTE, noise)
        assert 5 * MINUTE - 1000 <= took <= 7 * MINUTE, (name, took)
        assert side.temps.reason[k] == hs.DRIFT and side.temps.estimates == 1 << k


def test_a_drift_that_creeps_is_found_too():
    side = lively(Side(2000), "TT43")
    side.base["TT41"], side.base["TT42"], side.base["TT43"], side.base["TT44"] = 6000, 5000, 3500, 2000

    def creeps(s):
        s.off = min(500, 500 * s.ms // (20 * MINUTE))
        noise(s)

    doubted(side, 30 * MINUTE, creeps)
    assert side.temps.estimates == 1 << hs.TT43


def test_a_node_that_charges_drifts_not():
    """A front of hot water goes down through the store: TT43 warms by 25 K in half an hour, as its flow lets it."""
    side = Side(1000)
    side.put(FT401=200, P401_RUN=1, TT204=6150, TT41=6000, TT42=5800, TT43=3000, TT44=1500, V401_SP=0)
    milli = [6000000, 5800000, 3000000, 1500000]

    def warms(s):
        hot = 6100000
        for i in range(4):
            t = milli[i]
            milli[i] = t + (hot - t) * 200 // 100 // 2500  # 2 L/s into 2,500 kg
            hot = t
        s.put(TT41=milli[0] // 1000, TT42=milli[1] // 1000, TT43=milli[2] // 1000, TT44=milli[3] // 1000)

    side.run(30 * MINUTE, warms)
    assert side.io.TT43 > 5000
    assert not side.temps.sensor_doubt
    # The same without flow is none.
    side.put(FT401=0, P401_RUN=0)
    doubted(side, 30 * MINUTE, warms)


def test_what_is_drawn_holds_a_charging_node_down():
    """The charge brings heat to TT44, the cold feed takes as much away: what it shows too much is not the charge."""
    side = lively(Side(1000, tt_drift_s=1500))
    side.put(FT401=200, P401_RUN=1, V401_SP=1000, FT402=0, TT47=1000)
    side.base["TT41"], side.base["TT42"], side.base["TT43"], side.base["TT44"] = 6000, 5000, 3500, 2500

    def draws(s):
        s.put(FQ_L=s.ms // 400)  # 2.5 L/s
        noise(s)
        s.temps.step(s.io, 0, 0, 0, s.now)
        s.ms += 1000
        s.now = s.now + 1000 & 0x3FFFFFFF

    for _ in range(150):
        draws(side)
    side.liar, side.off = "TT44", 500
    for _ in range(1510):
        draws(side)
    assert side.temps.estimates == 1 << hs.TT44


def test_a_store_doesnt_stand_on_its_head():
    side = lively(Side(1000))
    side.base["TT42"], side.base["TT43"] = 5500, 5800  # from the start: no bound has seen better
    side.run(5 * MINUTE + 4000, noise)
    assert side.temps.estimates == 1 << hs.TT43  # believed, it would starve the charge


def test_a_heater_warms_without_a_doubt():
    side = lively(Side(2000))
    for name in ("TT41", "TT42", "TT43", "TT44"):
        side.base[name] = 5000

    def heats(s):
        for name in ("TT41", "TT42", "TT43", "TT44"):
            s.base[name] = 5000 + 43 * (s.ms // MINUTE)  # 300 kW into 10 m3
        noise(s)
        s.temps.step(s.io, 6, 0, 0, s.now)

    side.run(30 * MINUTE, heats)
    assert not side.temps.sensor_doubt


def test_the_hall_contradicts_a_source_sensor():
    side = Side(1000)
    side.run(1000)
    side.put(TT101=3900 - 33)  # 5 K and a bit more than its heat can do
    doubted(side, 20 * MINUTE)
    assert side.temps.reason[hs.TT101] == hs.DRIFT
    assert at(side, hs.TT101) >= 3867  # which of the two lies isn't known: the hotter counts

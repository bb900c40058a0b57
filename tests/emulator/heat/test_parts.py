"""Parts of the heat plant's model by themselves (domain brief §4f and its checks)."""

from __future__ import annotations

import math
from itertools import product
from random import Random

import pytest

from tools.emulator.heat.bacteria import Bacteria, decimal_min, growth_per_h
from tools.emulator.heat.draw import HOURLY, MIX_C, Draw
from tools.emulator.heat.dry_cooler import SPRAY_FROM_C, DryCooler
from tools.emulator.heat.exchanger import UA_CHARGE, Exchanger
from tools.emulator.heat.heat_pump import DRY_S, START_S, HeatPump, State, cop
from tools.emulator.heat.pressure import Circuit
from tools.emulator.heat.pump import CAVITATES_BAR, Pump, TwinPump
from tools.emulator.heat.tank import CONDUCTION, UA, Tank
from tools.emulator.heat.valve import Valve
from tools.emulator.heat.water import CP, KELVIN, Pipe, Volume
from tools.emulator.heat.weather import DAY_S, Weather


def test_an_exchanger_follows_the_theory_of_counter_flow() -> None:
    exchanger = Exchanger(UA_CHARGE)
    ntu = UA_CHARGE / (5.0 * CP)
    assert exchanger.exchange(62.0, 5.0, 12.0, 5.0) == pytest.approx(ntu / (1 + ntu) * 5.0 * CP * 50.0)
    # With unequal flows both ends and UA are met by the logarithmic mean.
    for hot_flow, cold_flow in ((8.0, 2.0), (5.0, 4.0), (2.0, 7.0)):
        w = exchanger.exchange(62.0, hot_flow, 12.0, cold_flow)
        hot_end, cold_end = 62.0 - exchanger.cold_out, exchanger.hot_out - 12.0
        assert w == pytest.approx(UA_CHARGE * (hot_end - cold_end) / math.log(hot_end / cold_end))
        assert w == pytest.approx(hot_flow * CP * (62.0 - exchanger.hot_out))
        assert w == pytest.approx(cold_flow * CP * (exchanger.cold_out - 12.0))


def test_an_exchanger_never_crosses_temperatures_and_rests_without_flow() -> None:
    exchanger = Exchanger(UA_CHARGE)
    for hot_flow, cold_flow in product((0.02, 0.5, 3.0, 3.001, 40.0), repeat=2):
        exchanger.exchange(60.0, hot_flow, 20.0, cold_flow)
        assert 20.0 <= exchanger.hot_out <= 60.0
        assert 20.0 <= exchanger.cold_out <= 60.0
    assert exchanger.exchange(60.0, 5.0, 20.0, 0.0) == 0.0
    assert (exchanger.hot_out, exchanger.cold_out) == (60.0, 20.0)
    assert exchanger.exchange(20.0, 5.0, 60.0, 5.0) < 0.0, "heat goes to the colder side, whatever it is called"


def test_the_cop_is_that_of_the_brief_and_never_beyond_carnot() -> None:
    assert cop(62.0, 27.0) == pytest.approx(3.9, abs=0.05)
    for outlet in range(30, 72, 2):
        for source in range(5, 65, 5):
            if outlet > source - 5:
                assert cop(outlet, source) <= (outlet + KELVIN) / max(1e-9, outlet - (source - 5.0))


def run(machine: HeatPump, seconds: float, *, source: float = 27.0, flow: float = 10.0, back: float = 55.0) -> State:
    for _ in range(round(seconds)):
        machine.step(1.0, source, flow, back, 10.0)
    return machine.state


def test_a_heat_pump_starts_in_60_s_and_holds_its_outlet() -> None:
    machine = HeatPump()
    machine.set_point = 60.0
    machine.order = True
    assert run(machine, 60) is State.STARTING
    assert machine.heat_w == 0.0
    assert run(machine, 300) is State.RUNNING
    assert machine.outlet == pytest.approx(60.0, abs=0.1)
    assert machine.heat_w == pytest.approx(10.0 * CP * 5.0, rel=0.02)
    assert machine.power_w == pytest.approx(machine.heat_w / cop(machine.outlet, 27.0), rel=1e-6)
    assert machine.source_w == pytest.approx(machine.heat_w - machine.power_w)
    machine.max_load = 0.3
    run(machine, 300)
    assert machine.heat_w == pytest.approx(0.3 * machine.rating_w, rel=1e-3), "a limit outranks the set-point"
    machine.order = False
    run(machine, 1)
    assert machine.heat_w == 0.0, "the contact takes the compressor away at once"
    assert machine.starts == 1


def test_a_heat_pump_protects_itself() -> None:
    machine = HeatPump()
    machine.order = True
    machine.set_point = 80.0
    assert run(machine, 400, back=68.0) is State.FAULT
    assert machine.code.name == "HIGH_PRESSURE"
    assert run(machine, 400, back=40.0) is State.FAULT, "until somebody resets it at the machine"
    machine.reset()
    machine.set_point = 45.0
    assert run(machine, 400, back=40.0) is State.RUNNING
    run(machine, 1, flow=2.0, back=40.0)
    assert not machine.flow_switch
    assert machine.heat_w == 0.0
    assert run(machine, 400, source=2.0, flow=5.0, back=30.0) is State.FAULT
    assert machine.code.name == "LOW_PRESSURE"


@pytest.mark.parametrize(("t", "minutes"), [(50.0, 99.0), (55.0, 14.0), (60.0, 2.0), (65.0, 0.28)])
def test_bacteria_die_as_the_anchors_say(t: float, minutes: float) -> None:
    assert decimal_min(t) == pytest.approx(minutes, rel=0.02)
    place = Bacteria(5.0)
    for _ in range(60):
        place.step(minutes, t)  # 60 steps of a sixtieth of that time
    assert place.log == pytest.approx(4.0, abs=0.02)


def test_bacteria_grow_in_lukewarm_water() -> None:
    place = Bacteria(1.0)
    for _ in range(24):
        place.step(3600.0, 37.0)
    assert place.log == pytest.approx(1.0 + 24 * (0.07 / math.log(10) - 1 / (decimal_min(37.0) / 60.0)), abs=0.01)
    assert place.log > 1.6
    assert growth_per_h(19.0) == growth_per_h(49.0) == 0.0


def test_a_day_draws_60_m3_with_two_peaks() -> None:
    draw = Draw(Random(1))
    total = 0.0
    for second in range(0, 86_400, 60):
        draw.step(60.0, second)
        total += draw.mixed * 60.0
    assert total == pytest.approx(60_000.0, rel=1e-3)
    assert [1.7 <= peak <= 1.9 for peak in (max(HOURLY[:12]), max(HOURLY[12:]))] == [True, True]
    hot = draw.hot(60.0, 10.0)
    assert hot * 60.0 + (draw.mixed - hot) * 10.0 == pytest.approx(draw.mixed * MIX_C)
    assert draw.hot(40.0, 10.0) == draw.mixed, "too cold to be mixed: all of it"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ((50.0, 20.0, 60.0, 30.0), [50.0, 40.0, 40.0, 30.0]),
        ((30.0, 20.0, 60.0, 40.0), [37.5] * 4),
        ((60.0, 50.0, 50.0, 10.0), [60.0, 50.0, 50.0, 10.0]),
    ],
)
def test_a_tank_turns_over_as_far_as_buoyancy_carries(
    before: tuple[float, float, float, float], after: list[float]
) -> None:
    tank = Tank(10_000.0, before)
    stored = tank.stored_j
    tank.settle()
    assert tank.t == pytest.approx(after)
    assert tank.stored_j == pytest.approx(stored, rel=1e-14)


def test_a_heater_at_the_bottom_warms_the_whole_tank_one_in_the_middle_only_what_is_above() -> None:
    low, high = Tank(10_000.0, (40.0,) * 4), Tank(10_000.0, (40.0,) * 4)
    still = (0.0, 0.0, 0.0), (0.0, 0.0)
    for _ in range(3600):
        low.step(1.0, *still, (0.0, 300e3), 20.0)
        high.step(1.0, *still, (300e3, 0.0), 20.0)
    assert max(low.t) - min(low.t) < 0.2
    assert min(high.t[:2]) > 90.0
    assert max(high.t[2:]) < 42.0


def test_a_tank_accounts_for_every_joule() -> None:
    rng = Random(3)
    tank = Tank(10_000.0, (60.0, 55.0, 50.0, 20.0))
    before = tank.stored_j
    came = 0.0
    for _ in range(5000):
        inlet, outlet, entry = rng.uniform(0, 9), rng.uniform(0, 4), rng.uniform(0, 4)
        top, bottom = tank.t[0], tank.t[3]
        came += CP * (inlet * 62.0 + entry * 12.0 - outlet * top - (inlet - outlet + entry) * bottom) + 50e3
        came -= tank.step(1.0, (inlet, 62.0, outlet), (entry, 12.0), (0.0, 50e3), 20.0)
    assert tank.stored_j - before == pytest.approx(came, rel=1e-9)


def test_a_standing_tank_loses_what_its_insulation_lets_through() -> None:
    tank = Tank(10_000.0, (60.0, 60.0, 60.0, 20.0))
    lost = tank.step(1.0, (0.0, 0.0, 0.0), (0.0, 0.0), (0.0, 0.0), 20.0)
    assert lost == pytest.approx(3 * UA * 40.0)
    gained = (tank.t[3] - 20.0) * 2500.0 * CP
    assert gained == pytest.approx(CONDUCTION * 40.0)


def test_a_pipe_gives_back_what_entered_after_its_content_has_passed() -> None:
    pipe = Pipe(100.0, 20.0)
    times = []
    for second in range(40):
        out = pipe.flow(5.0, 50.0)
        if out > 49.9:
            times.append(second)
    assert times[0] == 20, "100 kg at 5 kg/s"
    rng = Random(2)
    before, came = pipe.stored_j, 0.0
    for _ in range(5000):
        kg, t = rng.choice((0.01, 0.3, 7.0, 150.0)), rng.uniform(10, 70)
        came += kg * CP * (t - pipe.flow(kg, t))
    assert pipe.stored_j - before == pytest.approx(came, rel=1e-9)
    assert pipe.flow(0.0, 99.0) == pipe.t_out


def test_a_volume_is_stable_whatever_flows_through_it() -> None:
    volume = Volume(4.0, 20.0)
    before = volume.stored_j
    out = volume.flow(1000.0, 60.0)
    assert 59.0 < out < 60.0
    assert volume.stored_j - before == pytest.approx(1000.0 * CP * (60.0 - out))


def test_a_valve_takes_its_stroke_has_hysteresis_and_a_spring() -> None:
    valve = Valve(30.0, 1.0, spring=0.0)
    valve.signal = 0.0
    seconds = 0.0
    while not valve.closed_switch:
        valve.step(0.1)
        seconds += 0.1
    assert 29.0 <= seconds <= 30.0
    for _ in range(200):
        valve.step(0.1)
    valve.signal = 0.50
    for _ in range(400):
        valve.step(0.1)
    assert valve.position == pytest.approx(0.5, abs=1e-3)
    valve.signal = 0.509
    valve.step(10.0)
    assert valve.stem == 0.5, "less than its hysteresis moves nothing"
    valve.stuck = True
    valve.signal = None
    valve.step(60.0)
    assert valve.stem == 0.5
    valve.stuck = False
    for _ in range(30):
        valve.step(1.0)
    assert valve.closed_switch, "without power the spring takes it home"
    still = Valve(60.0, 0.4)
    still.step(60.0)
    assert still.position == 0.4, "without a spring it stays"


def test_a_pump_meets_its_curve_and_cavitates_without_pressure() -> None:
    pump = Pump(20.0, 9.0)
    pump.order = True
    pump.speed_signal = 1.0
    for _ in range(100):
        pump.step(0.1, 2.0)
    assert pump.flow == pytest.approx(20.0)
    assert pump.head == pytest.approx(pump.k * 400.0), "the curve meets the circuit's resistance"
    assert pump.w == pytest.approx(9.81 * 20.0 * pump.head / 0.6)
    pump.speed_signal = 0.5
    for _ in range(100):
        pump.step(0.1, 2.0)
    assert pump.flow == pytest.approx(10.0)
    assert pump.step(0.1, CAVITATES_BAR - 0.01) < 3.0


def test_the_standby_pump_is_at_speed_within_5_s_even_without_a_set_point() -> None:
    twin = TwinPump(27.5, 14.0)
    twin.a.order = True
    for _ in range(200):
        twin.step(0.1, 2.0)
    assert twin.flow == pytest.approx(22.0, rel=1e-3), "the drive's own default is 80 %"
    twin.a.fault = True
    twin.b.order = True
    for _ in range(50):
        twin.step(0.1, 2.0)
    assert twin.b.running
    assert twin.flow > 0.95 * 22.0
    twin.a.fault = False
    for _ in range(100):
        twin.step(0.1, 2.0)
    assert 22.0 < twin.flow < 30.0, "both together move somewhat more, not twice as much"
    twin.a.seized = twin.b.seized = True
    assert twin.step(0.1, 2.0) == 0.0
    assert twin.a.running, "the drive knows nothing of it"


def test_a_leak_trips_long_before_the_pump_cavitates() -> None:
    circuit = Circuit(35.0)
    circuit.leak_bar_min = 0.1
    seconds: dict[float, int] = {}
    for second in range(1200):
        circuit.step(1.0, 35.0, False)
        for limit in (0.8, CAVITATES_BAR):
            if circuit.bar < limit:
                seconds.setdefault(limit, second)
    assert seconds[CAVITATES_BAR] - seconds[0.8] == pytest.approx(180, abs=2)
    circuit.leak_bar_min = 0.0
    for _ in range(600):
        circuit.step(1.0, 35.0, True)
    assert circuit.bar == pytest.approx(1.8, abs=0.01), "the reducing station gives no more"
    circuit.force(2.9, 35.0)
    circuit.step(1.0, 60.0, True)
    assert circuit.bar == 3.0
    assert circuit.relieved


def test_seasons_and_days_have_the_climate_of_the_site() -> None:
    weather = Weather(Random(1), day=0.0)
    means = []
    for day in range(365):
        noons = []
        for hour in range(0, 24, 3):
            weather.step(3 * 3600.0, day * DAY_S + hour * 3600.0)
            noons.append(weather.outdoor)
        means.append(sum(noons) / len(noons))
    assert min(means) == pytest.approx(4.4, abs=0.2)
    assert max(means) == pytest.approx(29.0, abs=0.2)
    below, above = sum(mean < 12.0 for mean in means), sum(mean > 22.0 for mean in means)
    assert 100 < below < 150, "days of heating season"
    assert 100 < above < 150, "days of cooling season"


def test_a_machine_without_water_through_its_condenser_trips_by_its_own_switch() -> None:
    machine = HeatPump()
    machine.order = True
    for _ in range(round(START_S) + 60):
        machine.step(1.0, 27.0, 9.0, 40.0, 9.0)
    assert machine.state is State.RUNNING and machine.heat_w > 0.0
    for _ in range(round(DRY_S)):
        machine.step(1.0, 27.0, 9.0, 40.0, 0.0)
        assert machine.heat_w == 0.0
    assert (machine.state.name, machine.code.name) == ("FAULT", "HIGH_PRESSURE")


def test_a_dry_cooler_that_nobody_commands_does_all_it_can() -> None:
    """Fans and spray at their full; below its own thermostat nothing is sprayed."""
    cooler, sprayed, dry = DryCooler(), DryCooler(), DryCooler()
    sprayed.fan_signal = sprayed.spray_signal = dry.fan_signal = 1.0
    dry.spray_signal = 0.0
    for _ in range(60):
        alone, most, least = (each.step(1.0, 40.0, 22.0, 33.0) for each in (cooler, sprayed, dry))
    assert alone == most > 2.0 * least
    assert cooler.step(1.0, 40.0, 22.0, SPRAY_FROM_C) == dry.step(1.0, 40.0, 22.0, SPRAY_FROM_C)

"""Whatever dies in whatever state of the heat plant: the IT hall keeps its cooling, nobody is scalded, alarms come.

Gateway, board, each pump (drive in fault; motor that turns for nothing), each measurement (open, short) and each unit
of the field line die in each state. All of these run in `hil_tests.heat_matrix`, in copies of a plant that reached the
state: the firmware under CPython, the model behind it. Here some of each kind run on real MicroPython.

What this proof leaves out:

* One thing dies at a time. The hall gives what the state needs, 1 MW wherever that can be; outdoors it is 33 °C at
  most.
* Scans are a second apart, and the field line stands at the terminals (`tools.emulator.time_lapse`): times to the
  millisecond, and the line, have tests of their own.
* H7 and H8 by circulation have their times shortened (`heat_states.SHORT`) but for one case. A node that is lukewarm
  for 24 h isn't waited for. A board that restarts counts them anew.
* In NETWORK_DISINFECT, water above 65 °C at the taps is what the key stands for: not looked at, whatever dies.
* A pump that turns for nothing has no alarm of its own: P101 is told by its flow, P201 and P202 while a machine asks
  for them, P402 by H8, P301 and P401 by the temperatures that they leave behind.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from hil_tests.conftest import made_rigs
from hil_tests.heat_direct import DirectHeat
from hil_tests.heat_kills import HOME_S, KILLS, PUMPS, SENSORS, SHEET
from hil_tests.heat_matrix import FLOW_OF_IT, RISE_K
from hil_tests.heat_rig import HeatRig
from hil_tests.heat_states import PLACES, Place, name_of
from hil_tests.heat_watch import Watch
from tools.emulator.heat.district import HeatDistrict
from tools.emulator.heat.plant import HeatPlant
from tools.heat.course import LAPSE_MS

ROOT = Path(__file__).resolve().parents[1]
SOME = ("gateway", "board", "P101A trip", "TT101 open", "FT201 short", "PT101 open")
OFF_S = 60


def deaths(state: str, *options: str) -> list[dict[str, Any]]:
    """What `hil_tests.heat_matrix` saw of a state, a row for each death."""
    command = [sys.executable, "-m", "hil_tests.heat_matrix", state, *options]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=240, check=False)
    assert ran.returncode == 0, ran.stderr
    return [json.loads(line) for line in ran.stdout.splitlines()]


@pytest.mark.slow
@pytest.mark.parametrize("state", [name_of(place) for place in PLACES])
def test_whatever_dies(state: str) -> None:
    rows = deaths(state)
    assert [row["kill"] for row in rows] == list(KILLS)
    wrong = {row["kill"]: row["problems"] for row in rows if row["problems"]}
    assert not wrong


@pytest.mark.parametrize(
    ("mutation", "state", "kill", "seen"),
    [
        ("V101 follows the recovery", "RUN-HEATING", "DC dead", "V101 at the dry cooler after"),
        ("V101 follows the recovery", "RECOVERY_LIMITED", "FT101 open", "V101 at the dry cooler after"),
        ("H8 forgets", "SAFE_COOLING", "P402 trip", "no STAGNANT after"),
        ("H7 looks away", "RUN-HEATING", "TT45 open", "no DHW_COOL after"),
        ("no second pump", "SAFE_COOLING", "P101A trip", "TT101 above its limit"),
        ("estimates are not told", "SAFE_COOLING", "TT42 short", "not told"),
    ],
)
def test_a_broken_program_is_seen(mutation: str, state: str, kill: str, seen: str) -> None:
    (row,) = deaths(state, "--mutate", mutation, "--only", kill)
    assert any(problem.startswith(seen) for problem in row["problems"]), row


def test_every_state_pump_sensor_and_unit_has_its_cases() -> None:
    assert {state for state, _ in PLACES} == set(SHEET.states)
    assert {substate for state, substate in PLACES if state == "RUN"} == set(SHEET.substates) - {"NONE"}
    plant = HeatPlant(HeatDistrict(1), lapse_ms=LAPSE_MS)
    assert set(PUMPS) == set(plant.pumps)
    for name in plant.pumps:
        assert {f"{name} trip", f"{name} seized"} <= set(KILLS)
    for name in SENSORS:
        assert {f"{name} open", f"{name} short"} <= set(KILLS)
    assert {f"{name} dead" for name in plant.field.devices} <= set(KILLS)


@pytest.mark.parametrize("outdoor", [30.0, 33.0])
def test_a_hot_day_on_which_nothing_dies(outdoor: float) -> None:
    """Fans and spray hold the water; the spray makes it colder at once, and is no reason to stop spraying."""
    plant = DirectHeat(season="summer", outdoor=outdoor, it_kw=1000.0)
    plant.run(60)
    watch = Watch(plant, 40.0)
    sprayed = set()

    def look() -> None:
        watch.look()
        sprayed.add(plant.out("DRYC.SPRAY"))

    plant.on_second = look
    plant.run(900)
    assert watch.problems == []
    assert sprayed == {1000}
    assert plant.district.tt102 == pytest.approx(24.0, abs=0.5)


@pytest.fixture
def make(tmp_path: Path, runtime: str) -> Iterator[Any]:
    """Make rigs in a time-lapse."""
    for makes in made_rigs(HeatRig, tmp_path, runtime):
        yield partial(makes, lapse_ms=LAPSE_MS)


@pytest.mark.parametrize("key", PLACES, ids=name_of)
def test_some_die_on_micropython(key: tuple[str, str], make: Any) -> None:
    for name in SOME:
        _die(PLACES[key], name, make, network=key[0] == "NETWORK_DISINFECT")


def _die(place: Place, name: str, make: Any, *, network: bool) -> None:
    rig = place.enter(make)
    kill = KILLS[name]
    watch = Watch(rig, place.it_limit, *place.hall, network=network)
    watch.powered = False  # alarms are asked for at the end: a look is no time to read over the line

    def look() -> None:
        watch.look()
        rig.world.after(LAPSE_MS, look)

    rig.world.after(LAPSE_MS, look)
    kill.do(rig)
    if name == "board":
        rig.run(OFF_S)
        assert 0 <= watch.home_s <= HOME_S and not watch.away
        rig.board.power_on()
    rig.run(kill.look_s)
    if kill.home:
        assert 0 <= watch.home_s <= HOME_S
    assert watch.problems == []
    assert watch.rise <= RISE_K or name.split()[0] in FLOW_OF_IT
    assert kill.told(rig)
    rig.close()


def test_h8_in_the_sheets_own_time(make: Any) -> None:
    """Circulation that dies is an alarm an hour later, and not before."""
    rig = make(season="autumn", outdoor=16.0)
    rig.run(60)
    rig.fail("P402", "trip")
    rig.run(3590)
    assert not rig.tripped("STAGNANT")
    rig.run(75)
    assert rig.tripped("STAGNANT")
    assert rig.state == "PASTEURISE"

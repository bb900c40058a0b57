"""All deaths in one state of the heat plant: the state is reached once, and each death lives in a copy of it.

``python -m hil_tests.heat_matrix RUN-HEATING`` prints a line of JSON for each death. A process of its own, without
threads, so that it can fork: the copy of a plant is the child of the process that it was reached in. ``--only`` some,
``--mutate`` breaks the program first (`MUTATIONS`).
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import traceback
from typing import Any

from hil_tests.heat_direct import DirectHeat
from hil_tests.heat_kills import HOME_S, KILLS, OFF_S, Kill
from hil_tests.heat_mutations import MUTATIONS
from hil_tests.heat_states import PLACES, Place, name_of
from hil_tests.heat_watch import SWITCH_S, Watch

RISE_K = 3.0
"""HT3."""
FLOW_OF_IT = ("P101A", "P101B")


def main() -> int:
    """Run the deaths of one state."""
    parser = argparse.ArgumentParser(prog="python -m hil_tests.heat_matrix")
    parser.add_argument("state", choices=[name_of(place) for place in PLACES])
    parser.add_argument("--only", nargs="*", default=list(KILLS), help="deaths (default: all)")
    parser.add_argument("--mutate", choices=MUTATIONS, help="break the program")
    options = parser.parse_args()
    if options.mutate:
        MUTATIONS[options.mutate]()
    place = next(place for key, place in PLACES.items() if name_of(key) == options.state)
    plant = place.enter(DirectHeat)
    for name in options.only:
        _print_in_child(plant, place, KILLS[name], options.state)
    return 0


def _print_in_child(plant: DirectHeat, place: Place, kill: Kill, state: str) -> None:
    sys.stdout.flush()
    pid = os.fork()
    if pid:
        os.waitpid(pid, 0)
        return
    try:
        print(json.dumps(_die(plant, place, kill, state)), flush=True)
    except BaseException:  # noqa: BLE001 - whatever it is: the parent goes on, the line tells
        print(json.dumps({"kill": kill.name, "problems": [traceback.format_exc()]}), flush=True)
    os._exit(0)


def _die(plant: DirectHeat, place: Place, kill: Kill, state: str) -> dict[str, Any]:
    """Let it happen and look; what was seen, for JSON."""
    watch = Watch(plant, place.it_limit, *place.hall, network=state == "NETWORK_DISINFECT")
    plant.on_second = watch.look
    if kill.name == "P202 seized":
        watch.flow_s = SWITCH_S
    kill.do(plant)
    if kill.name == "board":
        watch.powered = False
        plant.run(OFF_S)
        _home(watch)
        plant.board.power_on()
        watch.powered = True
        watch.restarted()
    plant.run(kill.look_s)
    if kill.home and kill.name != "board":
        _home(watch)
    if not kill.told(plant):
        watch.problems.append("not told")
    if watch.rise > RISE_K and kill.name.split()[0] not in FLOW_OF_IT:
        watch.problems.append(f"TT101 rose by {watch.rise:.1f} K")
    return {
        "kill": kill.name,
        "problems": watch.problems,
        "tt101": round(watch.highest, 2),
        "rise": round(watch.rise, 2),
        "scald_s": watch.hot.most,
        "unflowed_s": watch.unflowed.most,
        "home_s": watch.home_s,
        "end": f"{plant.state} {plant.substate}",
    }


def _home(watch: Watch) -> None:
    if not 0 <= watch.home_s <= HOME_S or watch.away:
        watch.problems.append(f"V101 at the dry cooler after {watch.home_s} s, away for {watch.away} s since")


if __name__ == "__main__":
    sys.exit(main())

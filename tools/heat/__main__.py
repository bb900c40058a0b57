"""``python -m tools.heat``: see `tools.heat`."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from tools.emulator.spec import IN_PROCESS, MICROPYTHON
from tools.heat.course import LAPSE_MS, SEASONS, Course


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tools.heat", description="Days of the heat plant in a minute.")
    parser.add_argument("--hours", type=float, default=72.0, help="how long (default %(default)g)")
    parser.add_argument("--season", choices=SEASONS, default="winter", help="when (default %(default)s)")
    parser.add_argument("--hour", type=float, default=0.0, help="time of day at the start")
    parser.add_argument("--seed", type=int, default=1, help="of weather, draws and IT load")
    parser.add_argument("--micropython", action="store_true", help="the board as a process of real MicroPython")
    parser.add_argument("--scan-ms", type=int, default=LAPSE_MS, help="between two scans (default %(default)d)")
    parser.add_argument("--json", action="store_true", help="JSON on one line")
    parser.add_argument("parameters", nargs="*", metavar="NAME=VALUE", help="parameters of the board")
    return parser.parse_args()


def _print(figures: dict[str, Any]) -> None:
    for name, value in figures.items():
        print(f"{name:<24} {value}")


def main() -> int:
    """Run it."""
    options = _arguments()
    params = {name: int(value) for name, _, value in (each.partition("=") for each in options.parameters)}
    began = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="heat-") as folder:
        runtime = MICROPYTHON if options.micropython else IN_PROCESS
        course = Course(
            Path(folder),
            season=options.season,
            hour=options.hour,
            runtime=runtime,
            seed=options.seed,
            lapse_ms=options.scan_ms,
            params=params,
        )
        with course:
            course.run(options.hours)
        figures = {"season": options.season, **course.report(), "wall_s": round(time.perf_counter() - began, 1)}
    if options.json:
        print(json.dumps(figures))
    else:
        _print(figures)
    return 0


if __name__ == "__main__":
    sys.exit(main())

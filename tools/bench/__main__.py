"""``python -m tools.bench [--list] [--only NAME ...]``: one JSON object a line."""

from __future__ import annotations

import argparse
import importlib
import pkgutil
import sys
from collections.abc import Callable, Iterable, Mapping

import tools.bench
from tools.bench.measure import Result

Bench = Callable[[], Result | Iterable[Result]]


def discover() -> dict[str, Bench]:
    """Return each bench by name, from every module beside this one. Raises ValueError where two have one name."""
    found: dict[str, Bench] = {}
    for module in sorted(info.name for info in pkgutil.iter_modules(tools.bench.__path__)):
        if module.startswith("_"):
            continue
        benches: dict[str, Bench] = getattr(importlib.import_module(f"tools.bench.{module}"), "BENCHES", {})
        for name, bench in benches.items():
            if name in found:
                raise ValueError(f"two benches are named {name}; the second in tools/bench/{module}.py")
            found[name] = bench
    return found


def run(benches: Mapping[str, Bench], wanted: list[str]) -> Iterable[Result]:
    """Yield the results that ``wanted`` names, each function run once however many names it serves."""
    done: set[int] = set()
    for name in wanted:
        bench = benches[name]
        if id(bench) in done:
            continue
        done.add(id(bench))
        result = bench()
        for one in (result,) if isinstance(result, Result) else result:
            if one.bench in wanted:
                yield one


def matching(name: str, benches: Iterable[str]) -> list[str]:
    """Return the benches that ``name`` means: the one of that name, and its variants (``scan_us.parking_lane``)."""
    return [one for one in benches if one == name or one.startswith(f"{name}.")]


def main(arguments: list[str] | None = None) -> int:
    """Print the wanted results; return the exit code."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--list", action="store_true", help="print the names and stop")
    parser.add_argument(
        "--only", action="append", default=[], metavar="NAME", help="this one and its variants (may be said again)"
    )
    options = parser.parse_args(arguments)
    benches = discover()
    if options.list:
        print("\n".join(benches))
        return 0
    unknown = [name for name in options.only if not matching(name, benches)]
    if unknown:
        parser.error(f"no bench named {', '.join(unknown)}; there are: {', '.join(benches)}")
    wanted = [one for name in options.only for one in matching(name, benches)]
    for result in run(benches, wanted or list(benches)):
        print(result.json(), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())

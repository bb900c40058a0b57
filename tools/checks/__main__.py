"""``python -m tools.checks [--list] [NAME ...]``: run the checks, two at a time; exit 1 when one found something."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from tools.checks import commands, house, links, portable

CHECKS: dict[str, Callable[[], list[str]]] = {
    "types": commands.mypy,
    "portable-types-rp2": lambda: portable.types("rp2"),
    "portable-types-esp32": lambda: portable.types("esp32"),
    "mpy-cross": portable.compiles,
    "imports": commands.import_linter,
    "generated-docs": commands.generated_docs,
    "lint": commands.ruff_check,
    "format": commands.ruff_format,
    "links": links.check,
    "house": house.check,
}


def timed(check: Callable[[], list[str]]) -> tuple[list[str], float]:
    """Run one check; return its findings and the seconds that it took."""
    begin = time.perf_counter()
    return check(), time.perf_counter() - begin


def main(arguments: list[str] | None = None) -> int:
    """Run the named checks, or all; return the exit code."""
    parser = argparse.ArgumentParser(prog="make check", description=__doc__)
    parser.add_argument("--list", action="store_true", help="print the names and stop")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"one of: {', '.join(CHECKS)}")
    options = parser.parse_args(arguments)
    if options.list:
        print("\n".join(CHECKS))
        return 0
    unknown = [name for name in options.names if name not in CHECKS]
    if unknown:
        parser.error(f"no check named {', '.join(unknown)}; there are: {', '.join(CHECKS)}")
    wanted = {name: CHECKS[name] for name in options.names} if options.names else CHECKS
    failed = 0
    with ThreadPoolExecutor(max_workers=2) as pool:
        running = {name: pool.submit(timed, check) for name, check in wanted.items()}
        for name, future in running.items():
            findings, seconds = future.result()
            print(f"{'FAIL' if findings else 'ok':4}  {name:22} {seconds:5.1f} s", flush=True)
            for line in findings:
                print(f"      {line}")
            failed += bool(findings)
    print(f"{len(wanted) - failed} of {len(wanted)} checks passed" + (f", {failed} failed" if failed else ""))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

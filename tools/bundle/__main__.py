"""``python -m tools.bundle``: stage what a board needs and print it with its sizes."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from protocols.sheets import PROGRAMS
from protocols.sheets.check import SheetError
from tools.bundle.graph import MissingModuleError
from tools.bundle.mpy import CompileError
from tools.bundle.stage import TARGETS, BundleError, Manifest, Request, stage


def show(manifest: Manifest, out: Path) -> None:
    """Print the manifest as a person reads it."""
    for file in manifest.files:
        print(f"{file.size:8,}  {file.path}")
    print(f"{manifest.total:8,}  bytes in {len(manifest.files)} files")
    print(
        f"{manifest.program} for {manifest.target} ({manifest.arch}), unit {manifest.unit}, dev id {manifest.dev_id}, "
        f"source {manifest.source_hash}, in {out}"
    )


def main(arguments: list[str] | None = None) -> int:
    """Return 0, or 2 with one line of what is wrong."""
    parser = argparse.ArgumentParser(prog="make bundle", description=__doc__)
    parser.add_argument("--target", required=True, help=", ".join(TARGETS))
    parser.add_argument("--program", required=True, help=", ".join(PROGRAMS))
    parser.add_argument("--unit", type=int, default=1, help="Modbus unit id on the line, 1..247")
    parser.add_argument("--dev-id", type=int, default=1, help="the board's number in the site, 1..65535")
    parser.add_argument("--out", type=Path, help="folder to make anew")
    parser.add_argument("--arch", help="native code for this architecture instead of the target's (emulated boards)")
    options = parser.parse_args(arguments)
    out = options.out or Path("build/bundle") / f"{options.target}-{options.program}"
    try:
        request = Request(options.target, options.program, options.unit, options.dev_id, options.arch)
        show(stage(request, out), out)
    except (BundleError, MissingModuleError, CompileError, SheetError) as error:
        print(f"make bundle: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())

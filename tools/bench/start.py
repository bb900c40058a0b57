"""How fast ``edgectl --help`` answers, beside the least that a typer app can be.

The difference is what our commands import at the top of their modules: it has to stay next to nothing.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from tools.bench.measure import Result, interleave, process_ms

BARE = '''\
"""A bare typer app of two commands."""

import typer

app = typer.Typer(no_args_is_help=True)


@app.command()
def first(name: str = "a", count: int = 1) -> None:
    """Say it."""
    typer.echo(name * count)


@app.command()
def second(name: str = "b", json: bool = False) -> None:
    """Say it otherwise."""
    typer.echo(name if json else name * 2)


if __name__ == "__main__":
    app()
'''


def help_start() -> Result:
    """Time both as processes, from exec to exit."""
    with tempfile.TemporaryDirectory() as folder:
        bare = Path(folder) / "bare.py"
        bare.write_text(BARE, encoding="utf-8")
        edgectl = str(Path(sys.executable).parent / "edgectl")
        ours, peer = interleave(
            lambda: process_ms([edgectl, "--help"]),
            lambda: process_ms([sys.executable, str(bare), "--help"]),
            rounds=15,
            warm_up=2,
        )
    return Result("help_start_ms", ours, peer, "bare typer app of two commands", "ms")


BENCHES = {"help_start_ms": help_start}

"""`edgectl energy sunspec scan|dump|diff`: an installer's look at any SunSpec device on a serial port or over TCP.

Needs no site file and no gateway. While a gateway or a board polls the same serial line, this must not.
"""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from edge_gateway.cli.exits import FAILED, TIMED_OUT, USAGE, CommandFailed
from edge_gateway.cli.output import JSON_OPTION, console, print_json
from edge_gateway.cli.text import _

if TYPE_CHECKING:
    from collections.abc import Iterator

    from edge_gateway.fieldbus.asking import Asking

app = typer.Typer(no_args_is_help=True)

LINE = typer.Argument(metavar="LINE", help=_("tcp://host:port, or a serial port as in /dev/ttyUSB0."))
BAUD = typer.Option(help=_("Speed of a serial port (bit/s)."))
PARITY = typer.Option(help=_("Of a serial port: N, E or O."))
STOP = typer.Option("--stop-bits", help=_("Of a serial port: 1 or 2."))
TIMEOUT = typer.Option("--timeout-ms", help=_("Longest wait for a reply (ms)."), min=20, max=30_000)
QUIRK = typer.Option(help=_("What the device does otherwise: standard, whole_models, latency_200ms..."))


@app.command(help=_("Find the units on a line: maker, model, serial number, models; or what is wrong with them."))
def scan(
    line: Annotated[str, LINE],
    units: Annotated[str, typer.Option(help=_("Which to try: 1-10, or 1,3,7."))] = "1-10",
    baud: Annotated[int, BAUD] = 115_200,
    parity: Annotated[str, PARITY] = "N",
    stop_bits: Annotated[int, STOP] = 1,
    timeout_ms: Annotated[int, TIMEOUT] = 500,
    quirk: Annotated[str, QUIRK] = "standard",
    json: Annotated[bool, JSON_OPTION] = False,
) -> None:
    """Exit code 1 when a chain is bad, 6 when nobody answers."""
    wanted = _units(units)
    from edge_gateway.cli import sunspec_read

    rows: list[dict[str, Any]] = []
    silent: list[int] = []
    with _opened(line, baud, parity, stop_bits, timeout_ms, quirk) as opened:
        for unit in wanted:
            try:
                read = sunspec_read.read_unit(opened, unit, quirk, whole=False, patience_s=1.5 * timeout_ms / 1000)
            except sunspec_read.SilentError:
                silent.append(unit)
                continue
            rows.append(sunspec_read.found(read, unit))
    if json:
        print_json({"line": line, "units": rows, "silent": silent})
    else:
        from edge_gateway.cli.sunspec_view import scan_view

        console().print(scan_view(line, rows, silent))
    if not rows:
        raise typer.Exit(TIMED_OUT)
    if any(row["cause"] for row in rows):
        raise typer.Exit(FAILED)


@app.command(help=_("Print everything that a unit has: each model, each point, in its own unit."))
def dump(
    line: Annotated[str, LINE],
    unit: Annotated[int, typer.Argument(help=_("Its Modbus address."), min=1, max=247)],
    model: Annotated[list[int] | None, typer.Option(help=_("Only this model. Repeatable."))] = None,
    baud: Annotated[int, BAUD] = 115_200,
    parity: Annotated[str, PARITY] = "N",
    stop_bits: Annotated[int, STOP] = 1,
    timeout_ms: Annotated[int, TIMEOUT] = 1_000,
    quirk: Annotated[str, QUIRK] = "standard",
    json: Annotated[bool, JSON_OPTION] = False,
) -> None:
    """With --json it is what `diff` takes. Exit code 1 when the chain is bad; standard error names the cause."""
    found = _dump(line, unit, baud, parity, stop_bits, timeout_ms, quirk)
    if model:
        found["models"] = [each for each in found["models"] if each["id"] in model]
    if json:
        print_json(found)
    else:
        from edge_gateway.cli.sunspec_view import dump_view

        for part in dump_view(found):
            console().print(part)
    if found["cause"]:
        raise CommandFailed(_("unit {unit}: {cause}").format(unit=unit, cause=found["cause"]), FAILED)


@app.command(help=_("Compare a dump with another one, or with the device itself: settings, models, identity."))
def diff(
    old: Annotated[Path, typer.Argument(metavar="FILE", help=_("A dump (`dump --json`)."))],
    new: Annotated[str, typer.Argument(metavar="FILE|LINE", help=_("Another one, or the line of the device."))],
    unit: Annotated[int | None, typer.Option(help=_("On a line: its address; that of the dump if absent."))] = None,
    everything: Annotated[bool, typer.Option("--all", help=_("Measured values too."))] = False,
    baud: Annotated[int, BAUD] = 115_200,
    parity: Annotated[str, PARITY] = "N",
    stop_bits: Annotated[int, STOP] = 1,
    timeout_ms: Annotated[int, TIMEOUT] = 1_000,
    quirk: Annotated[str, QUIRK] = "standard",
    json: Annotated[bool, JSON_OPTION] = False,
) -> None:
    """Exit code 0 when nothing differs, 1 when something does."""
    from edge_gateway.cli import sunspec_read

    try:
        before = sunspec_read.load(old)
        after = sunspec_read.load(Path(new)) if Path(new).is_file() else None
    except ValueError as error:
        raise CommandFailed(str(error), USAGE) from None
    if after is None:
        after = _dump(new, unit or int(before["unit"]), baud, parity, stop_bits, timeout_ms, quirk)
        if after["cause"]:
            raise CommandFailed(_("{line}: {cause}").format(line=new, cause=after["cause"]), FAILED)
    told = sunspec_read.differences(before, after, everything)
    if json:
        print_json({"same": not told, "differences": told})
    else:
        from edge_gateway.cli.sunspec_view import diff_view

        console().print(diff_view(told))
    if told:
        raise typer.Exit(FAILED)


def _dump(line: str, unit: int, baud: int, parity: str, stop_bits: int, timeout_ms: int, quirk: str) -> dict[str, Any]:
    from edge_gateway.cli import sunspec_read

    with _opened(line, baud, parity, stop_bits, timeout_ms, quirk) as opened:
        try:
            read = sunspec_read.read_unit(opened, unit, quirk, patience_s=max(3.0, 3.5 * timeout_ms / 1000))
        except sunspec_read.SilentError as error:
            raise CommandFailed(str(error), TIMED_OUT) from None
    return sunspec_read.dump(read, unit, line)


@contextmanager
def _opened(line: str, baud: int, parity: str, stop_bits: int, timeout_ms: int, quirk: str) -> Iterator[Asking]:
    """The line, with its errors in words."""
    from drivers.sunspec.quirks import QUIRKS
    from edge_gateway.fieldbus.asking import open_target

    if quirk not in QUIRKS:
        raise CommandFailed(_("no quirk `{name}`; there are {all}").format(name=quirk, all=", ".join(QUIRKS)), USAGE)
    word = parity.upper()
    if word not in ("N", "E", "O") or stop_bits not in (1, 2):
        raise CommandFailed(_("parity is N, E or O, stop bits are 1 or 2"), USAGE)
    try:
        with open_target(line, baud, word, stop_bits, timeout_ms) as opened:  # type: ignore[arg-type]
            yield opened
    except ValueError as error:
        raise CommandFailed(str(error), USAGE) from None
    except OSError as error:
        raise CommandFailed(_("{line}: {why}").format(line=line, why=error.strerror or error), FAILED) from None


def _units(text: str) -> list[int]:
    """`1-10` or `1,3,7` as numbers. Raises CommandFailed."""
    found: list[int] = []
    for part in text.split(","):
        first, dash, last = part.strip().partition("-")
        if not first.isdigit() or (dash and not last.isdigit()):
            raise CommandFailed(_("`{part}` is no address; write 1-10 or 1,3,7").format(part=part), USAGE)
        found += range(int(first), int(last or first) + 1)
    wrong = [unit for unit in found if not 1 <= unit <= 247]
    if wrong or not found:
        raise CommandFailed(_("addresses are 1 to 247"), USAGE)
    return list(dict.fromkeys(found))

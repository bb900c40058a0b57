"""The waste plant on the live screen: a line for the sequence, one for the air, a row for each branch."""

from __future__ import annotations

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from tools.demo.waste import Inlet, Waste

WASTE_ROWS = 11
_LEVELS = "▁▂▃▄▅▆▇█"
_HIGH, _FULL = 60.0, 95.0
_OPEN = "v"
_VACUUM_KPA = 35.0
_SPEED = 35.0
_STATE_STYLE = {
    "IDLE": "dim",
    "TRIPPED": "bold red",
    "BLOCKED": "bold red",
    "MAINT": "magenta",
    "DISCHARGE": "bold green",
}


def waste_part(waste: Waste) -> RenderableType:
    """`WASTE_ROWS` rows for six branches, at most 96 columns."""
    return Group(_sequence(waste), _run(waste), _air(waste), Text(), _below(waste))


def _sequence(waste: Waste) -> Text:
    state = waste.state.replace("_", " ").lower()
    text = Text.assemble(("waste      ", ""), (f"{state:<12}", _STATE_STYLE.get(waste.state, "cyan")), waste.why)
    text.truncate(96, overflow="ellipsis")
    return text


def _run(waste: Waste) -> Text:
    return Text(" " * 11 + (waste.run or "no run"), style="" if waste.run else "dim")


def _air(waste: Waste) -> Text:
    station = waste.station.replace("_", " ").lower()
    branch = f"branch {waste.branch}" if waste.branch else "no branch"
    text = Text(f"station    {station:<12}")
    text.append_text(_bar(abs(waste.vacuum_kpa) / _VACUUM_KPA, 10, "cyan"))
    text.append(f" {abs(waste.vacuum_kpa):4.1f} kPa   ")
    text.append_text(_bar(waste.speed / _SPEED, 10, "cyan"))
    text.append(f" {waste.speed:4.1f} m/s   {branch}, {waste.fans} fans, {waste.kwh:.1f} kWh")
    return text


def _bar(share: float, width: int, style: str) -> Text:
    filled = max(0, min(width, round(width * share)))
    return Text.assemble(("█" * filled, style), ("░" * (width - filled), "dim"))


def _below(waste: Waste) -> Table:
    table = Table.grid(padding=(0, 3))
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_row(_chutes(waste), Group(_containers(waste), Text(), _books(waste)))
    return table


def _chutes(waste: Waste) -> Group:
    """Filling of every chute: perishable, other and recyclable of each inlet, near to far."""
    rows = [Text("near to far; v: valve open", style="bold")]
    for branch in sorted({inlet.branch for inlet in waste.inlets}):
        row = Text(f"branch {branch}  ")
        for inlet in waste.inlets:
            if inlet.branch == branch:
                row.append("  ")
                row.append_text(_inlet(inlet))
        rows.append(row)
    return Group(*rows)


def _inlet(inlet: Inlet) -> Text:
    text = Text()
    for percent, is_open in zip(inlet.percent, inlet.open, strict=True):
        if is_open:
            text.append(_OPEN, style="bold white on green")
            continue
        style = "red" if percent >= _FULL else "yellow" if percent >= _HIGH else "green"
        text.append(_LEVELS[min(7, int(percent / 12.5))], style=style)
    return text


def _containers(waste: Waste) -> Table:
    table = Table.grid(padding=(0, 2))
    for _ in range(3):
        table.add_column(no_wrap=True)
    for box in waste.containers:
        bar = _bar(box.level / 100, 16, "green") if box.docked else Text("not docked", style="red")
        table.add_row(f"{box.fraction:<10}", bar, f"{box.level:3.0f} %  {box.kg:6.0f} kg landed")
    return table


def _books(waste: Waste) -> Table:
    table = Table.grid(padding=(0, 1))
    table.add_column(no_wrap=True)
    for _ in range(5):
        table.add_column(no_wrap=True, justify="right")
    table.add_row("[bold]kg[/]", "dropped", "= chutes", "+ flying", "+ landed", "balance")
    booked = (waste.dropped_kg, waste.chutes_kg, waste.in_flight_kg, waste.landed_kg)
    for name, masses, balance in (
        ("booked", booked, waste.balance_kg),
        ("really", waste.true_kg, waste.true_balance_kg),
    ):
        shown = Text(f"{balance:.1f}", style="bold red" if round(balance, 3) else "green")
        table.add_row(name, *(f"{mass:.1f}" for mass in masses), shown)
    return table

"""The live screen of the demo: at most 100 columns, readable without colour too."""

from __future__ import annotations

from rich import box
from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from tools.demo.energy_screen import ENERGY_ROWS, energy_part
from tools.demo.heat_screen import HEAT_ROWS, heat_part
from tools.demo.view import Lane, View
from tools.demo.waste_screen import WASTE_ROWS, waste_part

WIDTH = 100
_FIXED_ROWS = 9  # frame, headings, occupancy, counters
_GAP_ROWS = 2
_RULE_ROWS = 6  # around and below the headings of both tables
_LEAST_EVENTS = 3
_BOOM_STEPS = 9  # characters of the boom's bar, 10 degrees each
_STATE_STYLE = {
    "HOLD_OPEN": "yellow",
    "FAULT": "bold red",
    "REVERSING": "bold yellow",
    "MAINT": "magenta",
    "OFF": "dim",
}


def _boom(lane: Lane) -> Text:
    if lane.angle_deg is None:
        return Text("no angle", style="red")
    steps = max(0, min(_BOOM_STEPS, round(lane.angle_deg / 10)))
    return Text.assemble(("/" * steps, "cyan"), ("." * (_BOOM_STEPS - steps), "dim"), f" {lane.angle_deg:4.0f}°")


def _light(lane: Lane) -> Text:
    return Text(lane.light, style={"green": "green", "red": "red"}.get(lane.light, "dim"))


def _state(lane: Lane) -> Text:
    words = lane.state.replace("_", " ").lower()
    if lane.hold_reason not in ("", "none"):
        words += f": {lane.hold_reason}"
    if lane.local:
        words += " [local]"
    return Text(words, style=_STATE_STYLE.get(lane.state, ""))


def _lanes(view: View, rules: box.Box | None) -> Table:
    table = Table(box=rules, expand=True, pad_edge=False)
    table.add_column("lane", no_wrap=True, min_width=9)
    table.add_column("state", no_wrap=True, ratio=1)
    table.add_column("boom", no_wrap=True, min_width=_BOOM_STEPS + 6)
    table.add_column("light", no_wrap=True, min_width=5)
    table.add_column("queue", no_wrap=True, min_width=9)
    table.add_column("passed", justify="right", no_wrap=True, min_width=6)
    table.add_column("mode", no_wrap=True, min_width=6)
    table.add_column("link", no_wrap=True, min_width=5)
    for lane in view.lanes:
        link = Text(lane.link, style="green" if lane.link == "ok" else "bold red")
        cars = f"{lane.queue:2} " + "o" * min(lane.queue, 5) + ("+" if lane.queue > 5 else "")
        table.add_row(
            lane.title,
            _state(lane),
            _boom(lane),
            _light(lane),
            cars,
            str(lane.passed),
            lane.mode,
            link,
        )
    return table


def _occupancy(view: View) -> Text:
    width = 40
    filled = round(width * view.occupancy / view.capacity) if view.capacity else 0
    full = view.occupancy >= view.full_at > 0
    text = Text("occupancy  ")
    text.append("█" * filled, style="red" if full else "green")
    text.append("░" * (width - filled), style="dim")
    text.append(f"  {view.occupancy} of {view.capacity}, full at {view.full_at}")
    if full:
        text.append("  FULL", style="bold red")
    return text


def _counters(view: View) -> Table:
    cpu = "-" if view.gateway_cpu_percent is None else f"{view.gateway_cpu_percent:.1f} % of a core"
    load = "-" if view.bus_load_percent is None else f"{view.bus_load_percent:.0f} % on the busiest line"
    uplink = view.uplink
    table = Table.grid(padding=(0, 2), expand=True)
    for _ in range(3):
        table.add_column(no_wrap=True)
    table.add_row("[bold]plant[/]", "[bold]gateway[/]", "[bold]uplink[/]")
    contacts = f"[bold red]{view.contacts} contacts[/]" if view.contacts else "0 contacts"
    table.add_row(f"{contacts}, {view.reversals} reversals", f"cpu {cpu}", f"journalled {uplink.journalled}")
    linked = f"{view.linked} of {view.boards} boards linked"
    table.add_row(linked, f"bus {load}", f"acknowledged {uplink.acked}")
    received = f"received {uplink.received}, {uplink.gaps} gaps, {uplink.duplicates} repeats"
    table.add_row(
        f"{view.scans} scans, {view.overruns} overruns", f"tags {view.tags_good} good of {view.tags_total}", received
    )
    return table


def _events(view: View, count: int, rules: box.Box | None) -> Table:
    table = Table(box=rules, expand=True, pad_edge=False)
    table.add_column("time", no_wrap=True)
    table.add_column("board", no_wrap=True)
    table.add_column("event", ratio=1)
    for event in view.events[:count]:
        table.add_row(event.time, event.source, event.text)
    return table


def _time(view: View) -> list[str]:
    """In fast motion the plant's time of day, and how fast it goes."""
    if view.speed is None or view.hour is None:
        return []
    hours, minutes = divmod(int(60 * view.hour), 60)
    return [f"{hours:02d}:{minutes:02d} at the plant", f"{view.speed:.1f} times as fast as the clock"]


def _plants(view: View) -> list[tuple[RenderableType, int]]:
    """Part and rows of each plant of the site."""
    parts: list[tuple[RenderableType, int]] = []
    if view.waste is not None:
        parts.append((waste_part(view.waste), WASTE_ROWS))
    if view.energy is not None:
        parts.append((energy_part(view.energy), ENERGY_ROWS))
    if view.heat is not None:
        parts.append((heat_part(view.heat), HEAT_ROWS))
    return parts


def render(view: View, height: int = 44) -> RenderableType:
    """The whole screen for one moment, in `height` rows: there are as many events as there is room for.

    Where rows are short, empty ones go first, then the rules of the tables.
    """
    minutes, seconds = divmod(int(view.elapsed_s), 60)
    plants = _plants(view)
    spare = height - _FIXED_ROWS - _LEAST_EVENTS - len(view.lanes) - sum(rows for _part, rows in plants)
    ruled = spare >= _RULE_ROWS
    spare -= _RULE_ROWS * ruled
    spaced = spare >= len(plants)
    spare -= len(plants) * spaced
    apart = spare >= _GAP_ROWS
    spare -= _GAP_ROWS * apart
    rules = box.SIMPLE_HEAD if ruled else None
    gap = [Text()] if apart else []
    body = Group(
        _lanes(view, rules),
        _occupancy(view),
        *(each for part, _rows in plants for each in ([Text(), part] if spaced else [part])),
        *gap,
        _counters(view),
        *gap,
        _events(view, _LEAST_EVENTS + max(0, spare), rules),
    )
    return Panel(
        body,
        title=f"[bold]District Edge[/] · {view.site}",
        subtitle=" · ".join([f"running {minutes:02d}:{seconds:02d}", *_time(view), "Ctrl-C ends it"]),
        width=WIDTH,
        box=box.ROUNDED,
    )

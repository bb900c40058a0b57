"""The power plant on the live screen: a line for its management, a row for each flow."""

from __future__ import annotations

from rich.console import Group, RenderableType
from rich.text import Text

from tools.demo.energy import Energy, Flow

ENERGY_ROWS = 6
_COLUMNS = 96
_WORDS = 31
_BAR = 8
_FULL_KW = 600.0
_DETAIL = 34
_STATE_STYLE = {
    "INIT": "dim",
    "OBSERVE": "yellow",
    "OPTIMISE": "bold green",
    "GRID_EVENT": "bold yellow",
    "ISLAND": "bold yellow",
    "SHUTDOWN": "bold red",
}


def energy_part(energy: Energy) -> RenderableType:
    """`ENERGY_ROWS` rows, at most 96 columns."""
    return Group(_management(energy), *map(_flow, energy.flows))


def _management(energy: Energy) -> Text:
    state = energy.state.replace("_", " ").lower()
    text = Text.assemble("energy     ", (f"{state:<13}", _STATE_STYLE.get(energy.state, "cyan")))
    words = Text(f"{energy.why}; {energy.plan}")
    words.truncate(_WORDS, overflow="ellipsis", pad=True)
    text.append_text(words)
    style = "" if energy.answering == energy.units else "yellow"
    text.append(f"  {energy.answering} of {energy.units} units, ", style=style)
    text.append(f"{energy.mirrored} of {energy.controlled} set-points held")
    return text


def _flow(flow: Flow) -> Text:
    """Name, power, bar, what there is of it, who limits it."""
    text = Text(f"  {flow.name:<9}")
    text.append(f"{'-' if flow.kw is None else f'{flow.kw:+.1f}':>7} kW  ")
    filled = max(0, min(_BAR, round(_BAR * abs(flow.kw or 0.0) / _FULL_KW)))
    text.append("█" * filled, style="green" if (flow.kw or 0.0) >= 0 else "yellow")
    text.append("░" * (_BAR - filled), style="dim")
    text.append(f"  {flow.detail:<{_DETAIL}}")
    text.append(flow.held_by)
    text.truncate(_COLUMNS, overflow="ellipsis")
    return text

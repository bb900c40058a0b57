"""The heat plant on the live screen: a line for its state, then the way of the heat from the IT hall to the taps."""

from __future__ import annotations

from rich.console import Group, RenderableType
from rich.text import Text

from tools.demo.heat import Heat, Machine

HEAT_ROWS = 6
_COLUMNS = 96
_STATE = 18
_WORDS = 51
_MACHINE = 28
_STATE_STYLE = {
    "OFF": "dim",
    "TRIPPED": "bold red",
    "MAINT": "magenta",
    "RUN": "bold green",
    "PASTEURISE": "bold yellow",
    "NETWORK_DISINFECT": "bold red",
}
_PHASE_STYLE = {"run": "green", "off": "dim", "anti-cycle": "yellow"}


def heat_part(heat: Heat) -> RenderableType:
    """`HEAT_ROWS` rows, at most 96 columns."""
    rows = (_plant(heat), _source(heat), _machines(heat), _heating(heat), _water(heat), _backup(heat))
    for row in rows:
        row.truncate(_COLUMNS, overflow="ellipsis")
    return Group(*rows)


def _plant(heat: Heat) -> Text:
    """State, what stands against it, units that answer."""
    state = heat.state.replace("_", " ").lower()
    text = Text.assemble("heat       ", (f"{state:<{_STATE}}", _STATE_STYLE.get(heat.state.partition(",")[0], "cyan")))
    words = Text(heat.why, style="yellow" if heat.alarm else "")
    words.truncate(_WORDS, overflow="ellipsis", pad=True)
    text.append_text(words)
    text.append(f"  {heat.answering} of {heat.units} units", style="" if heat.answering == heat.units else "yellow")
    return text


def _source(heat: Heat) -> Text:
    """The IT loop: heat, temperatures there and back, how far from its limit, where it goes."""
    text = Text("  IT       ")
    _put(text, heat, "", "IT.REQ", " kW, ")
    _put(text, heat, "TT101 ", "TT101", " ")
    _put(text, heat, "TT102 ", "TT102", " °C, ")
    margin = "-" if heat.margin_k is None else f"{heat.margin_k:.1f}"
    text.append(f"margin {margin} K", style="red" if heat.margin_k is not None and heat.margin_k < 0 else "")
    _put(text, heat, "  V101 ", "V101.SP", " %, ")
    _put(text, heat, "HX1 ", "HM1.KW", " kW, ")
    _put(text, heat, "fans ", "DRYC.FAN", " %")
    return text


def _machines(heat: Heat) -> Text:
    text = Text("  pumps    ")
    for machine in heat.machines:
        made = _machine(machine)
        made.truncate(_MACHINE, overflow="ellipsis", pad=True)
        text.append_text(made)
    return text


def _machine(machine: Machine) -> Text:
    text = Text(f"HP{machine.number}{'*' if machine.lead else ''} ")
    text.append(machine.phase, style="bold red" if machine.fault else _PHASE_STYLE.get(machine.phase, "cyan"))
    if machine.fault:
        text.append(f", fault {machine.fault}", style="red")
    elif machine.phase == "run" and machine.kw is not None and machine.outlet_c is not None:
        text.append(f" {machine.kw:.0f} kW, {machine.outlet_c:.1f} °C")
    elif machine.wait_s:
        text.append(f", {machine.wait_s:.0f} s")
    return text


def _heating(heat: Heat) -> Text:
    """The district's supply, its set-point and who decides it."""
    text = Text("  heating  ")
    _put(text, heat, "", "TT305", f"{_wanted(heat, 'heating')} °C, ")
    _put(text, heat, "V301 ", "V301.SP", " %, ")
    _put(text, heat, "", "HM2.KW", " kW: ")
    text.append(heat.held)
    return text


def _water(heat: Heat) -> Text:
    """The store from top to bottom, what goes to the taps and comes back."""
    text = Text("  store   ")
    for name in ("TT41", "TT42", "TT43", "TT44"):
        _put(text, heat, " ", name, "")
    text.append(" °C   taps ")
    _put(text, heat, "TT45 ", "TT45", f"{_wanted(heat, 'dhw')}, ")
    _put(text, heat, "TT46 ", "TT46", " °C")
    return text


def _backup(heat: Heat) -> Text:
    kw = "-" if heat.eh1_kw is None else f"{heat.eh1_kw:.0f}"
    why = "" if heat.eh1_why in ("", "none") else f": {heat.eh1_why}"
    text = Text("  EH1      ")
    text.append(f"{kw} kW{why}", style="yellow" if heat.eh1_kw else "")
    text.append(f"  hygiene: {heat.hygiene}, outdoors {heat.outdoor_c:.1f} °C")
    return text


def _put(text: Text, heat: Heat, before: str, name: str, after: str) -> None:
    value, style = heat.values[name]
    text.append(before)
    text.append(value, style="" if style == "green" else style)
    text.append(after)


def _wanted(heat: Heat, loop: str) -> str:
    value = heat.wanted.get(loop)
    return "" if value is None else f" → {value:.1f}"

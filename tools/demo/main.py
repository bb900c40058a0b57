"""The demo on a terminal, or without one."""

from __future__ import annotations

import asyncio
import io
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

from rich.console import Console
from rich.live import Live

from tools.demo.energy import Energy
from tools.demo.heat import Heat
from tools.demo.report import Report
from tools.demo.run import Demo, Options
from tools.demo.screen import WIDTH, render
from tools.demo.view import View
from tools.demo.waste import Waste

_LINE_EVERY_S = 5.0


def main(options: Options, report_file: Path | None, picture: Path | None) -> None:
    """Run it, show it, write what was asked for. Raises SiteError, and RuntimeError with a sentence."""
    demo = Demo(options)
    if report_file is not None and not report_file.absolute().parent.is_dir():
        raise RuntimeError(f"there is no folder {report_file.parent} for the report")
    last: list[View] = []
    console = Console(width=min(WIDTH, Console().width)) if sys.stdout.isatty() else Console(width=WIDTH)
    report = _with_screen(demo, console, last) if sys.stdout.isatty() else _with_lines(demo, last)
    if report_file is not None:
        report_file.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    if picture is not None and last:
        _save_picture(last[-1], picture)
    print(summary(report))


def summary(report: Report) -> str:
    """The end of a run in one line."""
    parking, uplink = report["parking"], report["uplink"]
    linked = sum(board["link"] == "ok" for board in report["boards"])
    fast = "" if report["speed"] is None else f" of plant time, {report['speed']:.1f} times as fast as the clock"
    waste = report["waste"]
    collected = (
        f"{waste['runs']} runs, {waste['pulses']} discharges, {waste['kg_landed']:.0f} kg landed, " if waste else ""
    )
    energy = report["energy"]
    power = (
        f"energy {energy['state'].lower()}, {energy['pv_kwh']:.1f} kWh of sun, SoC {energy['soc_pct']:.1f} %, "
        if energy
        else ""
    )
    heat = report["heat"]
    warmth = (
        f"heat {heat['state'].replace('_', ' ').lower()}, {heat['recovered_kwh']:.1f} of {heat['it_kwh']:.1f} kWh "
        f"recovered, store {heat['true_c']['store_top']:.1f} °C, "
        if heat
        else ""
    )
    return (
        f"{report['seconds']:.0f} s{fast}: {linked} of {len(report['boards'])} boards linked, "
        f"{parking['passed']} vehicles passed, {parking['contacts']} contacts, {collected}{power}{warmth}"
        f"{uplink['received']} of {uplink['journalled']} records received, {uplink['gaps']} gaps"
    )


def _with_screen(demo: Demo, console: Console, last: list[View]) -> Report:
    with Live(console=console, refresh_per_second=4, screen=True) as live:

        def show(view: View) -> None:
            last[:] = [view]
            live.update(render(view, console.height - 1))

        return asyncio.run(demo.run(show))


def _with_lines(demo: Demo, last: list[View]) -> Report:
    return asyncio.run(demo.run(_line_printer(last)))


def _line_printer(last: list[View]) -> Callable[[View], None]:
    due = 0.0

    def show(view: View) -> None:
        nonlocal due
        last[:] = [view]
        if time.monotonic() < due:
            return
        due = time.monotonic() + _LINE_EVERY_S
        passed = sum(lane.passed for lane in view.lanes)
        uplink = view.uplink
        print(
            f"{view.elapsed_s:5.0f} s  {view.linked} of {view.boards} boards linked, {passed} passed, "
            f"occupancy {view.occupancy}, {view.contacts} contacts, {_waste_line(view.waste)}"
            f"{_energy_line(view.energy)}{_heat_line(view.heat)}"
            f"uplink {uplink.acked} of {uplink.journalled}",
            flush=True,
        )

    return show


def _waste_line(waste: Waste | None) -> str:
    if waste is None:
        return ""
    state = waste.state.replace("_", " ").lower()
    air = f"{abs(waste.vacuum_kpa):.0f} kPa {waste.speed:.0f} m/s"
    return f"waste {state} ({waste.why}) {air} {waste.true_kg[3]:.0f} kg landed, "


def _energy_line(energy: Energy | None) -> str:
    if energy is None:
        return ""
    powers = " ".join(f"{flow.name} {'-' if flow.kw is None else f'{flow.kw:.0f}'}" for flow in energy.flows)
    return f"energy {energy.state.replace('_', ' ').lower()}, kW: {powers}, "


def _heat_line(heat: Heat | None) -> str:
    if heat is None:
        return ""
    machines = " ".join(f"HP{machine.number} {machine.phase}" for machine in heat.machines)
    margin = "-" if heat.margin_k is None else f"{heat.margin_k:.1f}"
    return (
        f"heat {heat.state.replace('_', ' ').lower()}, {machines}, IT margin {margin} K, "
        f"store {heat.values['TT41'][0]} °C, "
    )


def _save_picture(view: View, target: Path) -> None:
    console = Console(width=WIDTH, record=True, file=io.StringIO(), force_terminal=True)
    console.print(render(view))
    console.save_svg(str(target), title="edgectl demo")

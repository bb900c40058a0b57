"""edgectl's own commands: where each is, and its line in the help. Imports nothing, so that help is quick."""

from __future__ import annotations

from typing import NamedTuple

from edge_gateway.cli.text import _


class Entry(NamedTuple):
    """A command: `module:attribute` of its typer.Typer, and what it does in one line."""

    target: str
    help: str


COMMANDS = {
    "run": Entry("edge_gateway.cli.run_command:app", _("Run the gateway of a site, until Ctrl-C.")),
    "status": Entry("edge_gateway.cli.status_command:app", _("Show how the gateway, its boards and its lines stand.")),
    "watch": Entry("edge_gateway.cli.watch_command:app", _("Watch the site live, until Ctrl-C.")),
    "board": Entry("edge_gateway.cli.board_commands:app", _("List and show boards, send them commands.")),
    "tag": Entry("edge_gateway.cli.tag_commands:app", _("List and read tags: values with quality and time.")),
    "parking": Entry("edge_gateway.cli.parking_commands:app", _("Show and correct how many vehicles are inside.")),
    "event": Entry("edge_gateway.cli.event_commands:app", _("Read the journal.")),
    "waste": Entry("edge_gateway.cli.waste_commands:app", _("Collect waste: status, plan, report, orders.")),
    "energy": Entry(
        "edge_gateway.cli.energy_commands:app", _("PV, battery, vehicles, grid: status, limits, reasons, SunSpec.")
    ),
    "heat": Entry(
        "edge_gateway.cli.heat_commands:app", _("Waste heat, heating, hot water: status, set-points, hygiene, report.")
    ),
    "site": Entry("edge_gateway.cli.site_commands:app", _("Check a site file, print its schema.")),
}
"""In the order of the help text."""

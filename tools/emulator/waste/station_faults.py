"""Faults of the station's devices and of the pipes, by name.

======================  =====================================================================================
AV1..6, SV1..6, DAMPER  see `valve.FAULTS`
FAN1..3                 trip, overload, hot, vibrates, no_feedback
DIV1                    stuck, both, no_switch
CNT1..3                 gate_stuck
CMP                     jam, no_home
SEPARATOR               fire, spark
FILTER                  blind, dusty
AIR                     lost, no_compressor
MAINS                   off
BRANCH1..6, MAIN1..6    partial, total: a blockage between the branch's tap and its first inlet, or in the main
                        just downstream of the branch's junction
LEAK, LEAK1..6          open: K = 5 in the main near the station, or in a branch
======================  =====================================================================================
"""

from __future__ import annotations

import re

from tools.emulator.waste.blockage import NEVER, Plug
from tools.emulator.waste.layout import MAIN
from tools.emulator.waste.network import Network

LEAK_K = 5.0
_DEVICE = re.compile(r"([A-Z]+)([1-9]?)")
_PLAIN = {
    "DIV": ("stuck", "both", "no_switch"),
    "CNT": ("gate_stuck",),
    "CMP": ("jam", "no_home"),
    "SEPARATOR": ("fire", "spark"),
    "FILTER": ("blind", "dusty"),
    "AIR": ("lost", "no_compressor"),
    "MAINS": ("off",),
    "LEAK": ("open",),
    "BRANCH": ("partial", "total"),
    "MAIN": ("partial", "total"),
}


def fail(network: Network, device: str, kind: str) -> None:
    """Start the fault `kind` of a device, or end it with "". Raises ValueError for one that doesn't exist."""
    match = _DEVICE.fullmatch(device)
    name, number = (match.group(1), int(match.group(2) or 0)) if match else ("", 0)
    if name in _PLAIN and kind and kind not in _PLAIN[name]:
        raise ValueError(f"{device} can be {', '.join(_PLAIN[name])}, not {kind!r}")
    branches = len(network.layout.branches)
    if name in ("AV", "SV") and 1 <= number <= branches:
        network.fail_valve((network.air_inlets if name == "AV" else network.sections)[number - 1], kind)
    elif device == "DAMPER":
        network.fail_valve(network.damper, kind)
    elif name == "FAN" and 1 <= number <= len(network.fans.fans):
        network.fans.fans[number - 1].fail(kind)
    elif name == "CNT" and 1 <= number <= len(network.containers):
        network.containers[number - 1].fault = kind
    elif device == "DIV1":
        network.diverter.fault = kind
    elif device == "CMP":
        network.compactor.fault = kind
    elif device == "SEPARATOR":
        network.separator.fault = kind
    elif device == "FILTER":
        network.filter.fault = kind
    elif device == "AIR":
        network.instrument_air.fault = kind
    elif device == "MAINS":
        network.set_mains(not kind)
    elif name == "LEAK" and 0 <= number <= branches:
        leak(network, number, LEAK_K if kind else 0.0)
    elif name in ("BRANCH", "MAIN") and 1 <= number <= branches:
        _blockage(network, name == "MAIN", number, kind)
    else:
        raise ValueError(f"a station has no device {device!r} that can fail by itself")


def leak(network: Network, branch: int, k: float) -> None:
    """Open a leak of loss factor `k` in a branch (from 1; 0: the main near the station), or mend it with k 0."""
    if branch:
        place = network.layout.branches[branch - 1]
        network.openings.leak(f"branch {branch}", k, branch - 1, (place.junction + place.end) / 2.0)
    else:
        network.openings.leak("main", k)
    network.openings_changed()


def block(network: Network, branch: int, kind: str, shakes: int = NEVER, at: float | None = None) -> Plug:
    """Block a branch (from 1) between its tap and its first inlet, or `at` metres."""
    place = network.layout.branches[branch - 1]
    at = (place.tap + place.inlets[0]) / 2.0 if at is None else at
    return _put(network, branch - 1, at, kind, shakes)


def block_main(network: Network, section: int, kind: str, shakes: int = NEVER) -> Plug:
    """Block the main just downstream of the junction of branch `section` (from 1)."""
    branches = network.layout.branches
    below = branches[section - 2].junction if section > 1 else 0.0
    return _put(network, MAIN, (below + branches[section - 1].junction) / 2.0, kind, shakes)


def unblock(network: Network, plug: Plug) -> None:
    """Free a plug by hand."""
    network.conveying.loosen(plug)
    network.openings_changed()


def _put(network: Network, branch: int, at: float, kind: str, shakes: int) -> Plug:
    plug = network.conveying.block(branch, at, kind, shakes)
    network.openings_changed()
    return plug


def _blockage(network: Network, in_main: bool, number: int, kind: str) -> None:
    if kind:
        (block_main if in_main else block)(network, number, kind)
        return
    branches = network.layout.branches
    low = branches[number - 2].junction if in_main and number > 1 else 0.0
    high = branches[number - 1].junction
    for plug in network.conveying.plugs:
        if (plug.branch == MAIN and low <= plug.at < high) if in_main else plug.branch == number - 1:
            unblock(network, plug)

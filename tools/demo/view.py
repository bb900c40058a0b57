"""What the demo shows and reports at one moment, free of where it came from."""

from __future__ import annotations

from dataclasses import dataclass, field

from tools.demo.energy import Energy
from tools.demo.heat import Heat
from tools.demo.waste import Waste


@dataclass(frozen=True)
class Lane:
    """One lane as the gateway sees it, and the queue that only the emulator knows."""

    board: str
    title: str
    role: str
    state: str
    local: bool
    angle_deg: float | None
    light: str
    hold_reason: str
    link: str
    mode: str
    passed: int
    queue: int


@dataclass(frozen=True)
class Uplink:
    """The way of the journal to the subscriber. `received` counts different (gateway, sequence) pairs."""

    journalled: int = 0
    acked: int = 0
    received: int = 0
    gaps: int = 0
    duplicates: int = 0
    connected: bool = False


@dataclass(frozen=True)
class Event:
    """One line of the event list."""

    time: str
    source: str
    text: str


@dataclass(frozen=True)
class View:
    """Everything on the screen. Percent are of one core; times in seconds."""

    elapsed_s: float
    site: str
    lanes: tuple[Lane, ...] = ()
    boards: int = 0
    linked: int = 0
    occupancy: int = 0
    capacity: int = 0
    full_at: int = 0
    reversals: int = 0
    contacts: int = 0
    scans: int = 0
    overruns: int = 0
    tags_total: int = 0
    tags_good: int = 0
    bus_load_percent: float | None = None
    gateway_cpu_percent: float | None = None
    uplink: Uplink = field(default_factory=Uplink)
    events: tuple[Event, ...] = ()
    waste: Waste | None = None
    energy: Energy | None = None
    heat: Heat | None = None
    hour: float | None = None
    """Time of day at the plant, where it is known."""
    speed: float | None = None
    """How much faster than the wall clock the plant's time goes; None when it is the wall clock."""

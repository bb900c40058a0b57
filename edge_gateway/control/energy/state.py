"""States of the energy management and of the island, as the domain brief §2b names them."""

from __future__ import annotations

from enum import StrEnum


class State(StrEnum):
    """The energy management."""

    INIT = "INIT"
    OBSERVE = "OBSERVE"
    OPTIMISE = "OPTIMISE"
    PEAK_SHAVE = "PEAK_SHAVE"
    EXPORT_LIMIT = "EXPORT_LIMIT"
    GRID_EVENT = "GRID_EVENT"
    ISLAND = "ISLAND"
    SHUTDOWN = "SHUTDOWN"
    RECOVER = "RECOVER"


ECONOMIC = frozenset({State.OPTIMISE, State.PEAK_SHAVE, State.EXPORT_LIMIT, State.RECOVER})
"""In these the plan and the tariff have a say."""


class Island(StrEnum):
    """The connection to the grid."""

    GRID_OK = "GRID_OK"
    OPEN_QG = "OPEN_QG"
    GRID_FORMING = "GRID_FORMING"
    BLACK_START = "BLACK_START"
    SHED = "SHED"
    ISLAND = "ISLAND"
    SYNC = "SYNC"

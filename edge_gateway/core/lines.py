"""Lines of the site file as lines of the fieldbus, paced so that each can carry what it's asked."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass

from edge_gateway.fieldbus.budget import Budget, line_budget, stretch, stretched
from edge_gateway.fieldbus.reads import Periods
from edge_gateway.fieldbus.serial_line import SerialLine
from edge_gateway.fieldbus.tcp_line import TcpLine
from edge_gateway.fieldbus.transport import LoopLine
from edge_gateway.fieldbus.unit import Patience
from edge_gateway.site import Board, LoadedSite
from edge_gateway.site import SerialLine as SerialConfig
from edge_gateway.site import TcpLine as TcpConfig
from protocols import sheets

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class PacedLine:
    """A line, how often its boards are read, and the budget that follows."""

    config: SerialConfig | TcpConfig
    line: LoopLine
    periods: Periods
    budget: Budget


LineMaker = Callable[[LoadedSite, SerialConfig | TcpConfig], LoopLine]
"""Makes the line of a site file's line, not open yet."""


def line_of(loaded: LoadedSite, config: SerialConfig | TcpConfig) -> LoopLine:
    """The line to the device or host that the site file names."""
    patience = Patience.up_to(config.timeout_ms)
    if isinstance(config, TcpConfig):
        return TcpLine(config.id, config.host, config.port, window=config.pipeline, patience=patience)
    port = str(loaded.resolve(config.port))
    return SerialLine(config.id, port, config.baud, parity=config.parity, stop_bits=config.stop_bits, patience=patience)


def build_lines(loaded: LoadedSite, make: LineMaker = line_of) -> dict[str, PacedLine]:
    """All lines of the site by id. Raises ValueError for a line that can't even carry its heartbeats."""
    built = {}
    for config in loaded.site.lines:
        line = make(loaded, config)
        boards = [board for board in loaded.site.boards if board.line == config.id]
        built[config.id] = _paced(config, line, boards)
    return built


def planned_loads(loaded: LoadedSite) -> dict[str, float]:
    """Share of each line's time that is planned, 0..1, without opening any. Raises ValueError as `build_lines` does."""
    return {name: paced.budget.load for name, paced in build_lines(loaded).items()}


def _paced(config: SerialConfig | TcpConfig, line: LoopLine, boards: list[Board]) -> PacedLine:
    periods = Periods()
    budget = line_budget(config.id, line.cost, [(b.unit, sheets.load(b.program)) for b in boards], periods)
    factor = stretch(budget)
    if factor > 1:
        log.warning(
            "line %s: reading everything as planned would take %.0f %% of its time; reads are %.1f times rarer",
            config.id,
            100 * budget.load,
            factor,
        )
        periods = periods.stretched(factor)
        budget = stretched(budget, factor)
    return PacedLine(config, line, periods, budget)

"""The journal: events, alarms, commands, audit and samples, once, in order, with one sequence (design §5)."""

from edge_gateway.journal.reader import JournalReader
from edge_gateway.journal.record import Draft, Kind, Record
from edge_gateway.journal.retention import Limits
from edge_gateway.journal.writer import Health, JournalWriter

__all__ = ["Draft", "Health", "JournalReader", "JournalWriter", "Kind", "Limits", "Record"]

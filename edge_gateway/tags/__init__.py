"""Tags: points as the gateway sees them, with value, quality and source time."""

from edge_gateway.tags.database import Source, Subscriber, Tag, TagDatabase, TagInfo, Value
from edge_gateway.tags.quality import Quality, Reason

__all__ = ["Quality", "Reason", "Source", "Subscriber", "Tag", "TagDatabase", "TagInfo", "Value"]

"""The uplink: what is in the journal goes to the broker, in order, at least once (docs/integrators/mqtt.md)."""

from edge_gateway.uplink.position import Position
from edge_gateway.uplink.publisher import Counters, Uplink
from edge_gateway.uplink.settings import UplinkSettings

__all__ = ["Counters", "Position", "Uplink", "UplinkSettings"]

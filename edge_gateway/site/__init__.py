"""The site file: model, loading with `file:line:column` errors, cross checks, JSON Schema."""

from edge_gateway.site.energy import Energy, EnergyPlan
from edge_gateway.site.heat import Heat
from edge_gateway.site.load import LoadedSite, load_site
from edge_gateway.site.model import Board, Line, Parking, SerialLine, Site, TcpLine, Uplink
from edge_gateway.site.problems import Position, Problem, SiteError
from edge_gateway.site.waste import Waste

__all__ = [
    "Board",
    "Energy",
    "EnergyPlan",
    "Heat",
    "Line",
    "LoadedSite",
    "Parking",
    "Position",
    "Problem",
    "SerialLine",
    "Site",
    "SiteError",
    "TcpLine",
    "Uplink",
    "Waste",
    "load_site",
]

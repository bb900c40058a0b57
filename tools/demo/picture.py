"""From what the gateway, the emulation and the subscriber say to one View."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from edge_gateway.site.model import SiteInfo
from tools.demo.energy import energy_view
from tools.demo.heat import heat_view
from tools.demo.view import Event, Lane, Uplink, View
from tools.demo.waste import waste_view
from tools.demo.watcher import Watcher


def picture(
    site: SiteInfo,
    elapsed_s: float,
    watcher: Watcher,
    emulated: dict[str, Any],
    counts: dict[str, int],
    cpu_percent: float | None,
) -> View:
    """The view at this moment; parts that are not known yet are empty."""
    status = watcher.status
    truth = {board["name"]: board for board in emulated.get("boards", [])}
    parking = status.get("parking") or {}
    total = emulated.get("total", {})
    uplink = status.get("uplink") or {}
    tags = status.get("tags", {})
    roles = parking.get("roles", {})
    boards = status.get("boards", [])
    lines = emulated.get("lines", {}).values()
    now_us = 1000 * emulated.get("now_ms", 0)
    return View(
        elapsed_s=elapsed_s,
        site=site.name,
        lanes=tuple(
            _lane(board, roles.get(board["id"], ""), truth.get(board["id"], {}), watcher)
            for board in boards
            if board["program"] == "parking_lane"
        ),
        linked=sum(board["link"] == "ok" for board in boards),
        boards=len(boards),
        occupancy=parking.get("occupancy", 0),
        capacity=parking.get("capacity", 0),
        full_at=parking.get("full_at", 0),
        reversals=total.get("reversals", 0),
        contacts=total.get("contacts", 0),
        scans=sum(board["scans"] for board in boards),
        overruns=sum(board["scan_overruns"] for board in boards),
        tags_total=tags.get("total", 0),
        tags_good=tags.get("good", 0),
        bus_load_percent=max((100.0 * line["busy_us"] / now_us for line in lines), default=None) if now_us else None,
        gateway_cpu_percent=cpu_percent,
        uplink=Uplink(
            journalled=status.get("journal", {}).get("last_seq", 0),
            acked=uplink.get("acked", 0),
            received=counts["received"],
            gaps=counts["gaps"],
            duplicates=counts["duplicates"],
            connected=bool(uplink.get("connected")),
        ),
        events=tuple(_event(record, ZoneInfo(site.timezone)) for record in watcher.events),
        waste=waste_view(status.get("waste"), emulated.get("waste")),
        energy=energy_view(watcher.said, watcher.tag),
        heat=heat_view(watcher.said),
        hour=(emulated.get("waste") or {}).get("hour"),
        speed=emulated.get("speed"),
    )


def _lane(board: dict[str, Any], role: str, truth: dict[str, Any], watcher: Watcher) -> Lane:
    def tag(point: str) -> dict[str, Any]:
        return watcher.tag(f"{board['id']}.{point}")

    angle = tag("POS")
    green, red = tag("LT.G").get("value"), tag("LT.R").get("value")
    title = (board["title"] or board["id"]).partition(",")[0]
    return Lane(
        board=board["id"],
        title=title,
        role=role,
        state=board["state"],
        local=tag("SUBSTATE").get("text") == "LOCAL_AUTO",
        angle_deg=float(angle["value"]) if angle.get("quality") == "good" else None,
        light="green" if green else "red" if red else "off",
        hold_reason=tag("HOLD.REASON").get("text") or "",
        link=board["link"] if board["session"] == "online" else board["session"],
        mode=board["mode"],
        passed=int(tag("PASSED").get("value") or 0),
        queue=int(truth.get("queue", 0)),
    )


def _event(record: dict[str, Any], zone: ZoneInfo) -> Event:
    time = datetime.fromtimestamp(record["utc_ms"] / 1000, zone).strftime("%H:%M:%S.%f")[:-3]
    body = " ".join(
        f"{key}={value}"
        for key, value in record["body"].items()
        if key not in ("boot", "index", "state") and value not in ("", None)
    )
    return Event(time, record["source"], f"{record['name'].replace('_', ' ').lower()} {body}".rstrip())

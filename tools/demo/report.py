"""The demo's report: what an acceptance test reads instead of the screen."""

from __future__ import annotations

from typing import Any

Report = dict[str, Any]


def make_report(
    elapsed_s: float,
    status: dict[str, Any],
    emulated: dict[str, Any],
    received: dict[str, int],
    gateway_cpu_percent: float | None,
    waste: dict[str, Any] | None,
    energy: dict[str, Any] | None,
    heat: dict[str, Any] | None,
    speed: float | None,
) -> Report:
    """Join the gateway's status, the emulation's ground truth and the subscriber's count.

    `plant_seconds` is the time that the plants have had since power-up, as energies and scans have; on a machine that
    is too slow for the wall clock it falls behind. A board's `resets` are those after its power-up. `speed` is that of
    the whole run in fast motion, None on the wall clock: `elapsed_s` is plant time then. `uplink` is cut at the
    journal's sequence `received["cut"]`: everything up to it was given time to arrive.
    """
    truth = {board["name"]: board for board in emulated.get("boards", [])}
    boards = [
        {
            "id": board["id"],
            "program": board["program"],
            "runtime": truth.get(board["id"], {}).get("runtime", ""),
            "mode": board["mode"],
            "link": board["link"],
            "state": board["state"],
            "scans": board["scans"],
            "scan_overruns": board["scan_overruns"],
            "heap_growth_bytes": board["heap_growth_bytes"],
            "resets": truth.get(board["id"], {}).get("resets", 1) - 1,
        }
        for board in status.get("boards", [])
    ]
    total = emulated.get("total", {})
    uplink = status.get("uplink") or {}
    cut = received["cut"]
    return {
        "site": status.get("site"),
        "gateway": status.get("gateway"),
        "seconds": round(elapsed_s, 1),
        "plant_seconds": emulated.get("now_ms", 0) / 1000,
        "speed": speed,
        "boards": boards,
        "tags": status.get("tags", {}),
        "parking": {
            "passed": total.get("passed", 0),
            "reversals": total.get("reversals", 0),
            "contacts": total.get("contacts", 0),
            "queue": total.get("queue", 0),
            "occupancy": (status.get("parking") or {}).get("occupancy", 0),
            "occupancy_true": total.get("occupancy", 0),
        },
        "waste": waste,
        "energy": energy,
        "heat": heat,
        "uplink": {
            "journalled": cut,
            "acked": min(uplink.get("acked", 0), cut),
            "received": received["received"],
            "gaps": received["gaps"],
            "duplicates": received["duplicates"],
        },
        "gateway_cpu_percent": None if gateway_cpu_percent is None else round(gateway_cpu_percent, 2),
        "scan": status.get("scan", {}),
    }

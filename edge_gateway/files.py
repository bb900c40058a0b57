"""Names of the files in a gateway's run_dir."""

SOCKET = "core.sock"
JOURNAL = "journal.db"
UPLINK_POSITION = "uplink.pos"
PARKING = "parking.json"
GATEWAY_LOCK = "gateway"
CORE_LOCK = "core"
SERVICES_LOCK = "services"

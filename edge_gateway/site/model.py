"""The site file as typed data. Loading, positions and cross checks are in the modules beside this one."""

from __future__ import annotations

from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import Field, field_validator, model_validator

from edge_gateway.site.energy import Energy
from edge_gateway.site.heat import Heat
from edge_gateway.site.part import Identifier, Part
from edge_gateway.site.waste import Waste


class SiteInfo(Part):
    """What the site is called."""

    id: Identifier
    name: str = Field(min_length=1, description="As people call it.")
    timezone: str = Field(default="UTC", description="IANA name, for example Asia/Shanghai. Shown times only.")


class JournalLimits(Part):
    """How much the journal keeps. What the uplink has not delivered yet stays until `hard_mb` forces it out."""

    max_mb: int = Field(default=512, ge=8, le=1_000_000, description="Delivered records are dropped above this (MB).")
    max_days: int = Field(default=90, ge=1, le=3650, description="Delivered records are dropped after this (days).")
    hard_mb: int = Field(
        default=1024,
        ge=8,
        le=1_000_000,
        description="Above this (MB) even undelivered records go, oldest first, and a gap event says which.",
    )
    group_ms: int = Field(default=20, ge=1, le=1000, description="Records that arrive within this time share a commit.")
    queue: int = Field(default=20_000, ge=100, le=1_000_000, description="Records that may wait for the disk.")

    @model_validator(mode="after")
    def _hard_above_soft(self) -> JournalLimits:
        if self.hard_mb < self.max_mb:
            raise ValueError(f"hard_mb ({self.hard_mb}) must not be below max_mb ({self.max_mb})")
        return self


class Gateway(Part):
    """The gateway itself."""

    id: Identifier
    modbus_id: int = Field(default=1, ge=1, le=65535, description="Owner id that boards see in GW_ID.")
    run_dir: str = Field(
        default="run", min_length=1, description="Journal, sockets and state; relative to the site file."
    )
    scan_ms: int = Field(default=100, ge=20, le=10_000, description="Period of the fixed scan (ms).")
    sample_s: float = Field(
        default=10.0, ge=0.1, le=3600, description="A tag that changes is journalled at most this often (s)."
    )
    journal: JournalLimits = Field(default_factory=JournalLimits)


class SerialLine(Part):
    """An RS-485 line: Modbus RTU."""

    id: Identifier
    type: Literal["serial"]
    port: str = Field(min_length=1, description="The device, for example /dev/ttyUSB0; relative to the site file.")
    baud: Literal[9600, 19200, 38400, 57600, 115200] = 115200
    parity: Literal["N", "E", "O"] = "N"
    stop_bits: Literal[1, 2] = 1
    timeout_ms: int = Field(default=100, ge=10, le=10_000, description="Longest wait for the first byte of a reply.")
    title: str = ""


class TcpLine(Part):
    """A TCP endpoint: Modbus TCP."""

    id: Identifier
    type: Literal["tcp"]
    host: str = Field(min_length=1)
    port: int = Field(default=502, ge=1, le=65535)
    timeout_ms: int = Field(default=500, ge=10, le=30_000, description="Longest wait for a reply (ms).")
    pipeline: int = Field(default=1, ge=1, le=16, description="Requests under way at once, where the peer allows it.")
    title: str = ""


Line = Annotated[SerialLine | TcpLine, Field(discriminator="type")]


class Board(Part):
    """One of our controllers: what it runs and where it is reached."""

    id: Identifier
    program: str = Field(description="Name of the program's sheet.")
    line: Identifier
    unit: int = Field(ge=1, le=247, description="Modbus unit id on the line.")
    dev_id: int = Field(ge=1, le=65535, description="Site-unique id; the board holds the same.")
    area: str = Field(default="", description="Area of the site, for example PK.")
    title: str = ""
    parameters: dict[str, int] = Field(
        default_factory=dict, description="Parameters of the program that differ from the sheet's defaults."
    )
    whitelist: str | None = Field(
        default=None, min_length=1, description="Plates admitted without the gateway: a CSV file beside the site file."
    )


class Parking(Part):
    """Access control of a car park. Lanes are boards with the program `parking_lane`."""

    capacity: int = Field(default=440, ge=1, le=100_000)
    full_at: int = Field(default=432, ge=1, le=100_000, description="At this occupancy the entries refuse.")
    reserve: int = Field(default=8, ge=0, le=100_000, description="Places kept back; capacity - reserve >= full_at.")
    entries: list[Identifier] = Field(default_factory=list)
    exits: list[Identifier] = Field(default_factory=list)
    emergency: list[Identifier] = Field(default_factory=list)
    credentials: str | None = Field(
        default=None, min_length=1, description="CSV file of plates that may enter; relative to the site file."
    )
    visitors: bool = Field(default=False, description="Any plate that was read well may enter: it is the ticket.")
    unknown_exit: Literal["hold", "open"] = Field(
        default="hold", description="A plate that isn't inside: hold for the attendant, or open."
    )
    min_confidence: int = Field(default=80, ge=0, le=100, description="Reads below this confidence (%) don't count.")
    credential_life_ms: int = Field(default=15_000, ge=5_000, le=60_000, description="A read is valid this long.")

    @model_validator(mode="after")
    def _full_within_capacity(self) -> Parking:
        if self.full_at + self.reserve > self.capacity:
            raise ValueError(
                f"full_at ({self.full_at}) and reserve ({self.reserve}) are more than capacity ({self.capacity}); "
                f"full_at may be {max(0, self.capacity - self.reserve)} at most"
            )
        return self


class SecretRef(Part):
    """Where a secret is found: never in the site file itself."""

    file: str | None = Field(default=None, min_length=1, description="File with the secret, beside the site file.")
    env: str | None = Field(default=None, min_length=1, description="Environment variable that holds the secret.")

    @model_validator(mode="before")
    @classmethod
    def _not_the_secret_itself(cls, value: object) -> object:
        if not isinstance(value, dict):
            raise ValueError("a secret does not belong in the site file; write {file: path} or {env: NAME}")
        return value

    @model_validator(mode="after")
    def _one_source(self) -> SecretRef:
        if (self.file is None) == (self.env is None):
            raise ValueError("give either `file` or `env`")
        return self


class Tls(Part):
    """TLS towards the broker."""

    ca_file: str | None = Field(default=None, description="Trusted certificates (PEM); the system's when absent.")
    cert_file: str | None = None
    key_file: str | None = None


class Uplink(Part):
    """MQTT towards the broker (docs/integrators/mqtt.md says what is sent)."""

    broker: str = Field(description="mqtt://host[:port] or mqtts://host[:port].")
    client_id: str | None = Field(default=None, min_length=1, max_length=64, description="The gateway's id if absent.")
    username: str | None = None
    password: SecretRef | None = None
    topic_prefix: str = Field(
        default="district-edge", pattern=r"^[^+#\s/][^+#\s]*$", description="Topics begin with it."
    )
    batch_records: int = Field(default=100, ge=1, le=1000, description="Most records in one message.")
    batch_wait_ms: int = Field(default=500, ge=10, le=60_000, description="Longest wait for a batch to fill (ms).")
    inflight: int = Field(default=8, ge=1, le=64, description="Messages sent and not acknowledged yet.")
    keepalive_s: int = Field(default=30, ge=5, le=600)
    tls: Tls | None = None

    @field_validator("broker")
    @classmethod
    def _broker_url(cls, value: str) -> str:
        parts = urlsplit(value)
        if parts.scheme not in ("mqtt", "mqtts") or not parts.hostname:
            raise ValueError("a broker is written mqtt://host:1883 or mqtts://host:8883")
        if parts.username or parts.password:
            raise ValueError("a secret does not belong in the site file; use `username` and `password: {file: path}`")
        if parts.path not in ("", "/") or parts.query or parts.fragment:
            raise ValueError("nothing may follow the port of a broker")
        try:
            port = parts.port
        except ValueError:
            port = 0
        if port == 0:
            raise ValueError("the port of a broker is a number from 1 to 65535")
        return value


class Site(Part):
    """A whole site file."""

    site: SiteInfo
    gateway: Gateway
    lines: list[Line] = Field(min_length=1)
    boards: list[Board] = Field(min_length=1)
    parking: Parking | None = None
    waste: Waste | None = None
    energy: Energy | None = None
    heat: Heat | None = None
    uplink: Uplink | None = None

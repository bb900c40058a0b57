"""What the uplink needs to know, from the site file and from where secrets are kept."""

from __future__ import annotations

import os
import ssl
from dataclasses import dataclass
from urllib.parse import urlsplit

from edge_gateway.site import LoadedSite
from edge_gateway.site.model import SecretRef, Tls


class SecretError(Exception):
    """A secret that the site file refers to can't be had."""


@dataclass(frozen=True, slots=True)
class UplinkSettings:
    """Connection and batching. Times in seconds."""

    host: str
    port: int
    client_id: str
    site: str
    gateway: str
    topic_prefix: str = "district-edge"
    username: str | None = None
    password: str | None = None
    tls: ssl.SSLContext | None = None
    keepalive_s: int = 30
    batch_records: int = 100
    batch_wait_s: float = 0.5
    inflight: int = 8
    timeout_s: float = 10.0
    backoff_s: float = 1.0
    backoff_max_s: float = 60.0
    poll_s: float = 1.0

    @property
    def base_topic(self) -> str:
        """What all topics of this gateway begin with, without a slash at the end."""
        return f"{self.topic_prefix}/{self.site}/{self.gateway}"

    @property
    def journal_topic(self) -> str:
        """SenML-CBOR packs in the order of the journal."""
        return f"{self.base_topic}/journal"

    @property
    def status_topic(self) -> str:
        """Retained: whether the gateway is connected."""
        return f"{self.base_topic}/status"

    @property
    def base_name(self) -> str:
        """SenML base name."""
        return f"{self.site}/{self.gateway}/"

    @classmethod
    def of(cls, loaded: LoadedSite) -> UplinkSettings | None:
        """Settings of a site; None when it has no uplink. Raises SecretError and ssl.SSLError, OSError (TLS files)."""
        uplink = loaded.site.uplink
        if uplink is None:
            return None
        url = urlsplit(uplink.broker)
        secure = url.scheme == "mqtts" or uplink.tls is not None
        return cls(
            host=url.hostname or "",
            port=url.port or (8883 if secure else 1883),
            client_id=uplink.client_id or f"{loaded.site.site.id}-{loaded.site.gateway.id}",
            site=loaded.site.site.id,
            gateway=loaded.site.gateway.id,
            topic_prefix=uplink.topic_prefix,
            username=uplink.username,
            password=_secret(loaded, uplink.password),
            tls=_tls(loaded, uplink.tls) if secure else None,
            keepalive_s=uplink.keepalive_s,
            batch_records=uplink.batch_records,
            batch_wait_s=uplink.batch_wait_ms / 1000,
            inflight=uplink.inflight,
        )


def _secret(loaded: LoadedSite, ref: SecretRef | None) -> str | None:
    if ref is None:
        return None
    if ref.env is not None:
        value = os.environ.get(ref.env)
        if value is None:
            raise SecretError(f"the environment variable {ref.env} is not set")
        return value
    assert ref.file is not None
    path = loaded.resolve(ref.file)
    try:
        return path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SecretError(f"the secret in {path} can't be read: {error}") from None


def _tls(loaded: LoadedSite, tls: Tls | None) -> ssl.SSLContext:
    context = ssl.create_default_context(
        cafile=str(loaded.resolve(tls.ca_file)) if tls is not None and tls.ca_file else None
    )
    if tls is not None and tls.cert_file:
        key = str(loaded.resolve(tls.key_file)) if tls.key_file else None
        context.load_cert_chain(str(loaded.resolve(tls.cert_file)), key)
    return context

"""An independent receiver of the uplink: another MQTT client, another decoder, its own count.

It knows the topics and the payload from docs/integrators/mqtt.md and nothing from the gateway's code.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Any

import cbor2
from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion

BASE_NAME = -2  # RFC 8428, table 4
SEQUENCE = "seq"


@dataclass
class Tally:
    """What arrived from one gateway. A gap is a sequence number between the first and the last that never came."""

    first: int = 0
    last: int = 0
    duplicates: int = 0
    out_of_order: int = 0

    def __post_init__(self) -> None:
        self._seen: set[int] = set()

    @property
    def received(self) -> int:
        """Different sequence numbers."""
        return len(self._seen)

    @property
    def gaps(self) -> int:
        """Sequence numbers that are missing between the first and the last."""
        return self.last - self.first + 1 - len(self._seen) if self._seen else 0

    def up_to(self, cut: int) -> int:
        """Different sequence numbers from 1 to `cut`."""
        return sum(1 for seq in self._seen if seq <= cut)

    def take(self, seq: int) -> None:
        """Count one record."""
        if seq in self._seen:
            self.duplicates += 1
            return
        if self._seen and seq < self.last:
            self.out_of_order += 1
        self.first = min(self.first, seq) if self._seen else seq
        self.last = max(self.last, seq)
        self._seen.add(seq)


class Subscriber:
    """Subscribes to every gateway below `prefix` and counts by (gateway, sequence)."""

    def __init__(self, host: str, port: int, prefix: str = "district-edge") -> None:
        self._topic = f"{prefix}/+/+/journal"
        self._lock = threading.Lock()
        self._tallies: dict[str, Tally] = {}
        self._ready = threading.Event()
        self._address = (host, port)
        self._client = Client(CallbackAPIVersion.VERSION2, client_id="independent-subscriber", clean_session=True)
        self._client.on_connect = self._connected
        self._client.on_subscribe = lambda *_: self._ready.set()
        self._client.on_message = self._message

    def start(self, timeout_s: float = 10.0) -> None:
        """Connect and subscribe. Raises TimeoutError when the broker doesn't confirm in time."""
        self._client.connect(*self._address, keepalive=30)
        self._client.loop_start()
        if not self._ready.wait(timeout_s):
            raise TimeoutError(f"the broker did not confirm the subscription within {timeout_s:.0f} s")

    def stop(self) -> None:
        """Disconnect and end the thread."""
        self._client.disconnect()
        self._client.loop_stop()

    def counts(self) -> dict[str, int]:
        """Sums over all gateways: received, gaps, duplicates, out_of_order."""
        with self._lock:
            tallies = list(self._tallies.values())
            return {
                "received": sum(tally.received for tally in tallies),
                "gaps": sum(tally.gaps for tally in tallies),
                "duplicates": sum(tally.duplicates for tally in tallies),
                "out_of_order": sum(tally.out_of_order for tally in tallies),
            }

    def up_to(self, cut: int) -> dict[str, int]:
        """What one gateway's journal, from sequence 1 to `cut`, has become: received, gaps, duplicates, and the cut."""
        with self._lock:
            received = sum(tally.up_to(cut) for tally in self._tallies.values())
            duplicates = sum(tally.duplicates for tally in self._tallies.values())
        return {"cut": cut, "received": received, "gaps": cut - received, "duplicates": duplicates}

    def _connected(self, client: Client, *_: Any) -> None:
        client.subscribe(self._topic, qos=1)

    def _message(self, _client: Client, _userdata: Any, message: MQTTMessage) -> None:
        pack = cbor2.loads(message.payload)
        gateway = pack[0][BASE_NAME]
        with self._lock:
            tally = self._tallies.setdefault(gateway, Tally())
            for record in pack:
                tally.take(record[SEQUENCE])

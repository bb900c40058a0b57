"""The broker of the demo: amqtt, in this process, on loopback, for anybody on this machine."""

from __future__ import annotations

import logging
import socket

from amqtt.broker import Broker
from amqtt.contexts import BrokerConfig, ListenerConfig


class EmbeddedBroker:
    """An MQTT 3.1.1 broker on a free loopback port, between `start` and `stop`."""

    def __init__(self) -> None:
        self.port = 0
        self._broker: Broker | None = None

    async def start(self) -> int:
        """Listen; return the port."""
        logging.getLogger("amqtt").setLevel(logging.ERROR)
        logging.getLogger("transitions").setLevel(logging.ERROR)
        self.port = _free_port()
        config = BrokerConfig(
            listeners={"default": ListenerConfig(bind=f"127.0.0.1:{self.port}")},
            plugins={"amqtt.plugins.authentication.AnonymousAuthPlugin": {"allow_anonymous": True}},
        )
        self._broker = Broker(config)
        await self._broker.start()
        return self.port

    async def stop(self) -> None:
        """Close every connection and the port."""
        if self._broker is not None:
            await self._broker.shutdown()
            self._broker = None


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])

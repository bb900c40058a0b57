"""Waiting for the end of a command that somebody has ordered."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from edge_gateway.fieldbus.command import Command

Send = Callable[[Callable[[Command], None]], Command]
"""`send(ended)`: orders it; `ended` hears of its end."""


async def order(send: Send, timeout_s: float) -> Command:
    """The command when it has ended, or as it stands after `timeout_s`."""
    ended: asyncio.Future[Command] = asyncio.get_running_loop().create_future()

    def on_end(command: Command) -> None:
        if not ended.done():
            ended.set_result(command)

    command = send(on_end)
    if command.end is not None:
        on_end(command)
    await asyncio.wait([ended], timeout=timeout_s)
    return command

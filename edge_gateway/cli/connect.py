"""How a command finds the gateway: `--socket`, `--site`, the environment, ./site.yaml, or the one that runs here."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from edge_gateway.cli import exits
from edge_gateway.cli.text import _

if TYPE_CHECKING:
    from edge_gateway.api.client import Client

SITE_OPTION = typer.Option(
    "--site",
    envvar="EDGECTL_SITE",
    metavar="FILE",
    help=_("Site file of the gateway; the one that runs here if absent."),
)
SOCKET_OPTION = typer.Option(
    "--socket", envvar="EDGECTL_SOCKET", metavar="PATH", help=_("Socket of the gateway, instead of a site file.")
)


_AGAIN_S = 0.5


def socket_path(site: Path | None, socket: Path | None) -> Path:
    """Where the gateway answers. Raises CommandFailed, SiteError."""
    if socket is not None:
        return socket
    if site is not None:
        return _of_site(site)
    if Path("site.yaml").is_file():
        return _of_site(Path("site.yaml"))
    return _only_one()


def connect(site: Path | None, socket: Path | None) -> Client:
    """A client of the gateway. Raises CommandFailed with NOT_RUNNING when nothing answers."""
    from edge_gateway.api.client import Client, NotRunning

    try:
        return Client(socket_path(site, socket))
    except NotRunning as error:
        raise exits.CommandFailed(
            _("{error}. Is it started (`edgectl run`)?").format(error=error), exits.NOT_RUNNING
        ) from None


def ask(site: Path | None, socket: Path | None, method: str, *, wait_s: float | None = None, **params: Any) -> Any:
    """One request. Raises CommandFailed with the exit code that fits."""
    with connect(site, socket) as client, translated():
        return client.call(method, wait_s=wait_s, **params)


def follow(
    site: Path | None, socket: Path | None, *streams: str, first: tuple[str, dict[str, Any]] | None = None
) -> Iterator[tuple[str, Any]]:
    """(stream, data) for ever, over restarts of the gateway, and `("away", reason)` while it's gone.

    first: a method and its parameters, asked at each connection; its result comes as `("first", result)`.
    Raises CommandFailed at once when there is no gateway to begin with.
    """
    path = socket_path(site, socket)
    connect(site, path).close()
    return _follow(path, streams, first)


def _follow(
    path: Path, streams: tuple[str, ...], first: tuple[str, dict[str, Any]] | None
) -> Iterator[tuple[str, Any]]:
    from time import sleep

    from edge_gateway.api.client import Client, NotRunning

    while True:
        try:
            with Client(path) as client, translated(NotRunning):
                if first is not None:
                    yield "first", client.call(first[0], **first[1])
                yield from client.stream(*streams)
        except NotRunning as error:
            yield "away", str(error)
            sleep(_AGAIN_S)


class translated:  # noqa: N801 - reads as a word: with translated():
    """Turns errors of the local API into CommandFailed, but those of the types in `but`."""

    def __init__(self, *but: type[Exception]) -> None:
        self._but = but

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        from edge_gateway.api.client import NotRunning
        from edge_gateway.api.wire import ApiError, Code

        if isinstance(error, self._but):
            return
        if isinstance(error, NotRunning):
            raise exits.CommandFailed(str(error), exits.NOT_RUNNING) from None
        if isinstance(error, ApiError):
            codes = {Code.TIMEOUT: exits.TIMED_OUT, Code.INTERNAL: exits.FAILED}
            raise exits.CommandFailed(str(error), codes.get(error.code, exits.REFUSED)) from None


def _of_site(site: Path) -> Path:
    from edge_gateway.files import SOCKET
    from edge_gateway.site import load_site

    return load_site(site).run_dir / SOCKET


def _only_one() -> Path:
    from edge_gateway.api.client import Client, NotRunning
    from edge_gateway.running import sockets

    answering = []
    for path in sockets():
        try:
            Client(path, 1.0).close()
        except NotRunning:
            continue
        answering.append(path)
    if not answering:
        raise exits.CommandFailed(
            _("no gateway runs here. Start one with `edgectl run SITE`, or name it with --site or --socket."),
            exits.NOT_RUNNING,
        )
    if len(answering) > 1:
        listed = ", ".join(str(path) for path in answering)
        raise exits.CommandFailed(
            _("several gateways run here; choose one with --socket: {them}").format(them=listed), exits.USAGE
        )
    return answering[0]

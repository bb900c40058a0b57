"""Which gateways run on this machine for this user: so that `edgectl status` needs no argument.

Each running core keeps a small file with the path of its socket in a folder of the user. A file that a killed core left
behind does no harm: nothing answers on its socket.
"""

from __future__ import annotations

import contextlib
import json
import os
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from edge_gateway.files import SOCKET

if TYPE_CHECKING:
    from edge_gateway.site import LoadedSite


def folder() -> Path:
    """Where the files are: below XDG_RUNTIME_DIR, or a folder of the user's own in the temporary directory."""
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    return Path(runtime) / "district-edge" if runtime else Path(tempfile.gettempdir()) / f"district-edge-{os.getuid()}"


@contextmanager
def announced(loaded: LoadedSite) -> Iterator[None]:
    """Tells `edgectl` where this gateway answers, as long as the context lasts. Never fails: it's a convenience."""
    site = loaded.site
    file = folder() / f"{site.site.id}-{site.gateway.id}-{os.getpid()}.json"
    with contextlib.suppress(OSError):
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if _ours(file.parent):
            file.write_text(json.dumps({"socket": str(loaded.run_dir / SOCKET)}), encoding="utf-8")
    try:
        yield
    finally:
        with contextlib.suppress(OSError):
            file.unlink(missing_ok=True)


def sockets() -> list[Path]:
    """Sockets of gateways that were announced; some may be gone."""
    place = folder()
    if not _ours(place):
        return []
    found = []
    for file in sorted(place.glob("*.json")):
        with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
            found.append(Path(json.loads(file.read_text(encoding="utf-8"))["socket"]))
    return found


def _ours(place: Path) -> bool:
    """Whether nobody else could have put something there."""
    try:
        found = place.stat(follow_symlinks=False)
    except OSError:
        return False
    return stat.S_ISDIR(found.st_mode) and found.st_uid == os.getuid() and not found.st_mode & 0o022

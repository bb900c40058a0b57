"""From a site file to a Site, or to every error that it holds."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from edge_gateway.site import checks, document, explain, overrides, programs
from edge_gateway.site.model import Site
from edge_gateway.site.problems import Position, Problem, SiteError, did_you_mean

_MAX_BYTES = 4_000_000
_SOCKET_PATH_MAX = 100
"""A unix socket's path fits 104 bytes on macOS and 108 on Linux."""


@dataclass(frozen=True, slots=True)
class LoadedSite:
    """A site file that is right, and where it lies: relative paths in it start at its folder."""

    site: Site
    path: Path

    def resolve(self, name: str) -> Path:
        """A path from the site file as an absolute one."""
        return (self.path.parent / name).resolve()

    @property
    def run_dir(self) -> Path:
        """Folder of journal, sockets and state."""
        return self.resolve(self.site.gateway.run_dir)


def load_site(path: str | Path, overrides_: tuple[str, ...] = ()) -> LoadedSite:
    """Reads, checks and returns a site. `overrides_` are `path=value` arguments. Raises SiteError with all problems."""
    where = Path(path)
    text = _read(where)
    doc = document.parse(text, str(path))
    if not isinstance(doc.data, dict):
        what = "the file is empty" if doc.data is None else "a site file is keys with values"
        raise SiteError([Problem(doc.at(()), what, doc.text(()), "it begins with `site:`; see sites/qicai/site.yaml")])
    overrides.apply(doc, overrides_)
    problems = _resolve_names(doc)
    try:
        site = Site.model_validate(doc.data)
    except ValidationError as error:
        raise SiteError(problems + explain.explain(error, doc)) from None
    loaded = LoadedSite(site, where)
    problems += checks.check(site, doc) + _files(loaded, doc)
    if problems:
        raise SiteError(problems)
    return loaded


def _read(path: Path) -> str:
    start = Position(str(path), 1, 1)
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        raise SiteError([Problem(start, "no such file", "", "a site file is needed here")]) from None
    except OSError as error:
        raise SiteError([Problem(start, f"the file can't be read: {error.strerror}")]) from None
    if len(raw) > _MAX_BYTES:
        raise SiteError([Problem(start, f"the file is too large for a site file ({len(raw)} bytes)")])
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        column = error.start - raw.rfind(b"\n", 0, error.start)
        offending = raw[error.start : error.end].hex(" ")
        place = Position(str(path), line, column)
        raise SiteError([Problem(place, "this is no UTF-8 text", offending, "save the file as UTF-8")]) from None


def _resolve_names(doc: document.Document) -> list[Problem]:
    """Puts numbers in place of parameters that are given by name (`lane_role: entry`).

    A name that means nothing is reported and taken out, so that the number check doesn't report it again. So are all
    names of a program that there isn't: it is reported, and nobody can say what they mean.
    """
    problems = []
    boards = doc.data.get("boards")
    for index, board in enumerate(boards if isinstance(boards, list) else []):
        if not isinstance(board, dict) or not isinstance(board.get("program"), str):
            continue
        program = board["program"]
        there_is = programs.sheet(program) is not None
        if not there_is:
            problems.append(checks.unknown_program(doc, ("boards", index, "program"), program))
        known = programs.parameters(program) if there_is else {}
        given = board.get("parameters")
        parameters: dict[Any, Any] = given if isinstance(given, dict) else {}
        for name, value in list(parameters.items()):
            path = ("boards", index, "parameters", name)
            if not isinstance(value, str):
                continue
            if not there_is:
                del parameters[name]
                continue
            if name not in known:
                problems.append(checks.unknown_parameter(doc, path, program))
                del parameters[name]
                continue
            names = tuple(known[name].enum)
            if value in names:
                parameters[name] = names.index(value)
            elif names:
                right = did_you_mean(value, names, noun="choose")
                problems.append(Problem(doc.at(path), f"{name} has no such choice", doc.text(path), right))
                del parameters[name]
    return problems


def _plates(loaded: LoadedSite, name: str) -> list[Problem]:
    """What is wrong in a file of plates, so that it's known before anything starts."""
    from edge_gateway.control.credentials import load_credentials  # it tells its errors in the words of this package

    path = loaded.path.parent / name
    try:
        load_credentials(path)
    except SiteError as error:
        return list(error.problems)
    return []


def _files(loaded: LoadedSite, doc: document.Document) -> list[Problem]:
    """Files that the site names must be there before anything starts, except secrets, which services read."""
    problems = []
    site = loaded.site
    named: list[tuple[document.Path, str | None]] = [
        (("boards", index, "whitelist"), board.whitelist) for index, board in enumerate(site.boards)
    ]
    if site.parking is not None:
        named.append((("parking", "credentials"), site.parking.credentials))
    read: set[str] = set()
    for where, name in named:
        if name is None:
            continue
        if not loaded.resolve(name).is_file():
            problems.append(Problem(doc.at(where), f"no such file: {loaded.resolve(name)}", name))
        elif name not in read:
            read.add(name)
            problems += _plates(loaded, name)
    longest = loaded.run_dir / "core.sock"
    if len(str(longest).encode()) > _SOCKET_PATH_MAX:
        path = ("gateway", "run_dir")
        problems.append(
            Problem(doc.at(path), f"the path of the local socket is too long: {longest}", doc.text(path), "shorten it")
        )
    return problems

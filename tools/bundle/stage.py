"""Stage one board's file system: compiled modules, the program's table, the pin map in plain text, ``main.py``."""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from protocols.sheets import PROGRAMS, load
from protocols.sheets.derive import table_source
from tools.bundle import graph, mpy


@dataclass(frozen=True)
class Target:
    """A kind of board: its HAL, the architecture of its native code, and its pin map where it has pins."""

    name: str
    hal: str
    arch: str
    pins: str | None


TARGETS = {
    "rp2": Target("rp2", "firmware.hal.rp2", "armv6m", "firmware.boards.rp2"),
    "esp32": Target("esp32", "firmware.hal.esp32", "xtensawin", "firmware.boards.esp32"),
    "unix": Target("unix", "firmware.hal.unix", mpy.host_arch(), None),
}


class BundleError(ValueError):
    """The bundle cannot be made as asked; the message says what would be right."""


@dataclass(frozen=True)
class Request:
    """What to stage: ``unit`` is the Modbus unit id (1..247), ``dev_id`` the board's number in the site (1..65535)."""

    target: str
    program: str
    unit: int
    dev_id: int
    arch: str | None = None

    def check(self) -> Target:
        """Return the target; raise `BundleError` with what would be right."""
        if self.target not in TARGETS:
            raise BundleError(f"no target {self.target!r}; there are: {', '.join(TARGETS)}")
        if self.program not in PROGRAMS:
            raise BundleError(f"no program {self.program!r}; there are: {', '.join(PROGRAMS)}")
        if not 1 <= self.unit <= 247:
            raise BundleError(f"unit {self.unit} is outside 1..247, the addresses of a Modbus line")
        if not 1 <= self.dev_id <= 0xFFFF:
            raise BundleError(f"dev id {self.dev_id} is outside 1..65535")
        if self.arch is not None and self.arch not in mpy.ARCHES:
            raise BundleError(f"no architecture {self.arch!r}; there are: {', '.join(mpy.ARCHES)}")
        return TARGETS[self.target]


@dataclass(frozen=True)
class StagedFile:
    """One file as it lies on the board."""

    path: str
    size: int
    sha256: str


@dataclass(frozen=True)
class Manifest:
    """What was staged, for which board, from which sources."""

    target: str
    program: str
    arch: str
    unit: int
    dev_id: int
    source_hash: str
    files: tuple[StagedFile, ...]

    @property
    def total(self) -> int:
        """Return the bytes that the files hold."""
        return sum(file.size for file in self.files)

    def json(self) -> str:
        """Return the manifest as the text of its file."""
        return json.dumps({**asdict(self), "total": self.total}, indent=2) + "\n"


def modules_of(target: Target, program: str) -> dict[str, Path]:
    """Return the modules that a board of ``target`` running ``program`` imports, with their files."""
    others = {t.hal for t in TARGETS.values()} | {t.pins for t in TARGETS.values() if t.pins}
    others -= {target.hal, target.pins or ""}
    roots = ["firmware.main", target.hal, f"firmware.programs.{program}"] + ([target.pins] if target.pins else [])
    found = graph.walk(roots, provided=[*others, "firmware.build"])
    sheets = [name for name in found if name.startswith("protocols.sheets")]
    if sheets:
        raise BundleError(f"{', '.join(sheets)}: sheets stay off the board, their tables travel")
    return found


def main_source(request: Request) -> str:
    """Return the board's ``main.py``."""
    return (
        f'"""Starts {request.program} on unit {request.unit}. Made by make bundle."""\n'
        "\n"
        "from firmware.main import start\n"
        "\n"
        f'start("{request.program}", "{request.target}", unit={request.unit}, dev_id={request.dev_id})\n'
    )


def stage(request: Request, out: Path, sheet: Any = None) -> Manifest:
    """Make the tree in ``out``, anew, and its manifest beside it (``out`` with ``.json``); return the manifest.

    ``sheet`` stands in for the program's own: a rig's variant of it.

    Raises `BundleError`, `graph.MissingModuleError` or `mpy.CompileError`; then what stood in ``out`` stays as it was.
    """
    target = request.check()
    beside = out.with_name(f"{out.name}.json")
    if out.exists() and not beside.is_file():
        raise BundleError(
            f"{out} is there and no bundle stands in it ({beside.name} is missing beside it): it stays as it is"
        )
    arch = request.arch or target.arch
    modules = modules_of(target, request.program)
    if arch == "none":  # the plain twins serve alone
        modules = {name: path for name, path in modules.items() if not name.endswith("_viper")}
    table = table_source(sheet or load(request.program))
    digest = hashlib.sha256(table.encode())
    for path in modules.values():
        digest.update(path.read_bytes())
    source_hash = digest.hexdigest()[:8]
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=".staging-") as folder:
        tree, made = Path(folder) / "tree", Path(folder) / "made"
        made.mkdir()
        tree.mkdir()
        for name, path in modules.items():
            inside = path.relative_to(graph.ROOT)
            if name == target.pins:  # the installer reads it, and may change it on the board
                (tree / inside).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(path, tree / inside)
            elif path.name != "__init__.py" or path.stat().st_size:
                mpy.compile_file(path, str(inside), arch, (tree / inside).with_suffix(".mpy"))
        generated = {
            f"{request.program}_table": table,
            "firmware/build": f"SOURCE_HASH = (0x{source_hash[:4]}, 0x{source_hash[4:]})\n",
        }
        for name, text in generated.items():
            source = made / f"{name.replace('/', '_')}.py"
            source.write_text(text, encoding="utf-8")
            mpy.compile_file(source, f"{name}.py", arch, tree / f"{name}.mpy")
        (tree / "main.py").write_text(main_source(request), encoding="utf-8")
        manifest = Manifest(
            request.target, request.program, arch, request.unit, request.dev_id, source_hash, _listing(tree)
        )
        if out.exists():
            shutil.rmtree(out)
        tree.rename(out)
    beside.write_text(manifest.json(), encoding="utf-8")
    return manifest


def _listing(tree: Path) -> tuple[StagedFile, ...]:
    return tuple(
        StagedFile(str(path.relative_to(tree)), path.stat().st_size, hashlib.sha256(path.read_bytes()).hexdigest())
        for path in sorted(tree.rglob("*"))
        if path.is_file()
    )

"""Which modules of ours a program needs: a walk over import statements, as MicroPython on a board would meet them."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
OURS = ("protocols", "drivers", "firmware")


class MissingModuleError(LookupError):
    """An import names a module of ours that is not there."""


def path_of(module: str, root: Path = ROOT) -> Path | None:
    """Return the file of ``module`` (of a package, its ``__init__.py``); None where there is none."""
    base = root.joinpath(*module.split("."))
    for path in (base.with_suffix(".py"), base / "__init__.py"):
        if path.is_file():
            return path
    return None


def walk(roots: Iterable[str], provided: Iterable[str] = (), root: Path = ROOT) -> dict[str, Path]:
    """Return each module that ``roots`` reach, with its file, sorted by name.

    ``provided`` are modules that the bundle makes itself; the walk does not enter them. Raises `MissingModuleError`
    where an import that must hold leads nowhere (one under ``try`` may).
    """
    made = set(provided)
    found: dict[str, Path] = {}
    waiting = [(name, "the bundle", True) for name in roots]
    while waiting:
        name, importer, must = waiting.pop()
        if name in found or name in made:
            continue
        path = path_of(name, root)
        if path is None:
            if must:
                raise MissingModuleError(f"{importer} imports {name}, which is not there")
            continue
        found[name] = path
        parent = name.rpartition(".")[0]
        if parent and path_of(parent, root):
            waiting.append((parent, name, True))
        tree = ast.parse(path.read_text(encoding="utf-8"), str(path))
        waiting += [(imported, name, must) for imported, must in _imports(tree.body, root, must=True)]
    return dict(sorted(found.items()))


def _imports(body: Iterable[ast.AST], root: Path, must: bool) -> Iterator[tuple[str, bool]]:
    """Yield the modules of ours that the statements import on a board, and whether each has to exist."""
    for node in body:
        if isinstance(node, ast.Import):
            for alias in node.names:
                if _is_ours(alias.name):
                    yield alias.name, must
        elif isinstance(node, ast.ImportFrom):
            if node.level:
                raise MissingModuleError(f"relative import of {node.module or '.'}: bundled code names modules in full")
            module = node.module or ""
            if _is_ours(module):
                yield module, must
                for alias in node.names:  # a name is a module, or something that a module holds
                    if path_of(f"{module}.{alias.name}", root):
                        yield f"{module}.{alias.name}", must
        elif isinstance(node, ast.If) and _is_micropython(node.test) is not None:
            yield from _imports(node.body if _is_micropython(node.test) else node.orelse, root, must)
        elif isinstance(node, ast.Try):
            yield from _imports(node.body, root, must=False)
            for part in (*node.handlers, *node.orelse, *node.finalbody):
                yield from _imports([part], root, must)
        else:
            yield from _imports(ast.iter_child_nodes(node), root, must)


def _is_ours(module: str) -> bool:
    return module.split(".")[0] in OURS


def _is_micropython(test: ast.expr) -> bool | None:
    """Return what a test of the runtime is on a board: True, False, or None where it is another test."""
    if isinstance(test, ast.Name) and test.id == "MICROPYTHON":
        return True
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        inner = _is_micropython(test.operand)
        return None if inner is None else not inner
    return None

"""Modules imported afresh, apart from the running ones: with other constants, or with a mutated source."""

from __future__ import annotations

import importlib
import importlib.util
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from types import ModuleType
from typing import Any


@dataclass(frozen=True)
class Mutation:
    """One change of one module's source. `old` must stand there exactly once."""

    name: str
    module: str
    old: str
    new: str


class MutationError(ValueError):
    """The text to be changed isn't there, or stands there more than once."""


def load(
    module: str,
    *,
    packages: Sequence[str],
    constants: Mapping[str, Mapping[str, Any]] | None = None,
    mutation: Mutation | None = None,
) -> ModuleType:
    """Import `module` and everything below `packages` anew; what is already imported stays as it is.

    constants: new values for module-level names, by module. Raises MutationError.
    """
    with _put_aside(packages):
        importlib.invalidate_caches()
        if mutation is not None:
            _import_mutated(mutation)
        loaded = importlib.import_module(module)
        for name, values in (constants or {}).items():
            target = importlib.import_module(name)
            for attribute, value in values.items():
                if not hasattr(target, attribute):
                    raise AttributeError(f"{name} has no {attribute}")
                setattr(target, attribute, value)
        return loaded


@contextmanager
def _put_aside(packages: Sequence[str]) -> Iterator[None]:
    def ours(name: str) -> bool:
        return any(name == package or name.startswith(package + ".") for package in packages)

    kept = {name: module for name, module in sys.modules.items() if ours(name)}
    for name in kept:
        del sys.modules[name]
    try:
        yield
    finally:
        for name in [name for name in sys.modules if ours(name)]:
            del sys.modules[name]
        sys.modules.update(kept)


def _import_mutated(mutation: Mutation) -> None:
    parent, _, leaf = mutation.module.rpartition(".")
    package = importlib.import_module(parent)
    spec = importlib.util.find_spec(mutation.module)
    if spec is None or spec.origin is None:
        raise MutationError(f"{mutation.name}: there is no module {mutation.module}")
    with open(spec.origin, encoding="utf-8") as file:  # noqa: PTH123 - a loader's own path
        source = file.read()
    found = source.count(mutation.old)
    if found != 1:
        raise MutationError(f"{mutation.name}: {mutation.old!r} stands {found} times in {mutation.module}")
    made = importlib.util.module_from_spec(spec)
    sys.modules[mutation.module] = made
    setattr(package, leaf, made)
    exec(compile(source.replace(mutation.old, mutation.new), spec.origin, "exec"), made.__dict__)  # noqa: S102

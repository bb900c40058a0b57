"""What is wrong with a site file, and where: the one form in which such an error reaches a person or a program."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Position:
    """A place in a text: origin (a file, or a `--set` argument), line and column, both counted from 1."""

    origin: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.origin}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class Problem:
    """One error: where it is, what is wrong, the offending text and what would be right (either may be empty)."""

    position: Position
    what: str
    text: str = ""
    right: str = ""

    def __str__(self) -> str:
        parts = [f"{self.position}: {self.what}"]
        if self.text:
            parts.append(f"found `{self.text}`")
        if self.right:
            parts.append(self.right)
        return "; ".join(parts)

    def as_dict(self) -> dict[str, str | int]:
        """The same as plain data, for `--json`."""
        return {
            "file": self.position.origin,
            "line": self.position.line,
            "column": self.position.column,
            "what": self.what,
            "text": self.text,
            "right": self.right,
        }


class SiteError(Exception):
    """The site file can't be used. `problems` holds every error found, in the order of the file."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = tuple(
            sorted(problems, key=lambda p: (p.position.origin, p.position.line, p.position.column))
        )
        super().__init__("\n".join(str(problem) for problem in self.problems))


def did_you_mean(word: str, known: Sequence[str], *, noun: str = "known") -> str:
    """A hint for a misspelt word: the nearest known one if any is near, and the whole list otherwise."""
    near = difflib.get_close_matches(word, known, n=1, cutoff=0.6)
    if near:
        return f"did you mean `{near[0]}`?"
    if not known:
        return ""
    return f"{noun}: {', '.join(known)}"

"""House rules that no linter knows: what must not stand in the tree, and how long a file may be."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from tools.checks.run import ROOT, tracked

MAX_LINES = 450
"""A Python file with more is two files."""

TEXT = (".py", ".md", ".toml", ".txt", ".yaml", ".yml", ".json", ".sh", ".c", ".h", ".csv", ".cfg", "Makefile", "run")


@dataclass(frozen=True)
class Rule:
    """A pattern that must not stand in the tree, where, and what to do instead."""

    name: str
    pattern: re.Pattern[str]
    advice: str
    suffixes: tuple[str, ...] = TEXT


def rules() -> tuple[Rule, ...]:
    """Return the rules; words are put together here, so that this file holds to them itself."""
    marks = "|".join(("TO" + "DO", "FIX" + "ME", "XX" + "X", "HA" + "CK"))
    places = "|".join(("tmp", "root", "home", "work", "farm", "Users"))
    hosts = "|".join(
        (
            r"py" + r"pi\.",
            "python" + "hosted",
            "npm" + r"js\.",
            "deb" + r"\.debian",
            "/sim" + r"ple\b",
            "index-u" + "rl",
        )
    )
    marker = "|".join(("skip", "skipif", "xfail"))
    calls = "|".join(("skip", "xfail", "importor" + "skip"))
    return (
        Rule("machine path", re.compile(rf"(?<![\w.:/}}])/(?:{places})/[\w.-]"), "say it relative to the repository"),
        Rule("package host", re.compile(rf"(?:{hosts})"), "name the package, never its host"),
        Rule(
            "work left",
            re.compile(rf"\b(?:{marks})\b"),
            "do it, or open an issue",
            (".py", ".sh", ".toml", ".c", "run"),
        ),
        Rule(
            "skipped test",
            re.compile(rf"pytest\.(?:{calls})\b|mark\.(?:{marker})\b|unittest\.skip"),
            "a test runs or is not there",
            (".py",),
        ),
        Rule(
            "swallowed error",
            re.compile(
                r"(?m)^[ \t]*except(?:[ \t]+(?:Base)?Exception(?:[ \t]+as[ \t]+\w+)?)?:[^\n]*\s+(?:pass|\.\.\.)$"
                r"|^[ \t]*except:.*$"
            ),
            "name the error, or tell somebody",
            (".py",),
        ),
    )


def check_text(name: str, text: str) -> list[str]:
    """Return the findings in one file, as ``name:line: rule: what to do``."""
    found = []
    lines = text.splitlines()
    for rule in rules():
        if name.endswith(rule.suffixes):
            for match in rule.pattern.finditer(text):
                number = text.count("\n", 0, match.start()) + 1
                found.append(f"{name}:{number}: {rule.name}: {rule.advice}: {lines[number - 1].strip()[:80]}")
    if name.endswith(".py") and len(lines) > MAX_LINES:
        found.append(f"{name}: {len(lines)} lines, more than {MAX_LINES}: it is two files")
    return found


def check(files: list[Path] | None = None) -> list[str]:
    """Return the findings in ``files``, or in every text file of the tree."""
    found = []
    for path in tracked() if files is None else files:
        name = str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else path.name
        if name.endswith(TEXT):
            found += check_text(name, path.read_text(encoding="utf-8"))
    return found

"""The checks that are one command of a known tool."""

from __future__ import annotations

import sys

from tools.checks.run import findings, tool


def ruff_check() -> list[str]:
    """Lint."""
    return findings([tool("ruff"), "check", "--quiet", "--output-format=concise", "."])


def ruff_format() -> list[str]:
    """Formatting is the formatter's."""
    return findings([tool("ruff"), "format", "--check", "--output-format=concise", "."])


def mypy() -> list[str]:
    """Strict types on the CPython side (what is checked stands in pyproject.toml)."""
    return findings([tool("mypy"), "--no-error-summary"])


def import_linter() -> list[str]:
    """The arrows between the folders."""
    return findings([tool("lint-imports"), "--cache-dir", ".import_linter_cache"])


def generated_docs() -> list[str]:
    """Generated documents say what the sheets say."""
    return findings([sys.executable, "-m", "tools.docs", "--check"])

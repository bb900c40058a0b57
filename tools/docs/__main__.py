"""`python -m tools.docs [--check]`: write the generated documents, or say which of them are out of date."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from protocols.sheets import PROGRAMS, load
from tools.docs import cause_effect, register_map

ROOT = Path(__file__).resolve().parents[2]


def documents() -> dict[str, str]:
    """Every generated document: path below the project's root, and its text."""
    made = {}
    for name in PROGRAMS:
        sheet = load(name)
        made[f"docs/reference/{name}.md"] = register_map.markdown(sheet)
        made[f"docs/reference/{name}.csv"] = register_map.csv_text(sheet)
        made[f"docs/reference/{name}_cause_effect.md"] = cause_effect.markdown(sheet)
    return made


def main() -> int:
    """Return 0, or 1 when --check finds a document that `make docs` would change."""
    parser = argparse.ArgumentParser(prog="python -m tools.docs", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; fail if a document is out of date")
    check = parser.parse_args().check
    stale = []
    for path, text in documents().items():
        target = ROOT / path
        if target.is_file() and target.read_text(encoding="utf-8") == text:
            continue
        stale.append(path)
        if not check:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8")
    for path in stale:
        print(
            f"{path}: {'out of date; run make docs' if check else 'written'}", file=sys.stderr if check else sys.stdout
        )
    return 1 if check and stale else 0


if __name__ == "__main__":
    sys.exit(main())

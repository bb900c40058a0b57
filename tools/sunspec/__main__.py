"""``python -m tools.sunspec``: write drivers/sunspec/catalogue.py anew from the published definitions."""

from __future__ import annotations

import textwrap
from pathlib import Path

from tools.sunspec.published import line

ROOT = Path(__file__).resolve().parents[2]
CATALOGUE = ROOT / "drivers" / "sunspec" / "catalogue.py"
MODELS = (
    *(1, 101, 102, 103, 111, 112, 113, 120, 121, 122, 123, 124, 160),
    *(201, 202, 203, 204, 302, 307),
    *range(701, 716),
    *(802, 803),
)
"""The models whose points a desk shows by name; others are shown as registers."""

HEAD = '''"""Models that the desk knows, in the notation of `definition`; a number means "laid out as that one".

Made by ``python -m tools.sunspec`` from the published definitions; tests hold it to them. Never edited by hand.
"""

MODELS = {
'''


def source() -> str:
    """Return the text of the catalogue."""
    seen: dict[str, int] = {}
    parts = []
    for model in MODELS:
        text = line(model)
        if text in seen:
            parts.append(f"    {model}: {seen[text]},\n")
            continue
        seen[text] = model
        pieces = textwrap.wrap(text, 108, break_long_words=False, break_on_hyphens=False)
        if len(pieces) == 1:
            parts.append(f'    {model}: "{text}",\n')
            continue
        rows = "".join(f'        "{piece} "\n' for piece in pieces[:-1]) + f'        "{pieces[-1]}"'
        parts.append(f"    {model}: (\n{rows}\n    ),\n")
    return HEAD + "".join(parts) + "}\n"


if __name__ == "__main__":
    CATALOGUE.write_text(source(), encoding="utf-8")

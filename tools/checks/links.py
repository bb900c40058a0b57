"""Links between documents lead somewhere: to a file of this tree, and to a heading of it where they name one."""

from __future__ import annotations

import re
from pathlib import Path

from tools.checks.run import ROOT, tracked

LINK = re.compile(r"(?<!`)!?\[[^\]\n]*\]\(([^)\s]+)\)")
HEADING = re.compile(r"(?m)^#+ (.+?)\s*$")
CODE = re.compile(r"(?ms)^```.*?^```")


def anchors(text: str) -> set[str]:
    """Return the anchors of a document's headings, as forges make them."""
    titles = (re.sub(r"[^\w\- ]", "", title).strip().lower() for title in HEADING.findall(CODE.sub("", text)))
    return {title.replace(" ", "-") for title in titles}


def check_document(path: Path) -> list[str]:
    """Return the links of one document that lead nowhere."""
    found = []
    text = CODE.sub("", path.read_text(encoding="utf-8"))
    for link in LINK.findall(text):
        if re.match(r"[a-z]+:", link):
            continue
        name, _, anchor = link.partition("#")
        target = path.parent / name if name else path
        if not target.exists():
            found.append(f"{path.relative_to(ROOT)}: {link}: there is no such file")
        elif anchor and anchor not in anchors(target.read_text(encoding="utf-8")):
            found.append(f"{path.relative_to(ROOT)}: {link}: there is no such heading")
    return found


def check() -> list[str]:
    """Return every link of every document that leads nowhere."""
    return [finding for path in tracked(".md") for finding in check_document(path)]

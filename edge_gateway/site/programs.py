"""What the site file may say about programs: the sheets that are known, their parameters and their registers."""

from __future__ import annotations

from typing import Any

from protocols import sheets
from protocols.sheets.check import SheetError, check


def known() -> list[str]:
    """Names of all programs that have a sheet."""
    return sorted(sheets.PROGRAMS)


def sheet(program: str) -> Any | None:
    """The sheet of a program (protocols.sheets.model.Sheet), or None."""
    return sheets.load(program)


def parameters(program: str) -> dict[str, Any]:
    """Parameters of a known program by name (protocols.sheets.model.Param)."""
    found = sheets.load(program)
    return {} if found is None else {param.name: param for param in found.params}


def contradiction(sheet_: Any) -> str:
    """What a sheet says that can't be (overlapping registers or bits, a name used twice); empty when it is sound."""
    try:
        check(sheet_)
    except SheetError as error:
        return str(error)
    return ""

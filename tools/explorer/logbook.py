"""A trace as a table: what happened in each scan, and what the program did."""

from __future__ import annotations

from collections.abc import Sequence


def table(title: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Lay `rows` out under `columns`; numbers stand to the right."""
    cells = [[str(cell) for cell in row] for row in rows]
    widths = [max(len(column), *(len(row[i]) for row in cells), 0) for i, column in enumerate(columns)]

    def line(row: Sequence[str]) -> str:
        parts = (
            cell.rjust(w) if cell.lstrip("-").isdigit() else cell.ljust(w) for cell, w in zip(row, widths, strict=True)
        )
        return " | ".join(parts).rstrip()

    return "\n".join((title, line(list(columns)), "-+-".join("-" * width for width in widths), *map(line, cells)))

"""A drawing made of characters: text with a style, put where it belongs."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.text import Text


class Canvas:
    """Rows of characters, each with a style. What leaves the canvas is cut off."""

    def __init__(self, width: int, height: int) -> None:
        self.width = width
        self._rows = [[(" ", "")] * width for _ in range(height)]

    def put(self, row: int, column: int, text: str, style: str = "") -> int:
        """Writes text from a place on; returns the column behind it."""
        for offset, character in enumerate(text):
            if 0 <= column + offset < self.width:
                self._rows[row][column + offset] = (character, style)
        return column + len(text)

    def draw(self, *lines: str, style: str = "dim") -> None:
        """Lays lines under what is put later: blanks leave what is there."""
        for row, line in enumerate(lines):
            for column, character in enumerate(line[: self.width]):
                if character != " ":
                    self._rows[row][column] = (character, style)

    def text(self) -> Text:
        """The drawing, without blanks at the ends of its rows."""
        from rich.text import Text

        made = Text(no_wrap=True)
        for number, row in enumerate(self._rows):
            end = max((column + 1 for column, (character, _style) in enumerate(row) if character != " "), default=0)
            for character, style in row[:end]:
                made.append(character, style or None)
            made.append("\n" if number < len(self._rows) - 1 else "")
        return made

"""Exit codes of `edgectl`: they are part of its interface and documented in docs/facility/edgectl.md."""

from __future__ import annotations

from typing import Final

OK: Final = 0
FAILED: Final = 1
"""The thing that was asked for did not come true (a command ended in a failure)."""
USAGE: Final = 2
"""The command line itself is wrong."""
SITE_WRONG: Final = 3
"""The site file is wrong; standard error says where."""
NOT_RUNNING: Final = 4
"""No gateway answers."""
REFUSED: Final = 5
"""The gateway or the board refused: wrong mode, interlock, not owner, unknown name."""
TIMED_OUT: Final = 6
"""No answer in time; what was asked for may still have happened."""
INTERNAL: Final = 70
"""A fault of edgectl; standard error names the file that holds the details."""
INTERRUPTED: Final = 130
"""Ended by Ctrl-C."""


class CommandFailed(Exception):  # noqa: N818 - it reads as what happened
    """Ends a command with one line on standard error and an exit code."""

    def __init__(self, message: str, code: int = FAILED) -> None:
        super().__init__(message)
        self.code = code

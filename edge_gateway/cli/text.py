"""The one place that user-facing text goes through, so that a translation is a catalogue and not an edit.

A catalogue is `locale/<language>/LC_MESSAGES/edgectl.mo` in this package, chosen by the usual LANGUAGE, LC_ALL,
LC_MESSAGES and LANG.
"""

from __future__ import annotations

import gettext
from pathlib import Path

_translations = gettext.translation("edgectl", str(Path(__file__).parent / "locale"), fallback=True)


def _(message: str) -> str:
    """The message in the user's language. Values are put in with `.format`, after translation."""
    return _translations.gettext(message)

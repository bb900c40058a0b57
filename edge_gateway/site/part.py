"""What all parts of a site file share."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Identifier = Annotated[
    str,
    Field(
        pattern=r"^[A-Za-z][A-Za-z0-9_-]{0,31}$",
        description="A letter, then letters, digits, `-` or `_`; 32 at most. It appears in topics and file names.",
    ),
]


class Part(BaseModel):
    """Unknown keys are errors, types aren't guessed, nothing changes later."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

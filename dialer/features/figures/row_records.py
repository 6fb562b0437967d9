"""What goes out of the rows behind a number."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from dialer.features.cdr.public import CallRow


class TimeRow(Struct, frozen=True):
    """A stretch of a rep's time, cut at quarters of an hour. Unix seconds."""

    agent: str
    agent_name: Annotated[str, Meta(description="Empty where there is no such rep any more.")]
    team: str | None
    squad: str | None
    pool: str
    state: str
    reason: str
    began_at: float
    ended_at: float


class RowsShown(Struct, frozen=True):
    """What is behind a number: calls, or stretches of reps' time, the newest first."""

    count: Annotated[int, Meta(description="How many there are, on all pages.")]
    numerator: Annotated[
        int | None, Meta(description="The number they make; times in milliseconds.")
    ]
    calls: list[CallRow]
    times: list[TimeRow]
    next: Annotated[str | None, Meta(description="As `below`, it asks for the next page.")]

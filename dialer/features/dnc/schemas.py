"""Shapes of the do-not-call list."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from dialer.features.leads.public import ImportAnswer
from dialer.kit.moments import Moment
from dialer.words import DncKind


class Numbers(BaseModel):
    model_config = ConfigDict(extra="forbid")

    numbers: list[str] = Field(min_length=1, max_length=10_000)
    region: str = Field(default="", max_length=2, description="Where they are written: DE, US …")


class NumbersToList(Numbers):
    reason: str = Field(default="", max_length=200)
    expires_at: Moment | None = Field(default=None, description="Unix seconds; none: for ever.")


class NumbersToTakeOff(Numbers):
    reason: str = Field(default="", max_length=200, description="Why; needed for many at once.")


class UnwantedCall(BaseModel):
    attempt_id: str
    number: str = Field(description="Masked for whoever must not see whole numbers.")
    caller_id: str = Field(description="Our own number that it saw.")
    at: float
    listed: bool = Field(description="It is on the do-not-call list by now.")


class UnwantedList(BaseModel):
    calls: list[UnwantedCall] = Field(description="Of the last 90 days, the latest first.")


class AddedAnswer(BaseModel):
    added: int = Field(description="Numbers that are new on the list.")
    change: str = Field(description="By this id it can be undone; empty: nothing was changed.")


class DncEntryAnswer(BaseModel):
    number: str
    listed: bool
    reason: str
    source: str
    added_at: str | None
    expires_at: str | None


class DncImportAnswer(ImportAnswer):
    """What came of a file of numbers."""

    change: str = Field(description="By this id it can be undone; empty: nothing was changed.")
    has_rejected: bool = Field(
        default=False,
        description="`GET /dnc/import/{change}/rejected` has what was left out.",
    )
    complete: bool = Field(description="False: rows were left out, these people may be called.")
    problem: str = Field(description="What was left out and what to do; empty when complete.")


class CheckAnswer(BaseModel):
    numbers: list[DncEntryAnswer]


class RemovedAnswer(BaseModel):
    removed: int
    change: str = Field(description="By this id it can be undone; empty: nothing was changed.")


class ChangeAnswer(BaseModel):
    id: str
    at: str
    who: str
    what: DncKind
    reason: str
    count: int = Field(description="Numbers it changed.")
    undone_at: str | None
    undone_by: str | None


class ChangesAnswer(BaseModel):
    changes: list[ChangeAnswer]


class UndoneAnswer(BaseModel):
    back: int = Field(description="Numbers that are as they were before.")
    kept: int = Field(description="Left on the list: somebody has asked for them since.")

"""Shapes of the do-not-call list."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from dialer.api.leads.schemas import ImportAnswer
from dialer.api.moments import Moment


class Numbers(BaseModel):
    model_config = ConfigDict(extra="forbid")

    numbers: list[str] = Field(min_length=1, max_length=10_000)
    region: str = Field(default="", max_length=2, description="Where they are written: DE, US …")


class NumbersToList(Numbers):
    reason: str = Field(default="", max_length=200)
    expires_at: Moment | None = Field(default=None, description="Unix seconds; none: for ever.")


class AddedAnswer(BaseModel):
    added: int = Field(description="Numbers that are new on the list.")


class DncEntryAnswer(BaseModel):
    number: str
    listed: bool
    reason: str
    source: str
    added_at: str | None
    expires_at: str | None


class DncImportAnswer(ImportAnswer):
    """What came of a file of numbers."""

    complete: bool = Field(description="False: rows were left out, these people may be called.")
    problem: str = Field(description="What was left out and what to do; empty when complete.")


class CheckAnswer(BaseModel):
    numbers: list[DncEntryAnswer]


class RemovedAnswer(BaseModel):
    removed: int

"""Shapes of what may come of a call."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from dialer.words import DispositionGroup, LeadEnd


class _Shape(BaseModel):
    model_config = ConfigDict(extra="forbid")


class DispositionRow(_Shape):
    code: str = Field(max_length=64, description="What records hold. It never changes.")
    title: str = Field(default="", max_length=80, description="In English; empty: the code.")
    title_zh: str = Field(default="", max_length=80, description="In Chinese; empty: title.")
    group: DispositionGroup = Field(description="Where it stands, and what it counts as.")
    key: int | None = Field(default=None, ge=1, le=9, description="null: the next one free.")
    state: LeadEnd = Field(description="What becomes of the lead.")
    after_minutes: float = Field(
        default=0.0, ge=0, le=525_600, description="retry: not before so many minutes."
    )
    keep_agent: bool = Field(default=False, description="The next call goes to the same rep.")
    priority: int | None = Field(default=None, ge=0, le=99)
    retired: bool = Field(default=False, description="Not offered any more.")


class DispositionSheet(_Shape):
    rows: list[DispositionRow] = Field(description="In the order of the desk.")
    are_usual: bool = Field(description="The campaign names none: these are offered everywhere.")
    version: int = Field(description="Of the campaign's settings: send it with a change.")
    may_change: bool
    why_not: str


class ChangeDispositions(_Shape):
    rows: list[DispositionRow] = Field(min_length=1, max_length=100)
    because: str = Field(default="", max_length=500)
    version: int = Field(ge=0, description="Of the sheet that was looked at.")

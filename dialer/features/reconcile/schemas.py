"""Shapes of what is asked."""

from __future__ import annotations

from datetime import date

from pydantic import BaseModel, ConfigDict, Field


class Settlement(BaseModel):
    """What came of a difference. `version`: that of the record that was seen."""

    model_config = ConfigDict(extra="forbid")

    version: int
    note: str = Field(min_length=1, max_length=500, description="What was found out.")


class DayToLookAt(BaseModel):
    model_config = ConfigDict(extra="forbid")

    day: date = Field(description="A day in UTC.")

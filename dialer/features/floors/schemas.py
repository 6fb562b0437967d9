"""Floors in short. One in full is the record `FloorView`."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class _Shape(BaseModel):
    model_config = ConfigDict(extra="forbid")


class FloorSummary(_Shape):
    pool: str
    at: float
    switch_up: bool
    agents: dict[str, int] = Field(description="Reps by state.")
    calls: dict[str, int] = Field(description="Attempts by phase.")
    campaigns: list[str]


class FloorList(_Shape):
    floors: list[FloorSummary]

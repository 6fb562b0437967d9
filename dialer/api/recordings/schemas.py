"""Shapes of recordings."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class Recording(BaseModel):
    model_config = ConfigDict(extra="forbid")

    id: str
    attempt: str
    campaign: str
    agent: str | None
    number: str = Field(description="Masked unless you may see whole ones.")
    placed_at: float
    talk_seconds: float | None
    disposition: str | None
    state: str = Field(description="raw, encoding, ready, failed or deleted; only ready plays")
    seconds: float | None
    bytes: int | None
    codec: str | None


class RecordingList(BaseModel):
    recordings: list[Recording] = Field(description="Newest first.")
    next: str | None = Field(description="As `below`, it asks for the next page.")

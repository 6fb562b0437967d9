"""Shapes of a floor. Times are unix seconds, numbers masked, rates 0 to 1."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field


class _Shape(BaseModel):
    model_config = ConfigDict(extra="forbid")


class FloorAgent(_Shape):
    agent: str
    name: str
    pool: str
    state: str = Field(description="ready, talking, wrapup, paused or out")
    reason: str
    since: float
    phone: str
    attempt: str | None
    campaign: str | None
    calls: int
    talk_seconds: float
    leaving: str


class FloorCall(_Shape):
    attempt: str
    campaign: str
    lead: str
    number: str = Field(description="Masked.")
    phase: str
    since: float
    placed_at: float
    agent: str | None


class FloorCampaign(_Shape):
    campaign: str
    pool: str
    state: str
    leads: dict[str, int]
    in_progress: dict[str, int]
    placed: int
    answered: int
    connected: int
    abandoned: int
    machines: int
    connect_rate: float | None
    abandon_rate: float | None
    talk_seconds: float
    mean_wait_seconds: float | None


class FloorEnded(_Shape):
    attempt: str
    campaign: str
    number: str = Field(description="Masked.")
    outcome: str
    agent: str | None
    ended_at: float
    talk_seconds: float | None


class Floor(_Shape):
    pool: str
    at: float
    switch_up: bool
    agents: list[FloorAgent]
    calls: list[FloorCall]
    campaigns: list[FloorCampaign]
    last_ended: list[FloorEnded]
    pacing: dict[str, Any] = Field(description="The pacer's last decision and its reasons.")


class FloorSummary(_Shape):
    pool: str
    at: float
    switch_up: bool
    agents: dict[str, int] = Field(description="Reps by state.")
    calls: dict[str, int] = Field(description="Attempts by phase.")
    campaigns: list[str]


class FloorList(_Shape):
    floors: list[FloorSummary]

"""Shapes of campaigns."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from dialer.api.floors.schemas import Scheduled


class NewCampaign(BaseModel):
    """A campaign to make. `settings` are the keys of [campaign.NAME]; none takes the defaults."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(max_length=64, examples=["spring"])
    settings: dict[str, Any] = Field(default={}, examples=[{"pool": "default", "region": "DE"}])


class Campaign(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: str
    title: str
    goal: str
    pool: str
    state: str = Field(description="running, paused, stopped; not made: in the settings only")
    settings_version: int
    created_at: float | None
    scheduled: Scheduled | None = Field(description="What it does next by itself.")


class CampaignList(BaseModel):
    campaigns: list[Campaign]


class CampaignToday(BaseModel):
    ended: int
    answered: int
    machines: int
    outcomes: dict[str, int]
    connect_rate: float | None
    abandon_rate: float | None


class CampaignLive(BaseModel):
    placed: int
    answered: int
    connected: int
    abandoned: int
    machines: int
    connect_rate: float | None
    abandon_rate: float | None
    talk_seconds: float
    mean_wait_seconds: float | None


class CampaignStatus(Campaign):
    leads: dict[str, int] = Field(default={}, description="Leads by state.")
    in_progress: dict[str, int] = Field(default={}, description="Attempts by phase.")
    today: CampaignToday | None = Field(default=None, description="What ended in 24 hours.")
    live: CampaignLive | None = Field(default=None, description="Since the engine started.")

"""Shapes of results."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class _Shape(BaseModel):
    model_config = ConfigDict(extra="forbid")


class AgentDay(_Shape):
    agent: str
    name: str
    squad: str
    calls: int = Field(description="Conversations that ended today.")
    talk_seconds: float
    sales: int = Field(description="With a disposition of the group sale.")
    rank: int = Field(
        description="1 is first, among all reps of the pool: by sales, then by talk; equals share."
    )


class SquadDay(_Shape):
    squad: str
    calls: int
    talk_seconds: float
    sales: int
    rank: int


class CampaignDay(_Shape):
    campaign: str
    calls: int
    sales: int
    leads_left: int = Field(description="That may be called, for the first time or again.")
    calls_per_hour: int = Field(description="Calls that ended in the last hour, answered or not.")
    hours_left: float | None = Field(
        description="Until each was called once at this pace; null: nothing is dialed."
    )


class Results(_Shape):
    pool: str
    since: float = Field(description="Midnight of the server's time zone.")
    calls: int
    talk_seconds: float
    sales: int
    goal_sales: int | None = Field(description="Of the pool, for the day.")
    agents: list[AgentDay] = Field(description="In your reach, best first.")
    squads: list[SquadDay]
    campaigns: list[CampaignDay]

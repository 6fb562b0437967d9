"""Shapes of campaigns."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema

from dialer.kit.shapes import plain_schema, publish
from dialer.ports.control import Scheduled
from dialer.ports.outlook import HoldBack, LeadOutlook

_Scheduled = Annotated[Any, WithJsonSchema(plain_schema(Scheduled))]
publish(LeadOutlook)
publish(HoldBack)
_Outlook = Annotated[Any, WithJsonSchema({"$ref": "#/components/schemas/LeadOutlook"})]
_HoldBack = Annotated[Any, WithJsonSchema({"$ref": "#/components/schemas/HoldBack"})]


class NewCampaign(BaseModel):
    """A campaign to make. `settings` are the keys of [campaign.NAME]; none takes the defaults.

    Say a name, a title, or both.
    """

    model_config = ConfigDict(extra="forbid")

    name: str | None = Field(
        default=None,
        max_length=64,
        examples=["spring"],
        description="Stands in paths, records and figures. Not said: made of the title.",
    )
    title: str | None = Field(
        default=None,
        max_length=200,
        examples=["春季活动"],
        description="What people read, in any language.",
    )
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
    scheduled: _Scheduled | None = Field(description="What it does next by itself.")


class CampaignList(BaseModel):
    campaigns: list[Campaign]


class _Day(BaseModel):
    ended: int
    answered: int
    connected: int
    abandoned: int
    machines: int
    connect_rate: float | None
    contact_rate: float | None
    abandon_rate: float | None
    talk_seconds: float
    avg_talk_seconds: float | None


class CampaignToday(_Day):
    outcomes: dict[str, int]


class CampaignLive(_Day):
    placed: int = Field(description="Those included that are up.")
    mean_wait_seconds: float | None = Field(
        description="How long reps of the pool waited for a contact."
    )


class CampaignStatus(Campaign):
    leads: dict[str, int] = Field(default={}, description="Leads by state.")
    in_progress: dict[str, int] = Field(default={}, description="Attempts by phase.")
    today: CampaignToday | None = Field(
        default=None,
        description="Of calls placed since midnight that have ended, as the database has them.",
    )
    live: CampaignLive | None = Field(
        default=None, description="The same as the engine counts them, and what is up."
    )
    outlook: _Outlook | None = Field(
        default=None, description="Whom it can call now and next; null: not looked."
    )
    waits: list[_HoldBack] = Field(
        default=[], description="What keeps it from calling now, if it runs."
    )

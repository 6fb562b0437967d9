"""Shapes of recordings."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from dialer.words import CallMode, HangupBy, Outcome

#: What a recording says of the call it is of.
OF_CALL = (
    "campaign", "campaign_title", "lead", "lead_name", "agent", "agent_name", "number", "mode",
    "placed_at", "talk_seconds", "outcome", "hangup_by", "disposition", "disposition_title",
    "disposition_title_zh",
)  # fmt: skip


class Recording(BaseModel):
    """A recording with the call it is of."""

    model_config = ConfigDict(extra="forbid")

    id: str
    attempt: str
    campaign: str
    campaign_title: str
    lead: str
    lead_name: str = Field(description="Empty where the lead is out of your reach.")
    agent: str | None
    agent_name: str
    number: str = Field(description="Masked unless you may see whole ones.")
    mode: CallMode
    placed_at: float
    talk_seconds: float | None
    outcome: Outcome | None
    hangup_by: HangupBy | None
    disposition: str | None
    disposition_title: str | None
    disposition_title_zh: str | None
    state: str = Field(description="raw, encoding, ready, failed or deleted; only ready plays")
    seconds: float | None
    bytes: int | None
    codec: str | None


class RecordingList(BaseModel):
    recordings: list[Recording] = Field(description="Newest first.")
    next: str | None = Field(description="As `below`, it asks for the next page.")

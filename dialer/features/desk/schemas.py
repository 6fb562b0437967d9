"""Shapes of a rep's desk. Times are unix seconds, numbers masked for who may not see them."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from dialer.features.agents.public import NoteKey
from dialer.features.leads.public import Badges, Callback, LocalTime, Note, PastCall
from dialer.features.scripts.public import Script
from dialer.words import (
    CallBackOwner,
    CallMode,
    CallStage,
    CampaignMode,
    DispositionGroup,
)

NoteText = Annotated[str, Field(min_length=1, max_length=4000)]


class _Shape(BaseModel):
    model_config = ConfigDict(extra="forbid")


# --- a call card ----------------------------------------------------------------------------------


class CardCampaign(_Shape):
    name: str
    title: str
    company: str


class CardLead(_Shape):
    id: str
    name: str
    language: str | None
    timezone: str | None
    local_time: LocalTime | None
    fields: dict[str, str] = Field(description="The list's own columns.")
    editable: list[str] = Field(description="Those of the fields that a rep may change.")
    owner: str | None
    owner_name: str | None
    state: str


class Disposition(_Shape):
    code: str
    title: str
    title_zh: str
    group: DispositionGroup
    key: int | None = Field(description="The number key that says it.")
    asks_time: bool = Field(description="A time to call back belongs to it.")


class CallBackRules(_Shape):
    max_days: int
    grace_seconds: float


class CallCard(_Shape):
    """Everything about a call before the first word."""

    attempt: str
    stage: CallStage
    mode: CallMode
    campaign: CardCampaign
    lead: CardLead
    number: str
    extension: str = Field(description="Whom to ask for at that number; empty: nobody else.")
    caller_id: str = Field(description="What the callee sees; empty until the call is placed.")
    attempt_number: int
    max_attempts: int
    badges: Badges
    history: list[PastCall] = Field(description="The newest first.")
    notes: list[Note] = Field(description="The newest first.")
    script: Script | None
    dispositions: list[Disposition]
    disposition_required: bool
    call_back: CallBackRules
    callback: Callback | None = Field(description="What was agreed with this lead.")


# --- the desk, notes, callbacks -------------------------------------------------------------------


class DeskCampaign(_Shape):
    name: str
    title: str
    mode: CampaignMode
    state: str
    region: str
    dial_numbers: bool = Field(description="Numbers that are on none of its lists, too.")
    dispositions: list[Disposition]
    disposition_required: bool
    callback_max_days: int
    preview_seconds: float
    wrapup_seconds: float


class Desk(_Shape):
    """What does not change from call to call."""

    agent: str
    pool: str
    pause_reasons: list[str]
    campaigns: list[DeskCampaign]


class NewNote(_Shape):
    lead: str = Field(max_length=64)
    attempt: str | None = Field(default=None, max_length=64)
    text: NoteText
    key: NoteKey = None


class CallbackList(_Shape):
    now: float
    callbacks: list[Callback] = Field(description="The earliest first.")


class MovedCallback(_Shape):
    """A change; what is not said stays."""

    due_at: AwareDatetime | None = Field(default=None, description="With its UTC offset.")
    owner: CallBackOwner | None = Field(
        default=None, description="me: the rep who made it, or who asks."
    )


# --- calls and days -------------------------------------------------------------------------------


class Why(_Shape):
    """Why a call was missed or lost. Figures are seconds, times or names, as the slug says."""

    slug: str
    at: float
    figures: dict[str, float | str | None]


class OwnCall(_Shape):
    attempt: str
    campaign: str
    lead: str
    lead_name: str
    number: str
    mode: CallMode
    at: float
    answered_at: float | None
    connected_at: float | None
    ended_at: float | None
    outcome: str | None
    disposition: str | None
    title: str | None
    title_zh: str | None
    is_mine: bool = Field(description="False: another rep has or had it in the end.")
    talk_seconds: float | None
    wrapup_seconds: float | None
    hangup_by: str | None
    why: list[Why] = Field(description="What went wrong, in order.")
    change_until: float | None = Field(
        description="Until when the rep may add or change what came of it; null: it is over, it "
        "was no talk of the rep, or the callee asked not to be called."
    )


class OwnCalls(_Shape):
    calls: list[OwnCall] = Field(description="The newest first.")


class UnsaidCall(OwnCall):
    dispositions: list[Disposition] = Field(description="What may be said of it.")
    call_back: CallBackRules


class UnsaidCalls(_Shape):
    calls: list[UnsaidCall] = Field(description="The newest first.")


class Today(_Shape):
    """Since midnight of the machine's time zone, the present state included."""

    since: float
    now: float
    login_seconds: float
    talk_seconds: float
    wait_seconds: float
    wrapup_seconds: float
    pause_seconds: float
    preview_seconds: float
    dialing_seconds: float
    pauses: dict[str, float] = Field(description="Seconds by reason.")
    calls: int
    sales: int
    dispositions: dict[str, int] = Field(description="By group.")


# --- dialing --------------------------------------------------------------------------------------


class Skip(_Shape):
    reason: str = Field(default="", max_length=200)


class Dial(_Shape):
    """One of `lead` and `number`."""

    campaign: str = Field(max_length=64)
    lead: str | None = Field(default=None, max_length=64)
    number: str | None = Field(default=None, max_length=64, description="As people write it.")

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.lead is None) == (self.number is None):
            raise ValueError("say either a lead or a number")
        return self

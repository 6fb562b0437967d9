"""Shapes of a rep's desk. Times are unix seconds, numbers masked for who may not see them."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from dialer.api.agents.schemas import NoteKey

Mode = Literal["auto", "preview", "manual", "callback"]
Group = Literal["sale", "contact", "no_contact", "dnc", "callback", "system"]
Stage = Literal["preview", "dialing", "reserved", "talking", "wrapup"]
NoteText = Annotated[str, Field(min_length=1, max_length=4000)]


class _Shape(BaseModel):
    model_config = ConfigDict(extra="forbid")


# --- a call card ----------------------------------------------------------------------------------


class CardCampaign(_Shape):
    name: str
    title: str
    company: str


class LocalTime(_Shape):
    zone: str
    utc_offset_minutes: int
    is_certain: bool = Field(description="False: one of several zones the number may be in.")


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


class Badges(_Shape):
    consent: Literal["yes", "no", "unknown"]
    dnc: bool


class PastCall(_Shape):
    attempt: str
    at: float
    mode: Mode
    outcome: str | None
    disposition: str | None
    title: str | None = Field(description="What the disposition says; None: as its code.")
    title_zh: str | None
    agent: str | None
    agent_name: str | None
    talk_seconds: float | None
    note: str | None = Field(description="What was noted in this call.")


class Note(_Shape):
    id: str
    at: float
    who: str
    text: str
    attempt: str | None
    kind: Literal["note", "skip"]


class ScriptRun(_Shape):
    text: str
    strong: bool
    em: bool
    field: str | None = Field(description="It stands for this field of the lead.")
    missing: bool = Field(description="The lead has none: show a blank to fill in.")


class ScriptBlock(_Shape):
    kind: Literal["paragraph", "heading", "quote", "bullets", "numbers", "rule"]
    items: list[list[ScriptRun]]


class ScriptStep(_Shape):
    title: list[ScriptRun]
    blocks: list[ScriptBlock]


class Script(_Shape):
    language: str
    steps: list[ScriptStep]


class Disposition(_Shape):
    code: str
    title: str
    title_zh: str
    group: Group
    key: int | None = Field(description="The number key that says it.")
    asks_time: bool = Field(description="A time to call back belongs to it.")


class CallBackRules(_Shape):
    max_days: int
    grace_seconds: float


class Callback(_Shape):
    id: str
    lead: str
    lead_name: str
    campaign: str
    number: str
    due_at: float
    owner: Literal["me", "anyone"] = Field(description="Seen from the rep who is asked about.")
    agent: str | None = Field(description="Whose it is; None: anyone's.")
    made_by: str
    local_time: LocalTime | None
    is_overdue: bool
    tries_at: float = Field(description="Not before: later than due_at where a rule refused.")
    why: str = Field(description="The rule that refused last, if one did.")


class CallCard(_Shape):
    """Everything about a call before the first word."""

    attempt: str
    stage: Stage
    mode: Mode
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
    mode: Literal["auto", "preview", "manual"]
    state: str
    region: str
    dial_numbers: bool = Field(description="Numbers that are on none of its lists, too.")
    dispositions: list[Disposition]
    disposition_required: bool
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


class NoteList(_Shape):
    notes: list[Note]


class CallbackList(_Shape):
    now: float
    callbacks: list[Callback] = Field(description="The earliest first.")


class MovedCallback(_Shape):
    """A change; what is not said stays."""

    due_at: AwareDatetime | None = Field(default=None, description="With its UTC offset.")
    owner: Literal["me", "anyone"] | None = Field(
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
    mode: Mode
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

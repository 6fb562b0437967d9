"""Shapes of imports, and of leads one by one."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from dialer.words import CallBackOwner, CallMode, Consent, LeadState, NoteKind, Unanswered

#: One of the shapes has a field of the name `list`.
ListOf = list
FieldName = Annotated[str, Field(min_length=1, max_length=200)]
FieldValue = Annotated[str, Field(max_length=4000)]


class _Shape(BaseModel):
    model_config = ConfigDict(extra="forbid")


class LocalTime(_Shape):
    zone: str
    utc_offset_minutes: int
    is_certain: bool = Field(description="False: one of several zones the number may be in.")


class Badges(_Shape):
    consent: Consent
    dnc: bool


class PastCall(_Shape):
    attempt: str
    at: float
    mode: CallMode
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
    kind: NoteKind


class Callback(_Shape):
    id: str
    lead: str
    lead_name: str
    campaign: str
    number: str
    due_at: float
    owner: CallBackOwner = Field(description="Seen from the rep who is asked about.")
    agent: str | None = Field(description="Whose it is; None: anyone's.")
    made_by: str
    local_time: LocalTime | None
    is_overdue: bool
    tries_at: float = Field(description="Not before: later than due_at where a rule refused.")
    why: str = Field(description="The rule that refused last, if one did.")


class ImportAnswer(BaseModel):
    """What came of a list."""

    rows: int = Field(description="Rows read.")
    imported: int = Field(description="Rows that went in.")
    duplicates: int = Field(description="Rows whose number is known already.")
    rejected: int = Field(description="Rows that did not go in for another reason.")
    warned: int = Field(description="Of those that went in: without one of their numbers.")
    opted_out: int = Field(
        description="Of the rejected: asked not to be called, and are on the do-not-call list."
    )
    first_fault: str = Field(description="The first rejected row and why; empty: there is none.")
    first_fault_zh: str = Field(description="The same in Chinese.")
    report_path: str | None = Field(
        description="On the server, for commands there: the rows that did not go in."
    )
    seconds: float
    encoding: str
    delimiter: str
    columns: dict[str, list[str]] = Field(description="Which headers were taken for what.")


class LeadImportAnswer(ImportAnswer):
    """What came of a list of leads."""

    import_: str = Field(
        alias="import",
        description="Its id: `GET /imports/{import}/rejected`, `POST /imports/{import}/undo`.",
    )


class LeadReset(_Shape):
    """Which failed attempts are to be taken back."""

    causes: ListOf[Annotated[int, Field(ge=0, le=127)]] = Field(
        default=[],
        max_length=128,
        description="Q.850 causes; empty: of failures, those that are a trunk's fault.",
    )
    outcomes: ListOf[Unanswered] = Field(
        default=["failed"], min_length=1, max_length=4, description="How the attempts ended."
    )
    since: float | None = Field(
        default=None, ge=0, description="Placed then or later, in unix seconds."
    )
    list: str | None = Field(
        default=None, max_length=200, description="Only leads of this list, by its name."
    )


class ResetAnswer(_Shape):
    attempts: int = Field(description="Failed attempts.")
    leads: int = Field(description="Leads of which they are.")
    causes: ListOf[int] = Field(description="Q.850 causes that were looked for.")


# --- leads one by one -----------------------------------------------------------------------------


class LeadNumber(_Shape):
    number: str = Field(description="Masked for who may not see whole numbers.")
    extension: str = Field(description="Whom to ask for at that number; never dialed.")
    kind: str
    attempts: int
    dead: bool = Field(description="Nobody has this number.")


class ShortLead(_Shape):
    """A lead in a list. Times are unix seconds."""

    id: str
    campaign: str
    list: str
    name: str
    state: LeadState
    priority: int
    owner: str | None
    language: str | None
    timezone: str | None
    attempts: int
    next_call_at: float
    last_call_at: float | None
    numbers: ListOf[LeadNumber]


class LeadList(_Shape):
    leads: ListOf[ShortLead] = Field(description="The newest first.")
    below: str | None = Field(description="Ask for the next page with it; null: there is none.")


class WholeLead(ShortLead):
    owner_name: str | None
    fields: dict[str, str]
    editable: ListOf[str] = Field(description="Fields that a rep may change.")
    local_time: LocalTime | None
    badges: Badges
    history: ListOf[PastCall]
    notes: ListOf[Note]
    callback: Callback | None


class LeadSearch(_Shape):
    """Which leads. A number travels in a body only."""

    states: ListOf[LeadState] = Field(default=[], max_length=7)
    list: str | None = Field(default=None, max_length=200, description="Only of this list.")
    search: str = Field(default="", max_length=200, description="A part of the name.")
    anything: str = Field(
        default="", max_length=200, description="A part of the name or of a field."
    )
    number: str = Field(default="", max_length=64, description="A number as people write it.")
    limit: int = Field(default=50, ge=1, le=200)
    below: str | None = Field(default=None, max_length=64)


class LeadQuery(LeadSearch):
    campaign: str | None = Field(
        default=None, max_length=100, description="Only of this campaign; null: of all in sight."
    )


class NumberSaid(_Shape):
    number: str = Field(min_length=1, max_length=64, description="As people write it.")
    kind: str = Field(default="", max_length=40)
    extension: str = Field(default="", max_length=7, pattern="^[0-9]*$")
    dead: bool = False


class LeadSeen(_Shape):
    """What the editor saw of what is changed: where it is no longer so, nothing is."""

    name: str | None = Field(default=None, max_length=200)
    language: str | None = Field(default=None, max_length=16)
    timezone: str | None = Field(default=None, max_length=64)
    priority: int | None = None
    numbers: ListOf[NumberSaid] | None = Field(default=None, max_length=20)
    fields: dict[FieldName, str] = Field(default={}, max_length=50)


class LeadChange(_Shape):
    """What is not said stays."""

    priority: int | None = Field(default=None, ge=0, le=99)
    numbers: ListOf[NumberSaid] | None = Field(
        default=None,
        min_length=1,
        max_length=20,
        description="All of them, in the order to try.",
    )
    seen: LeadSeen | None = None
    name: str | None = Field(default=None, max_length=200)
    language: str | None = Field(default=None, max_length=16)
    timezone: str | None = Field(default=None, max_length=64)
    fields: dict[FieldName, FieldValue] = Field(
        default={}, max_length=50, description="An empty value takes a field away."
    )

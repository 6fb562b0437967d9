"""Shapes of imports, and of leads one by one."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from dialer.api.desk.schemas import Badges, Callback, LocalTime, Note, PastCall

#: One of the shapes has a field of the name `list`.
ListOf = list
State = Literal["new", "queued", "calling", "retry", "done", "dead", "dnc"]
FieldName = Annotated[str, Field(min_length=1, max_length=200)]
FieldValue = Annotated[str, Field(max_length=4000)]


class _Shape(BaseModel):
    model_config = ConfigDict(extra="forbid")


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
        description="On the server: the rows that did not go in, with row number and reason."
    )
    seconds: float
    encoding: str
    delimiter: str
    columns: dict[str, list[str]] = Field(description="Which headers were taken for what.")


class LeadReset(_Shape):
    """Which failed attempts are to be taken back."""

    causes: ListOf[Annotated[int, Field(ge=0, le=127)]] = Field(
        default=[],
        max_length=128,
        description="Q.850 causes; empty: those that are a trunk's or the switch's fault.",
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
    state: State
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

    states: ListOf[State] = Field(default=[], max_length=7)
    search: str = Field(default="", max_length=200, description="A part of the name.")
    number: str = Field(default="", max_length=64, description="A number as people write it.")
    limit: int = Field(default=50, ge=1, le=200)
    below: str | None = Field(default=None, max_length=64)


class LeadChange(_Shape):
    """What is not said stays."""

    name: str | None = Field(default=None, max_length=200)
    language: str | None = Field(default=None, max_length=16)
    timezone: str | None = Field(default=None, max_length=64)
    fields: dict[FieldName, FieldValue] = Field(
        default={}, max_length=50, description="An empty value takes a field away."
    )

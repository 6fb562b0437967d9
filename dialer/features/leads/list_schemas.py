"""Shapes of lead lists."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from dialer.words import LeadState, ListState

#: Some of the shapes have a field of the name `list`.
ListOf = list
#: 0 to 99: a list is dialed when those above have nothing due.
Priority = Annotated[int, Field(ge=0, le=99)]
Weight = Annotated[float, Field(gt=0, le=1000, allow_inf_nan=False)]
CampaignName = Annotated[str, Field(min_length=1, max_length=100)]
Id = Annotated[str, Field(min_length=1, max_length=64)]


class _Shape(BaseModel):
    model_config = ConfigDict(extra="forbid")


class LeadListAnswer(_Shape):
    campaign: str
    list: str
    state: ListState
    priority: int = Field(description="A list is dialed when those above have nothing due.")
    weight: float = Field(description="Its share beside lists of the same priority.")
    created_at: float
    leads: dict[LeadState, int]
    total: int


class LeadLists(_Shape):
    lists: ListOf[LeadListAnswer]


class ListPatch(_Shape):
    """What is not said stays."""

    campaign: CampaignName
    list: str = Field(max_length=200)
    state: ListState | None = None
    priority: Priority | None = None
    weight: Weight | None = None


class ListChangeAnswer(_Shape):
    """What was changed, as it is now."""

    state: ListState | None = None
    priority: int | None = None
    weight: float | None = None


class ChosenLeads(_Shape):
    """Which leads of a campaign; what is not said chooses all."""

    campaign: CampaignName
    list: str | None = Field(default=None, max_length=200)
    states: ListOf[LeadState] = Field(default=[], max_length=7)
    ids: ListOf[Id] = Field(default=[], max_length=500)
    uncalled: bool = Field(default=False, description="Only who was never called.")


class LeadsByState(_Shape):
    leads: dict[LeadState, int]
    total: int


class MoveLeads(_Shape):
    leads: ChosenLeads
    to_campaign: CampaignName
    to_list: str = Field(min_length=1, max_length=80)


class MovedAnswer(_Shape):
    moved: int
    busy: int = Field(description="In a call at that moment: they stay.")
    taken: int = Field(description="The other campaign knows their number: they stay.")


class DeleteLeads(_Shape):
    leads: ChosenLeads


class DeletedAnswer(_Shape):
    deleted: int
    busy: int = Field(description="In a call at that moment: they stay.")

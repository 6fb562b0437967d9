"""Shapes of the calendar of callbacks."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from dialer.features.leads.public import Callback


class _Shape(BaseModel):
    model_config = ConfigDict(extra="forbid")


class CalendarEntry(Callback):
    agent_name: str = Field(description="Of whoever is to call, or agreed on it for anyone.")
    hours: int = Field(description="Which of `hours` are this callee's.")
    in_hours: bool = Field(description="The agreed time is one at which the callee may be called.")


class Span(_Shape):
    since: float
    until: float


class CalleeHours(_Shape):
    """When callees of one campaign and place may be called, in the span asked for."""

    campaign: str
    zones: list[str] = Field(description="Where they may be; empty: nobody knows.")
    open: list[Span]


class Calendar(_Shape):
    now: float
    callbacks: list[CalendarEntry] = Field(description="To come and due in the span, in order.")
    hours: list[CalleeHours]
    whole: bool = Field(description="False: there are more than are shown.")

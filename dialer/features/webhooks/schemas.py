"""Shapes of webhooks and deliveries."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from dialer.words import DeliveryState


class _Shape(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Hook(_Shape):
    name: str
    host: str
    events: list[str]
    numbers: bool
    on: bool
    record: str | None = Field(
        description="Of one made on a screen: its id. null: the settings file says it."
    )


class Delivery(_Shape):
    id: str
    hook: str
    event: str
    created_at: float
    state: DeliveryState
    tries: int
    next_at: float
    status: int | None = Field(description="Of the last answer.")
    error: str


class HookList(_Shape):
    webhooks: list[Hook]
    events: list[str] = Field(description="All that can be told.")
    deliveries: list[Delivery] = Field(description="Newest first.")
    next: str | None

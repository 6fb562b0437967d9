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
    on: bool


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
    deliveries: list[Delivery] = Field(description="Newest first.")
    next: str | None

"""Shapes of alerts and deliveries."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class _Shape(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Alert(_Shape):
    id: str
    name: str = Field(description="Of [alert.NAME].")
    subject: str = Field(examples=["campaign/spring/day"])
    pool: str = Field(description="Empty: it concerns the whole system.")
    severity: Literal["info", "warning", "critical"]
    words: str = Field(description="What is so, in a line.")
    value: float | None = Field(description="As it was when it began.")
    began_at: float
    ended_at: float | None = Field(description="null: it fires.")
    acked_at: float | None
    acked_by: str


class AlertList(_Shape):
    firing: list[Alert]
    recent: list[Alert] = Field(description="Fired or firing, newest first.")
    next: str | None = Field(description="As `below`, it asks for the next page.")


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
    state: Literal["waiting", "done", "dead"]
    tries: int
    next_at: float
    status: int | None = Field(description="Of the last answer.")
    error: str


class HookList(_Shape):
    webhooks: list[Hook]
    deliveries: list[Delivery] = Field(description="Newest first.")
    next: str | None

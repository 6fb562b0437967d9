"""Shapes of the audit log."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, Field


class AuditRow(BaseModel):
    id: str
    at: float
    who: str
    what: str = Field(examples=["campaign.start"])
    subject: str
    before: Any
    after: Any


class AuditPage(BaseModel):
    entries: list[AuditRow] = Field(description="Newest first.")
    next: str | None = Field(description="As `below`, it asks for the next page.")

"""Shapes of lead imports."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class ImportReport(BaseModel):
    """What came of a list."""

    model_config = ConfigDict(extra="allow")

    rows: int = Field(description="Rows read.")
    imported: int = Field(description="Leads that went in.")
    rejected: int = Field(description="Rows that did not.")
    duplicates: int = Field(description="Rows whose number is known already.")

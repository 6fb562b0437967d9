"""Shapes of what is asked."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class TestMail(BaseModel):
    """Where a mail is sent to try the settings out."""

    __test__ = False
    model_config = ConfigDict(extra="forbid")

    address: str = Field(min_length=3, max_length=254, examples=["anna@example.com"])
    language: str = Field(default="en", max_length=16, description="Of the mail: en or zh-CN.")

"""Shapes of the system's answers."""

from __future__ import annotations

from pydantic import BaseModel, Field


class Health(BaseModel):
    status: str
    version: str


class Readiness(BaseModel):
    status: str = Field(description="ready, or not ready")
    parts: dict[str, str] = Field(description="By part: ok, or why not.")


class ReloadAnswer(BaseModel):
    changed: list[str] = Field(description="Keys whose new value is in force.")
    waiting: list[str] = Field(description="Keys that wait for a restart.")

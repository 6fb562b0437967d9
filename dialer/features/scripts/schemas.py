"""Shapes of scripts."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from dialer.settings.kinds import SCRIPT_LIMIT
from dialer.words import Language, ScriptBlockKind


class _Shape(BaseModel):
    model_config = ConfigDict(extra="forbid")


class ScriptRun(_Shape):
    text: str
    strong: bool
    em: bool
    field: str | None = Field(description="It stands for this field of the lead.")
    missing: bool = Field(description="The lead has none: show a blank to fill in.")


class ScriptBlock(_Shape):
    kind: ScriptBlockKind
    items: list[list[ScriptRun]]


class ScriptStep(_Shape):
    title: list[ScriptRun]
    blocks: list[ScriptBlock]


class Script(_Shape):
    language: str
    steps: list[ScriptStep]


class ScriptField(_Shape):
    name: str
    sample: str = Field(description="What a lead of the campaign has there; empty: none is known.")


class ScriptSheet(_Shape):
    texts: dict[Language, str] = Field(description="Markdown by language.")
    version: int = Field(description="Of the campaign's settings: send it with a change.")
    changed_at: float | None
    changed_by: str
    fields: list[ScriptField] = Field(description="What {{name}} may stand for.")
    may_change: bool
    why_not: str


class ChangeScript(_Shape):
    texts: dict[Language, str] = Field(description="All languages; one that is left out is gone.")
    because: str = Field(default="", max_length=500)
    version: int = Field(ge=0, description="Of the sheet that was looked at.")


class PreviewScript(_Shape):
    text: str = Field(max_length=SCRIPT_LIMIT)
    language: Language
    fields: dict[str, str] = Field(default={}, description="Values in place of the sample's.")

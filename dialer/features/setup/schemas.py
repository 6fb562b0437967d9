"""Shapes of the way to a first call."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from dialer.words import SetupStep


class Step(BaseModel):
    model_config = ConfigDict(extra="forbid")

    step: SetupStep
    done: bool
    optional: bool = Field(description="Calls can be placed without it.")
    count: int = Field(description="How many of them there are.")
    open: list[str] = Field(description="Names of those that still need something, at most five.")


class Setup(BaseModel):
    steps: list[Step]

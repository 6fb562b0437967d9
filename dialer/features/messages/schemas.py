"""Shapes of messages."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator


class _Shape(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Addressed(_Shape):
    """One of the three."""

    agent: str | None = Field(default=None, max_length=100, description="A rep's code or name.")
    pool: str | None = Field(default=None, max_length=64, description="All reps of a pool.")
    all: bool = Field(default=False, description="Every rep in your reach.")

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.agent is not None) + (self.pool is not None) + self.all != 1:
            raise ValueError("say one of agent, pool and all")
        return self


class NewMessage(_Shape):
    to: Addressed
    text: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=1000)]

"""Shapes of the wallboard."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from dialer.words import BoardFigure, BoardSide, BoardTone


class _Shape(BaseModel):
    model_config = ConfigDict(extra="forbid")


class BoardLimit(_Shape):
    side: BoardSide = Field(description="from: at least that value; below: less.")
    value: float = Field(ge=0, le=1_000_000_000, description="Rates 0 to 1, times in seconds.")
    tone: BoardTone


BoardLimits = dict[BoardFigure, Annotated[list[BoardLimit], Field(max_length=8)]]


class BoardSheet(_Shape):
    title: str = Field(description="The pool's name for people.")
    limits: BoardLimits
    version: int = Field(description="Of the pool's settings: send it with a change.")
    may_change: bool


class ChangeBoard(_Shape):
    limits: BoardLimits = Field(description="All of them; a figure that is left out has none.")
    version: int = Field(ge=0, description="Of the sheet that was looked at.")

"""Shapes of what is asked."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from dialer.words import FigureCompare, SheetFormat
from figures.question import MOST_DIMENSIONS, MOST_FIGURES


class AskReport(BaseModel):
    """Figures of some days, told apart by dimensions, of rows with certain values."""

    model_config = ConfigDict(extra="forbid")

    figures: list[str] = Field(
        min_length=1, max_length=MOST_FIGURES, description="Ids of the catalogue."
    )
    by: list[str] = Field(
        default=[], max_length=MOST_DIMENSIONS, description="Ids of dimensions, the widest first."
    )
    first: date = Field(description="The first day.")
    last: date = Field(description="The last day; it belongs to the period.")
    zone: str = Field(default="", description="Whose days. Empty: the time zone of the machine.")
    where: dict[str, list[str | int | None]] = Field(
        default={}, description="By dimension: which values count. null: unknown."
    )
    compare: FigureCompare = Field(
        default="", description="Also of the period before, or of the same days a year ago."
    )


class AskRows(AskReport):
    """What is behind one number of a report: the question, and which figure of which group."""

    figure: str = Field(description="One of the figures asked for.")
    keys: list[str | int | None] = Field(
        default=[],
        max_length=MOST_DIMENSIONS,
        description="The line's keys; fewer than dimensions, or none, for a sum.",
    )
    below: Annotated[str, StringConstraints(pattern=r"^(\d{1,15}\.\S{1,160})?$")] = Field(
        default="", description="The `next` of the page before; empty: the first page."
    )
    limit: int = Field(default=50, ge=1, le=200)


class ExportReport(AskReport):
    """A report as a file, in the words of whoever asks."""

    format: SheetFormat
    language: str = Field(default="en", max_length=16, description="Of the headings: en or zh-CN.")
    title: str = Field(default="", max_length=60, description="Of the sheet.")
    words: dict[str, dict[str, str]] = Field(
        default={},
        max_length=30,
        description="By dimension: what stands for each of its values.",
    )
    parts: bool = Field(default=False, description="With numerators and denominators, too.")

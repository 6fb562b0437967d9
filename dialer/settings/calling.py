"""When a number may be called, when a lead is called again, and what a disposition means."""

from __future__ import annotations

import re
import zoneinfo
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from dialer.settings.kinds import Line, Section

_HOURS = re.compile(r"(\d\d):(\d\d)-(\d\d):(\d\d)")
DAY_MINUTES = 24 * 60


def minutes(hours: str) -> tuple[int, int] | None:
    """ "09:00-20:30" as minutes of the day, (540, 1230); None for "": not on that day."""
    if not hours:
        return None
    match = _HOURS.fullmatch(hours)
    if match is None:
        raise ValueError('must be hours such as "09:00-20:00", or "" for not at all')
    start_h, start_m, end_h, end_m = (int(part) for part in match.groups())
    start, end = start_h * 60 + start_m, end_h * 60 + end_m
    if start_m > 59 or end_m > 59 or not 0 <= start < end <= DAY_MINUTES:
        raise ValueError("must be hours of one day, from earlier to later, at most until 24:00")
    return start, end


def _hours(value: str) -> str:
    minutes(value)
    return value


def _timezone(value: str) -> str:
    if value and value not in zoneinfo.available_timezones():
        raise ValueError('must be a time zone such as "Europe/Berlin", or "" for none')
    return value


Hours = Annotated[str, AfterValidator(_hours)]
TimeZone = Annotated[str, AfterValidator(_timezone)]


class CallingSettings(Section):
    """The gate: hours are the callee's own. What is not certain is refused."""

    weekdays: Hours = Field(default="09:00-20:00", description="Monday to Friday.")
    saturday: Hours = Field(default="10:00-18:00", description='"": not on Saturdays.')
    sunday: Hours = Field(default="", description='"": not on Sundays.')
    timezone: TimeZone = Field(
        default="",
        description="For leads whose zone neither list nor number tells. Empty: such leads are "
        "not called.",
    )
    attempts_per_day: int = Field(
        default=3,
        ge=1,
        le=1000,
        description="Most calls to one number in 24 hours, by all campaigns.",
    )


class AgainSettings(Section):
    """When a lead is called again after one kind of outcome."""

    after_s: float = Field(
        default=3600.0, ge=0, le=31536000, description="Not before so many seconds."
    )
    times: int = Field(default=3, ge=0, le=1000, description="At most so many times; 0: not again.")


class RecycleSettings(Section):
    """What became of a call decides when the lead is called again."""

    max_attempts: int = Field(
        default=8, ge=1, le=1000, description="Most calls to a lead altogether."
    )
    no_answer: AgainSettings = Field(
        default=AgainSettings(after_s=14400, times=4), description="Rang out."
    )
    busy: AgainSettings = Field(default=AgainSettings(after_s=900, times=4), description="Busy.")
    machine: AgainSettings = Field(
        default=AgainSettings(after_s=14400, times=3), description="An answering machine."
    )
    abandoned: AgainSettings = Field(
        default=AgainSettings(after_s=259200, times=1), description="A person who got no rep."
    )
    failed: AgainSettings = Field(
        default=AgainSettings(after_s=3600, times=2), description="The network could not."
    )
    cancelled: AgainSettings = Field(
        default=AgainSettings(after_s=600, times=4), description="Given up by the dialer."
    )


class DispositionSettings(Section):
    """One thing a rep may say came of a call, as [campaign.NAME.dispositions.CODE]."""

    title: Line = Field(default="", description="What the rep reads.")
    then: Literal["done", "again", "dnc", "dead"] = Field(
        default="done",
        description="What becomes of the lead: done, called again, asked not to be called, or "
        "out of reach.",
    )
    after_s: float = Field(
        default=86400.0, ge=0, le=31536000, description="Where it is called again: not before that."
    )

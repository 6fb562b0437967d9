"""When a number may be called, when a lead is called again, and what a disposition means.

The shapes are those that dialer.compliance.rules and dialer.leads.recycle read from a campaign's
settings; a test holds the two together.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from dialer.settings.kinds import Line, Section

DAY_MINUTES = 24 * 60
YEAR_MINUTES = 365 * DAY_MINUTES


def minutes(time_of_day: str) -> int:
    """ "08:30" as minutes after midnight. Raises ValueError."""
    hours, _, rest = time_of_day.partition(":")
    valid = len(hours) in {1, 2} and len(rest) == 2 and (hours + rest).isdecimal()
    found = int(hours) * 60 + int(rest) if valid and int(rest) < 60 else -1
    if not 0 <= found <= DAY_MINUTES:
        raise ValueError('must be a time of day, from "0:00" to "24:00"')
    return found


def _time_of_day(value: str) -> str:
    minutes(value)
    return value


def _weekday(value: int) -> int:
    if not 1 <= value <= 7:
        raise ValueError("must be a day from 1 (Monday) to 7 (Sunday)")
    return value


def _place(value: str) -> str:
    from dialer.compliance.rules import calendar_of  # noqa: PLC0415  (a large library, rarely used)

    calendar_of(value)
    return value


TimeOfDay = Annotated[str, AfterValidator(_time_of_day)]
Weekday = Annotated[int, AfterValidator(_weekday)]
Holidays = Annotated[str, AfterValidator(_place)]


class CallingSettings(Section):
    """The gate: hours are the callee's own. What is not certain is refused."""

    start: TimeOfDay = Field(default="08:00", description="First minute to call in.")
    end: TimeOfDay = Field(
        default="21:00", description='First minute not to call in; "24:00" is midnight.'
    )
    weekdays: tuple[Weekday, ...] = Field(
        default=(1, 2, 3, 4, 5, 6, 7),
        min_length=1,
        description="Days to call on: 1 is Monday, 7 is Sunday.",
    )
    holidays: Holidays | None = Field(
        default=None,
        description='Not on the public holidays of this country or part of one: "DE", "US-TX".',
    )
    max_per_24h: int = Field(
        default=3, ge=1, le=1000, description="Most calls to a number in 24 hours, all campaigns."
    )
    max_per_day: int = Field(
        default=3, ge=1, le=1000, description="Most calls to a number a day, all campaigns."
    )

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if minutes(self.start) >= minutes(self.end):
            raise ValueError(f"end ({self.end}) must be later than start ({self.start})")
        return self


class RetrySettings(Section):
    """When a lead is called again after one kind of outcome."""

    after_minutes: float = Field(
        default=60.0, ge=0, le=YEAR_MINUTES, description="Not before so many minutes."
    )
    up_to_attempts: int = Field(
        default=6, ge=0, le=1000, description="Until the lead had so many calls in all."
    )


def _retry(after_minutes: float, up_to_attempts: int) -> RetrySettings:
    return RetrySettings(after_minutes=after_minutes, up_to_attempts=up_to_attempts)


class RecycleSettings(Section):
    """What became of a call decides when the lead is called again. A talk ends the lead."""

    no_answer: RetrySettings = Field(default=_retry(180, 6), description="It rang out.")
    busy: RetrySettings = Field(default=_retry(20, 8), description="Busy.")
    machine: RetrySettings = Field(default=_retry(240, 6), description="An answering machine.")
    failed: RetrySettings = Field(default=_retry(60, 4), description="The network could not.")
    cancelled: RetrySettings = Field(default=_retry(30, 6), description="Given up by the dialer.")
    abandoned: RetrySettings = Field(
        default=_retry(72 * 60, 6), description="A person who got no rep: left alone for 3 days."
    )


class DispositionSettings(Section):
    """One thing a rep may say came of a call, as [campaign.NAME.dispositions.CODE]."""

    title: Line = Field(default="", description="What the rep reads.")
    state: Literal["done", "dead", "dnc", "retry"] = Field(
        default="done",
        description="What becomes of the lead: done, out of reach, asked not to be called, or "
        "called again.",
    )
    after_minutes: float = Field(
        default=0.0, ge=0, le=YEAR_MINUTES, description="retry: not before so many minutes."
    )
    keep_agent: bool = Field(default=False, description="The next call goes to the same rep.")
    priority: int | None = Field(
        default=None, ge=0, le=99, description="The lead's priority from then on, 99 first."
    )


#: What reps may say where a campaign lists nothing.
DEFAULT_DISPOSITIONS = {
    "dnc": DispositionSettings(title="Asked not to be called", state="dnc"),
    "wrong_number": DispositionSettings(title="Wrong number", state="dead"),
    "callback": DispositionSettings(
        title="Call back", state="retry", after_minutes=DAY_MINUTES, keep_agent=True, priority=90
    ),
}


def as_rules(
    calling: CallingSettings,
    recycle: RecycleSettings,
    dispositions: dict[str, DispositionSettings],
) -> dict[str, Any]:
    """The `calling` and `recycle` parts of a campaign's stored settings."""
    # Whatever a campaign names: who asks not to be called is not called.
    said = {"dnc": DEFAULT_DISPOSITIONS["dnc"], **(dispositions or DEFAULT_DISPOSITIONS)}
    rules = {code: rule.model_dump(exclude={"title"}) for code, rule in said.items()}
    return {
        "calling": calling.model_dump(mode="json"),
        "recycle": {**recycle.model_dump(), "dispositions": rules},
    }

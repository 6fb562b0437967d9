"""When a number may be called, when a lead is called again, and what a disposition means.

The shapes are those that dialer.compliance.rules and dialer.leads.recycle read from a campaign's
settings; a test holds the two together.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Self

from pydantic import AfterValidator, Field, model_validator

from dialer.settings.kinds import Line, Section
from dialer.words import DispositionGroup, LeadEnd, UnwantedEnd

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
    from dialer.compliance.calendars import calendar_of  # noqa: PLC0415  (a large library, rarely used)

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
        description='Not on the public holidays of this country or part of one: "CN", "GB-ENG".',
    )
    max_per_24h: int = Field(
        default=3, ge=1, le=1000, description="Most calls to a number in 24 hours, all campaigns."
    )
    max_per_day: int = Field(
        default=3, ge=1, le=1000, description="Most calls to a number a day, all campaigns."
    )
    pause_minutes: float = Field(
        default=5.0,
        ge=0,
        le=DAY_MINUTES,
        description="Minutes a number is left alone after a call, all campaigns; 0: none.",
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
    refused: RetrySettings = Field(
        default=_retry(DAY_MINUTES, 4),
        description="Declined by the callee (SIP 603: once more at most) or blocked on the way "
        "(SIP 608: never on the same day).",
    )
    unwanted: UnwantedEnd = Field(
        default="dnc",
        description="The callee wants no such call (SIP 607). dnc: the number goes on the "
        "do-not-call list, for all campaigns; done: only this lead is called no more.",
    )
    machine: RetrySettings = Field(default=_retry(240, 6), description="An answering machine.")
    failed: RetrySettings = Field(default=_retry(60, 4), description="The network could not.")
    cancelled: RetrySettings = Field(default=_retry(30, 6), description="Given up by the dialer.")
    abandoned: RetrySettings = Field(
        default=_retry(72 * 60, 6), description="A person who got no rep: left alone for 3 days."
    )


#: What becomes of a lead where a disposition says only its group: state, minutes, same rep.
_BY_GROUP: dict[str, tuple[LeadEnd, float, bool]] = {
    "sale": ("done", 0.0, False),
    "contact": ("done", 0.0, False),
    "no_contact": ("retry", 240.0, False),
    "dnc": ("dnc", 0.0, False),
    "callback": ("retry", DAY_MINUTES, True),
    "system": ("done", 0.0, False),
}
_GROUP_OF: dict[str, DispositionGroup] = {
    "done": "contact", "dead": "no_contact", "dnc": "dnc", "retry": "callback",
}  # fmt: skip


class DispositionSettings(Section):
    """One thing a rep may say came of a call, as [campaign.NAME.dispositions.CODE]."""

    title: Line = Field(default="", description="What the rep reads.")
    title_zh: Line = Field(default="", description="The same in Chinese. Empty: title.")
    group: DispositionGroup | None = Field(
        default=None,
        description="Where it stands on the rep's screen and what it counts as. Not set: by state.",
    )
    key: int | None = Field(
        default=None, ge=1, le=9, description="The number key that says it. Not set: in order."
    )
    state: LeadEnd | None = Field(
        default=None,
        description="What becomes of the lead: done, out of reach, asked not to be called, or "
        "called again. Not set: by group (no_contact: again in 4 hours; callback: in a day), else "
        "done.",
    )
    after_minutes: float = Field(
        default=0.0, ge=0, le=YEAR_MINUTES, description="retry: not before so many minutes."
    )
    keep_agent: bool = Field(default=False, description="The next call goes to the same rep.")
    priority: int | None = Field(
        default=None, ge=0, le=99, description="The lead's priority from then on, 99 first."
    )

    retired: bool = Field(
        default=False, description="Not offered to reps any more; records keep its name."
    )
    place: int | None = Field(
        default=None,
        ge=1,
        le=1000,
        description="Its place on the rep's screen. Not set: behind those that have one, in order.",
    )

    @property
    def shown_group(self) -> DispositionGroup:
        """The group, also where only the lead's state was said."""
        return self.group or _GROUP_OF[self.state or "done"]

    def rule(self) -> dict[str, Any]:
        """What recycling reads of it."""
        state, after, keep = self.state or "done", self.after_minutes, self.keep_agent
        if self.state is None and self.group is not None:
            state, usual, usually_kept = _BY_GROUP[self.group]
            after, keep = after or usual, keep or usually_kept
        return {
            "state": state, "after_minutes": after, "keep_agent": keep, "priority": self.priority,
            "group": self.shown_group,
        }  # fmt: skip


#: What reps may say where a campaign lists nothing.
DEFAULT_DISPOSITIONS = {
    "sale": DispositionSettings(title="Sale", title_zh="成交", group="sale", key=1),
    "not_interested": DispositionSettings(
        title="Not interested", title_zh="没有兴趣", group="contact", key=2
    ),
    "callback": DispositionSettings(
        title="Call back", title_zh="约定回拨", group="callback", key=3, state="retry",
        after_minutes=DAY_MINUTES, keep_agent=True, priority=90,
    ),
    "voicemail": DispositionSettings(
        title="Answering machine", title_zh="语音信箱", group="no_contact", key=4
    ),
    "wrong_number": DispositionSettings(
        title="Wrong number", title_zh="号码有误", group="no_contact", key=5, state="dead"
    ),
    "dnc": DispositionSettings(
        title="Asked not to be called", title_zh="不愿再接电话", group="dnc", key=9, state="dnc"
    ),
}  # fmt: skip


def dispositions_of(said: dict[str, DispositionSettings]) -> dict[str, DispositionSettings]:
    """What reps of a campaign may say or could, by code, in the order of their screen; each that is
    offered with a number key while there are any.
    """
    # Whatever a campaign names: who asks not to be called is not called.
    found = dict(said) or dict(DEFAULT_DISPOSITIONS)
    if not any(it.rule()["state"] == "dnc" and not it.retired for it in found.values()):
        found["dnc"] = DEFAULT_DISPOSITIONS["dnc"].model_copy(update={"key": None})
    taken = {it.key for it in found.values() if not it.retired}
    free = iter([key for key in range(1, 10) if key not in taken])
    placed = sorted(found.items(), key=lambda item: item[1].place or 1001)
    return {code: _with_key(it, free) for code, it in placed}


def _with_key(it: DispositionSettings, free: Iterator[int]) -> DispositionSettings:
    if it.retired:
        return it.model_copy(update={"key": None})
    return it if it.key is not None else it.model_copy(update={"key": next(free, None)})


def as_rules(
    calling: CallingSettings,
    recycle: RecycleSettings,
    dispositions: dict[str, DispositionSettings],
) -> dict[str, Any]:
    """The `calling` and `recycle` parts of a campaign's stored settings."""
    said = dispositions or DEFAULT_DISPOSITIONS
    rules = {code: it.rule() for code, it in {"dnc": DEFAULT_DISPOSITIONS["dnc"], **said}.items()}
    return {
        "calling": calling.model_dump(mode="json"),
        "recycle": {**recycle.model_dump(), "dispositions": rules},
    }

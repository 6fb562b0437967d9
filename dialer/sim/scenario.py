"""A scenario: a shift that might be, as a TOML file says it.

[pool], [campaign.NAME] and the limits of [[trunk]] have the keys of dialer.toml, so that what was
tried can be put to work as it is; the rest says how callees and reps behave.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from dialer.settings.calling import TimeOfDay, minutes
from dialer.settings.campaigns import CampaignSettings, PoolSettings
from dialer.settings.kinds import Line, Name, Section
from dialer.sim import laws
from dialer.sim.laws import Law, Steps
from dialer.zonedata import names_a_place, zone_named

LAW_NEEDS = {
    "constant": ("value",),
    "uniform": ("low", "high"),
    "exponential": ("mean",),
    "lognormal": ("mean", "sigma"),
    "mixture": ("parts",),
    "empirical": ("values",),
}


class LawSettings(Section):
    """How long something takes, seconds."""

    law: Literal["constant", "uniform", "exponential", "lognormal", "mixture", "empirical"] = Field(
        description="Which law; each has its own keys."
    )
    value: float | None = Field(default=None, ge=0, description="constant: always so long.")
    low: float | None = Field(default=None, ge=0, description="uniform: at least.")
    high: float | None = Field(default=None, ge=0, description="uniform: at most.")
    mean: float | None = Field(default=None, gt=0, description="exponential, lognormal: the mean.")
    sigma: float | None = Field(
        default=None, ge=0, le=5, description="lognormal: deviation of the logarithm."
    )
    values: tuple[float, ...] = Field(
        default=(), description="empirical: what was seen, equally likely."
    )
    parts: tuple[LawSettings, ...] = Field(default=(), description="mixture: laws with a weight.")
    weight: float = Field(default=1.0, gt=0, description="In a mixture: how often it is this one.")
    max: float | None = Field(default=None, gt=0, description="Never longer than this.")

    @model_validator(mode="after")
    def _complete(self) -> Self:
        needed = LAW_NEEDS[self.law]
        lacking = [key for key in needed if getattr(self, key) in (None, ())]
        if lacking:
            raise ValueError(f"law {self.law} needs {' and '.join(lacking)}")
        odd = [key for key in self.model_fields_set if key not in {*needed, "law", "weight", "max"}]
        if odd:
            raise ValueError(f"law {self.law} has no {' and no '.join(sorted(odd))}")
        if self.low is not None and self.high is not None and self.low > self.high:
            raise ValueError(f"low ({self.low:g}) is more than high ({self.high:g})")
        if any(value < 0 for value in self.values):
            raise ValueError("values are durations, none below 0")
        return self

    def build(self) -> Law:
        law = self._plain()
        return law if self.max is None else laws.Capped(law, self.max)

    def _plain(self) -> Law:
        made: dict[str, Any] = {
            "constant": lambda: laws.Constant(self.value or 0.0),
            "uniform": lambda: laws.Uniform(self.low or 0.0, self.high or 0.0),
            "exponential": lambda: laws.Exponential(self.mean or 0.0),
            "lognormal": lambda: laws.Lognormal(self.mean or 0.0, self.sigma or 0.0),
            "empirical": lambda: laws.Empirical(self.values),
            "mixture": lambda: laws.Mixture(
                tuple(part.build() for part in self.parts),
                tuple(part.weight for part in self.parts),
            ),
        }
        law: Law = made[self.law]()
        return law


def law_of(law: str, **figures: Any) -> LawSettings:
    """A law written in code, for defaults and fits."""
    return LawSettings(law=law, **figures)  # type: ignore[arg-type]


def _by_time(value: Any) -> Any:
    """A number, or a table of times of day: both as a table."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return {"0:00": value}
    if not isinstance(value, dict) or not value:
        raise ValueError('must be a number or a table by time of day, as {"9:00" = 0.2}')
    for time_of_day, rate in value.items():
        minutes(time_of_day)
        if isinstance(rate, bool) or not isinstance(rate, int | float) or not 0 <= rate <= 1:
            raise ValueError(f"the rate at {time_of_day} must be a number from 0 to 1")
    return value


def _share(value: Any) -> Any:
    table = _by_time(value)
    if any(not 0 <= rate <= 1 for rate in table.values()):
        raise ValueError("must be a number from 0 to 1")
    return table


RateByTime = Annotated[dict[str, float], BeforeValidator(_share)]


def steps(table: dict[str, float]) -> Steps:
    """A rate by time of day; before the first time the first value holds."""
    pairs = sorted((minutes(time) * 60.0, value) for time, value in table.items())
    times = (0.0, *(time for time, _ in pairs))
    return Steps(times, (pairs[0][1], *(value for _, value in pairs)))


class ShiftDay(Section):
    """When it is."""

    title: Line = Field(default="", description="What it is about, in a line.")
    start: str = Field(
        default="2026-03-02T09:00", description="Date and time it begins, in `timezone`."
    )
    timezone: str = Field(default="UTC", description="Zone of every time of day in the file.")
    hours: float = Field(default=8.0, gt=0, le=240, description="How long.")
    warmup_minutes: float = Field(
        default=0.0, ge=0, description="So long at the start is left out of the figures."
    )
    seeds: int = Field(default=8, ge=1, le=10_000, description="How many runs, if not said.")

    @model_validator(mode="after")
    def _times(self) -> Self:
        if not names_a_place(self.timezone):
            zone_named(self.timezone)
            raise ValueError(f"{self.timezone!r} names no place: write Area/City, or UTC")
        try:
            datetime.fromisoformat(self.start)
        except ValueError:
            raise ValueError('start must be a date and time, as "2026-03-02T09:00"') from None
        if self.warmup_minutes * 60 >= self.hours * 3600:
            raise ValueError("warmup_minutes leave nothing of the shift")
        return self

    @property
    def starts_at(self) -> float:
        """Unix seconds."""
        began = datetime.fromisoformat(self.start)
        zone = zone_named(self.timezone)
        return (began if began.tzinfo else began.replace(tzinfo=zone)).timestamp()


#: What may become of a call, as shares of all; the rest rings out.
SHARES = (
    "answer_rate", "machine_rate", "busy_rate", "failed_rate", "dead_rate", "refused_rate",
)  # fmt: skip


class CalleeSettings(Section):
    """How the callees of one campaign behave, as [callees.NAME]. Rates are shares of all calls."""

    leads: int | None = Field(
        default=None, ge=1, description="People in the list. Not set: it never runs out."
    )
    numbers: int = Field(default=1, ge=1, le=10, description="Numbers of each.")
    dnc_rate: float = Field(
        default=0.0, ge=0, le=1, description="Of the people: on the do-not-call list."
    )
    answered_before: int = Field(
        default=0, ge=0, description="Answers of the day before, in windows longer than a day."
    )
    abandoned_before: int = Field(default=0, ge=0, description="Of those: abandoned.")
    timezones: dict[str, float] = Field(
        default={}, description="Where they live, with weights. Empty: the scenario's zone."
    )
    answer_rate: RateByTime = Field(
        default={"0:00": 0.3}, description="People who answer: a number, or by time of day."
    )
    machine_rate: RateByTime = Field(default={"0:00": 0.0}, description="Machines that answer.")
    busy_rate: RateByTime = Field(default={"0:00": 0.05}, description="Busy.")
    failed_rate: RateByTime = Field(default={"0:00": 0.05}, description="The network cannot.")
    dead_rate: RateByTime = Field(
        default={"0:00": 0.0}, description="Nobody has the number (Q.850 cause 1)."
    )
    refused_rate: RateByTime = Field(
        default={"0:00": 0.0}, description="Declined by the callee (SIP 603)."
    )
    setup: LawSettings = Field(
        default=law_of("uniform", low=0.5, high=1.5), description="From dialing to ringing."
    )
    fails_after: LawSettings = Field(
        default=law_of("uniform", low=1.0, high=3.0), description="From dialing to busy or failed."
    )
    ring: LawSettings = Field(
        default=law_of("lognormal", mean=11.0, sigma=0.5),
        description="From ringing to the answer; what is longer than ring_timeout is no answer.",
    )
    early_media_rate: float = Field(
        default=0.0, ge=0, le=1, description="Calls in which the network speaks first (183)."
    )
    patience: LawSettings = Field(
        default=law_of("exponential", mean=12.0),
        description="An answered person without a rep hangs up after so long.",
    )
    hangs_up_at_once_rate: float = Field(
        default=0.0, ge=0, le=1, description="Of those who answer: gone within a second."
    )
    talk: LawSettings | None = Field(
        default=None, description="Conversations of this campaign. Not set: the reps'."
    )
    callee_ends_rate: float = Field(
        default=0.5, ge=0, le=1, description="Of conversations: ended by the callee."
    )
    machine_talk: LawSettings = Field(
        default=law_of("lognormal", mean=6.0, sigma=0.4),
        description="Until a rep who got a machine hangs up.",
    )
    detection: LawSettings = Field(
        default=law_of("uniform", low=1.2, high=2.8),
        description="Where the campaign has amd: how long the detector listens.",
    )
    machine_missed_rate: float = Field(
        default=0.05, ge=0, le=1, description="Of machines: taken for a person."
    )
    human_missed_rate: float = Field(
        default=0.02, ge=0, le=1, description="Of persons: taken for a machine, and hung up on."
    )

    @model_validator(mode="after")
    def _shares(self) -> Self:
        tables = [steps(getattr(self, name)) for name in SHARES]
        times = sorted({time for table in tables for time in table.times})
        for time in times:
            whole = sum(table.at(time) for table in tables)
            if whole > 1 + 1e-9:
                at = f"{int(time // 3600)}:{int(time % 3600 // 60):02}"
                raise ValueError(f"{', '.join(SHARES)} are together {whole:g} at {at}: more than 1")
        return self


class BreakSettings(Section):
    """A break that part of a shift takes; asked for, so that it never costs a callee his rep."""

    at: TimeOfDay = Field(description="When, in the scenario's zone.")
    minutes: float = Field(gt=0, le=1440, description="How long.")
    share: float = Field(default=1.0, ge=0, le=1, description="Of the shift's reps.")
    spread_minutes: float = Field(
        default=5.0, ge=0, le=720, description="They ask for it within so long."
    )


class ShiftSettings(Section):
    """Reps who come and go together, as [[shift]]."""

    reps: int = Field(ge=1, le=5000, description="How many.")
    start: TimeOfDay | None = Field(
        default=None, description="When they log in. Not set: at the start."
    )
    end: TimeOfDay | None = Field(
        default=None, description="When they ask to log out. Not set: at the end."
    )
    breaks: tuple[BreakSettings, ...] = Field(default=(), description="Their breaks.")
    talk: LawSettings | None = Field(default=None, description="In place of [reps].")
    wrapup: LawSettings | None = Field(default=None, description="In place of [reps].")
    pace_spread: float | None = Field(default=None, ge=0, le=2, description="In place of [reps].")
    skills: dict[Name, int] = Field(default={}, description="Skills with levels 1 to 10.")
    weight: float = Field(
        default=1.0, ge=0, le=100, description="Share of calls where routing is weighted."
    )
    campaigns: tuple[Name, ...] = Field(
        default=(), description="Campaigns they work for. Empty: all."
    )


class RepSettings(Section):
    """How reps work."""

    count: int = Field(
        default=10, ge=1, le=5000, description="How many, where there is no [[shift]]."
    )
    talk: LawSettings = Field(
        default=law_of("lognormal", mean=90.0, sigma=0.9), description="Conversations."
    )
    wrapup: LawSettings = Field(
        default=law_of("exponential", mean=20.0), description="Paperwork after each."
    )
    pace_spread: float = Field(
        default=0.0, ge=0, le=2, description="Reps differ by factors of this log-deviation."
    )
    login_spread_s: float = Field(default=60.0, ge=0, le=3600, description="They come within this.")
    phone_answers: LawSettings = Field(
        default=law_of("uniform", low=0.5, high=2.0), description="Until a phone is on the line."
    )
    phone_drops_per_hour: float = Field(
        default=0.0, ge=0, le=60, description="How often a rep's phone is lost."
    )
    phone_away: LawSettings = Field(
        default=law_of("exponential", mean=10.0), description="How long it is out of reach then."
    )
    pauses_per_hour: float = Field(
        default=0.0, ge=0, le=20, description="Unplanned pauses a rep asks for."
    )
    pause: LawSettings = Field(
        default=law_of("exponential", mean=180.0), description="How long they are."
    )
    hint_rate: float = Field(
        default=0.0, ge=0, le=1, description="Of conversations: the rep signals that it ends soon."
    )
    hint_before: LawSettings = Field(
        default=law_of("uniform", low=3.0, high=15.0), description="So long before."
    )


class LineSettings(Section):
    """A way out, as [[trunk]], with the limits it has in dialer.toml."""

    name: Name = Field(description="Its name in campaigns.")
    max_lines: int | None = Field(default=None, ge=0, description="Most calls at a time.")
    calls_per_second: float | None = Field(
        default=None, gt=0, le=10_000, description="Most new calls per second."
    )


class Scenario(Section):
    """The whole file."""

    scenario: ShiftDay = Field(default=ShiftDay(), description="When it is.")
    pool: PoolSettings = Field(default=PoolSettings(), description="As [pool.NAME].")
    campaign: dict[Name, CampaignSettings] = Field(
        default={"campaign": CampaignSettings()}, description="As in dialer.toml."
    )
    callees: dict[Name, CalleeSettings] = Field(
        default={}, description="How the callees of each campaign behave."
    )
    reps: RepSettings = Field(default=RepSettings(), description="How reps work.")
    shift: tuple[ShiftSettings, ...] = Field(default=(), description="Who is there when.")
    trunk: tuple[LineSettings, ...] = Field(default=(), description="Ways out.")

    def callees_of(self, campaign: str) -> CalleeSettings:
        return self.callees.get(campaign) or CalleeSettings()

    @property
    def shifts(self) -> tuple[ShiftSettings, ...]:
        return self.shift or (ShiftSettings(reps=self.reps.count),)

    @property
    def reps_in_all(self) -> int:
        return sum(shift.reps for shift in self.shifts)

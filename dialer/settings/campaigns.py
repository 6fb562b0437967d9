"""[pool.NAME] and [campaign.NAME]: how a pool paces, and what a campaign is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field

from dialer.settings.calling import (
    YEAR_MINUTES,
    CallingSettings,
    DispositionSettings,
    RecycleSettings,
    as_rules,
)
from dialer.settings.kinds import Country, Line, Name, PhoneNumber, Script, Section, Sound
from dialer.settings.schedule import ScheduleSettings
from dialer.words import (
    BoardFigure,
    BoardSide,
    BoardTone,
    CampaignMode,
    Language,
    Method,
    PreviewEnd,
    Routing,
    TrunkOrder,
    WindowKind,
)

if TYPE_CHECKING:
    # The floor brings the pacer and numpy along, which most commands never need.
    from dialer.floor.rules import CampaignRules, PoolRules


class BoardThreshold(Section):
    """A figure from a value on, or below it, has a colour on the wallboard."""

    side: BoardSide = Field(default="from", description="from: at least that; below: less.")
    value: float = Field(
        ge=0,
        le=1_000_000_000,
        description="In the figure's own unit: rates 0 to 1, times in seconds.",
    )
    tone: BoardTone = Field(default="warn", description="good, note, warn or alarm.")


class PoolSettings(Section):
    """Reps who share work, as [pool.NAME], and how calls are placed for them."""

    title: Line = Field(default="", description="Its name on screens, in any language.")
    method: Method = Field(
        default="predictive",
        description="How many calls to place. progressive: one per ready rep; ratio: that many; "
        "predictive: learned, within max_abandon_rate; adaptive: a dial level, as a baseline.",
    )
    ratio: float = Field(
        default=1.0,
        ge=0,
        le=1000,
        description="Calls per ready rep where so many are placed, whatever is known.",
    )
    max_abandon_rate: float | None = Field(
        default=None,
        ge=0,
        le=1,
        description="Most abandoned per person who answered. Not set: the strictest of its "
        "campaigns.",
    )
    max_lines: int | None = Field(
        default=None, ge=0, description="Most calls and conversations together. Not set: no limit."
    )
    seed: int = Field(default=0, ge=0, description="Part of the settings' identity in a replay.")
    ask_every: float = Field(
        default=1.0,
        ge=0.05,
        le=1,
        description="Longest time between two looks at the pacing when nothing happens, seconds.",
    )
    phone_retry: tuple[float, ...] = Field(
        default=(0.5, 1.0, 2.0, 5.0, 10.0),
        min_length=1,
        description="Seconds after which a rep's lost phone is called again, then the last one.",
    )
    leave_when_settled: bool = Field(
        default=True,
        description="A pause asked for while calls ring waits until those are settled.",
    )
    pause_reasons: tuple[Line, ...] = Field(
        default=("break", "lunch", "meeting", "training", "other"),
        description="What reps may pause for. The default ones are shown in the reader's language.",
    )
    goal_sales_per_day: int | None = Field(
        default=None, ge=1, le=1_000_000, description="Sales a day that its reps want to reach."
    )
    wallboard: dict[BoardFigure, Annotated[tuple[BoardThreshold, ...], Field(max_length=8)]] = (
        Field(
            default={},
            description="From which values on, or below which, figures of the wallboard have a "
            "colour: a list of {side, value, tone} for each.",
        )
    )


class CampaignSettings(Section):
    """A goal, its lists, its pacing and its rules."""

    title: Line = Field(default="", description="Its name on screens, in any language.")
    goal: str = Field(default="", description="What it is for, in a sentence.")
    company: Line = Field(
        default="", description="The company the message to abandoned callees names."
    )
    company_number: PhoneNumber | None = Field(
        default=None,
        description="The number the message names for whoever wants no more calls. Not set: the "
        "first of caller_ids.",
    )
    language: Language = Field(default="en", description="Language of the message.")
    pool: Name = Field(
        default="default", description="The reps who take its calls: the name of a pool."
    )
    trunks: tuple[Name, ...] = Field(
        default=(),
        description="Names of trunks, best first: the first that works and has a line takes "
        "the call. Empty: the first one.",
    )
    trunk_order: TrunkOrder = Field(
        default="best_first",
        description="Which of its trunks takes a call: best_first, the first of the list that "
        "works and has a line; least_used, the one with the fewest calls.",
    )
    caller_ids: tuple[PhoneNumber, ...] = Field(
        default=(), description="Numbers to show, in turn. Empty: the trunk's."
    )
    region: Country = Field(
        default="",
        description="Country of numbers in lists without a country code, two capital letters.",
    )
    weight: float = Field(
        default=1.0,
        gt=0,
        le=1000,
        description="Share of the pool's calls beside its other campaigns.",
    )
    routing: Routing = Field(default="longest_idle", description="Which ready rep takes a call.")
    needs: dict[Name, Annotated[int, Field(ge=1, le=10)]] = Field(
        default={},
        description="Skills a rep must have to take its calls, with the least level, 1 to 10: "
        "{zh = 5}.",
    )
    sticky: bool = Field(
        default=False,
        description="A lead stays with the rep it talked to last, who is asked first.",
    )
    connect_within: float = Field(
        default=2.0,
        gt=0,
        le=60,
        description="Seconds in which a person who answered must have a rep. The law's number "
        "is 2 in many countries.",
    )
    ring_timeout: float = Field(default=25.0, ge=5, le=120, description="Seconds to let it ring.")
    wrapup_limit: float = Field(
        default=60.0, ge=0, le=3600, description="Seconds for the paperwork after a call; 0: none."
    )
    hold_limit: float = Field(
        default=20.0,
        ge=0,
        le=300,
        description="Seconds to hold a callee whose rep's phone was lost.",
    )
    rep_hold_limit: float = Field(
        default=300.0,
        ge=5,
        le=3600,
        description="Seconds a rep may keep a callee on hold; then they talk again.",
    )
    park_limit: float = Field(
        default=120.0,
        ge=5,
        le=3600,
        description="Seconds a parked callee waits for a rep; then the one who parked them is "
        "asked, and after transfer_limit anyone.",
    )
    transfer_limit: float = Field(
        default=30.0,
        ge=5,
        le=600,
        description="Seconds for whoever a callee is transferred to, or is called into the call.",
    )
    transfer_numbers: dict[Line, PhoneNumber] = Field(
        default={},
        description="Outside numbers that calls may be transferred to, by the name shown for "
        'each: {"Billing" = "+12125550100"}.',
    )
    max_abandon_rate: float = Field(
        default=0.03, ge=0, le=1, description="Most abandoned per person who answered, 0 to 1."
    )
    abandon_windows: tuple[WindowKind, ...] = Field(
        default=("day",),
        min_length=1,
        description="Spans in which max_abandon_rate is kept, each by itself: the calendar day or "
        "month of this machine's time zone, the last 24 hours, the last 30 days.",
    )
    amd: bool = Field(
        default=False,
        description="Detect answering machines before routing. The detector listens within "
        "connect_within (half a second less), costs every person most of that time in silence, and "
        "takes some people for machines: those are silent calls, which count as abandoned.",
    )
    message: Sound = Field(
        default="",
        description="Your own sound for abandoned callees: an absolute path (WAV: mono, 16 bit, "
        "8000 Hz), or a name Asterisk finds among its own. Empty: one is made, in the campaign's "
        "language, with company and company_number.",
    )
    recording: bool = Field(default=True, description="Record conversations.")
    announce_listening: bool = Field(
        default=False,
        description="Reps see on their screen who listens to their calls. Whether they must be "
        "told, the law says; listening is in the audit log in any case.",
    )
    calling: CallingSettings = Field(
        default=CallingSettings(), description="When and how often a number may be called."
    )
    recycle: RecycleSettings = Field(
        default=RecycleSettings(),
        description="When a lead is called again, by what became of the call.",
    )
    schedule: ScheduleSettings = Field(
        default=ScheduleSettings(),
        description="When it starts and pauses by itself. Without windows it does neither.",
    )
    mode: CampaignMode = Field(
        default="auto",
        description="auto: the dialer calls, paced by the pool; preview: a ready rep is shown a "
        "lead first; manual: only what reps dial themselves, and callbacks.",
    )
    preview_limit: float = Field(
        default=30.0, ge=1, le=3600, description="preview: seconds to look at a lead."
    )
    preview_at_end: PreviewEnd = Field(
        default="dial", description="preview: what happens when these seconds are over."
    )
    skip_minutes: float = Field(
        default=60.0,
        ge=0,
        le=YEAR_MINUTES,
        description="preview: a lead that a rep passed over is shown again after so many minutes.",
    )
    dial_numbers: bool = Field(
        default=False,
        description="Reps may dial numbers that are on none of its lists; they become leads.",
    )
    callback_grace_s: float = Field(
        default=900.0,
        ge=0,
        le=86_400,
        description="A rep's own callback waits so many seconds for that rep, then anyone calls. "
        "One that is called within them counts as kept.",
    )
    callback_max_days: int = Field(
        default=90, ge=1, le=3660, description="Callbacks may be agreed so many days ahead."
    )
    disposition_required: bool = Field(
        default=False,
        description="A rep must say what came of a call; where the time runs out instead, "
        "no-disposition is noted.",
    )
    result_change_minutes: float = Field(
        default=60.0,
        ge=0,
        le=YEAR_MINUTES,
        description="So many minutes after a call its rep may still change what came of it; "
        "supervisors may later. 0: never.",
    )
    script: Script = Field(
        default={},
        description="What to say, by language (en, zh), as Markdown: the text itself or the path "
        "of a .md file. Headings begin steps; {{name}} stands for a field of the lead.",
    )
    consent_field: Line = Field(
        default="consent", description="The lead's field that says whether it agreed to be called."
    )
    editable_fields: tuple[Line, ...] = Field(
        default=(),
        description="Fields of a lead, beside its name, that reps may change. Empty: all but "
        "consent_field.",
    )
    dispositions: dict[Name, DispositionSettings] = Field(
        default={},
        description="What reps may say came of a call, and what follows. Empty: sale, "
        "not_interested, callback, voicemail, wrong_number and dnc; dnc is always there.",
    )


def stored_settings(settings: CampaignSettings) -> dict[str, Any]:
    """A campaign's settings as the store keeps them, and as gate and recycling read them."""
    whole = settings.model_dump(mode="json")
    return {**whole, **as_rules(settings.calling, settings.recycle, settings.dispositions)}


def campaign_rules(settings: CampaignSettings, *, running: bool) -> CampaignRules:
    """What the floor must know of a campaign."""
    from dialer.floor.rules import CampaignRules  # noqa: PLC0415

    return CampaignRules(
        running=running,
        weight=settings.weight,
        routing=settings.routing,
        needs=dict(settings.needs),
        sticky=settings.sticky,
        connect_within=settings.connect_within,
        ring_timeout=settings.ring_timeout,
        wrapup_limit=settings.wrapup_limit,
        hold_limit=settings.hold_limit,
        rep_hold_limit=settings.rep_hold_limit,
        park_limit=settings.park_limit,
        transfer_limit=settings.transfer_limit,
        max_abandon_rate=settings.max_abandon_rate,
        mode=settings.mode,
        preview_limit=settings.preview_limit,
        preview_at_end=settings.preview_at_end,
    )


def pool_rules(pool: PoolSettings, campaigns: list[CampaignSettings]) -> PoolRules:
    """A pool is paced as one: where its campaigns differ, the strictest of them counts."""
    from dialer.floor.rules import PoolRules  # noqa: PLC0415

    rates = [campaign.max_abandon_rate for campaign in campaigns]
    return PoolRules(
        method=pool.method,
        ratio=pool.ratio,
        max_abandon_rate=(
            min(rates, default=0.03) if pool.max_abandon_rate is None else pool.max_abandon_rate
        ),
        connect_within=min((campaign.connect_within for campaign in campaigns), default=2.0),
        ring_timeout=max((campaign.ring_timeout for campaign in campaigns), default=25.0),
        max_lines=pool.max_lines,
        seed=pool.seed,
        ask_every=pool.ask_every,
        phone_retry=pool.phone_retry,
        leave_when_settled=pool.leave_when_settled,
    )

"""What the API and the command line may ask of the running engine. Refusals are `Refusal` values,
not exceptions.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any, Literal, Protocol

import msgspec
from msgspec import Meta

from dialer.ports.outlook import HoldBack, LeadOutlook
from dialer.ports.rows import Said
from dialer.words import (
    OUTCOMES,
    Activity,
    AgentOrder,
    CallBackOwner,
    CallMode,
    HeldBy,
    Leaving,
    PartyState,
    Phase,
    Phone,
    PublicState,
    RecordingNow,
    ScheduledOrder,
    UpNext,
    WatchMode,
)


def _one_of(words: Iterable[str]) -> Meta:
    return Meta(extra_json_schema={"enum": [str(word) for word in words]})


class Refusal(msgspec.Struct, frozen=True):
    """Why not, in one line for a person, with a stable slug for programs."""

    slug: str
    message: str


class WatcherView(msgspec.Struct, frozen=True):
    """Who listens to a rep."""

    who: str
    mode: WatchMode
    announced: Annotated[bool, Meta(description="The rep is told.")]


class AgentView(msgspec.Struct, frozen=True):
    """A rep, now."""

    agent: str
    name: str
    pool: str
    state: PublicState
    reason: str
    since: float
    phone: Annotated[str, _one_of(Phone)]
    attempt: str | None
    campaign: str | None
    calls: int
    talk_seconds: float
    leaving: Annotated[Leaving, Meta(description="Asked for, and done after the call.")] = ""
    leaving_reason: str = ""
    wrapup_ends: Annotated[
        float | None, Meta(description="When the wrap-up is over by itself.")
    ] = None
    wrapup_of: Annotated[str | None, Meta(description="The attempt that is being written up.")] = (
        None
    )
    preview_ends: Annotated[
        float | None,
        Meta(description="When a lead that is shown is dialed, passed over or taken away."),
    ] = None
    up_next: Annotated[
        UpNext,
        Meta(description="What comes as soon as no call needs this rep."),
    ] = ""
    last_attempt: Annotated[
        str | None, Meta(description="The last call placed for this rep that came to nothing.")
    ] = None
    last_outcome: Annotated[
        str, Meta(description="Why it did: an outcome, or the rule that refused it.")
    ] = ""
    activity: Annotated[
        Activity,
        Meta(description="What the rep does in a call beside talking to the callee."),
    ] = ""
    watchers: Annotated[
        list[WatcherView],
        Meta(description="Who listens; without calls.listen only those whom the rep sees, too."),
    ] = []
    by: Annotated[
        str,
        Meta(description="Who made the rep ready, pause or log out, if it was somebody else."),
    ] = ""
    moving_to: Annotated[str, Meta(description="The pool the rep goes to after the call.")] = ""


class DeskView(msgspec.Struct, frozen=True):
    """What is before a rep: a lead that is shown, a call on its way, up, or to be written up."""

    attempt: str
    lead: str
    campaign: str
    mode: CallMode
    #: "preview", "dialing", "reserved", "talking" or "wrapup"
    stage: str
    number: str = ""


class PartyView(msgspec.Struct, frozen=True):
    """Somebody beside callee and rep."""

    id: Annotated[str, Meta(description='A rep\'s code, or "outside".')]
    kind: Literal["rep", "external", "supervisor"]
    label: str
    state: PartyState


class CallView(msgspec.Struct, frozen=True):
    """An attempt, now."""

    attempt: str
    campaign: str
    lead: str
    number: Annotated[str, Meta(description="Masked by role.")]
    phase: Annotated[str, _one_of(Phase)]
    since: float
    placed_at: float
    agent: str | None
    mode: CallMode = "auto"
    held_by: Annotated[
        HeldBy,
        Meta(
            description='Why the callee waits: on hold ("agent"), the rep\'s phone is lost, '
            "parked, or on the way to another rep."
        ),
    ] = ""
    held_until: float | None = None
    recording: RecordingNow = "off"
    parties: Annotated[list[PartyView], Meta(description="Who else is asked into the call.")] = []


class ParkedCalls(msgspec.Struct, frozen=True):
    parked: list[CallView]


class Scheduled(msgspec.Struct, frozen=True):
    """What a campaign does next by itself. `overridden`: somebody made it otherwise until then."""

    at: Annotated[float | None, Meta(description="null: not within a year.")]
    what: ScheduledOrder
    overridden: bool = False


class DayFigures(msgspec.Struct, frozen=True, kw_only=True):
    """Figures of today (`figures.windows`): of calls placed since midnight, in this machine's time
    zone, that have ended, whenever the engine started. Rates 0..1; None without a denominator.
    """

    ended: int = 0
    answered: Annotated[int, Meta(description="By people.")] = 0
    connected: int = 0
    abandoned: int = 0
    machines: int = 0
    connect_rate: float | None = None
    contact_rate: float | None = None
    abandon_rate: float | None = None
    talk_seconds: float = 0.0
    avg_talk_seconds: float | None = None
    mean_wait_seconds: Annotated[
        float | None, Meta(description="How long reps of the pool waited for a contact.")
    ] = None


class CampaignView(DayFigures, frozen=True, kw_only=True):
    """A campaign now, and its day."""

    campaign: str
    pool: str
    state: str
    leads: dict[str, int]
    in_progress: dict[str, int]
    placed: Annotated[int, Meta(description="Since midnight, those included that are up.")]
    #: None: it has no schedule.
    scheduled: Scheduled | None = None
    outlook: Annotated[
        LeadOutlook | None,
        Meta(description="Whom it can call now and next; null: not looked, or it does not run."),
    ] = None
    waits: Annotated[
        list[HoldBack], Meta(description="What keeps it from calling now, if it runs.")
    ] = []


class EndedView(msgspec.Struct, frozen=True):
    attempt: str
    campaign: str
    number: Annotated[str, Meta(description="Masked by role.")]
    outcome: Annotated[str, _one_of(OUTCOMES)]
    agent: str | None
    ended_at: float
    talk_seconds: float | None


class FloorView(msgspec.Struct, frozen=True):
    """One pool, now."""

    pool: str
    at: float
    switch_up: bool
    agents: list[AgentView]
    calls: list[CallView]
    campaigns: list[CampaignView]
    last_ended: list[EndedView]
    pacing: Annotated[
        dict[str, Any], Meta(description="The pacer's last decision and its reasons: `PacingView`.")
    ]
    day: Annotated[DayFigures, Meta(description="Of all its campaigns.")] = DayFigures()


class Control(Protocol):
    """Every method that changes something returns None when done, or a Refusal."""

    def floors(self) -> list[str]: ...

    def floor(self, pool: str) -> FloorView | None: ...

    def agent(self, agent: str) -> AgentView | None:
        """A rep by id, on whatever floor; None: on none. Costs the same however large the floor."""
        ...

    async def agent_login(self, agent: str) -> Refusal | None: ...

    async def agent_ready(self, agent: str) -> Refusal | None: ...

    async def agent_pause(self, agent: str, reason: str) -> Refusal | None: ...

    async def agent_logout(self, agent: str) -> Refusal | None: ...

    async def agent_hangup(self, agent: str) -> Refusal | None: ...

    async def agent_finish(
        self,
        agent: str,
        disposition: str | None,
        then_pause: bool = False,
        call_back_at: float | None = None,
        call_back_owner: CallBackOwner | None = None,
    ) -> Refusal | None:
        """`call_back_at`: unix seconds, wins over the time in the disposition's rule.

        `call_back_owner`: who is to call then; None: anyone, this rep first where the disposition
        keeps the rep.
        """
        ...

    async def agent_complete(
        self,
        agent: str,
        attempt: str,
        disposition: str,
        call_back_at: float | None = None,
        call_back_owner: CallBackOwner | None = None,
    ) -> Refusal | None:
        """Say what came of an older call that has no result; `agent` is the rep's id."""
        ...

    async def agent_correct(
        self,
        agent: str,
        attempt: str,
        disposition: str,
        call_back_at: float | None = None,
        call_back_owner: CallBackOwner | None = None,
        *,
        was: str | None,
        at_any_time: bool = False,
        by: Said = Said(),  # noqa: B008  (frozen)
    ) -> Refusal | None:
        """Say something else of a call that has a result, `was`; as `agent_complete` if it has
        none. `at_any_time`: also after the campaign's time for it. `by`: who says it, and why.
        """
        ...

    async def agent_preview_dial(self, agent: str) -> Refusal | None:
        """Call the lead that is shown, now."""
        ...

    async def agent_preview_skip(self, agent: str, reason: str) -> Refusal | None:
        """Pass the lead that is shown over."""
        ...

    async def agent_dial(
        self, agent: str, campaign: str, lead: str | None, number: str | None
    ) -> Refusal | None:
        """Call this lead, or this number (E.164), for this rep; the gate has its word."""
        ...

    def desk(self, agent: str) -> DeskView | None:
        """What is before this rep (id or name); None: nothing."""
        ...

    async def agent_hint_finishing(self, agent: str) -> Refusal | None: ...

    async def agent_move(
        self, agent: str, pool: str, campaigns: tuple[str, ...] | None
    ) -> Refusal | None:
        """To another pool, or other campaigns of it (None: all); in mid-call: after it."""
        ...

    def ordered(self, agent: str, order: AgentOrder, by: str) -> None:
        """What was done last was ordered by somebody else than the rep; by "": by the rep."""
        ...

    async def campaign_start(self, campaign: str, who: str = "control") -> Refusal | None: ...

    async def campaign_pause(self, campaign: str, who: str = "control") -> Refusal | None: ...

    async def campaign_stop(self, campaign: str, who: str = "control") -> Refusal | None: ...

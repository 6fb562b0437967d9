"""What the API and the command line may ask of the running engine. Refusals are `Refusal` values,
not exceptions.
"""

from __future__ import annotations

from typing import Any, Literal, Protocol

import msgspec

from dialer.ports.desk import CallBackOwner, CallMode


class Refusal(msgspec.Struct, frozen=True):
    """Why not, in one line for a person, with a stable slug for programs."""

    slug: str
    message: str


class WatcherView(msgspec.Struct, frozen=True):
    """Who listens to a rep. `mode` is "listen", "whisper", "barge" or "take-over"; `announced`: the
    rep is told.
    """

    who: str
    mode: str
    announced: bool


class AgentView(msgspec.Struct, frozen=True):
    agent: str
    name: str
    pool: str
    state: str
    reason: str
    since: float
    phone: str
    attempt: str | None
    campaign: str | None
    calls: int
    talk_seconds: float
    leaving: str = ""
    leaving_reason: str = ""
    #: When the wrap-up is over by itself, and whose it is.
    wrapup_ends: float | None = None
    wrapup_of: str | None = None
    #: When a lead that is shown is dialed, passed over or taken away.
    preview_ends: float | None = None
    #: What comes as soon as no call needs this rep: "" | "callback" | "dial".
    up_next: str = ""
    #: The last call placed for this rep that came to nothing, and why; a rule where it was refused.
    last_attempt: str | None = None
    last_outcome: str = ""
    #: In a call: "" | "hold" | "consult" | "conference".
    activity: str = ""
    watchers: list[WatcherView] = []
    #: Who made the rep ready, pause or log out, where it was somebody else.
    by: str = ""
    #: The pool a rep goes to after the call.
    moving_to: str = ""


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
    """Somebody beside callee and rep. `kind` is "rep", "external" or "supervisor", `state`
    "calling", "waiting" or "talking".
    """

    id: str
    kind: str
    label: str
    state: str


class CallView(msgspec.Struct, frozen=True):
    attempt: str
    campaign: str
    lead: str
    number: str
    phase: str
    since: float
    placed_at: float
    agent: str | None
    mode: CallMode = "auto"
    #: Why the callee waits: "" | "agent" (on hold) | "phone" (the rep's is lost) | "park" |
    #: "transfer" (on the way to another rep); and till when.
    held_by: str = ""
    held_until: float | None = None
    #: "off" | "on" | "paused"
    recording: str = "off"
    parties: list[PartyView] = []


class Scheduled(msgspec.Struct, frozen=True):
    """What a campaign does next by itself. `overridden`: somebody made it otherwise until then."""

    at: float | None
    what: Literal["start", "pause"]
    overridden: bool = False


class CampaignView(msgspec.Struct, frozen=True):
    """Counts are since midnight, in this machine's time zone, whenever the engine started; rates
    0..1, None without a denominator.
    """

    campaign: str
    pool: str
    state: str
    leads: dict[str, int]
    in_progress: dict[str, int]
    placed: int
    answered: int
    connected: int
    abandoned: int
    machines: int
    connect_rate: float | None
    abandon_rate: float | None
    talk_seconds: float
    mean_wait_seconds: float | None
    #: None: it has no schedule.
    scheduled: Scheduled | None = None


class EndedView(msgspec.Struct, frozen=True):
    attempt: str
    campaign: str
    number: str
    outcome: str
    agent: str | None
    ended_at: float
    talk_seconds: float | None


class FloorView(msgspec.Struct, frozen=True):
    """One pool, now. `pacing` is the pacer's explain()."""

    pool: str
    at: float
    switch_up: bool
    agents: list[AgentView]
    calls: list[CallView]
    campaigns: list[CampaignView]
    last_ended: list[EndedView]
    pacing: dict[str, Any]


class Control(Protocol):
    """Every method that changes something returns None when done, or a Refusal."""

    def floors(self) -> list[str]: ...

    def floor(self, pool: str) -> FloorView | None: ...

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

    def ordered(self, agent: str, order: Literal["ready", "pause", "logout"], by: str) -> None:
        """What was done last was ordered by somebody else than the rep; by "": by the rep."""
        ...

    async def campaign_start(self, campaign: str) -> Refusal | None: ...

    async def campaign_pause(self, campaign: str) -> Refusal | None: ...

    async def campaign_stop(self, campaign: str) -> Refusal | None: ...

    async def reload(self) -> Refusal | None:
        """Read settings and campaigns again; all of the change or nothing of it."""
        ...

"""The live state of one pool: its reps, its attempts, its campaigns. Plain data; `machine.step`
moves it.
"""

from __future__ import annotations

import heapq
from collections import deque
from dataclasses import dataclass, field
from typing import Literal

from dialer.floor.commands import Command
from dialer.floor.events import LimitsChanged, Offer, WindowsChanged
from dialer.floor.rules import CampaignRules, PoolRules
from dialer.words import (
    AgentState,
    AnsweredBy,
    CallMode,
    HangupBy,
    HeldBy,
    Leaving,
    PacedState,
    PartyGoal,
    PartyKind,
    PartyState,
    Phase,
    Phone,
    RecordingNow,
    UpNext,
)
from pacing import Pacer, Seen
from routing import Candidate


@dataclass(frozen=True, slots=True)
class Bound:
    """A lead that is one rep's: to be shown, or to be dialed for this rep alone."""

    campaign: str
    offer: Offer
    mode: CallMode
    #: Given back when it could not be taken up till then.
    until: float | None = None


@dataclass(slots=True)
class Agent:
    agent: str
    state: AgentState = AgentState.OUT
    since: float = 0.0
    reason: str = ""
    phone: Phone = Phone.NONE
    phone_since: float = 0.0
    leg: str | None = None
    attempt: str | None = None
    skills: dict[str, int] = field(default_factory=dict)
    campaigns: frozenset[str] | None = None
    weight: float = 1.0
    calls: int = 0
    idle_since: float = 0.0
    #: When the phone registered the last time: one that is gone just after is called at once.
    back_at: float = -1e9
    #: Their phone was told to leave the bridge, and has not parked yet.
    aside: bool = False
    #: Hold was pressed on the phone itself.
    on_hold: bool = False
    #: Ready again as soon as the phone is back.
    resume: bool = False
    leave: Leaving = ""
    leave_reason: str = ""
    #: They asked before a restart, and may be in a call that nobody has told of yet.
    leave_unsure: bool = False
    #: They leave when no attempt up to this number is unsettled.
    leave_after: int = 0
    phone_tries: int = 0
    phone_at: float | None = None
    wrapup_ends: float | None = None
    wrapup_of: str | None = None
    #: Of the call that is being written up.
    wrapup_lead: str = ""
    wrapup_campaign: str = ""
    wrapup_mode: CallMode = "auto"
    disposition: str | None = None
    call_back_at: float | None = None
    call_back_owner: str = ""
    #: The last call placed for them that came to nothing, and why.
    last_attempt: str | None = None
    last_outcome: str = ""
    #: The lead they look at, until then.
    preview: Bound | None = None
    preview_ends: float | None = None
    #: Leads that wait until they are free, and when the first of them goes back.
    queue: list[Bound] = field(default_factory=list)
    queue_at: float | None = None
    #: Wanted for such a lead when no attempt up to this number is unsettled.
    wanted_after: int | None = None
    #: The pacer believes them paused until their own call is written up.
    unpaced: bool = False
    told: PacedState = "out"

    @property
    def wanted(self) -> UpNext:
        """What comes as soon as no call needs them."""
        if not self.queue:
            return ""
        return "dial" if self.queue[0].mode == "manual" else "callback"


@dataclass(slots=True)
class Party:
    """Somebody else whom a rep has asked into an attempt's conversation."""

    #: The leg of their phone.
    leg: str
    kind: PartyKind
    label: str
    by: str
    #: Who of the floor's reps it is.
    agent: str | None = None
    state: PartyState = "calling"
    #: Whom the rep wants to hear: the party, the callee, both; or neither any more (they talk).
    goal: PartyGoal = "consult"
    #: Told to join, and has not yet.
    joining: bool = False


@dataclass(slots=True)
class Transfer:
    """A callee on the way to another rep: `to`, or anybody who may take the call."""

    by: str
    to: str | None
    #: On the way back to the one who gave them away.
    home: bool = False


@dataclass(slots=True)
class Attempt:
    attempt: str
    lead: str
    campaign: str
    group: str
    number: int  #: the floor's own count of attempts, for "placed before"
    phase: Phase
    placed_at: float
    sticky: str | None = None
    needs: dict[str, int] = field(default_factory=dict)
    trunk: str = ""
    node: str = ""
    ringing_at: float | None = None
    answered_at: float | None = None
    connected_at: float | None = None
    bridged_at: float | None = None
    talk_seconds: float = 0.0
    answered_by: AnsweredBy | None = None
    #: Whom the callee is reserved for or talks to; `talked_with` is the last who really did.
    agent: str | None = None
    talked_with: str | None = None
    #: The dialplan is asking now, and will do what it is told.
    asking: bool = False
    asked_at: float = 0.0
    deadline: float | None = None
    ending_by: HangupBy | None = None
    #: Set once the callee hears the tone; then the wait for the rep's phone ends here.
    held_until: float | None = None
    cancelled: bool = False
    failed_reason: int | None = None
    failed_code: int | None = None
    #: The rep put the phone down in this call (as against losing it).
    rep_left: bool = False
    #: Who keeps the callee waiting. Kept until they are in a bridge again.
    held_by: HeldBy = ""
    #: Told to leave the bridge, and has not asked yet.
    aside: bool = False
    #: The supervisor who talks to the callee in the rep's place.
    taken_by: str = ""
    party: Party | None = None
    transfer: Transfer | None = None
    recording: RecordingNow = "off"
    #: Paused, and bridged to another phone since.
    recorder_is_old: bool = False
    #: What the pacer knows of it: placed, answered or settled.
    told: Literal["placed", "answered", "settled"] = "placed"
    mode: CallMode = "auto"
    #: The rep for whom alone it was placed.
    bound: str | None = None
    #: When the dialplan was told whom to connect.
    reserved_at: float | None = None


@dataclass(slots=True)
class Campaign:
    campaign: str
    rules: CampaignRules
    hopper: deque[Offer] = field(default_factory=deque)
    bringing: bool = False
    bring_at: float = 0.0
    #: Its list had nothing due when it was asked last.
    is_dry: bool = False
    #: Attempts placed over weight: whose lead is next goes to the least.
    share: float = 0.0
    #: Its attempts on this floor now.
    live: int = 0
    #: Taken from this pool; forgotten when the last of its attempts has ended.
    removed: bool = False
    #: Its calls could not be placed: nothing is tried before this time, and then for longer.
    rest_until: float = 0.0
    rest_s: float = 0.0
    #: Leads refused in a row, without a single call between.
    refused: int = 0


@dataclass(slots=True)
class Floor:
    pool: str
    #: Makes leg ids unique over restarts.
    run: str
    rules: PoolRules
    pacer: Pacer
    now: float = 0.0
    agents: dict[str, Agent] = field(default_factory=dict)
    attempts: dict[str, Attempt] = field(default_factory=dict)
    campaigns: dict[str, Campaign] = field(default_factory=dict)
    legs: dict[str, str] = field(default_factory=dict)
    #: Legs of people outside, and whose attempt each belongs to.
    outside: dict[str, str] = field(default_factory=dict)
    #: Attempts on the way to another rep.
    seeking: dict[str, None] = field(default_factory=dict)
    #: Reps who can take a call now, longest idle first.
    free: dict[str, Candidate] = field(default_factory=dict)
    #: People who wait for a rep, in the order they asked.
    waiting: dict[str, None] = field(default_factory=dict)
    #: Attempts whose end or answer is still open, by number; the first is the oldest.
    unsettled: dict[str, int] = field(default_factory=dict)
    #: Reps who asked to pause or leave and have not gone yet.
    leaving: dict[str, None] = field(default_factory=dict)
    #: Reps for whom leads wait.
    queued: dict[str, None] = field(default_factory=dict)
    #: Reps with a call of their own that was up before a restart, and the call.
    owed: dict[str, str] = field(default_factory=dict)
    #: Running campaigns whose leads are shown to reps first.
    previewing: dict[str, None] = field(default_factory=dict)
    switch_up: bool = False
    #: Why the time is in doubt; "" where it is not.
    clock_doubt: str = ""
    #: When the switch was lost the last time: calls that died with it ended then.
    lost_at: float | None = None
    #: What a new pacer must be told again.
    limits: LimitsChanged | None = None
    windows: WindowsChanged | None = None
    #: What pacing saw when it last wished for calls, for their records.
    seen: Seen | None = None
    counted: int = 0
    counted_legs: int = 0
    last_ask: float = 0.0
    #: When the pacer is asked next if nothing happens before.
    ask_at: float = 0.0
    ask_soon: bool = False
    #: A rep became free or a callee began to wait: there may be a match.
    match_soon: bool = False
    timers: list[tuple[float, int, str, str]] = field(default_factory=list)
    timer_count: int = 0
    out: list[Command] = field(default_factory=list)

    @property
    def not_now(self) -> str:
        """Why no call can be placed now; "" when one can."""
        if not self.switch_up:
            return "no Asterisk can be reached"
        return "the time is in doubt" if self.clock_doubt else ""

    def timer(self, at: float, kind: str, key: str) -> float:
        """Have `kind` happen to `key` at `at`; the owner keeps `at`, and a timer it no longer
        keeps is void.
        """
        self.timer_count += 1
        heapq.heappush(self.timers, (at, self.timer_count, kind, key))
        return at

    def rules_of(self, attempt: Attempt) -> CampaignRules:
        """A campaign is kept as long as one of its attempts lives, so this never fails."""
        return self.campaigns[attempt.campaign].rules

    def next_deadline(self) -> float:
        """When to step next, at the latest, if nothing happens before."""
        return min(self.next_ask(), self.timers[0][0]) if self.timers else self.next_ask()

    def next_ask(self) -> float:
        return self.last_ask + self.ask_gap_s if self.ask_soon else self.ask_at

    @property
    def ask_gap_s(self) -> float:
        """The least time between two looks at the pacing: a tenth of a second with 1,000 reps.

        Their decisions cost more, and several calls fall due in it anyway.
        """
        return max(MIN_ASK_GAP_S, len(self.agents) * ASK_GAP_PER_REP_S)


#: Between two looks at the pacing even when events pour in: 20 a second is several times what
#: pacing can use.
MIN_ASK_GAP_S = 0.05
ASK_GAP_PER_REP_S = 0.0001

"""Calls as they are shown. Times are unix seconds; what did not happen is null."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from dialer.words import AnsweredBy, CallMode, HangupBy, Outcome, Step


class CallRow(Struct, frozen=True, kw_only=True):
    """A call in a list."""

    id: str
    campaign: str
    campaign_title: str
    lead: str
    lead_name: Annotated[str, Meta(description="Empty where the lead is out of your reach.")]
    number: Annotated[str, Meta(description="Masked unless you may see whole ones.")]
    caller_id: str
    trunk: str
    node: str
    mode: CallMode
    placed_at: float
    ringing_at: float | None
    answered_at: float | None
    connected_at: float | None
    ended_at: float | None
    outcome: Outcome | None
    answered_by: AnsweredBy | None
    agent: Annotated[str | None, Meta(description="The code of the last rep who talked.")]
    agent_name: str
    ring_seconds: float | None
    wait_seconds: float | None
    talk_seconds: float | None
    wrapup_seconds: float | None
    hangup_cause: int | None
    hangup_by: HangupBy | None
    sip_code: int | None
    disposition: str | None
    disposition_title: str | None
    disposition_title_zh: str | None
    recording: str | None
    recording_state: Annotated[str | None, Meta(description="Only what is ready plays.")]
    recording_seconds: float | None


class CallPage(Struct, frozen=True):
    calls: Annotated[list[CallRow], Meta(description="Newest first.")]
    next: Annotated[str | None, Meta(description="As `below`, it asks for the next page.")]
    looked_to: Annotated[
        float | None,
        Meta(description="Only calls placed since then were looked at: `next` goes on there."),
    ] = None


class CallStepRow(Struct, frozen=True):
    """What was done with a conversation; `agent_name` is empty for an outside party."""

    at: float
    what: Step
    agent: str
    agent_name: str
    label: str


class CallNote(Struct, frozen=True):
    at: float
    who: str
    text: str


class WholeCall(Struct, frozen=True):
    """A call with what happened in it, in the order in which it happened."""

    call: CallRow
    steps: list[CallStepRow]
    notes: list[CallNote]


class Choice(Struct, frozen=True):
    """Something calls can be looked for by. `title_zh` is empty where there is only one."""

    value: str
    title: str
    title_zh: str = ""


class CallChoices(Struct, frozen=True):
    """What there is to look for among the calls in reach."""

    campaigns: list[Choice]
    reps: list[Choice]
    teams: list[Choice]
    trunks: list[Choice]
    dispositions: list[Choice]

"""Calls as they are shown. Times are unix seconds; what did not happen is null."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from dialer.words import (
    AnsweredBy,
    CallbackResult,
    CallMode,
    HangupBy,
    Outcome,
    Pardon,
    Step,
)


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


class CallPaced(Struct, frozen=True):
    """What pacing saw when it wished for `place` calls, this one among them."""

    method: str
    place: int
    ready: int
    talking: int
    ringing: int
    waiting: int
    bound_by: str


class CallWhy(Struct, frozen=True, kw_only=True):
    """Why it was dialed. What is null was not kept: the call is older, or nothing was to keep."""

    list_name: str
    for_agent: str | None
    for_agent_name: Annotated[str, Meta(description="The rep for whom alone it was placed.")]
    lead_attempt: Annotated[int | None, Meta(description="Which call to the lead, from 1.")]
    number_attempt: Annotated[int | None, Meta(description="Which call to this number of it.")]
    priority: int | None
    due_at: Annotated[float | None, Meta(description="Since then its turn; null: at once.")]
    callback_at: Annotated[float | None, Meta(description="The time agreed on that it keeps.")]
    paced: CallPaced | None
    pardon: Annotated[Pardon | None, Meta(description="Why it counts as nobody's try.")]


class CallAllowed(Struct, frozen=True, kw_only=True):
    """What the gate found just before it was dialed: the number was not on the do-not-call list.
    Calls are those to the number before this one.
    """

    at: float
    zones: Annotated[list[str], Meta(description="Where the callee may be, by IANA names.")]
    until: Annotated[float | None, Meta(description="Calling hours ended then.")]
    any_hour: bool
    today: int
    max_per_day: int
    in_24h: int
    max_per_24h: int
    last_ended_at: float | None
    pause_minutes: float


class CallResultRow(Struct, frozen=True, kw_only=True):
    """A result that was said of the call; `before`: the one it had."""

    at: float
    who: str
    disposition: str
    title: str
    title_zh: str
    before: str | None
    before_title: str
    before_title_zh: str
    why: str


class CallPromise(Struct, frozen=True, kw_only=True):
    """A callback: `owner` is the rep's name, "" for whoever is free; `result` null: to come."""

    due_at: float
    owner: str
    result: CallbackResult | None
    dialed_as: str | None


class CallMishap(Struct, frozen=True):
    at: float
    slug: str


class CallHeard(Struct, frozen=True):
    """Somebody listened to the recording."""

    at: float
    who: str


class CallScript(Struct, frozen=True, kw_only=True):
    """The script of the campaign as it stood: the version of the settings that wrote it."""

    version: int
    changed_at: float
    changed_by: str


class Choice(Struct, frozen=True):
    """Something calls can be looked for by. `title_zh` is empty where there is only one."""

    value: str
    title: str
    title_zh: str = ""


class WholeCall(Struct, frozen=True, kw_only=True):
    """A call with what happened in it, in the order in which it happened, and all behind it."""

    call: CallRow
    steps: list[CallStepRow]
    notes: list[CallNote]
    why: CallWhy
    allowed: Annotated[CallAllowed | None, Meta(description="Null: not kept of older calls.")]
    results: list[CallResultRow]
    agreed: Annotated[CallPromise | None, Meta(description="Agreed on in this call.")]
    mishaps: list[CallMishap]
    heard: Annotated[list[CallHeard], Meta(description="Empty for who may not read the audit log.")]
    script: Annotated[CallScript | None, Meta(description="Null: of the settings file, or none.")]
    corrections: Annotated[
        list[Choice], Meta(description="Results the caller may say instead, with a reason.")
    ]


class CallChoices(Struct, frozen=True):
    """What there is to look for among the calls in reach."""

    campaigns: list[Choice]
    reps: list[Choice]
    teams: list[Choice]
    trunks: list[Choice]
    dispositions: list[Choice]
    scripts: Annotated[list[Choice], Meta(description="Versions of scripts; the newest first.")]

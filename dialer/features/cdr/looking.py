"""Calls looked for: what was asked as a filter, and what was found as it may be shown."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from dialer.features.cdr import scripts
from dialer.features.cdr.records import CallChoices, CallNote, CallRow, CallStepRow, Choice
from dialer.features.cdr.schemas import CallWish
from dialer.features.leads.public import facts, numbers_for
from dialer.kit.auth import Caller
from dialer.kit.errors import bad_request
from dialer.kit.scope import Reach, everything
from dialer.leads.numbers import NumberReader
from dialer.ports.past_calls import CallFilter, FoundCall
from dialer.settings import Settings
from dialer.settings.campaigns import CampaignSettings

#: Fewer digits are in every other number.
LEAST_DIGITS = 3
#: So many are those at the end, which people remember and an index has.
LAST_DIGITS = 4
_AS_ASKED = (
    "outcomes", "dispositions", "trunks", "modes", "answered_by", "hangup_by", "campaigns",
    "causes", "sip_codes",
)  # fmt: skip


async def wanted(caller: Caller, said: CallWish) -> CallFilter:
    """Raises Refused for a number nobody could have."""
    words: dict[str, Any] = {name: tuple(getattr(said, name)) for name in _AS_ASKED}
    return CallFilter(
        **words,
        **_number(caller, said),
        since=said.since,
        until=said.until,
        agents=await _agents(caller, said),
        text=said.text.strip(),
        talk_from=said.talk_from,
        talk_to=said.talk_to,
        recorded=said.recorded,
        scripts=await scripts.spans_of(caller, said.scripts) if said.scripts else None,
    )


async def _agents(caller: Caller, said: CallWish) -> tuple[str, ...] | None:
    """Whose calls; with teams and reps both, those of these reps who are in one of the teams."""
    if not said.teams:
        return tuple(said.reps) or None
    teams = await teams_of_reps(caller)
    found = {rep for rep, team in teams.items() if team in said.teams}
    return tuple(sorted(found & set(said.reps) if said.reps else found))


async def teams_of_reps(caller: Caller) -> dict[str, str]:
    """The id of the team of each rep who has one."""
    store = caller.context.store
    teams = {it.account_id: it.team_id for it in await store.teams.members()}
    accounts = await store.accounts.list()
    return {it.agent: teams[it.id] for it in accounts if it.agent and it.id in teams}


def _number(caller: Caller, said: CallWish) -> dict[str, Any]:
    """Who may not see whole numbers finds by whole numbers only: parts would tell them."""
    written = said.number.strip()
    if not written:
        return {}
    number = _read(caller, said, written)
    if number:
        return {"number": number}
    if not caller.grant.may("numbers.read"):
        raise bad_request("invalid-number", "write the whole number, with its country code")
    digits = "".join(sign for sign in written if sign in "0123456789")
    digits = digits if len(digits) == LAST_DIGITS else digits.lstrip("0")
    if len(digits) < LEAST_DIGITS:
        raise bad_request("invalid-number", "write at least three digits")
    return {"ending" if len(digits) == LAST_DIGITS else "digits": digits}


def _read(caller: Caller, said: CallWish, written: str) -> str:
    """The number in E.164, in the region of the campaigns where they have but one; or ""."""
    settings = caller.context.settings().campaign
    names = said.campaigns or list(settings)
    regions = {settings[name].region for name in names if name in settings}
    region = regions.pop() if len(regions) == 1 else ""
    return NumberReader(region or None).read(written)[0]


def rows(caller: Caller, found: Iterable[FoundCall]) -> list[CallRow]:
    """As the caller may see them."""
    show, settings = numbers_for(caller), caller.context.settings()
    titles: dict[str, Any] = {}
    return [row(it, settings, show(it.call.number), titles) for it in found]


def row(it: FoundCall, settings: Settings, number: str, titles: dict[str, Any]) -> CallRow:
    """`titles`: dispositions by campaign, read once for many rows."""
    call, name = it.call, it.call.campaign
    campaign = settings.campaign.get(name, CampaignSettings())
    if name not in titles:
        titles[name] = facts.titles(campaign)
    disposition = titles[name].get(call.disposition or "", {})
    return CallRow(
        id=call.attempt_id,
        campaign=name,
        campaign_title=campaign.title or name,
        lead=call.lead_id,
        lead_name=it.lead_name,
        number=number,
        mode=it.mode,
        agent_name=it.agent_name,
        disposition_title=disposition.get("title"),
        disposition_title_zh=disposition.get("title_zh"),
        recording=it.recording or call.recording,
        recording_state=it.recording_state.value if it.recording_state else None,
        recording_seconds=it.recording_seconds,
        **{field: getattr(call, field) for field in _AS_RECORDED},
    )


_AS_RECORDED = (
    "caller_id", "trunk", "node", "placed_at", "ringing_at", "answered_at", "connected_at",
    "ended_at", "outcome", "answered_by", "agent", "ring_seconds", "wait_seconds", "talk_seconds",
    "wrapup_seconds", "hangup_cause", "hangup_by", "sip_code", "disposition",
)  # fmt: skip


async def steps(caller: Caller, attempt_id: str) -> list[CallStepRow]:
    names = await _names(caller, everything("whoever was in a call that the caller may see"))
    return [
        CallStepRow(it.at, it.what, it.agent, names.get(it.agent, ""), it.label)
        for it in await caller.context.store.call_steps.of_attempt(attempt_id)
    ]


async def notes(caller: Caller, attempt_id: str) -> list[CallNote]:
    scope = await caller.scope()
    names = await _names(caller, everything("who wrote, in a call that the caller may see"))
    return [
        CallNote(it.at, names.get(it.who, it.who), it.text)
        for it in await caller.context.store.past_calls.notes([attempt_id], scope)
    ]


async def _names(caller: Caller, scope: Reach) -> dict[str, str]:
    return {it.id: it.name for it in await caller.context.store.agents.list(scope)}


async def choices(caller: Caller) -> CallChoices:
    """Of the caller's reach: campaigns, reps and their teams, trunks, results."""
    scope, store = await caller.scope(), caller.context.store
    settings = caller.context.settings()
    campaigns = [it.name for it in await store.campaigns.list(scope)]
    reps = await store.agents.list(scope)
    teams = await teams_of_reps(caller)
    own = {teams[it.id] for it in reps if it.id in teams}
    described = [settings.campaign.get(name, CampaignSettings()) for name in campaigns]
    return CallChoices(
        campaigns=[
            Choice(name, it.title or name) for name, it in zip(campaigns, described, strict=True)
        ],
        reps=[Choice(it.id, it.name) for it in reps],
        teams=[Choice(it.id, it.name) for it in await store.teams.list() if it.id in own],
        trunks=[Choice(it.name, it.name) for it in settings.trunk],
        dispositions=_dispositions(described),
        scripts=await scripts.choices(caller, campaigns),
    )


def _dispositions(campaigns: Iterable[CampaignSettings]) -> list[Choice]:
    """Each code once, as the first campaign that has it calls it."""
    found: dict[str, Choice] = {}
    for campaign in campaigns:
        for it in facts.dispositions(campaign):
            choice = Choice(it["code"], it["title"], it.get("title_zh") or "")
            found.setdefault(choice.value, choice)
    return list(found.values())

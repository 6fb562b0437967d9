"""A rep's own calls with what went wrong in them, and the day in figures."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from dialer.features.leads.public import facts
from dialer.kit.context import ApiContext
from dialer.kit.scope import everything
from dialer.ports.control import AgentView
from dialer.ports.desk import Mishap, PastCall, WorkTime
from dialer.settings import Settings
from dialer.settings.campaigns import CampaignSettings
from dialer.zonedata import local_time

#: What nobody has said a result of in so many days, nobody remembers.
UNSAID_DAYS, MOST_UNSAID = 30, 50
_NAMES = {
    "talking": "talk_seconds",
    "ready": "wait_seconds",
    "wrapup": "wrapup_seconds",
    "paused": "pause_seconds",
    "preview": "preview_seconds",
    "dialing": "dialing_seconds",
}


async def own_calls(
    context: ApiContext, agent: str, limit: int, show: Callable[[str], str]
) -> list[dict[str, Any]]:
    """A rep's last calls, those included that were missed."""
    desk = context.store.desk
    calls = {call.attempt_id: call for call in await desk.calls_of(agent, limit=limit)}
    mishaps = await desk.mishaps(agent, limit=limit)
    missing = [it.attempt_id for it in mishaps if it.attempt_id not in calls]
    calls |= {call.attempt_id: call for call in await desk.calls(list(dict.fromkeys(missing)))}
    why: dict[str, list[Mishap]] = {}
    for mishap in reversed(mishaps):
        why.setdefault(mishap.attempt_id, []).append(mishap)
    newest = sorted(calls.values(), key=lambda call: call.attempt_id, reverse=True)[:limit]
    settings = context.settings()
    return [_own(call, agent, why.get(call.attempt_id, []), settings, show) for call in newest]


async def unsaid_calls(
    context: ApiContext, agent: str, show: Callable[[str], str]
) -> list[dict[str, Any]]:
    """A rep's conversations of late whose campaign requires a result, and that have none."""
    settings = context.settings()
    required = {name for name, it in settings.campaign.items() if it.disposition_required}
    ids = [
        it.id
        for it in await context.store.campaigns.list(everything("a rep's own calls, of any"))
        if it.name in required
    ]
    if not ids:
        return []
    since = context.clock.now() - UNSAID_DAYS * 86_400
    calls = await context.store.desk.unsaid(
        campaign_ids=ids, since=since, limit=MOST_UNSAID, agent_id=agent
    )
    return [_unsaid(call, agent, settings, show) for call in calls]


def _unsaid(
    call: PastCall, agent: str, settings: Settings, show: Callable[[str], str]
) -> dict[str, Any]:
    campaign = settings.campaign[call.campaign]
    return {
        **_own(call, agent, [], settings, show),
        "dispositions": facts.dispositions(campaign),
        "call_back": {
            "max_days": campaign.callback_max_days,
            "grace_seconds": campaign.callback_grace_s,
        },
    }


def _own(
    call: PastCall,
    agent: str,
    why: Sequence[Mishap],
    settings: Settings,
    show: Callable[[str], str],
) -> dict[str, Any]:
    campaign = settings.campaign.get(call.campaign, CampaignSettings())
    title = facts.titles(campaign).get(call.disposition or "", {})
    return {
        "attempt": call.attempt_id,
        "campaign": call.campaign,
        "lead": call.lead_id,
        "lead_name": call.lead_name,
        "number": show(call.number),
        "mode": call.mode,
        "at": call.placed_at,
        "answered_at": call.answered_at,
        "connected_at": call.connected_at,
        "ended_at": call.ended_at,
        "outcome": call.outcome,
        "disposition": call.disposition,
        "title": title.get("title"),
        "title_zh": title.get("title_zh"),
        "is_mine": call.agent == agent or (call.agent is None and call.for_agent == agent),
        "talk_seconds": call.talk_seconds,
        "wrapup_seconds": call.wrapup_seconds,
        "hangup_by": call.hangup_by,
        "why": [{"slug": it.slug, "at": it.at, "figures": dict(it.figures)} for it in why],
        "change_until": _change_until(call, agent, campaign, str(title.get("group", ""))),
    }


def _change_until(
    call: PastCall, agent: str, campaign: CampaignSettings, group: str
) -> float | None:
    """A wish not to be called is not taken back at the desk."""
    talked = call.agent == agent and call.connected_at is not None and call.ended_at is not None
    if not talked or call.ended_at is None or group == "dnc":
        return None
    return call.ended_at + 60.0 * campaign.result_change_minutes


def midnight(now: float) -> float:
    """When this machine's calendar day began."""
    return local_time(now).replace(hour=0, minute=0, second=0, microsecond=0, fold=0).timestamp()


async def today(context: ApiContext, agent: str, live: AgentView | None) -> dict[str, Any]:
    """The day's totals, with what is in the store and the present state."""
    now = context.clock.now()
    since = midnight(now)
    times = list(await context.store.desk.times(agent, since=since))
    calls = await context.store.desk.day_calls(agent, since=since)
    if live is not None and live.state != "out":
        last = times[-1].ended_at if times else 0.0
        times.append(_present(live, last, now))
    groups = _groups(calls.dispositions, context.settings())
    return {
        "since": since,
        "now": now,
        **seconds(times, since),
        "calls": calls.calls,
        "sales": groups.get("sale", 0),
        "dispositions": groups,
    }


def _present(live: AgentView, last: float, now: float) -> WorkTime:
    """What has not ended yet: a new reason to pause ends a stretch, but not the state."""
    return WorkTime(
        agent_id=live.agent, pool=live.pool, state=live.state, reason=live.reason,
        began_at=max(live.since, last), ended_at=now,
    )  # fmt: skip


def seconds(times: Iterable[WorkTime], since: float) -> dict[str, Any]:
    """Seconds in each state from `since` on; a stretch that began before counts from there."""
    found = dict.fromkeys(_NAMES.values(), 0.0)
    pauses: dict[str, float] = {}
    login = 0.0
    for time in times:
        took = max(0.0, time.ended_at - max(time.began_at, since))
        login += took
        if time.state in _NAMES:
            found[_NAMES[time.state]] += took
        if time.state == "paused":
            pauses[time.reason] = pauses.get(time.reason, 0.0) + took
    return {"login_seconds": login, **found, "pauses": pauses}


def _groups(said: Mapping[tuple[str, str], int], settings: Settings) -> dict[str, int]:
    groups: dict[str, int] = {}
    for (name, code), count in said.items():
        campaign = settings.campaign.get(name, CampaignSettings())
        group = facts.titles(campaign).get(code, {}).get("group", "system")
        groups[group] = groups.get(group, 0) + count
    return groups

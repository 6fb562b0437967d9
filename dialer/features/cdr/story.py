"""The whole story of one call: what stands behind it, put into words and names of people."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec.structs import asdict

from dialer.features.cdr import looking, scripts
from dialer.features.cdr.records import (
    CallAllowed,
    CallHeard,
    CallMishap,
    CallPaced,
    CallPromise,
    CallResultRow,
    CallRow,
    CallWhy,
    Choice,
    WholeCall,
)
from dialer.features.leads.public import facts
from dialer.kit.auth import Caller
from dialer.kit.scope import everything
from dialer.ports.audit import AuditQuery
from dialer.ports.desk import NO_DISPOSITION, Callback
from dialer.ports.gate import Passed
from dialer.ports.past_calls import Behind, FoundCall, SaidResult
from dialer.ports.reasons import Reasons
from dialer.settings.campaigns import CampaignSettings

#: Of who listened so many of the last.
MOST_HEARD = 50


async def whole(caller: Caller, found: FoundCall) -> WholeCall:
    attempt, scope = found.call.attempt_id, await caller.scope()
    behind = await caller.context.store.past_calls.behind(attempt, scope)
    assert behind is not None, "a call that was found in the same scope"
    (row,) = looking.rows(caller, [found])
    names = await _names(caller)
    reasons = behind.reasons
    return WholeCall(
        call=row,
        steps=await looking.steps(caller, attempt),
        notes=await looking.notes(caller, attempt),
        why=_why(behind, reasons, names),
        allowed=None if reasons is None else _allowed(reasons.passed),
        results=_results(caller, row, behind, names),
        agreed=_promise(behind.agreed, names),
        mishaps=[CallMishap(it.at, it.slug) for it in behind.mishaps],
        heard=await _heard(caller, row.recording),
        script=await scripts.script_at(caller, row.campaign, row.connected_at),
        corrections=_corrections(caller, row),
    )


async def _names(caller: Caller) -> dict[str, str]:
    scope = everything("whoever was in a call that the caller may see")
    return {it.id: it.name for it in await caller.context.store.agents.list(scope)}


def _why(behind: Behind, reasons: Reasons | None, names: Mapping[str, str]) -> CallWhy:
    keeps = behind.keeps.due_at if behind.keeps is not None else None
    return CallWhy(
        list_name=behind.list_name,
        for_agent=behind.for_agent,
        for_agent_name=names.get(behind.for_agent or "", ""),
        lead_attempt=None if reasons is None else reasons.lead_attempt,
        number_attempt=None if reasons is None else reasons.number_attempt,
        priority=None if reasons is None else reasons.priority,
        due_at=(reasons.due_at or None) if reasons else None,
        callback_at=(reasons.callback_at if reasons else None) or keeps,
        paced=CallPaced(**asdict(reasons.paced)) if reasons and reasons.paced else None,
        pardon=behind.pardon,
    )


def _allowed(passed: Passed | None) -> CallAllowed | None:
    if passed is None:
        return None
    return CallAllowed(**{**asdict(passed), "zones": list(passed.zones)})


def _results(
    caller: Caller, row: CallRow, behind: Behind, names: Mapping[str, str]
) -> list[CallResultRow]:
    campaign = caller.context.settings().campaign.get(row.campaign, CampaignSettings())
    titles = facts.titles(campaign)
    return [_result(it, titles, names) for it in behind.results if it.disposition != NO_DISPOSITION]


def _result(
    it: SaidResult, titles: Mapping[str, Mapping[str, Any]], names: Mapping[str, str]
) -> CallResultRow:
    before = None if it.before == NO_DISPOSITION else it.before
    now, then = titles.get(it.disposition, {}), titles.get(before or "", {})
    return CallResultRow(
        at=it.at,
        who=names.get(it.who, it.who),
        disposition=it.disposition,
        title=now.get("title") or it.disposition,
        title_zh=now.get("title_zh") or "",
        before=before,
        before_title=then.get("title") or before or "",
        before_title_zh=then.get("title_zh") or "",
        why=it.why,
    )


def _promise(callback: Callback | None, names: Mapping[str, str]) -> CallPromise | None:
    if callback is None:
        return None
    return CallPromise(
        due_at=callback.due_at,
        owner=names.get(callback.owner or "", callback.owner or ""),
        result=callback.result,
        dialed_as=callback.dialed_as,
    )


async def _heard(caller: Caller, recording: str | None) -> list[CallHeard]:
    """By the audit log, for who may read it."""
    if recording is None or not caller.grant.may("audit.read"):
        return []
    query = AuditQuery(subject=recording, what="recording.listen", limit=MOST_HEARD)
    rows = await caller.context.store.audit.page(query)
    return [CallHeard(it.entry.at, it.entry.who) for it in reversed(rows)]


def _corrections(caller: Caller, row: CallRow) -> list[Choice]:
    """Others than the rep change a result, with a reason; the rep has the desk for it. What needs
    a time to be agreed on with the callee is the rep's alone.
    """
    is_over = row.ended_at is not None and row.agent is not None
    if not is_over or not caller.grant.may("agents.steer") or caller.grant.agent == row.agent:
        return []
    campaign = caller.context.settings().campaign.get(row.campaign, CampaignSettings())
    return [
        Choice(it["code"], it["title"], it["title_zh"])
        for it in facts.dispositions(campaign)
        if not it["asks_time"]
    ]

"""The day in sums, in memory."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from dialer.memory.tables import Call, Tables
from dialer.ports.desk import WorkTime
from dialer.ports.figures import UNWANTED_LIMIT, CallerFigures, CallSum, Unwanted, WaitSum
from figures.facts import milliseconds


class InMemoryFigures:
    def __init__(self, tables: Tables, times: list[WorkTime]) -> None:
        self._t, self._times = tables, times

    async def calls(self, campaign_ids: Sequence[str], *, since: float) -> Sequence[CallSum]:
        alike: dict[tuple[str, ...], list[Call]] = defaultdict(list)
        for call in self._t.calls.values():
            closed = call.closed
            if closed and call.new.placed_at >= since and call.new.campaign_id in campaign_ids:
                key = (closed.outcome, closed.answered_by or "", closed.agent or "")
                alike[(call.new.campaign_id, *key)].append(call)
        return [_sum(calls) for calls in alike.values()]

    async def callers(self, *, since: float) -> Sequence[CallerFigures]:
        shown: dict[str, list[Call]] = defaultdict(list)
        for call in self._t.calls.values():
            if call.closed and call.closed.ended_at >= since:
                shown[call.new.caller_id].append(call)
        found = [_caller(number, calls) for number, calls in shown.items()]
        return sorted(found, key=lambda it: (-it.blocked, it.caller_id))

    async def unwanted(self, campaign_id: str, *, since: float) -> Sequence[Unwanted]:
        found = [
            Unwanted(
                attempt_id=call.new.attempt_id,
                campaign=self._t.campaigns[campaign_id].name,
                number=call.new.number,
                caller_id=call.new.caller_id,
                at=call.closed.ended_at,
            )
            for call in self._t.calls.values()
            if call.new.campaign_id == campaign_id
            and call.closed
            and call.closed.sip_code == 607
            and call.closed.ended_at >= since
        ]
        return sorted(found, key=lambda it: (it.at, it.attempt_id), reverse=True)[:UNWANTED_LIMIT]

    async def waits(self, *, since: float) -> Sequence[WaitSum]:
        found: dict[tuple[str, str], int] = defaultdict(int)
        for time in self._times:
            if time.state == "ready" and time.ended_at >= since:
                began = milliseconds(max(time.began_at, since))
                found[time.pool, time.agent_id] += milliseconds(time.ended_at) - began
        return [WaitSum(pool, agent, ms) for (pool, agent), ms in found.items()]


def _caller(number: str, calls: Sequence[Call]) -> CallerFigures:
    closed = [call.closed for call in calls if call.closed]
    refused = [it for it in closed if it.sip_code == 603]
    blocked = [it for it in closed if it.sip_code == 608]
    blocked += [it for it in refused if it.hangup_by == "network"]
    return CallerFigures(
        caller_id=number,
        calls=len(closed),
        answered=sum(it.answered_at is not None for it in closed),
        blocked=len(blocked),
        declined=sum(it.hangup_by != "network" for it in refused),
        unwanted=sum(it.sip_code == 607 for it in closed),
        last_blocked_at=max((it.ended_at for it in blocked), default=None),
    )


def _sum(calls: Sequence[Call]) -> CallSum:
    closed = calls[0].closed
    assert closed is not None
    talks = [it.closed.talk_seconds or 0.0 for it in calls if it.closed and it.closed.connected_at]
    return CallSum(
        campaign_id=calls[0].new.campaign_id,
        outcome=closed.outcome,
        answered_by=closed.answered_by,
        agent=closed.agent,
        ended=len(calls),
        contacts=len(talks),
        talk_ms=sum(map(milliseconds, talks)),
    )

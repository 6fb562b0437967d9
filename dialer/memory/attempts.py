"""Attempts in memory."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from functools import partial

import msgspec
from msgspec.structs import replace

from dialer.memory.leads import set_next
from dialer.memory.pardons import InMemoryPardons
from dialer.memory.scope import of_call
from dialer.memory.tables import Call, Tables
from dialer.ports.cdr import complete_cdr
from dialer.ports.dnc import unwanted
from dialer.ports.happenings import closed as has_ended
from dialer.ports.happenings import opened, wrapped
from dialer.ports.journal import CallWithdrawn, CallWrapped, Happened
from dialer.ports.past_calls import SaidResult
from dialer.ports.people import MARK
from dialer.ports.scope import Reach, is_seen, seen
from dialer.ports.store import (
    CallTo,
    Cdr,
    ClosedAttempt,
    Dnc,
    DncEntry,
    LeadNext,
    NewAttempt,
    OpenAttempt,
    Said,
    Tally,
)
from dialer.words import DispositionGroup, LeadState

#: Of an open attempt as it was opened.
_AS_OPENED = [
    name for name in OpenAttempt.__struct_fields__ if name in NewAttempt.__struct_fields__
]


def _call_to(call: Call) -> CallTo:
    closed, placed_at = call.closed, call.new.placed_at
    if closed is None:
        return CallTo(placed_at)
    return CallTo(placed_at, closed.ended_at)


class InMemoryAttempts(InMemoryPardons):
    def __init__(self, tables: Tables, dnc: Dnc) -> None:
        self._t = tables
        self._dnc = dnc

    async def open(self, attempts: Sequence[NewAttempt]) -> frozenset[str]:
        done = set()
        for new in attempts:
            lead = self._t.leads.get(new.lead_id)
            if lead is None or lead.state != LeadState.QUEUED or self._is_called(new.number):
                continue
            self._t.count(lead.id, new.number, 1)
            lead = self._t.set_state(lead.id, LeadState.CALLING)
            self._t.leads[lead.id] = replace(lead, last_call_at=new.placed_at)
            self._t.calls[new.attempt_id] = Call(new)
            self._t.journal.append([opened(new)])
            done.add(new.attempt_id)
        return frozenset(done)

    def _is_called(self, number: str) -> bool:
        return any(c.new.number == number and c.closed is None for c in self._t.calls.values())

    async def withdraw(self, attempt_ids: Sequence[str]) -> int:
        withdrawn = [i for i in attempt_ids if i in self._t.calls and not self._t.calls[i].closed]
        for attempt_id in withdrawn:
            new = self._t.calls.pop(attempt_id).new
            self._t.count(new.lead_id, new.number, -1)
            self._t.put_back(new.lead_id)
            event = CallWithdrawn(lead=new.lead_id)
            self._t.journal.append([Happened(time.time(), attempt_id, event)])
        return len(withdrawn)

    async def close(self, attempts: Sequence[ClosedAttempt]) -> frozenset[str]:
        done = set()
        for closed in attempts:
            call = self._t.calls.get(closed.attempt_id)
            if call is None or call.closed is not None:
                continue
            self._close(call, closed)
            self._t.journal.append([has_ended(closed, call.new.lead_id, call.new.campaign_id)])
            if closed.lead.number_unwanted:
                await self._dnc.add([unwanted(call.new.number, closed.ended_at)])
            done.add(closed.attempt_id)
        return frozenset(done)

    def _close(self, call: Call, closed: ClosedAttempt) -> None:
        call.closed = closed
        call.recording = closed.recording or call.recording
        call.new = replace(
            call.new,
            placed_at=call.new.placed_at if closed.placed_at is None else closed.placed_at,
            trunk=call.new.trunk if closed.trunk is None else closed.trunk,
            node=call.new.node if closed.node is None else closed.node,
        )
        if closed.pardon is not None:
            self._t.count(call.new.lead_id, call.new.number, -1)
            self.last_call(call.new.lead_id)
        if self._t.leads[call.new.lead_id].state == LeadState.CALLING:
            self._t.go_on(call.new.lead_id, closed.lead, number=call.new.number)

    async def wrapup(
        self,
        attempt_id: str,
        *,
        wrapup_seconds: float | None,
        disposition: str | None,
        lead: LeadNext | None = None,
        dnc_from: float | None = None,
        group: DispositionGroup | None = None,
        said: Said = Said(),  # noqa: B008  (frozen)
    ) -> bool:
        call = self._t.calls.get(attempt_id)
        if call is None:
            return False
        whose = {
            "campaign": call.new.campaign_id,
            "lead": call.new.lead_id,
            "agent": call.closed.agent if call.closed else None,
        }
        told = wrapped(
            attempt_id,
            whose,
            before=call.disposition,
            took=wrapup_seconds,
            said=disposition,
            now=time.time(),
        )
        self._t.journal.append(told)
        if disposition is not None and disposition != call.disposition:
            who = said.who or whose["agent"] or ""
            why = "" if call.new.number.startswith(MARK) else said.why
            row = SaidResult(time.time(), who, disposition, call.disposition, why)
            call.results.append(row)
        if wrapup_seconds is not None:
            call.wrapup_seconds = wrapup_seconds
        if disposition is not None:
            call.disposition = disposition
            call.result_group = (lead.result_group if lead else None) or group
        if lead is not None:
            set_next(self._t, call.new.lead_id, lead)
        if dnc_from is not None:
            number, reason = call.new.number, disposition or ""
            await self._dnc.add(
                [DncEntry(number=number, reason=reason, source="rep", added_at=dnc_from)]
            )
        return True

    async def wrapup_seconds(self, seconds: Mapping[str, float]) -> int:
        known = [each for each in seconds if each in self._t.calls]
        for each in known:
            self._t.calls[each].wrapup_seconds = seconds[each]
            self._t.journal.append([Happened(time.time(), each, CallWrapped())])
        return len(known)

    async def set_recording(self, attempt_id: str, recording: str | None) -> bool:
        call = self._t.calls.get(attempt_id)
        if call is None:
            return False
        call.recording = recording
        return True

    async def still_open(self, *, node: str | None = None) -> list[OpenAttempt]:
        return [
            OpenAttempt(
                **{name: getattr(call.new, name) for name in _AS_OPENED},
                lead_attempts=self._t.leads[call.new.lead_id].attempts,
            )
            for _, call in sorted(self._t.calls.items())
            if call.closed is None and node in {None, call.new.node}
        ]

    def records(self, ids: Collection[str]) -> dict[str, Cdr]:
        return {it: cdr_of(self._t, self._t.calls[it]) for it in ids if it in self._t.calls}

    async def get(self, attempt_id: str) -> Cdr | None:
        call = self._t.calls.get(attempt_id)
        return cdr_of(self._t, call) if call else None

    async def known(self, attempt_id: str, scope: Reach) -> Cdr | None:
        call = self._t.calls.get(attempt_id)
        return cdr_of(self._t, call) if call and is_seen(of_call(self._t, call), scope) else None

    async def export(
        self,
        scope: Reach,
        campaign_id: str | None = None,
        *,
        since: float | None = None,
        until: float | None = None,
        ended_only: bool = False,
    ) -> AsyncIterator[Cdr]:
        calls = [call for _, call in sorted(self._t.calls.items())]
        for call in seen(calls, scope, partial(of_call, self._t)):
            if (
                campaign_id in {None, call.new.campaign_id}
                and (since is None or call.new.placed_at >= since)
                and (until is None or call.new.placed_at < until)
                and not (ended_only and call.closed is None)
            ):
                yield cdr_of(self._t, call)

    async def calls_to(
        self, numbers: Sequence[str], *, since: float
    ) -> Mapping[str, Sequence[CallTo]]:
        found: dict[str, list[CallTo]] = {}
        for call in self._t.calls.values():
            is_wanted = call.new.placed_at >= since or call.closed is None
            spared = call.closed is not None and call.closed.pardon in {"trunk", "switch"}
            if call.new.number in numbers and is_wanted and not spared:
                found.setdefault(call.new.number, []).append(_call_to(call))
        return {n: sorted(calls, key=lambda it: it.placed_at) for n, calls in found.items()}

    async def tally(
        self, campaign_id: str, *, since: float, until: float, paced: bool = False
    ) -> Tally:
        ended = [
            call.closed
            for call in self._t.calls.values()
            if call.closed
            and call.new.campaign_id == campaign_id
            and since <= call.closed.ended_at < until
            and not (paced and call.new.for_agent and call.closed.outcome != "abandoned")
        ]
        answerers = Counter(closed.answered_by for closed in ended)
        return Tally(
            ended=len(ended),
            answered_human=answerers["human"],
            answered_machine=answerers["machine"],
            by_outcome=Counter(closed.outcome for closed in ended),
        )


def cdr_of(tables: Tables, call: Call) -> Cdr:
    """The record of a call, as it is now."""
    fields = dict.fromkeys(Cdr.__struct_fields__)
    del fields["ring_seconds"], fields["wait_seconds"]
    for source in (call.closed, call.new) if call.closed else (call.new,):
        fields.update({k: v for k, v in msgspec.structs.asdict(source).items() if k in fields})
    fields.update(
        campaign=tables.campaigns[call.new.campaign_id].name,
        recording=call.recording,
        disposition=call.disposition,
        wrapup_seconds=call.wrapup_seconds,
    )
    return complete_cdr(**fields)

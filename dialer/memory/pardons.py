"""Attempts that do not count on their leads, in memory."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from msgspec.structs import replace

from dialer.ports.journal import CallPardoned, Happened
from dialer.ports.pardons import Burned, Pardoned
from dialer.words import LeadState, Pardon

if TYPE_CHECKING:
    from dialer.memory.tables import Call, Tables


class InMemoryPardons:
    _t: Tables

    async def pardon(self, attempt_ids: Sequence[str], *, why: Pardon, now: float) -> Pardoned:
        found = [c for i in sorted(set(attempt_ids)) if (c := self._t.calls.get(i)) and counts(c)]
        for call in found:
            assert call.closed is not None
            call.closed = replace(call.closed, pardon=why)
            self._t.count(call.new.lead_id, call.new.number, -1)
            self.last_call(call.new.lead_id)
            self._revive(call)
            event = CallPardoned(lead=call.new.lead_id, why=why)
            self._t.journal.append([Happened(now, call.new.attempt_id, event)])
        for lead_id in {call.new.lead_id for call in found}:
            self._let_be_called(lead_id, {call.new.attempt_id for call in found}, now)
        return Pardoned(len(found), len({call.new.lead_id for call in found}))

    def last_call(self, lead_id: str) -> None:
        """By what came as far as its number."""
        times = [
            call.new.placed_at
            for call in self._t.calls.values()
            if call.new.lead_id == lead_id
            and (call.closed is None or call.closed.pardon in {None, "reset"})
        ]
        lead = self._t.leads[lead_id]
        self._t.leads[lead_id] = replace(lead, last_call_at=max(times, default=None))

    def _revive(self, call: Call) -> None:
        lead = self._t.leads[call.new.lead_id]
        numbers = tuple(
            replace(n, dead=False, declined=False) if n.number == call.new.number else n
            for n in lead.numbers
        )
        self._t.leads[lead.id] = replace(lead, numbers=numbers)

    def _let_be_called(self, lead_id: str, taken: set[str], now: float) -> None:
        lead = self._t.leads[lead_id]
        last = max(
            (c for c in self._t.calls.values() if c.new.lead_id == lead_id),
            key=lambda c: c.new.attempt_id,
        )
        unanswered = last.closed is None or last.closed.answered_at is None
        worn_out = lead.state is LeadState.DEAD and unanswered and last.disposition is None
        if lead.state not in {LeadState.RETRY, LeadState.DEAD}:
            return
        if last.new.attempt_id in taken or worn_out:
            state = LeadState.RETRY if lead.attempts else LeadState.NEW
            self._t.leads[lead_id] = replace(lead, state=state, next_call_at=now)

    async def burned(self, wanted: Burned, *, limit: int) -> Sequence[str]:
        return [call.new.attempt_id for call in self._matching(wanted)][:limit]

    async def count_burned(self, wanted: Burned) -> Pardoned:
        found = self._matching(wanted)
        return Pardoned(len(found), len({call.new.lead_id for call in found}))

    def _matching(self, wanted: Burned) -> list[Call]:
        return [
            call
            for _, call in sorted(self._t.calls.items())
            if call.new.campaign_id == wanted.campaign_id
            and call.new.placed_at >= wanted.since
            and call.closed is not None
            and call.closed.outcome in wanted.outcomes
            and call.closed.pardon is None
            and (not wanted.causes or call.closed.hangup_cause in wanted.causes)
            and call.new.lead_id in self._t.leads
            and wanted.list_name in {None, self._t.leads[call.new.lead_id].list_name}
            and wanted.rang in {None, call.closed.ringing_at is not None}
        ]


def counts(call: Call) -> bool:
    """It ended unanswered, and counts on its lead."""
    closed = call.closed
    return closed is not None and closed.answered_at is None and closed.pardon is None

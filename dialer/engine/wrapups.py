"""What reps say came of a call: when the wrap-up ends, a moment too late or days later; and what
is noted where nobody says anything.
"""

from __future__ import annotations

import sys
from collections.abc import Collection, Mapping
from typing import cast

from msgspec.structs import replace

from dialer.engine.desk import DeskBook
from dialer.engine.placer import Directory
from dialer.engine.records import RecordWriter
from dialer.floor import commands as cmd
from dialer.floor.events import CallLeft
from dialer.ports.control import Refusal
from dialer.ports.desk import NO_DISPOSITION, PastCall
from dialer.ports.leads import Leads
from dialer.ports.store import AgentSession, Cdr, LeadNext, Said, Store
from dialer.words import CallMode, DispositionGroup, LeadState

#: A rep's last call is among so many, those included that nobody answered.
LOOK_AT = 10
#: Calls that a crash left without a word are looked for so far back at the start.
LEFT_SINCE_S = 2 * 86_400.0
MOST_LEFT = 10_000
_THE_REP = Said()


class Wrapups:
    def __init__(
        self,
        *,
        store: Store,
        leads: Leads,
        records: RecordWriter,
        desk: DeskBook,
        directory: Directory,
    ) -> None:
        self._store, self._leads, self._records = store, leads, records
        self._desk, self._directory = desk, directory
        #: Each rep's last wrap-up that ended without a word on what came of the call.
        self._unsaid: dict[str, cmd.NoteWrapup] = {}

    # --- at the end of a wrap-up ------------------------------------------------------------------

    def note(self, note: cmd.NoteWrapup, now: float) -> None:
        if note.disposition:
            self._unsaid.pop(note.agent, None)
            self._records.later(lambda: self._write(note, now))
            return
        self._unsaid[note.agent] = note
        if self._is_required(note.campaign):
            self._records.later(lambda: self._write_blank(note.attempt, note.wrapup_seconds))
        else:
            self._records.wrapup(note.attempt, note.wrapup_seconds)

    def late_word(
        self, agent: str, disposition: str, call_back_at: float | None, owner: str, now: float
    ) -> bool:
        """What a rep says of the last call when the wrap-up is over. False: there is none."""
        note = self._unsaid.pop(agent, None)
        if note is None:
            return False
        late = replace(
            note, disposition=disposition, call_back_at=call_back_at, call_back_owner=owner
        )
        self._records.later(lambda: self._write(late, now))
        return True

    async def _write(self, note: cmd.NoteWrapup, now: float) -> None:
        record = await self._store.attempts.get(note.attempt)
        if record is not None:
            rule = self._rule(note, record, now)
            next_ = await self._agreed(note, record, rule, now)
            await self._say(note, note.wrapup_seconds, next_, now, group=_group(rule))

    async def _say(
        self,
        note: cmd.NoteWrapup,
        seconds: float | None,
        next_: LeadNext | None,
        now: float,
        *,
        group: DispositionGroup | None,
        by: Said = _THE_REP,
    ) -> None:
        """The rep's word, and what it does to lead and number, at one stroke. `group`: of the word,
        which figures count by whatever becomes of the lead.
        """
        never_again = next_ is not None and next_.state is LeadState.DNC
        await self._store.attempts.wrapup(
            note.attempt,
            wrapup_seconds=seconds,
            disposition=note.disposition,
            lead=next_,
            dnc_from=now if never_again else None,
            group=group,
            said=by,
        )

    def _rule(self, note: cmd.NoteWrapup, record: Cdr, now: float) -> LeadNext | None:
        return self._leads.after_disposition(
            self._directory.campaign_id(record.campaign),
            note.disposition or "",
            agent=note.agent,
            now=now,
            call_back_at=note.call_back_at,
        )

    async def _agreed(
        self, note: cmd.NoteWrapup, record: Cdr, next_: LeadNext | None, now: float
    ) -> LeadNext | None:
        """With the callback, where one was agreed on."""
        if next_ is None:
            return None
        said = replace(note, lead=record.lead_id, campaign=record.campaign)
        campaign_id = self._directory.campaign_id(record.campaign)
        return await self._desk.agree(said, campaign_id, next_, now)

    # --- nobody said anything ---------------------------------------------------------------------

    def nobody_says(self, attempt: str, campaign: str) -> None:
        """The call's rep is not here any more."""
        if self._is_required(campaign):
            self._records.later(lambda: self._write_blank(attempt, None))

    async def _write_blank(self, attempt: str, seconds: float | None) -> None:
        """Never over a word: of two reps in a call one may have said something."""
        record = await self._store.attempts.get(attempt)
        said = record is not None and record.disposition is not None
        await self._store.attempts.wrapup(
            attempt, wrapup_seconds=seconds, disposition=None if said else NO_DISPOSITION
        )

    def _is_required(self, campaign: str) -> bool:
        plan = self._directory.plan(campaign)
        return plan is not None and plan.disposition_required

    # --- later ------------------------------------------------------------------------------------

    async def complete(
        self, note: cmd.NoteWrapup, now: float, by: Said = _THE_REP
    ) -> Refusal | None:
        """The result of an older call that has none. It is written when this returns.

        A lead that has been called since goes by its newer call, unless it asked to be left alone.
        """
        record = await self._store.attempts.get(note.attempt)
        if record is None or record.ended_at is None:
            return Refusal("no-such-call", "there is no such call that has ended")
        if record.disposition not in {None, NO_DISPOSITION}:
            return Refusal("has-result", f"this call has its result: {record.disposition}")
        await self._say_late(note, record, self._rule(note, record, now), now, by)
        return None

    async def correct(
        self,
        note: cmd.NoteWrapup,
        was: str | None,
        now: float,
        *,
        at_any_time: bool,
        by: Said = _THE_REP,
    ) -> Refusal | None:
        """Another result in the place of `was`: what that one did to the lead is undone. It is
        written when this returns.

        Nobody takes a callee off the do-not-call list by it: that is a deed of its own.
        """
        record = await self._store.attempts.get(note.attempt)
        if record is None or record.ended_at is None:
            return Refusal("no-such-call", "there is no such call that has ended")
        said = None if record.disposition == NO_DISPOSITION else record.disposition
        if said is None:
            return await self.complete(note, now, by)
        if said == note.disposition:
            return None
        if said != was:
            return Refusal("changed-since", f"somebody has said {said!r} of this call meanwhile")
        ago_s = 0.0 if at_any_time else now - record.ended_at
        if (refusal := self._stands(record, said, ago_s, now)) is not None:
            return refusal
        await self._take_back_callback(record, now)
        next_ = self._rule(note, record, now) or LeadNext(LeadState.DONE, now)
        await self._say_late(note, record, next_, now, by)
        return None

    def _stands(self, record: Cdr, said: str, ago_s: float, now: float) -> Refusal | None:
        """Why what was said of a call so long ago is not changed."""
        plan = self._directory.plan(record.campaign)
        limit_s = plan.result_change_s if plan is not None else 0.0
        if ago_s > limit_s:
            why = f"results can be changed for {limit_s / 60:g} min after a call"
            return Refusal("too-late-to-change", why)
        next_ = self._leads.after_disposition(
            self._directory.campaign_id(record.campaign), said, agent="", now=now
        )
        if next_ is None or next_.state is not LeadState.DNC:
            return None
        why = "the callee asked not to be called: the do-not-call list is changed first"
        return Refusal("do-not-call-stays", why)

    async def _take_back_callback(self, record: Cdr, now: float) -> None:
        """The time that was agreed on in this call, if it is still to come."""
        agreed = await self._store.callbacks.of_lead(record.lead_id)
        if agreed is not None and agreed.attempt_id == record.attempt_id:
            await self._store.callbacks.settle(agreed.id, "dropped", now=now)

    async def _say_late(
        self,
        note: cmd.NoteWrapup,
        record: Cdr,
        next_: LeadNext | None,
        now: float,
        by: Said,
    ) -> None:
        group = _group(next_)
        lead = await self._store.leads.get(record.lead_id)
        is_last = lead is None or (lead.last_call_at or 0.0) <= record.placed_at
        if is_last:
            next_ = await self._agreed(note, record, next_, now)
        elif next_ is not None and next_.state is not LeadState.DNC:
            next_ = None
        await self._say(note, record.wrapup_seconds, next_, now, group=group, by=by)
        before = self._unsaid.get(note.agent)
        if before is not None and before.attempt == note.attempt:
            del self._unsaid[note.agent]

    # --- after a restart --------------------------------------------------------------------------

    async def left_by(self, session: AgentSession) -> CallLeft | None:
        """The call this rep was writing up when the last engine ended; None: none."""
        agent = session.agent_id
        calls = await self._store.desk.calls_of(agent, limit=LOOK_AT)
        talks = (call for call in calls if call.agent == agent and call.ended_at is not None)
        last = next(talks, None)
        if last is None or not _is_unwritten(last) or (last.ended_at or 0.0) < session.logged_in_at:
            return None
        # The very same text as the default's: a replay must leave it out as the log does.
        mode = cast("CallMode", sys.intern(last.mode))
        return CallLeft(last.attempt_id, last.lead_id, last.campaign, mode)

    async def close_left(
        self, ids: Mapping[str, str], taken_up: Collection[str], now: float
    ) -> None:
        """What a crash left unsaid, and nobody takes up again. `ids` of campaigns by name."""
        required = [an_id for name, an_id in ids.items() if self._is_required(name)]
        if not required:
            return
        left = await self._store.desk.unsaid(
            campaign_ids=required, since=now - LEFT_SINCE_S, limit=MOST_LEFT
        )
        for call in left:
            if _is_unwritten(call) and call.attempt_id not in taken_up:
                self.nobody_says(call.attempt_id, call.campaign)


def _is_unwritten(call: PastCall) -> bool:
    return call.wrapup_seconds is None and call.disposition is None


def _group(rule: LeadNext | None) -> DispositionGroup | None:
    return None if rule is None else rule.result_group

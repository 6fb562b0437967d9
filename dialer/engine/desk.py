"""What floors tell of reps' days and of leads that are one rep's, written down: times at work,
calls that were missed, leads that were passed over, callbacks that were agreed and kept.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from dialer.engine.offers import Offers
from dialer.engine.plans import CampaignPlan
from dialer.floor import commands as cmd
from dialer.floor.state import Floor
from dialer.ids import new_id
from dialer.ports.callbacks import lead_until, result_of
from dialer.ports.desk import Callback, Mishap, Note, WorkTime
from dialer.ports.leads import Leads, ToDial
from dialer.ports.observer import Observer
from dialer.ports.store import AgentSession, LeadNext, Store
from dialer.words import LeadState

Write = Callable[[], Awaitable[object]]
#: What a disposition ends: nobody calls back a lead that has bought.
_OVER = {LeadState.DONE, LeadState.DEAD, LeadState.DNC}


class DeskBook:
    """`later` does a write after all that was asked for before; `plan_of` knows campaigns; `offset`
    is what a floor's time lacks to the wall's.
    """

    def __init__(
        self,
        *,
        store: Store,
        leads: Leads,
        offers: Offers,
        plan_of: Callable[[str], CampaignPlan | None],
        later: Callable[[Write], None],
        work_time: Callable[[WorkTime], None],
        observer: Observer,
        offset: Callable[[], float] = float,
    ) -> None:
        self._store, self._leads, self._offers = store, leads, offers
        self._plan_of, self._later, self._work_time = plan_of, later, work_time
        self._observer, self._offset = observer, offset
        #: The state each rep is in: pool, state, reason, since when (steady).
        self._now_in: dict[str, tuple[str, str, str, float]] = {}

    # --- times at work ----------------------------------------------------------------------------

    def agent_moved(self, floor: Floor, moved: cmd.AgentMoved) -> WorkTime | None:
        """A stretch of the day is over when the state that screens show changes, or the reason.

        Returns the stretch that is over.
        """
        state = "ready" if moved.state == "reserved" else moved.state
        reason = moved.reason if state == "paused" else ""
        before = self._now_in.get(moved.agent)
        if before is not None and before[1:3] == (state, reason):
            return None
        ended = self._end(moved.agent, floor.now)
        if state != "out":
            self._now_in[moved.agent] = floor.pool, state, reason, floor.now
        return ended

    def _end(self, agent: str, now: float) -> WorkTime | None:
        before = self._now_in.pop(agent, None)
        if before is None or now <= before[3]:
            return None
        pool, state, reason, began = before
        offset = self._offset()
        ended = WorkTime(
            agent_id=agent, pool=pool, state=state, reason=reason,
            began_at=began + offset, ended_at=now + offset,
        )  # fmt: skip
        self._work_time(ended)
        return ended

    def gap(self, session: AgentSession, last: float, now: float) -> None:
        """No engine ran since the last stretch: a rep who was here counts as what he was."""
        began = max(last, session.logged_in_at)
        is_paused = session.state == "paused"
        if began < now:
            self._work_time(
                WorkTime(
                    agent_id=session.agent_id, pool=session.pool, began_at=began, ended_at=now,
                    state="paused" if is_paused else "ready",
                    reason=session.reason if is_paused else "",
                )
            )  # fmt: skip

    def close(self, now: float) -> None:
        """The engine stops at `now` (steady): what has passed of every stretch is kept."""
        for agent in list(self._now_in):
            self._end(agent, now)

    # --- missed calls, leads passed over ----------------------------------------------------------

    def mishap(self, note: cmd.NoteMishap) -> None:
        row = Mishap(
            id=new_id(), at=note.at, agent_id=note.agent, attempt_id=note.attempt,
            slug=note.slug, figures=dict(note.figures),
        )  # fmt: skip
        self._later(lambda: self._store.desk.add_mishap(row))

    def skip(self, floor: Floor, order: cmd.SkipLead) -> None:
        """Not shown again for a while, with the reason in the lead's notes."""
        to_dial = self._offers.forget(order.attempt)
        plan = self._plan_of(order.campaign)
        now = floor.now + self._offset()
        until = now + 60.0 * (plan.skip_minutes if plan is not None else 60.0)
        note = Note(
            id=new_id(), lead_id=order.lead, attempt_id=None, at=now, who=order.agent,
            text=order.reason, kind="skip",
        )  # fmt: skip
        self._later(lambda: self._put_off(order.lead, until, note, to_dial))

    async def _put_off(self, lead: str, until: float, note: Note, to_dial: ToDial | None) -> None:
        await self._leads.put_off([lead], until)
        await self._store.notes.add(note)
        if to_dial is not None and to_dial.callback is not None:
            await self._store.callbacks.postpone(to_dial.callback.id, until, "skipped")

    # --- callbacks --------------------------------------------------------------------------------

    async def agree(
        self, note: cmd.NoteWrapup, campaign_id: str, next_: LeadNext, now: float
    ) -> LeadNext:
        """What a rep agreed on, written down; what becomes of the lead till then.

        Said again after a failed write it is the same callback.
        """
        if next_.state is not LeadState.RETRY or note.call_back_at is None:
            if next_.state in _OVER:
                await self._settle_open(note)
            return next_
        callback = Callback(
            id=note.attempt, campaign_id=campaign_id, lead_id=note.lead, attempt_id=note.attempt,
            made_by=note.agent, owner=note.agent if note.call_back_owner == "me" else None,
            due_at=note.call_back_at, created_at=now, try_at=note.call_back_at,
        )  # fmt: skip
        await self._store.callbacks.plan(callback)
        until = lead_until(callback, self._grace_of(note.campaign), next_.priority)
        return until if until.owner is not None else _kept(until, next_)

    async def _settle_open(self, note: cmd.NoteWrapup) -> None:
        """A lead that is over needs no callback: this very call was it."""
        open_ = await self._store.callbacks.of_lead(note.lead) if note.lead else None
        if open_ is not None:
            await self._settle(open_, note.campaign, open_.due_at, note.attempt, "connected")

    def called_back(self, record: cmd.CloseAttempt, to_dial: ToDial | None) -> None:
        """The call that was agreed on has been made, whatever came of it."""
        callback = None if to_dial is None else to_dial.callback
        if callback is not None:
            made, placed = callback, record.placed_at
            self._later(
                lambda: self._settle(made, record.campaign, placed, record.attempt, record.outcome)
            )

    def not_called_back(self, to_dial: ToDial, again_at: float) -> None:
        """The call that was agreed on never left for its number: it is still to be made."""
        callback = to_dial.callback
        if callback is not None:
            put_off = callback
            self._later(lambda: self._store.callbacks.postpone(put_off.id, again_at, "trunk"))

    async def _settle(
        self, callback: Callback, campaign: str, dialed_at: float, attempt: str, outcome: str
    ) -> None:
        result = result_of(callback, self._grace_of(campaign), dialed_at)
        done = await self._store.callbacks.settle(
            callback.id, result, now=dialed_at, outcome=outcome, dialed_as=attempt
        )
        if done is not None:
            self._observer.callback(campaign, result)

    def _grace_of(self, campaign: str) -> float:
        plan = self._plan_of(campaign)
        return plan.callback_grace_s if plan is not None else 900.0


def _kept(until: LeadNext, by_rule: LeadNext) -> LeadNext:
    """Anyone's, the rep first whom the disposition keeps."""
    return LeadNext(until.state, until.next_call_at, until.priority, by_rule.owner)

"""Callbacks that come due, and calls that reps ask for: claimed, through the gate, to the floor."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import structlog

from dialer.engine.offers import Offers
from dialer.engine.plans import CampaignPlan
from dialer.engine.runner import FloorRunner
from dialer.floor import AgentState
from dialer.floor import events as ev
from dialer.ids import new_id
from dialer.ports.callbacks import is_anyones, result_of
from dialer.ports.clock import FloorClock
from dialer.ports.control import Refusal
from dialer.ports.desk import Callback
from dialer.ports.leads import Leads, RefusedLead, ToDial
from dialer.ports.observer import Observer
from dialer.ports.store import Campaign, Lead, LeadNext, LeadNumber, NewLead, Store
from dialer.words import CallMode, CampaignState, LeadState

log = structlog.get_logger(__name__)

#: So many at once; the others a second later.
AT_ONCE = 50
#: One that cannot be offered now (its rep is out, its lead is in a call) is looked at again.
AGAIN_S = 10.0
#: One that was offered, should it have come back.
OFFERED_AGAIN_S = 30.0
#: What the gate refuses without saying till when.
REFUSED_AGAIN_S = 3600.0
#: A number that a rep has just dialed is not the pacer's for so long.
NOT_YET_S = 60.0
_OVER = {LeadState.DONE, LeadState.DEAD, LeadState.DNC}


class Clerk:
    """The dictionaries are the engine's own, and change with it."""

    def __init__(
        self,
        *,
        store: Store,
        leads: Leads,
        offers: Offers,
        clock: FloorClock,
        observer: Observer,
        runners: Mapping[str, FloorRunner],
        campaigns: Mapping[str, Campaign],
        plan_of: Callable[[str], CampaignPlan | None],
    ) -> None:
        self._store, self._leads, self._offers = store, leads, offers
        self._clock, self._observer = clock, observer
        self._runners, self._campaigns, self._plan_of = runners, campaigns, plan_of

    # --- callbacks --------------------------------------------------------------------------------

    async def look(self) -> None:
        """Offer what is due."""
        running = {
            it.id: it.name for it in self._campaigns.values() if it.state is CampaignState.RUNNING
        }
        if not running:
            return
        now = self._clock.now()
        for callback in await self._store.callbacks.due(
            now, campaign_ids=list(running), limit=AT_ONCE
        ):
            plan = self._plan_of(running[callback.campaign_id])
            if plan is not None and plan.pool in self._runners:
                await self._offer(callback, plan, self._runners[plan.pool], now)

    async def _offer(
        self, callback: Callback, plan: CampaignPlan, runner: FloorRunner, now: float
    ) -> None:
        lead = await self._store.leads.get(callback.lead_id)
        if lead is None or lead.state in _OVER or _was_called(lead, callback):
            await self._close(callback, plan, lead, now)
            return
        anyones = is_anyones(callback, plan.callback_grace_s, now)
        if not anyones and not _is_here(runner, callback.owner):
            await self._again(callback, plan, now, AGAIN_S, "rep-not-here")
            return
        taken = await self._leads.take_one(callback.lead_id, now)
        if isinstance(taken, ToDial):
            self._hand_over(callback, taken, plan, runner, anyones=anyones)
            await self._again(callback, plan, now, OFFERED_AGAIN_S, "")
        elif isinstance(taken, RefusedLead):
            await self._refused(callback, taken, plan, now)
        else:
            await self._again(callback, plan, now, AGAIN_S, callback.why)

    async def _again(
        self, callback: Callback, plan: CampaignPlan, now: float, wait_s: float, why: str
    ) -> None:
        """Later; but at the moment when anyone may call it, whatever there was before."""
        at, falls = now + wait_s, callback.due_at + plan.callback_grace_s
        at = falls if now < falls < at else at
        await self._store.callbacks.postpone(callback.id, at, why)

    def _hand_over(
        self,
        callback: Callback,
        taken: ToDial,
        plan: CampaignPlan,
        runner: FloorRunner,
        *,
        anyones: bool,
    ) -> None:
        offer = self._offered(ToDial(taken.lead, taken.number, callback), "callback")
        if anyones or callback.owner is None:
            runner.post(ev.CallbackOffered(plan.name, offer))
        else:
            until = callback.due_at + plan.callback_grace_s - self._clock.offset()
            runner.post(ev.CallbackDue(callback.owner, plan.name, offer, until))

    def _offered(self, to_dial: ToDial, mode: CallMode) -> ev.Offer:
        attempt, lead = new_id(), to_dial.lead
        self._offers.keep(attempt, to_dial)
        return ev.Offer(attempt=attempt, lead=lead.id, sticky=lead.owner, mode=mode)

    async def _refused(
        self, callback: Callback, taken: RefusedLead, plan: CampaignPlan, now: float
    ) -> None:
        refusal = taken.refusal
        self._observer.blocked(plan.name, refusal.rule)
        if refusal.rule == "dnc" and refusal.until is None:
            await self._store.leads.set_next(callback.lead_id, LeadNext(LeadState.DNC, now))
            await self._close(callback, plan, None, now)
            return
        until = now + REFUSED_AGAIN_S if refusal.until is None else max(refusal.until, now + 1.0)
        await self._store.callbacks.postpone(callback.id, until, refusal.rule)

    async def _close(
        self, callback: Callback, plan: CampaignPlan, lead: Lead | None, now: float
    ) -> None:
        """It was called by another way; or it never will be."""
        called = lead is not None and _was_called(lead, callback)
        at = (lead.last_call_at or now) if lead is not None else now
        result = result_of(callback, plan.callback_grace_s, at) if called else "dropped"
        if await self._store.callbacks.settle(callback.id, result, now=now) is not None:
            self._observer.callback(plan.name, result)

    # --- calls that reps ask for ------------------------------------------------------------------

    async def dial(
        self, runner: FloorRunner, agent: str, campaign: str, lead: str | None, number: str | None
    ) -> Refusal | None:
        """Call this lead, or this number (E.164), for this rep alone; or why not."""
        known = self._campaigns.get(campaign)
        if known is None or campaign not in runner.floor.campaigns:
            return Refusal("no-such-campaign", f"no campaign {campaign!r} in this rep's pool")
        found = await self._lead(known.id, lead, number)
        if found is not None:
            return await self._dial(runner, agent, campaign, found, number)
        if number is None:
            return Refusal("no-such-lead", "there is no such lead in this campaign")
        added = await self._added(known.id, agent, number)
        if added is None:
            return Refusal("lead-taken", "this number has just been added to the campaign: repeat")
        refusal = await self._dial(runner, agent, campaign, added, number)
        if refusal is not None:
            # Nobody has called it, and on no list does it stand: the pacer must not call it either.
            over = LeadNext(LeadState.DONE, self._clock.now())
            await self._store.leads.set_next(added.id, over)
        return refusal

    async def _dial(
        self, runner: FloorRunner, agent: str, campaign: str, found: Lead, number: str | None
    ) -> Refusal | None:
        taken = await self._leads.take_one(
            found.id, self._clock.now(), also_over=True, number=number
        )
        if isinstance(taken, RefusedLead):
            self._observer.blocked(campaign, taken.refusal.rule)
            return Refusal(f"gate-{taken.refusal.rule.replace('_', '-')}", taken.refusal.why)
        if taken is None:
            return _not_taken(found)
        if found.state in _OVER:
            taken = ToDial(taken.lead, taken.number, taken.callback, found.state)
        offer = self._offered(taken, "manual")
        error = runner.ask(ev.DialAsked(agent, campaign, offer))
        if error is None:
            return None
        self._offers.forget(offer.attempt)
        await self._leads.give_back([offer.lead])
        return Refusal("not-now", f"cannot dial: {error.state}")

    async def _lead(self, campaign_id: str, lead: str | None, number: str | None) -> Lead | None:
        if lead is not None:
            found = await self._store.leads.get(lead)
            return found if found is not None and found.campaign_id == campaign_id else None
        return None if number is None else await self._store.leads.find(campaign_id, number)

    async def _added(self, campaign_id: str, agent: str, number: str) -> Lead | None:
        """A lead of this number, the rep's; None: somebody else was faster."""
        now = self._clock.now()
        new = NewLead(
            numbers=[LeadNumber(number)],
            owner=agent,
            list_name="dialed",
            # Till then nobody takes it but who asked for it.
            next_call_at=now + NOT_YET_S,
        )
        added = await self._store.leads.add(campaign_id, [new], now=now)
        return await self._store.leads.get(added.lead_ids[0]) if added.lead_ids else None


def _is_here(runner: FloorRunner, agent: str | None) -> bool:
    known = runner.floor.agents.get(agent or "")
    return known is not None and known.state is not AgentState.OUT


def _was_called(lead: Lead, callback: Callback) -> bool:
    """Since the agreed time, by whatever way."""
    return lead.last_call_at is not None and lead.last_call_at >= callback.due_at


def _not_taken(lead: Lead) -> Refusal:
    if lead.state is LeadState.DNC:
        return Refusal("gate-dnc", "asked not to be called")
    return Refusal("lead-taken", "this lead is in a call, or on its way to one")

"""What people and programs may ask of the running engine, one method per wish."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from dialer.engine.engine import Engine
from dialer.engine.listening import Listening
from dialer.engine.restore import logged_in
from dialer.engine.seen import (
    call_seen,
    campaigns_seen,
    day_seen,
    ended_seen,
    rep_anywhere,
    rep_seen,
)
from dialer.engine.views import desk_view
from dialer.floor import AgentState, ImpossibleEvent
from dialer.floor import events as ev
from dialer.floor.commands import NoteWrapup
from dialer.ports.control import AgentView, DeskView, FloorView, Refusal
from dialer.ports.store import Agent, Said, StoreError
from dialer.words import AgentOrder, CallBackOwner, CampaignState

#: Counting leads reads the whole list: screens get a figure of at most this age.
LEAD_COUNTS_AGE_S = 5.0


class EngineControl:
    """`listening`: who listens in; without it nobody can."""

    def __init__(self, engine: Engine, listening: Listening | None = None) -> None:
        self._engine = engine
        self.listening = listening
        self._lead_counts: dict[str, Mapping[str, int]] = {}
        self._counted_at = 0.0

    # --- looking ----------------------------------------------------------------------------------

    def floors(self) -> list[str]:
        return list(self._engine.runners)

    def floor(self, pool: str) -> FloorView | None:
        runner = self._engine.runners.get(pool)
        if runner is None:
            return None
        engine, floor = self._engine, runner.floor
        reps = (rep_seen(engine, self.listening, pool, it) for it in list(floor.agents))
        calls = (call_seen(engine, self.listening, pool, it) for it in list(floor.attempts))
        return FloorView(
            pool=pool,
            at=engine.clock.now(),
            switch_up=floor.switch_up,
            agents=[rep for rep in reps if rep is not None],
            calls=[call for call in calls if call is not None],
            campaigns=campaigns_seen(engine, pool, self.states_of(pool), self._lead_counts),
            last_ended=ended_seen(engine, pool),
            pacing=floor.pacer.explain(),
            day=day_seen(engine, pool),
        )

    def agent(self, agent: str) -> AgentView | None:
        return rep_anywhere(self._engine, self.listening, agent)

    def states_of(self, pool: str) -> dict[str, str]:
        """The states of a pool's campaigns by name."""
        plans = [plan.name for plan in self._engine.plans.campaigns if plan.pool == pool]
        states = self._engine.campaign_states
        return {name: states[name] for name in plans if name in states}

    @property
    def lead_counts(self) -> Mapping[str, Mapping[str, int]]:
        """Leads by campaign and state, as last counted."""
        return self._lead_counts

    async def count_leads(self) -> None:
        """Refresh the lead counts that `floor` shows, unless they are fresh."""
        now = self._engine.clock.steady()
        if now - self._counted_at < LEAD_COUNTS_AGE_S:
            return
        self._counted_at = now
        for name, campaign in self._engine.campaigns.items():
            counts = await self._engine.store.leads.counts(campaign.id)
            self._lead_counts[name] = {state.value: count for state, count in counts.items()}

    # --- reps -------------------------------------------------------------------------------------

    async def agent_login(self, agent: str) -> Refusal | None:
        known = await self._find(agent)
        if known is None or not known.enabled:
            return Refusal("no-such-agent", f"no rep {agent!r}: add them with 'dialer rep add'")
        runner = self._engine.runners.get(known.pool)
        if runner is None:
            return Refusal(
                "no-such-pool", f"{agent} belongs to pool {known.pool!r}, not configured"
            )
        if (elsewhere := self._elsewhere(known)) is not None:
            return elsewhere
        self._engine.agents[known.id] = known
        campaigns = self._engine.moves.campaigns_of(known.id)
        return _refusal(known, runner.ask(logged_in(known, campaigns)))

    async def agent_ready(self, agent: str) -> Refusal | None:
        known = self._known(agent)
        if known is not None and (pool := self._engine.moves.moving_to(known.id)):
            return Refusal("moving", f"{known.name} is on the way to pool {pool!r}")
        return self._ask(agent, ev.ReadyAsked)

    async def agent_pause(self, agent: str, reason: str) -> Refusal | None:
        return self._ask(agent, lambda key: ev.PauseAsked(key, reason))

    async def agent_logout(self, agent: str) -> Refusal | None:
        refusal = self._ask(agent, ev.LogoutAsked)
        if refusal is None and (known := self._known(agent)) is not None:
            self._engine.moves.stays_out(known.id)
        return refusal

    async def agent_move(
        self, agent: str, pool: str, campaigns: tuple[str, ...] | None
    ) -> Refusal | None:
        known = await self._find(agent)
        if known is None:
            return Refusal("no-such-agent", f"no rep {agent!r}: add them with 'dialer rep add'")
        return await self._engine.moves.move(known, pool, campaigns)

    def ordered(self, agent: str, order: AgentOrder, by: str) -> None:
        self._engine.moves.ordered(agent, order, by)

    async def agent_hangup(self, agent: str) -> Refusal | None:
        return self._ask(agent, ev.HangupAsked)

    async def agent_finish(
        self,
        agent: str,
        disposition: str | None,
        then_pause: bool = False,
        call_back_at: float | None = None,
        call_back_owner: CallBackOwner | None = None,
    ) -> Refusal | None:
        if not disposition and self._must_say(agent):
            return Refusal("disposition-missing", "say what came of the call first")
        owner = call_back_owner or ""
        refusal = self._ask(
            agent, lambda key: ev.CallFinished(key, disposition, then_pause, call_back_at, owner)
        )
        if refusal is None or not disposition:
            return refusal
        said = (disposition, call_back_at, owner)
        return None if self._late_word(agent, *said) else refusal

    def _must_say(self, agent: str) -> bool:
        desk = self.desk(agent)
        plan = self._engine.plan(desk.campaign) if desk is not None else None
        return plan is not None and plan.disposition_required

    def _late_word(
        self, agent: str, disposition: str, call_back_at: float | None, owner: str
    ) -> bool:
        """The wrap-up time was over a moment ago: what the rep says of the call still counts."""
        known = self._known(agent)
        if known is None:
            return False
        now = self._engine.clock.now()
        wrapups = self._engine.outlet.wrapups
        return wrapups.late_word(known.id, disposition, call_back_at, owner, now)

    async def agent_complete(
        self,
        agent: str,
        attempt: str,
        disposition: str,
        call_back_at: float | None = None,
        call_back_owner: CallBackOwner | None = None,
    ) -> Refusal | None:
        note = _late_note(agent, attempt, disposition, call_back_at, call_back_owner)
        try:
            return await self._engine.outlet.wrapups.complete(note, self._engine.clock.now())
        except StoreError as error:
            return Refusal("store-failed", f"the result was not kept: {error}")

    async def agent_correct(
        self,
        agent: str,
        attempt: str,
        disposition: str,
        call_back_at: float | None = None,
        call_back_owner: CallBackOwner | None = None,
        *,
        was: str | None,
        at_any_time: bool = False,
        by: Said = Said(),  # noqa: B008  (frozen)
    ) -> Refusal | None:
        note = _late_note(agent, attempt, disposition, call_back_at, call_back_owner)
        wrapups, now = self._engine.outlet.wrapups, self._engine.clock.now()
        try:
            return await wrapups.correct(note, was, now, at_any_time=at_any_time, by=by)
        except StoreError as error:
            return Refusal("store-failed", f"the result was not kept: {error}")

    async def agent_preview_dial(self, agent: str) -> Refusal | None:
        return self._ask(agent, ev.PreviewDialed)

    async def agent_preview_skip(self, agent: str, reason: str) -> Refusal | None:
        return self._ask(agent, lambda key: ev.PreviewSkipped(key, reason))

    async def agent_dial(
        self, agent: str, campaign: str, lead: str | None, number: str | None
    ) -> Refusal | None:
        known = self._known(agent)
        if known is None:
            return Refusal("not-logged-in", f"{agent} is not logged in: 'dialer rep login {agent}'")
        runner = self._engine.runners[known.pool]
        found = runner.floor.agents.get(known.id)
        if found is None or found.state not in _MAY_DIAL:
            state = "out" if found is None else found.state.value
            return Refusal("not-now", f"{known.name} cannot dial while {state}")
        return await self._engine.clerk.dial(runner, known.id, campaign, lead, number)

    def desk(self, agent: str) -> DeskView | None:
        known = self._known(agent)
        runner = None if known is None else self._engine.runners.get(known.pool)
        found = None if runner is None or known is None else runner.floor.agents.get(known.id)
        if runner is None or found is None:
            return None
        return desk_view(runner.floor, found, self._engine.offers.number)

    async def agent_hint_finishing(self, agent: str) -> Refusal | None:
        return self._ask(agent, ev.FinishingHinted)

    def _elsewhere(self, known: Agent) -> Refusal | None:
        """One rep, one floor: whoever changes pools logs out of the old one first."""
        before = self._engine.agents.get(known.id)
        if before is None or before.pool == known.pool or before.pool not in self._engine.runners:
            return None
        there = self._engine.runners[before.pool].floor.agents.get(known.id)
        if there is None or there.state is AgentState.OUT:
            return None
        return Refusal("other-pool", f"{known.name} is logged in to pool {before.pool!r}")

    async def _find(self, agent: str) -> Agent | None:
        by_name = await self._engine.store.agents.by_name(agent)
        return by_name or await self._engine.store.agents.get(agent)

    def _known(self, agent: str) -> Agent | None:
        """A rep who has logged in, by id or by name."""
        agents = self._engine.agents
        return agents.get(agent) or next((a for a in agents.values() if a.name == agent), None)

    def _ask(self, agent: str, make: Callable[[str], ev.AgentEvent]) -> Refusal | None:
        known = self._known(agent)
        if known is None:
            return Refusal("not-logged-in", f"{agent} is not logged in: 'dialer rep login {agent}'")
        runner = self._engine.runners[known.pool]
        return _refusal(known, runner.ask(make(known.id)))

    # --- campaigns --------------------------------------------------------------------------------

    async def campaign_start(self, campaign: str, who: str = "control") -> Refusal | None:
        return await self._set_state(campaign, CampaignState.RUNNING, who)

    async def campaign_pause(self, campaign: str, who: str = "control") -> Refusal | None:
        return await self._set_state(campaign, CampaignState.PAUSED, who)

    async def campaign_stop(self, campaign: str, who: str = "control") -> Refusal | None:
        return await self._set_state(campaign, CampaignState.STOPPED, who)

    async def _set_state(self, name: str, state: CampaignState, who: str) -> Refusal | None:
        engine = self._engine
        plan, campaign = engine.plan(name), engine.campaigns.get(name)
        if plan is None or campaign is None:
            known = ", ".join(engine.campaigns) or "none"
            return Refusal("no-such-campaign", f"no campaign {name!r}; there are: {known}")
        try:
            engine.campaigns[name] = await engine.store.campaigns.set_state(
                campaign.id, state, now=engine.clock.now(), who=who
            )
        except StoreError as error:
            return Refusal("store-failed", f"campaign {name!r} is as it was: {error}")
        engine.tell_campaign(plan)
        return None


def _late_note(
    agent: str, attempt: str, disposition: str, at: float | None, owner: CallBackOwner | None
) -> NoteWrapup:
    return NoteWrapup(
        attempt=attempt,
        agent=agent,
        wrapup_seconds=0.0,
        disposition=disposition,
        call_back_at=at,
        call_back_owner=owner or "",
    )


def _refusal(agent: Agent, error: ImpossibleEvent | None) -> Refusal | None:
    if error is None:
        return None
    wish = _WISHES.get(type(error.event), "do that")
    return Refusal("not-now", f"{agent.name} cannot {wish} while {error.state}")


_MAY_DIAL = {AgentState.PAUSED, AgentState.READY, AgentState.PREVIEW}
_WISHES: dict[type[ev.Event], str] = {
    ev.LoggedIn: "log in",
    ev.ReadyAsked: "get ready",
    ev.PauseAsked: "pause",
    ev.LogoutAsked: "log out",
    ev.HangupAsked: "hang up",
    ev.CallFinished: "finish a call",
    ev.PreviewDialed: "dial the lead shown",
    ev.PreviewSkipped: "skip a lead",
    ev.FinishingHinted: "be about to finish a call",
}

"""An engine's `Control` in memory: reps change state when told; nothing is dialed."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import msgspec

from dialer.ports.control import (
    AgentView,
    CallView,
    CampaignView,
    DeskView,
    EndedView,
    FloorView,
    Refusal,
)
from dialer.ports.rows import Said
from dialer.words import CallBackOwner, PublicState

_CAMPAIGN_MOVES = {"start": "running", "pause": "paused", "stop": "stopped"}


class FakeControl:
    """A `dialer.ports.control.Control`; tests put reps, calls and campaigns in with `add_*`.

    `told` holds every order in the order of arrival, as (method, arguments). A refusal put into
    `refuse[method]` is given to the next call of that method.
    """

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self.agents: dict[str, AgentView] = {}
        self.calls: dict[str, CallView] = {}
        self.campaigns: dict[str, CampaignView] = {}
        self.ended: list[EndedView] = []
        self.desks: dict[str, DeskView] = {}
        self.pools: list[str] = []
        self.switch_up = True
        #: Who corrected results, and why.
        self.said_by: list[Said] = []
        self.told: list[tuple[str, tuple[Any, ...]]] = []
        self.refuse: dict[str, Refusal] = {}

    def add_agent(self, agent: str, *, pool: str = "default", state: PublicState = "out") -> None:
        """A rep the engine knows."""
        self._know(pool)
        self.agents[agent] = AgentView(
            agent=agent, name=agent, pool=pool, state=state, reason="", since=self._clock(),
            phone="", attempt=None, campaign=None, calls=0, talk_seconds=0.0,
        )  # fmt: skip

    def add_campaign(self, campaign: str, *, pool: str = "default", state: str = "stopped") -> None:
        """A campaign the engine knows, without a call so far."""
        self._know(pool)
        self.campaigns[campaign] = CampaignView(
            campaign=campaign, pool=pool, state=state, leads={}, in_progress={}, placed=0
        )

    def add_call(self, call: CallView) -> None:
        self.calls[call.attempt] = call

    def add_ended(self, ended: EndedView) -> None:
        self.ended.append(ended)

    # --- Control ---------------------------------------------------------------------------------

    def floors(self) -> list[str]:
        return list(self.pools)

    def agent(self, agent: str) -> AgentView | None:
        floors = [floor for pool in self.floors() if (floor := self.floor(pool)) is not None]
        views = [view for floor in floors for view in floor.agents if view.agent == agent]
        return max(views, key=lambda view: view.state != "out", default=None)

    def floor(self, pool: str) -> FloorView | None:
        if pool not in self.pools:
            return None
        campaigns = [view for view in self.campaigns.values() if view.pool == pool]
        names = {view.campaign for view in campaigns}
        return FloorView(
            pool=pool,
            at=self._clock(),
            switch_up=self.switch_up,
            agents=[view for view in self.agents.values() if view.pool == pool],
            calls=[call for call in self.calls.values() if call.campaign in names],
            campaigns=campaigns,
            last_ended=[ended for ended in self.ended if ended.campaign in names],
            pacing={"place": 0, "why": "nothing is dialed here"},
        )

    async def agent_login(self, agent: str) -> Refusal | None:
        return self._move_agent("agent_login", agent, "paused", from_states=("out",))

    async def agent_ready(self, agent: str) -> Refusal | None:
        return self._move_agent("agent_ready", agent, "ready")

    async def agent_pause(self, agent: str, reason: str) -> Refusal | None:
        return self._move_agent("agent_pause", agent, "paused", reason=reason)

    async def agent_logout(self, agent: str) -> Refusal | None:
        return self._move_agent("agent_logout", agent, "out")

    async def agent_hangup(self, agent: str) -> Refusal | None:
        return self._move_agent("agent_hangup", agent, "wrapup", from_states=("talking",))

    async def agent_finish(
        self,
        agent: str,
        disposition: str | None,
        then_pause: bool = False,
        call_back_at: float | None = None,
        call_back_owner: CallBackOwner | None = None,
    ) -> Refusal | None:
        state = "paused" if then_pause else "ready"
        said: tuple[Any, ...] = (disposition, then_pause)
        said += () if call_back_at is None else (call_back_at,)
        said += () if call_back_owner is None else (call_back_owner,)
        return self._move_agent("agent_finish", agent, state, *said, from_states=("wrapup",))

    async def agent_complete(
        self,
        agent: str,
        attempt: str,
        disposition: str,
        call_back_at: float | None = None,
        call_back_owner: CallBackOwner | None = None,
    ) -> Refusal | None:
        self.told.append(("agent_complete", (agent, attempt, disposition)))
        return self.refuse.pop("agent_complete", None)

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
        self.said_by.append(by)
        self.told.append(("agent_correct", (agent, attempt, was, disposition, at_any_time)))
        return self.refuse.pop("agent_correct", None)

    async def agent_preview_dial(self, agent: str) -> Refusal | None:
        return self._move_agent("agent_preview_dial", agent, "dialing", from_states=("preview",))

    async def agent_preview_skip(self, agent: str, reason: str) -> Refusal | None:
        return self._move_agent(
            "agent_preview_skip", agent, "ready", reason, from_states=("preview",)
        )

    async def agent_dial(
        self, agent: str, campaign: str, lead: str | None, number: str | None
    ) -> Refusal | None:
        said = (campaign, lead, number)
        return self._move_agent(
            "agent_dial", agent, "dialing", *said, from_states=("ready", "paused", "preview")
        )

    def desk(self, agent: str) -> DeskView | None:
        return self.desks.get(agent)

    async def agent_hint_finishing(self, agent: str) -> Refusal | None:
        return self._move_agent("agent_hint_finishing", agent, "talking", from_states=("talking",))

    async def agent_move(
        self, agent: str, pool: str, campaigns: tuple[str, ...] | None
    ) -> Refusal | None:
        self.told.append(("agent_move", (agent, pool, campaigns)))
        if refusal := self.refuse.pop("agent_move", None):
            return refusal
        self._know(pool)
        if (view := self.agents.get(agent)) is not None:
            self.agents[agent] = msgspec.structs.replace(view, pool=pool)
        return None

    def ordered(self, agent: str, order: str, by: str) -> None:
        if (view := self.agents.get(agent)) is not None:
            self.agents[agent] = msgspec.structs.replace(view, by=by)

    async def campaign_start(self, campaign: str, who: str = "control") -> Refusal | None:
        return self._move_campaign("start", campaign)

    async def campaign_pause(self, campaign: str, who: str = "control") -> Refusal | None:
        return self._move_campaign("pause", campaign)

    async def campaign_stop(self, campaign: str, who: str = "control") -> Refusal | None:
        return self._move_campaign("stop", campaign)

    # --- how -------------------------------------------------------------------------------------

    def _know(self, pool: str) -> None:
        if pool not in self.pools:
            self.pools.append(pool)

    def _move_agent(
        self,
        method: str,
        agent: str,
        state: str,
        *arguments: Any,
        reason: str = "",
        from_states: tuple[str, ...] = ("ready", "talking", "wrapup", "paused"),
    ) -> Refusal | None:
        said = (agent, reason) if method == "agent_pause" else (agent, *arguments)
        self.told.append((method, said))
        if refusal := self.refuse.pop(method, None):
            return refusal
        view = self.agents.get(agent)
        if view is None:
            return Refusal("unknown-agent", f"there is no rep {agent!r}")
        if view.state not in from_states:
            return Refusal("wrong-state", f"rep {agent!r} is {view.state}")
        self.agents[agent] = msgspec.structs.replace(
            view, state=state, reason=reason, since=self._clock()
        )
        return None

    def _move_campaign(self, verb: str, campaign: str) -> Refusal | None:
        method = f"campaign_{verb}"
        self.told.append((method, (campaign,)))
        if refusal := self.refuse.pop(method, None):
            return refusal
        view = self.campaigns.get(campaign)
        if view is None:
            return Refusal("unknown-campaign", f"there is no campaign {campaign!r}")
        self.campaigns[campaign] = msgspec.structs.replace(view, state=_CAMPAIGN_MOVES[verb])
        return None

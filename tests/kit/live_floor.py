"""A floor whose reps change state when told, for live push: no engine, no calls."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import Any

from msgspec.structs import replace

from dialer.floor.commands import AgentMoved, AttemptMoved, CloseAttempt, Command, Place
from dialer.ports.control import AgentView, CallView, CampaignView, EndedView
from dialer.ports.observer import NoObserver, Observer
from dialer.ports.sight import Figures, Windows
from pacing import PacingSettings, open_pacer

CAMPAIGN = "gold"
_PACING: dict[str, Any] = open_pacer(PacingSettings()).explain()


class LiveFloor:
    """A `Sight` of one pool. `move` steps one rep through ready, talking, wrapup, and tells the
    observer as a floor does.
    """

    def __init__(
        self,
        pool: str = "main",
        reps: int = 0,
        *,
        clock: Callable[[], float] = time.time,
        observer: Observer | None = None,
    ) -> None:
        self.pool, self._clock = pool, clock
        self.observer: Observer = observer or NoObserver()
        self.reps: dict[str, AgentView] = {}
        self.attempts: dict[str, CallView] = {}
        self.over: list[EndedView] = []
        self.placed = 0
        for n in range(reps):
            self.add(f"rep{n:03}")

    def add(self, agent: str) -> None:
        self.reps[agent] = AgentView(
            agent=agent, name=agent.title(), pool=self.pool, state="ready", reason="",
            since=self._clock(), phone="parked", attempt=None, campaign=None, calls=0,
            talk_seconds=0.0,
        )  # fmt: skip

    # --- what happens -----------------------------------------------------------------------------

    def move(self, agent: str) -> None:
        """The rep's next state."""
        rep = self.reps[agent]
        if rep.state == "ready":
            self._tell(*self._talk(rep))
        elif rep.state == "talking":
            self._tell(*self._hang_up(rep))
        else:
            self._tell(self._become(rep, "ready"))

    def move_one(self, rng: random.Random) -> None:
        self.move(rng.choice(list(self.reps)))

    def pause(self, agent: str, reason: str = "") -> None:
        self._tell(self._become(self.reps[agent], "paused", reason=reason))

    def _talk(self, rep: AgentView) -> list[Command]:
        self.placed += 1
        attempt, now = f"call-{self.pool}-{self.placed}", self._clock()
        self.attempts[attempt] = CallView(
            attempt=attempt, campaign=CAMPAIGN, lead=f"lead{self.placed}",
            number=f"+1212555{self.placed % 10_000:04}", phase="talking", since=now,
            placed_at=now, agent=rep.agent,
        )  # fmt: skip
        return [
            Place(attempt, f"lead{self.placed}", CAMPAIGN),
            AttemptMoved(attempt, "talking", "reserved", rep.agent),
            self._become(rep, "talking", attempt=attempt, campaign=CAMPAIGN, phone="bridged"),
        ]

    def _hang_up(self, rep: AgentView) -> list[Command]:
        assert rep.attempt is not None
        call, now = self.attempts.pop(rep.attempt), self._clock()
        talk_s = now - call.since
        self.over = [
            EndedView(rep.attempt, CAMPAIGN, call.number, "connected", rep.agent, now, talk_s),
            *self.over[:19],
        ]
        self.reps[rep.agent] = replace(
            rep, calls=rep.calls + 1, talk_seconds=rep.talk_seconds + talk_s
        )
        closed = CloseAttempt(
            call.attempt, call.lead, CAMPAIGN, "connected", call.placed_at, now, agent=rep.agent
        )
        moved = self._become(
            self.reps[rep.agent], "wrapup", attempt=None, campaign=None, phone="parked"
        )
        return [closed, moved]

    def _become(self, rep: AgentView, state: str, **changes: Any) -> AgentMoved:
        now = self._clock()
        self.reps[rep.agent] = replace(rep, state=state, since=now, **changes)
        return AgentMoved(rep.agent, state, rep.state, now)

    def _tell(self, *commands: Command) -> None:
        self.observer.commands(self.pool, commands)

    # --- Sight ------------------------------------------------------------------------------------

    def pools(self) -> list[str]:
        return [self.pool]

    def pool_of(self, agent: str) -> str | None:
        return self.pool if agent in self.reps else None

    def agents(self, pool: str) -> list[str]:
        return list(self.reps) if pool == self.pool else []

    def calls(self, pool: str) -> list[str]:
        return list(self.attempts) if pool == self.pool else []

    def agent(self, pool: str, agent: str) -> AgentView | None:
        return self.reps.get(agent) if pool == self.pool else None

    def call(self, pool: str, attempt: str) -> CallView | None:
        return self.attempts.get(attempt) if pool == self.pool else None

    def ended(self, pool: str) -> list[EndedView]:
        return self.over if pool == self.pool else []

    def figures(self, pool: str) -> Figures | None:
        if pool != self.pool:
            return None
        talking = len(self.attempts)
        campaign = CampaignView(
            campaign=CAMPAIGN, pool=pool, state="running", leads={"new": 1000},
            in_progress={"talking": talking}, placed=self.placed, answered=self.placed,
            connected=self.placed - talking,
        )  # fmt: skip
        return Figures(True, [campaign], {**_PACING, "place": self.placed})

    def windows(self) -> Windows:
        return {(CAMPAIGN, "day"): (0, self.placed)}

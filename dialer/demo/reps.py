"""Reps who are not people: they work through the HTTP API, as a rep's desktop does."""

from __future__ import annotations

import asyncio
import math
import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import httpx
import structlog

from dialer.tasks import spawn

log = structlog.get_logger(__name__)

#: Lognormal talk and wrap-up times, seconds: median and spread of the logarithm.
TALK_MEDIAN_S, TALK_SIGMA = 22.0, 0.6
WRAPUP_MEDIAN_S, WRAPUP_SIGMA = 5.0, 0.5
DISPOSITIONS = ("not_interested", "callback", "interested", "sale", "wrong_number")
WEIGHTS = (50, 20, 15, 10, 5)
#: Callbacks are agreed for so many seconds ahead, and every second one stays with the rep.
CALLBACK_S = (60.0, 900.0)
NOTES = (
    "Asked for the price twice.", "Decides with her partner.", "Moves house next month.",
    "Wants to hear from the same rep.", "要和家人商量。", "希望下午再联系。", "",
)  # fmt: skip
LOOK_EVERY_S = 0.25


@dataclass(slots=True)
class Plan:
    """What a rep has decided about the call or the paperwork at hand, and by when (loop time)."""

    about: str = ""
    at: float = math.inf


class DemoReps:
    """Looks at the floor four times a second and does what its reps would do."""

    def __init__(self, client: httpx.AsyncClient, names: list[str], pool: str, seed: int) -> None:
        self._client, self._names, self._pool = client, names, pool
        self._rng = random.Random(seed)  # noqa: S311 (behaviour, not secrets)
        self._plans = {name: Plan() for name in names}

    async def log_in(self) -> None:
        for name in self._names:
            await self._tell(name, "login")
            await self._tell(name, "ready")

    async def work(self) -> None:
        """For ever: end calls when their time has come, and write up what was said."""
        while True:
            try:
                await self._look()
            except httpx.HTTPError as error:
                log.warning("the API did not answer", error=str(error))
            await asyncio.sleep(LOOK_EVERY_S)

    async def _look(self) -> None:
        reply = await self._client.get(f"/api/v1/floors/{self._pool}")
        reply.raise_for_status()
        now = asyncio.get_running_loop().time()
        for agent in reply.json()["agents"]:
            if agent["agent"] in self._plans:
                self._consider(agent["agent"], agent["state"], agent["attempt"] or "", now)

    def _consider(self, name: str, state: str, attempt: str, now: float) -> None:
        plan = self._plans[name]
        about = f"{state} {attempt}"
        if plan.about != about:
            plan.about, plan.at = about, now + self._time_for(state)
        elif now >= plan.at:
            plan.at = math.inf
            spawn(self._act(name, state), name=f"{name} {state}")

    def _time_for(self, state: str) -> float:
        if state == "talking":
            return self._rng.lognormvariate(math.log(TALK_MEDIAN_S), TALK_SIGMA)
        if state == "wrapup":
            return self._rng.lognormvariate(math.log(WRAPUP_MEDIAN_S), WRAPUP_SIGMA)
        return math.inf

    async def _act(self, name: str, state: str) -> None:
        if state == "talking":
            await self._tell(name, "hangup")
        else:
            (disposition,) = self._rng.choices(DISPOSITIONS, WEIGHTS)
            await self._tell(name, "finish", self._said(disposition))

    def _said(self, disposition: str) -> dict[str, object]:
        said: dict[str, object] = {"disposition": disposition, "note": self._rng.choice(NOTES)}
        if disposition == "callback":
            at = datetime.now(UTC) + timedelta(seconds=self._rng.uniform(*CALLBACK_S))
            owner = self._rng.choice(("me", "anyone"))
            said |= {"call_back_at": at.isoformat(), "call_back_owner": owner}
        return said

    async def _tell(self, name: str, what: str, body: dict[str, object] | None = None) -> None:
        try:
            reply = await self._client.post(f"/api/v1/agents/{name}/{what}", json=body)
        except httpx.HTTPError as error:
            log.warning("the API did not answer", error=str(error))
            return
        # 409: the callee was faster, or the wrap-up time was over. That is life.
        if reply.is_error and reply.status_code != httpx.codes.CONFLICT:
            log.warning("the API refused", rep=name, what=what, answer=reply.text[:200])

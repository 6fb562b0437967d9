"""From a floor's order to a call on the wire: gate, line, commit, Originate, in that order.

One task takes all orders that have gathered as one batch: the commit to disk is the slow part, and
ten at once cost a tenth each.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import structlog

from dialer.engine.hopper import Hopper
from dialer.engine.plans import CampaignPlan, TrunkPlan
from dialer.engine.tasks import spawn, stop
from dialer.engine.trunks import TrunkBook
from dialer.floor.commands import Place
from dialer.floor.events import Dispatched, Event, NotPlaced, Refused
from dialer.ports.clock import Clock
from dialer.ports.gate import Candidate, Gate
from dialer.ports.leads import ToDial
from dialer.ports.observer import Observer
from dialer.ports.recorder import Recorder
from dialer.ports.store import Attempts, NewAttempt
from dialer.ports.switch import CallToPlace, Switch

log = structlog.get_logger(__name__)


class Directory(Protocol):
    """The engine's present knowledge of campaigns."""

    def plan(self, campaign: str) -> CampaignPlan | None: ...

    def campaign_id(self, campaign: str) -> str: ...


@dataclass(slots=True)
class Order:
    """One order on its way, with what is known of it so far."""

    place: Place
    post: Callable[[Event], None]
    to_dial: ToDial
    plan: CampaignPlan
    trunk: TrunkPlan | None = None
    caller_id: str = ""


class Placer:
    def __init__(
        self,
        *,
        switch: Switch,
        attempts: Attempts,
        gate: Gate,
        hopper: Hopper,
        trunks: TrunkBook,
        recorder: Recorder,
        directory: Directory,
        clock: Clock,
        observer: Observer,
        node: str,
    ) -> None:
        self._switch, self._attempts, self._gate = switch, attempts, gate
        self._hopper, self._trunks, self._recorder = hopper, trunks, recorder
        self._directory, self._clock, self._observer = directory, clock, observer
        self._node = node
        self._orders: list[Order] = []
        self._wake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        #: Attempts that stand in the store and have not been closed.
        self.committed: set[str] = set()

    def start(self) -> None:
        self._task = spawn(self._run(), name="place calls")

    async def close(self) -> None:
        await stop(self._task)

    def order(self, place: Place, post: Callable[[Event], None]) -> None:
        to_dial = self._hopper.offered.get(place.attempt)
        plan = self._directory.plan(place.campaign)
        if to_dial is None or plan is None:
            post(NotPlaced(place.attempt, "campaign_gone"))
            return
        self._orders.append(Order(place, post, to_dial, plan))
        self._wake.set()

    async def _run(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            orders, self._orders = self._orders, []
            try:
                await self._place(orders)
            except Exception as error:
                log.error("calls could not be placed", count=len(orders), error=str(error))
                self._observer.store_failed("open_attempts")
                for order in orders:
                    self._reject(order, NotPlaced(order.place.attempt, "store_failed"))

    async def _place(self, orders: list[Order]) -> None:
        allowed = await self._ask_gate(orders)
        lined = [order for order in allowed if self._take_line(order)]
        if not lined:
            return
        opened = await self._attempts.open([self._new_attempt(order) for order in lined])
        self._send([order for order in lined if self._was_opened(order, opened)])

    async def _ask_gate(self, orders: list[Order]) -> list[Order]:
        candidates = [self._candidate(order) for order in orders]
        refusals = await self._gate.check_many(candidates, self._clock.now())
        allowed = []
        for order, refusal in zip(orders, refusals, strict=True):
            if refusal is None:
                allowed.append(order)
            else:
                self._observer.blocked(order.plan.name, refusal.rule)
                self._reject(order, Refused(order.place.attempt, refusal.rule))
        return allowed

    def _candidate(self, order: Order) -> Candidate:
        lead = order.to_dial.lead
        return Candidate(
            campaign_id=lead.campaign_id,
            lead_id=lead.id,
            number=order.to_dial.number,
            timezone=lead.timezone,
        )

    def _take_line(self, order: Order) -> bool:
        order.trunk = self._trunks.take(order.place.attempt, order.plan, self._clock.now())
        if order.trunk is None:
            self._reject(order, NotPlaced(order.place.attempt, "no_line"))
            return False
        order.caller_id = self._trunks.caller_id(order.plan, order.trunk)
        return True

    def _new_attempt(self, order: Order) -> NewAttempt:
        assert order.trunk is not None
        return NewAttempt(
            attempt_id=order.place.attempt,
            campaign_id=order.to_dial.lead.campaign_id,
            lead_id=order.place.lead,
            number=order.to_dial.number,
            caller_id=order.caller_id,
            trunk=order.trunk.name,
            node=self._node,
            placed_at=self._clock.now(),
        )

    def _was_opened(self, order: Order, opened: frozenset[str]) -> bool:
        if order.place.attempt in opened:
            self.committed.add(order.place.attempt)
            return True
        self._reject(order, Refused(order.place.attempt, "lead_taken"))
        return False

    def _send(self, orders: list[Order]) -> None:
        # The floor hears that the call is out before the switch can say anything about it.
        now = self._clock.now()
        for order in orders:
            assert order.trunk is not None
            order.post(Dispatched(order.place.attempt, now, order.trunk.name, self._node))
            self._observer.originated(order.plan.name, order.trunk.name)
        self._switch.place([self._call(order, now) for order in orders])

    def _call(self, order: Order, now: float) -> CallToPlace:
        plan, attempt = order.plan, order.place.attempt
        assert order.trunk is not None
        return CallToPlace(
            attempt=attempt,
            campaign=plan.name,
            number=order.to_dial.number,
            caller_id=order.caller_id,
            trunk=order.trunk.name,
            ring_timeout_s=plan.rules.ring_timeout,
            connect_within_s=plan.rules.connect_within,
            message=plan.message,
            language=plan.language,
            recording=self._recorder.path_for(attempt, plan.name, now) if plan.record else "",
            detect_machines=plan.detect_machines,
        )

    def _reject(self, order: Order, event: Event) -> None:
        self._trunks.give_back(order.place.attempt)
        order.post(event)

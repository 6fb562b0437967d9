"""From a floor's order to a call on the wire: gate, number, line, commit, Originate, in that order.

One task takes all orders that have gathered as one batch: the commit to disk is the slow part, and
ten at once cost a tenth each.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import structlog

from dialer.engine.in_use import NumbersInUse
from dialer.engine.offers import Offers
from dialer.engine.plans import CampaignPlan, TrunkPlan
from dialer.engine.trunks import TrunkBook
from dialer.floor.commands import Place
from dialer.floor.events import Dispatched, Event, NotPlaced, Refused
from dialer.ports.clock import FloorClock
from dialer.ports.gate import Callee, Gate, Passed
from dialer.ports.leads import ToDial, callee_of
from dialer.ports.observer import Observer
from dialer.ports.reasons import Paced, Reasons
from dialer.ports.recorder import Recorder
from dialer.ports.store import Attempts, NewAttempt
from dialer.ports.switch import CallToPlace, Switch
from dialer.tasks import spawn, stop
from pacing import Seen

log = structlog.get_logger(__name__)

#: A pacer counts calls a second when it orders, a trunk when they go out; so an order may find its
#: second full, and waits for the next rather than being given back.
PATIENCE_S = 1.5
#: The batch that is under way when the engine stops has this long.
CLOSE_WITHIN_S = 10.0


class Directory(Protocol):
    """The engine's present knowledge of campaigns."""

    def plan(self, campaign: str) -> CampaignPlan | None: ...

    def campaign_id(self, campaign: str) -> str: ...


@dataclass(slots=True, eq=False)
class Order:
    """One order on its way, with what is known of it so far."""

    place: Place
    post: Callable[[Event], None]
    to_dial: ToDial
    plan: CampaignPlan
    since: float
    seen: Seen | None = None
    passed: Passed | None = None
    trunk: TrunkPlan | None = None
    caller_id: str = ""
    rejected: bool = False


class Placer:
    """`on_full`: no trunk has a line; called before the floor hears that its order failed."""

    def __init__(
        self,
        *,
        switch: Switch,
        attempts: Attempts,
        gate: Gate,
        offers: Offers,
        trunks: TrunkBook,
        in_use: NumbersInUse,
        recorder: Recorder,
        directory: Directory,
        clock: FloorClock,
        observer: Observer,
        node: str,
        on_full: Callable[[], None] = lambda: None,
    ) -> None:
        self._switch, self._attempts, self._gate = switch, attempts, gate
        self._offers, self._trunks, self._recorder = offers, trunks, recorder
        self._in_use = in_use
        self._directory, self._clock, self._observer = directory, clock, observer
        self._node, self._on_full = node, on_full
        self._orders: list[Order] = []
        self._wake = asyncio.Event()
        self._again: asyncio.TimerHandle | None = None
        self._task: asyncio.Task[None] | None = None
        self._closing = False
        #: Attempts that stand in the store, or may, and have not been closed.
        self.committed: set[str] = set()

    def start(self) -> None:
        self._task = spawn(self._run(), name="place calls")

    async def close(self) -> None:
        """Nothing more goes out. A batch that is being committed is not torn in two."""
        self._closing = True
        self._wake.set()
        if self._again is not None:
            self._again.cancel()
        if self._task is not None:
            await asyncio.wait([self._task], timeout=CLOSE_WITHIN_S)
        await stop(self._task)

    def order(self, place: Place, post: Callable[[Event], None], seen: Seen | None = None) -> None:
        """`seen`: what pacing saw when it wished for this call."""
        to_dial = self._offers.offered.get(place.attempt)
        plan = self._directory.plan(place.campaign)
        if to_dial is None or plan is None or self._closing:
            post(NotPlaced(place.attempt, "stopping" if self._closing else "campaign_gone"))
            return
        self._orders.append(Order(place, post, to_dial, plan, self._clock.steady(), seen))
        self._wake.set()

    async def _run(self) -> None:
        while not self._closing:
            await self._wake.wait()
            self._wake.clear()
            if not self._closing:
                orders, self._orders = self._orders, []
                await self._place(orders)
        for order in self._orders:
            self._reject(order, NotPlaced(order.place.attempt, "stopping"))

    async def _place(self, orders: list[Order]) -> None:
        """Until the commit an order can be taken back; after it the call counts as made."""
        try:
            ready = await self._commit(orders)
            calls = [self._call(order) for order in ready]
        except Exception as error:
            log.error("calls could not be placed", count=len(orders), error=str(error))
            self._observer.store_failed("open_attempts")
            for order in orders:
                if not order.rejected and order not in self._orders:
                    self._reject(order, NotPlaced(order.place.attempt, "store_failed"))
            return
        self._send(ready, calls)

    async def _commit(self, orders: list[Order]) -> list[Order]:
        allowed = await self._ask_gate(orders)
        lined = [order for order in allowed if self._take_number(order) and self._take_line(order)]
        if not lined:
            return []
        # If the answer to the commit is lost it may have been made: then it has to be withdrawn.
        self.committed.update(order.place.attempt for order in lined)
        began = time.perf_counter()
        opened = await self._attempts.open([self._new_attempt(order) for order in lined])
        self._observer.store_took("open", time.perf_counter() - began)
        return [order for order in lined if self._was_opened(order, opened)]

    async def _ask_gate(self, orders: list[Order]) -> list[Order]:
        callees = [self._callee(order) for order in orders]
        answers = await self._gate.weigh_many(callees, self._clock.now())
        allowed = []
        for order, answer in zip(orders, answers, strict=True):
            if isinstance(answer, Passed):
                order.passed = answer
                allowed.append(order)
            else:
                self._refuse(order, answer.rule)
        return allowed

    def _refuse(self, order: Order, rule: str) -> None:
        self._observer.blocked(order.plan.name, rule)
        self._reject(order, Refused(order.place.attempt, rule))

    def _callee(self, order: Order) -> Callee:
        return callee_of(order.to_dial.lead, order.to_dial.number)

    def _take_number(self, order: Order) -> bool:
        """Nobody is rung twice at once: not by an order that passed the gate a moment ago, nor by
        another of the person's numbers.
        """
        if self._in_use.take(order.place.attempt, order.to_dial.numbers):
            return True
        self._refuse(order, "in_call")
        return False

    def _take_line(self, order: Order) -> bool:
        now = self._clock.steady()
        order.trunk = self._trunks.take(
            order.place.attempt, order.plan, now, waited_for=bool(order.place.agent)
        )
        if order.trunk is not None:
            order.caller_id = self._trunks.caller_id(order.plan, order.trunk)
            return True
        opens_at = self._trunks.opens_at(order.plan, now)
        if opens_at is not None and opens_at <= order.since + PATIENCE_S:
            self._put_off(order, opens_at - now)
        else:
            self._on_full()
            self._reject(order, NotPlaced(order.place.attempt, "no_line"))
        return False

    def _put_off(self, order: Order, seconds: float) -> None:
        """Ask everything again then: what the gate said a second ago is not what it says."""
        self._in_use.release(order.place.attempt)
        self._orders.append(order)
        if self._again is None or self._again.when() < asyncio.get_running_loop().time():
            loop = asyncio.get_running_loop()
            self._again = loop.call_later(max(seconds, 0.001), self._wake.set)

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
            mode=order.place.mode,
            for_agent=order.place.agent or None,
            reasons=reasons_of(order),
        )

    def _was_opened(self, order: Order, opened: frozenset[str]) -> bool:
        if order.place.attempt in opened:
            return True
        self.committed.discard(order.place.attempt)
        self._reject(order, Refused(order.place.attempt, "lead_taken"))
        return False

    def _send(self, orders: list[Order], calls: list[CallToPlace]) -> None:
        # The floor hears that the call is out before the switch can say anything about it.
        now = self._clock.steady()
        for order in orders:
            assert order.trunk is not None
            order.post(Dispatched(order.place.attempt, now, order.trunk.name, self._node))
            self._observer.originated(order.plan.name, order.trunk.name)
        if calls:
            self._switch.place(calls)

    def _call(self, order: Order) -> CallToPlace:
        plan, attempt, now = order.plan, order.place.attempt, self._clock.now()
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
        order.rejected = True
        self._in_use.release(order.place.attempt)
        self._trunks.over(order.place.attempt, self._clock.steady())
        self._trunks.give_back(order.place.attempt)
        order.post(event)


def reasons_of(order: Order) -> Reasons:
    """Why it is dialed, as it is known now and would not be later."""
    to_dial = order.to_dial
    lead, callback = to_dial.lead, to_dial.callback
    before = next((it.attempts for it in lead.numbers if it.number == to_dial.number), 0)
    return Reasons(
        lead.list_name,
        lead.attempts + 1,
        before + 1,
        lead.priority,
        lead.next_call_at,
        None if callback is None else callback.due_at,
        None if order.seen is None else Paced(*order.seen),
        order.passed,
    )

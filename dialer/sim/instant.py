"""The engine's own parts without an event loop: what they do takes no time of the machine's.

Placer, hopper and record writer are the engine's; only when their work is done is decided here.
Their ports must answer at once, as those of a simulation do.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Sequence
from typing import Any, TypeVar

from dialer.engine.hopper import Hopper
from dialer.engine.placer import Order, Placer
from dialer.engine.records import RecordWriter, Write
from dialer.floor.commands import Place
from dialer.floor.events import Event, LeadsOffered
from dialer.ports.store import AgentSession, ClosedAttempt
from dialer.sim.timeline import Schedule

T = TypeVar("T")
#: From a floor's order to the Originate on its way: the commit to disk.
COMMIT_S = 0.005
#: From asking for leads to having them.
BRING_S = 0.01


def at_once(coro: Coroutine[Any, Any, T]) -> T:
    """The result of a coroutine that never waits. RuntimeError if it does."""
    try:
        coro.send(None)
    except StopIteration as done:
        result: T = done.value
        return result
    coro.close()
    raise RuntimeError(f"{coro!r} waits for something; in a simulation it must not")


class InstantPlacer(Placer):
    """Orders of one moment go out as one batch, a commit later."""

    schedule: Schedule

    def order(self, place: Place, post: Callable[[Event], None]) -> None:
        first = not self._orders
        super().order(place, post)
        if first and self._orders:
            self.schedule.at(self.schedule.now() + COMMIT_S, self._place_all)

    def _place_all(self) -> None:
        orders: list[Order]
        orders, self._orders = self._orders, []
        at_once(self._place(orders))


class InstantHopper(Hopper):
    """Leads are there a moment after they were asked for."""

    schedule: Schedule

    def bring(self, campaign: str, count: int, post: Callable[[LeadsOffered], None]) -> None:
        def brought() -> None:
            at_once(self._bring(campaign, count, post))

        self.schedule.at(self.schedule.now() + BRING_S, brought)

    def give_back(self, leads: Sequence[str]) -> None:
        for lead in leads:
            attempt = self._attempt_of.pop(lead, None)
            if attempt is not None:
                self.offered.pop(attempt, None)
        at_once(self._leads.give_back(leads))


class InstantRecords(RecordWriter):
    """Nothing is kept waiting."""

    def close_attempt(self, record: ClosedAttempt) -> None:
        at_once(self._store.attempts.close([record]))

    def later(self, write: Write) -> None:
        at_once(_done(write))

    def session(self, agent: str, session: AgentSession | None) -> None:
        """A simulation is never restarted: where reps stood need not be known."""


async def _done(write: Write) -> None:
    await write()

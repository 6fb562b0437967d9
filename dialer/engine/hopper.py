"""Leads on their way to a floor: taken from the store, offered, given back if they are not
dialed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import structlog

from dialer.engine.tasks import spawn
from dialer.floor.events import LeadsOffered, Offer
from dialer.ids import new_id
from dialer.ports.clock import Clock
from dialer.ports.leads import Leads, Taken, ToDial
from dialer.ports.observer import Observer

log = structlog.get_logger(__name__)


class Hopper:
    """Keeps who was offered under which attempt id. Floors know ids only; numbers stay here."""

    def __init__(self, leads: Leads, ids: Mapping[str, str], clock: Clock, observer: Observer):
        self._leads = leads
        self._ids = ids  # campaign name -> id
        self._clock = clock
        self._observer = observer
        self.offered: dict[str, ToDial] = {}
        self._attempt_of: dict[str, str] = {}

    def bring(self, campaign: str, count: int, post: Callable[[LeadsOffered], None]) -> None:
        spawn(self._bring(campaign, count, post), name=f"bring leads of {campaign}")

    async def _bring(self, campaign: str, count: int, post: Callable[[LeadsOffered], None]) -> None:
        offers: list[Offer] = []
        try:
            taken = await self._leads.take(self._ids[campaign], count, self._clock.now())
            offers = self._offer(campaign, taken)
        except Exception as error:
            # The floor must hear something, or it would never ask again.
            log.error("no leads could be taken", campaign=campaign, error=str(error))
        post(LeadsOffered(campaign, offers))

    def _offer(self, campaign: str, taken: Taken) -> list[Offer]:
        for refused in taken.refused:
            self._observer.blocked(campaign, refused.refusal.rule)
        return [self._offer_one(campaign, to_dial) for to_dial in taken.to_dial]

    def _offer_one(self, campaign: str, to_dial: ToDial) -> Offer:
        attempt = new_id()
        self.offered[attempt] = to_dial
        self._attempt_of[to_dial.lead.id] = attempt
        return Offer(attempt=attempt, lead=to_dial.lead.id, sticky=to_dial.lead.owner)

    def give_back(self, leads: Sequence[str]) -> None:
        for lead in leads:
            attempt = self._attempt_of.pop(lead, None)
            if attempt is not None:
                self.offered.pop(attempt, None)
        spawn(self._leads.give_back(leads), name="give leads back")

    def forget(self, attempt: str) -> ToDial | None:
        """The attempt is over; what was offered under its id."""
        to_dial = self.offered.pop(attempt, None)
        if to_dial is not None:
            self._attempt_of.pop(to_dial.lead.id, None)
        return to_dial

    def number(self, attempt: str) -> str:
        to_dial = self.offered.get(attempt)
        return "" if to_dial is None else to_dial.number

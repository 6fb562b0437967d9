"""Leads on their way to a floor: taken from the store, offered, given back if they are not
dialed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence

import structlog

from dialer.floor.events import LeadsOffered, Offer
from dialer.ids import new_id
from dialer.ports.clock import Clock
from dialer.ports.leads import Leads, Taken, ToDial
from dialer.ports.observer import Observer
from dialer.tasks import spawn, stop

log = structlog.get_logger(__name__)

#: A look into the store that takes longer at the end of an engine's life is given up.
CLOSE_WITHIN_S = 5.0


class Offers:
    """Keeps who was offered under which attempt id. Floors know ids only; numbers stay here."""

    def __init__(self, leads: Leads, ids: Mapping[str, str], clock: Clock, observer: Observer):
        self._leads = leads
        self._ids = ids  # campaign name -> id
        self._clock = clock
        self._observer = observer
        self._looks: set[asyncio.Task[None]] = set()
        self.offered: dict[str, ToDial] = {}
        self._attempt_of: dict[str, str] = {}

    def bring(self, campaign: str, count: int, post: Callable[[LeadsOffered], None]) -> None:
        """LeadsOffered follows, in whatever case."""
        look = spawn(self._bring(campaign, count, post), name=f"bring leads of {campaign}")
        self._looks.add(look)
        look.add_done_callback(self._looks.discard)

    async def _bring(self, campaign: str, count: int, post: Callable[[LeadsOffered], None]) -> None:
        offers: list[Offer] = []
        try:
            taken = await self._leads.take(self._ids[campaign], count, self._clock.now())
            offers = self._offer(campaign, taken)
        except Exception as error:
            # The floor must hear something, or it would never ask again.
            self._observer.store_failed("take_leads")
            log.error("no leads could be taken", campaign=campaign, error=str(error))
        post(LeadsOffered(campaign, offers))

    def _offer(self, campaign: str, taken: Taken) -> list[Offer]:
        for refused in taken.refused:
            self._observer.blocked(campaign, refused.refusal.rule)
        return [self._offer_one(to_dial) for to_dial in taken.to_dial]

    def _offer_one(self, to_dial: ToDial) -> Offer:
        attempt = new_id()
        self.keep(attempt, to_dial)
        return Offer(attempt=attempt, lead=to_dial.lead.id, sticky=to_dial.lead.owner)

    def keep(self, attempt: str, to_dial: ToDial) -> None:
        """This lead goes by this attempt id until one of them is forgotten."""
        self.offered[attempt] = to_dial
        self._attempt_of[to_dial.lead.id] = attempt

    def forget_leads(self, leads: Sequence[str]) -> None:
        """Offers that will not be dialed."""
        for lead in leads:
            self.offered.pop(self._attempt_of.pop(lead, ""), None)

    def forget(self, attempt: str) -> ToDial | None:
        """The attempt is over; what was offered under its id."""
        to_dial = self.offered.pop(attempt, None)
        if to_dial is not None and self._attempt_of.get(to_dial.lead.id) == attempt:
            del self._attempt_of[to_dial.lead.id]
        return to_dial

    def number(self, attempt: str) -> str:
        to_dial = self.offered.get(attempt)
        return "" if to_dial is None else to_dial.number

    async def close(self, committed: Collection[str]) -> None:
        """Give back all that was offered and is not a call: it is dialable again at once."""
        if self._looks:
            await asyncio.wait(self._looks, timeout=CLOSE_WITHIN_S)
        await stop(*self._looks)
        leads = [d.lead.id for a, d in self.offered.items() if a not in committed]
        if not leads:
            return
        try:
            await asyncio.wait_for(self._leads.give_back(leads), CLOSE_WITHIN_S)
        except Exception as error:
            log.error("leads are given back by the next start", count=len(leads), error=str(error))

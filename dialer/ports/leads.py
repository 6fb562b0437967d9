"""Where the engine gets whom to call next, and where leads go after an attempt."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from msgspec import Struct

from dialer.ports.desk import Callback
from dialer.ports.gate import Callee, GateRefusal
from dialer.ports.store import Lead, LeadNext
from dialer.words import Fate, LeadState, Outcome


class ToDial(Struct, frozen=True):
    """A claimed lead and which of its numbers to dial; the gate has let it pass."""

    lead: Lead
    number: str
    #: The agreed time that this call is to keep.
    callback: Callback | None = None
    #: What the lead was when a rep's own wish claimed it, if it was over.
    over: LeadState | None = None

    @property
    def numbers(self) -> tuple[str, ...]:
        """By which the person may be reached: the one to dial, and the lead's others."""
        return (self.number, *(n.number for n in self.lead.numbers if n.number != self.number))


def callee_of(lead: Lead, number: str) -> Callee:
    """What the gate is asked about this lead and the one of its numbers to dial."""
    return Callee(
        campaign_id=lead.campaign_id,
        lead_id=lead.id,
        number=number,
        timezone=lead.timezone,
        others=tuple(n.number for n in lead.numbers if n.number != number),
    )


class RefusedLead(Struct, frozen=True):
    """A lead the gate refused now; it has been given back, not before `refusal.until`."""

    lead: Lead
    number: str
    refusal: GateRefusal


class Taken(Struct, frozen=True):
    to_dial: list[ToDial]
    refused: list[RefusedLead]
    exhausted: bool  # nothing else is due now


class Leads(Protocol):
    async def take(self, campaign_id: str, count: int, now: float) -> Taken:
        """Up to `count` leads that may be dialed now, claimed durably."""

    async def take_one(
        self, lead_id: str, now: float, *, also_over: bool = False, number: str | None = None
    ) -> ToDial | RefusedLead | None:
        """This lead, out of turn; None: it may not be called, or is in other hands.

        What the gate refuses is as it was. `also_over`: also one that is done or dead. `number`:
        this one of its numbers and no other.
        """

    async def put_off(self, lead_ids: Iterable[str], until: float) -> int:
        """Give leads back that were taken, not before `until`."""

    async def give_back(self, lead_ids: Iterable[str]) -> int:
        """Leads that were taken and not dialed; they keep their place."""

    def after(
        self,
        lead: Lead,
        number: str,
        outcome: Outcome,
        hangup_cause: int | None,
        now: float,
        *,
        number_is: Fate | None = None,
    ) -> LeadNext:
        """What becomes of `lead` after an attempt on `number` (attempts counted before it).

        `number_is`: what the far end's answer says of it; None: only the cause is known.
        """

    def after_disposition(
        self,
        campaign_id: str,
        disposition: str,
        *,
        agent: str,
        now: float,
        call_back_at: float | None = None,
    ) -> LeadNext | None:
        """What a rep's word does to a lead; None: it stays as the outcome left it."""

"""Leads that may be dialed now, claimed one handful at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from dialer.ids import new_id
from dialer.leads.recycle import RecycleRules, after_attempt, after_disposition, numbers_to_try
from dialer.ports.gate import Gate, GateRefusal
from dialer.ports.leads import RefusedLead, Taken, ToDial, callee_of
from dialer.ports.store import Lead, LeadNext, Store
from dialer.words import Fate, LeadState, Outcome

# So many handfuls are looked at in one go when the gate refuses them; the caller asks again soon.
_MAX_CLAIMS = 5
_MIN_CLAIM = 20
# Other refusals without an end (an unknown time zone) may end when someone mends a setting.
_FINAL_RULES = {"dnc", "invalid_number"}
DAY_S = 86_400.0


class Hopper:
    """Implements `dialer.ports.leads.Leads` over the store and the gate."""

    def __init__(
        self,
        store: Store,
        gate: Gate,
        rules_for: Callable[[str], RecycleRules],
        *,
        claim_id: str | None = None,
    ) -> None:
        self._store = store
        self._gate = gate
        self._rules_for = rules_for
        #: Names this hopper's claims in the database.
        self.claim_id = claim_id or new_id()

    async def take(self, campaign_id: str, count: int, now: float) -> Taken:
        to_dial: list[ToDial] = []
        refused: list[RefusedLead] = []
        for _ in range(_MAX_CLAIMS):
            wanted = count - len(to_dial)
            if wanted <= 0:
                break
            # After refusals look at more at once: a closed zone is often a stretch of the list.
            limit = max(wanted, _MIN_CLAIM) if refused else wanted
            leads = await self._store.leads.claim(
                campaign_id, limit, now=now, claim_id=self.claim_id
            )
            passed, stopped = await self._through_gate(leads, now)
            refused += stopped
            to_dial += passed[:wanted]
            await self.give_back([item.lead.id for item in passed[wanted:]])
            if len(leads) < limit:
                return Taken(to_dial, refused, exhausted=True)
        return Taken(to_dial, refused, exhausted=False)

    async def take_one(
        self, lead_id: str, now: float, *, also_over: bool = False, number: str | None = None
    ) -> ToDial | RefusedLead | None:
        """The first of its numbers that may be called, or the first refusal."""
        lead = await self._store.leads.claim_one(
            lead_id, now=now, claim_id=self.claim_id, also_over=also_over
        )
        if lead is None:
            return None
        try:
            found = await self._choose(lead, now, number)
        except BaseException:
            await self.give_back([lead.id])
            raise
        if not isinstance(found, ToDial):
            await self.give_back([lead.id])
        return found

    async def _choose(
        self, lead: Lead, now: float, number: str | None
    ) -> ToDial | RefusedLead | None:
        numbers = numbers_to_try(lead) if number is None else [number]
        answers = await self._gate.check_many([callee_of(lead, it) for it in numbers], now)
        for each, answer in zip(numbers, answers, strict=True):
            if answer is None:
                return ToDial(lead, each)
        if not numbers:
            return None
        answer = answers[0]
        assert answer is not None
        return RefusedLead(lead, numbers[0], answer)

    async def put_off(self, lead_ids: Iterable[str], until: float) -> int:
        return await self._store.leads.release(lead_ids, next_call_at=until, claim_id=self.claim_id)

    async def give_back(self, lead_ids: Iterable[str]) -> int:
        return await self._store.leads.release(lead_ids, claim_id=self.claim_id)

    async def recover(self, campaign_ids: Iterable[str]) -> int:
        """Give back what an engine that is gone had claimed of these campaigns.

        Only for the engine that now holds them. Leads with an open attempt wait for its close.
        """
        given = [
            await self._store.leads.release_claims(campaign_id=campaign_id)
            for campaign_id in campaign_ids
        ]
        return sum(given)

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
        rules = self._rules_for(lead.campaign_id)
        return after_attempt(
            rules, lead, number, outcome, hangup_cause, now=now, number_is=number_is
        )

    def after_disposition(
        self,
        campaign_id: str,
        disposition: str,
        *,
        agent: str,
        now: float,
        call_back_at: float | None = None,
    ) -> LeadNext | None:
        rules = self._rules_for(campaign_id)
        return after_disposition(
            rules, disposition, now=now, agent_id=agent, call_back_at=call_back_at
        )

    async def _through_gate(
        self, leads: Sequence[Lead], now: float
    ) -> tuple[list[ToDial], list[RefusedLead]]:
        """Each lead with the first of its numbers that may be called now."""
        passed: dict[str, ToDial] = {}
        refusals: dict[str, list[RefusedLead]] = {lead.id: [] for lead in leads}
        waiting = [(lead, numbers_to_try(lead)) for lead in leads]
        while asking := [(lead, numbers) for lead, numbers in waiting if numbers]:
            callees = [callee_of(lead, numbers[0]) for lead, numbers in asking]
            answers = await self._gate.check_many(callees, now)
            waiting = []
            for (lead, numbers), answer in zip(asking, answers, strict=True):
                if answer is None:
                    passed[lead.id] = ToDial(lead, numbers[0])
                else:
                    refusals[lead.id].append(RefusedLead(lead, numbers[0], answer))
                    waiting.append((lead, numbers[1:]))
        stopped = [lead for lead in leads if lead.id not in passed]
        await self._put_off(stopped, refusals, now)
        in_order = [passed[lead.id] for lead in leads if lead.id in passed]
        return in_order, [one for lead in stopped for one in refusals[lead.id]]

    async def _put_off(
        self, leads: Sequence[Lead], refusals: dict[str, list[RefusedLead]], now: float
    ) -> None:
        """Give refused leads back for the time they may be asked for again, or take them out."""
        later: dict[str, float] = {}
        for lead in leads:
            reasons = [one.refusal for one in refusals[lead.id]]
            if state := _final_state(reasons):
                await self._store.leads.set_next(lead.id, LeadNext(state, lead.next_call_at))
            else:
                later[lead.id] = min((r.until for r in reasons if r.until), default=now + DAY_S)
        if later:
            await self._store.leads.postpone(later, claim_id=self.claim_id)


def _final_state(reasons: Sequence[GateRefusal]) -> LeadState | None:
    """What a lead becomes when none of its numbers may ever be called; None: ask again later."""
    if any(r.until is not None or r.rule not in _FINAL_RULES for r in reasons):
        return None
    return LeadState.DNC if any(r.rule == "dnc" for r in reasons) else LeadState.DEAD

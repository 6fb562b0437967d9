"""Whom a campaign can call now and when the next: told from its leads and the gate's rules."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from msgspec import Struct

from dialer.leads.recycle import numbers_to_try
from dialer.ports.gate import Callee
from dialer.ports.leads import callee_of
from dialer.ports.outlook import Foresight, LeadOutlook, Opening, Sleep
from dialer.ports.store import Lead, LeadsAhead, Store
from dialer.words import LeadState, WaitsFor

#: So many leads are looked at one by one; of more, so many are taken evenly.
LOOKED_AT = 100
#: Where callees are: so many zones are named, those of most first.
ZONES_NAMED = 3
_BY_ZONE: frozenset[str] = frozenset({"calling_window", "weekday", "holiday"})


class Seen(Struct, frozen=True):
    """A lead with when it can be called; `weight`: for how many leads it stands."""

    opening: Opening
    weight: float


async def outlook_of(
    store: Store,
    foresight: Foresight,
    campaign_id: str,
    counts: Mapping[LeadState, int],
    now: float,
) -> LeadOutlook:
    """Of one campaign, now. Raises StoreError."""
    ahead = await store.leads.ahead(campaign_id, now=now, limit=LOOKED_AT)
    groups = [(ahead.due_some, ahead.due), (ahead.asleep_some, ahead.asleep), (ahead.first, 0)]
    leads = [lead for some, _ in groups for lead in some]
    openings = await _openings(foresight, leads, ahead.called_back, now)
    seen = [
        Seen(openings[lead.id], total / len(some) if some else 0.0)
        for some, total in groups
        for lead in some
    ]
    return told(ahead, seen, counts, now)


def told(
    ahead: LeadsAhead, seen: Sequence[Seen], counts: Mapping[LeadState, int], now: float
) -> LeadOutlook:
    """The outlook from leads looked at, each for as many as it stands for."""
    times = [it.opening.at for it in seen if it.opening.at is not None]
    waiting = counts.get(LeadState.NEW, 0) + counts.get(LeadState.RETRY, 0)
    is_whole = len(ahead.due_some) == ahead.due and len(ahead.asleep_some) == ahead.asleep
    return LeadOutlook(
        left=ahead.due + ahead.asleep + counts.get(LeadState.QUEUED, 0),
        now=round(sum(it.weight for it in seen if _is_open(it.opening, now))),
        next_at=min(times, default=None),
        asleep=_sleeps([it for it in seen if not _is_open(it.opening, now)]),
        dnc=counts.get(LeadState.DNC, 0),
        exact=is_whole,
        stopped=max(0, waiting - ahead.due - ahead.asleep),
    )


def _is_open(opening: Opening, now: float) -> bool:
    return opening.at is not None and opening.at <= now


def _sleeps(seen: Sequence[Seen]) -> list[Sleep]:
    by_reason: dict[WaitsFor, list[Seen]] = {}
    for it in seen:
        by_reason.setdefault(it.opening.reason or "recycle", []).append(it)
    sleeps = [_sleep(reason, those) for reason, those in by_reason.items()]
    return sorted((it for it in sleeps if it.count), key=lambda it: -it.count)


def _sleep(reason: WaitsFor, those: Sequence[Seen]) -> Sleep:
    times = [it.opening.at for it in those if it.opening.at is not None]
    zones: Counter[str] = Counter()
    for it in those if reason in _BY_ZONE else ():
        zones.update(dict.fromkeys(it.opening.zones, it.weight or 1))
    named = [zone for zone, _ in zones.most_common(ZONES_NAMED)]
    return Sleep(reason, round(sum(it.weight for it in those)), min(times, default=None), named)


async def _openings(
    foresight: Foresight, leads: Sequence[Lead], called_back: frozenset[str], now: float
) -> dict[str, Opening]:
    """The best of each lead's numbers."""
    asked: list[tuple[Callee, float]] = []
    for lead in {it.id: it for it in leads}.values():
        asked += [(callee_of(lead, it), lead.next_call_at) for it in numbers_to_try(lead)]
    found = await foresight.openings(asked, now)
    best: dict[str, Opening] = {lead.id: Opening(None, "invalid_number") for lead in leads}
    for (callee, _), opening in zip(asked, found, strict=True):
        best[callee.lead_id] = min(best[callee.lead_id], opening, key=_when)
    for lead_id in called_back & best.keys():
        if best[lead_id].reason == "recycle":
            best[lead_id] = Opening(best[lead_id].at, "callback", best[lead_id].zones)
    return best


def _when(opening: Opening) -> float:
    return float("inf") if opening.at is None else opening.at

"""Lists as a whole: how they stand, and many leads moved or deleted, page by page.

Between two pages calls are written: one transaction over a hundred thousand leads would hold up
every rep.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

from dialer.kit.errors import bad_request, conflict, not_found
from dialer.ports.lists import CountedList, Deleted, LeadChoice, ListChange, Moved
from dialer.ports.scope import Reach
from dialer.ports.store import Campaign, Store
from dialer.words import LeadState

PAGE = 500
MAX_NAME = 80


async def in_pages(store: Store, choice: LeadChoice, scope: Reach) -> AsyncIterator[Sequence[str]]:
    after = ""
    while ids := await store.lead_lists.chosen(choice, scope, limit=PAGE, after=after):
        yield ids
        after = ids[-1]


async def campaign_of(store: Store, name: str, scope: Reach) -> Campaign:
    """Raises Refused."""
    found = await store.campaigns.known(name, scope)
    if found is None:
        raise not_found("campaign", name)
    return found


async def every(store: Store, scope: Reach, campaign: str | None) -> list[dict[str, Any]]:
    """Lists in scope, of one campaign or of all. Raises Refused."""
    of = None if campaign is None else (await campaign_of(store, campaign, scope)).id
    return [shown(it) for it in await store.lead_lists.all(scope, campaign_id=of)]


def shown(row: CountedList) -> dict[str, Any]:
    it = row.list
    return {
        "campaign": row.campaign,
        "list": it.name,
        "state": it.state,
        "priority": it.priority,
        "weight": it.weight,
        "created_at": it.created_at,
        "leads": {state.value: row.leads.get(state, 0) for state in LeadState},
        "total": sum(row.leads.values()),
    }


async def change(
    store: Store, campaign: Campaign, name: str, said: ListChange
) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """What was said of the list before and after. Raises Refused."""
    before = await store.lead_lists.get(campaign.id, name)
    after = await store.lead_lists.change(campaign.id, name, said)
    if before is None or after is None:
        raise not_found("list", name)
    names = [key for key in said.__struct_fields__ if getattr(said, key) is not None]
    return (
        {key: getattr(before, key) for key in names},
        {key: getattr(after, key) for key in names},
    )


async def move(
    store: Store, choice: LeadChoice, to: Campaign, list_name: str, scope: Reach, *, now: float
) -> Moved:
    """Raises Refused."""
    name = checked_name(list_name)
    if choice.campaign_id == to.id and choice.list_name == name:
        raise conflict("same-list", "the leads are in this list already")
    done = Moved()
    async for ids in in_pages(store, choice, scope):
        part = await store.lead_lists.move(ids, to.id, name, now=now)
        done = Moved(done.moved + part.moved, done.busy + part.busy, done.taken + part.taken)
    if choice.list_name is not None:
        await store.lead_lists.drop(choice.campaign_id, choice.list_name)
    return done


async def delete(store: Store, choice: LeadChoice, scope: Reach) -> Deleted:
    done = Deleted()
    async for ids in in_pages(store, choice, scope):
        part = await store.lead_lists.delete(ids)
        done = Deleted(done.deleted + part.deleted, done.busy + part.busy)
    if choice.list_name is not None:
        await store.lead_lists.drop(choice.campaign_id, choice.list_name)
    return done


def checked_name(said: str) -> str:
    """Raises Refused."""
    name = said.strip()
    if not name or len(name) > MAX_NAME or not name.isprintable():
        fault = f"list: write a name of at most {MAX_NAME} characters"
        raise bad_request("invalid-list-name", fault, [fault])
    return name

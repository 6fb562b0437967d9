"""What a scope holds is the same in memory, in SQL and by the rule itself, in worlds of chance."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest
from msgspec import Struct
from sqlalchemy import select

from dialer.memory.store import InMemoryStore
from dialer.ports.desk import Callback, LeadPage, Note
from dialer.ports.past_calls import CallFilter
from dialer.ports.scope import (
    EVERYTHING,
    Facts,
    OfAgent,
    OfCall,
    OfLead,
    OfPool,
    OfSystem,
    Reach,
    is_seen,
)
from dialer.ports.steering import AlertRow
from dialer.ports.store import (
    Agent,
    ClosedAttempt,
    LeadNext,
    LeadNumber,
    NewAttempt,
    NewLead,
    Recording,
    Store,
)
from dialer.store import tables
from dialer.store.scope import BOUND, WITH, visible
from dialer.store.steering_tables import alerts
from dialer.words import LeadState, RecordingState

NOW = 1_800_000_000.0
POOLS, REPS = ("sales", "help", "night"), ("a1", "a2", "b1", "b2")


class World(Struct):
    """The facts of each row, by its id, as they were put in."""

    agents: dict[str, Facts] = {}
    campaigns: dict[str, Facts] = {}
    leads: dict[str, Facts] = {}
    calls: dict[str, Facts] = {}
    recordings: dict[str, Facts] = {}
    alerts: dict[str, Facts] = {}
    ids: dict[str, str] = {}  # of campaigns, by name
    noted: dict[str, str] = {}  # leads, by note


async def some_world(store: Store, chance: Random) -> World:
    world = World()
    for code in REPS:
        pool = chance.choice(POOLS)
        await store.agents.add(Agent(id=code, name=f"Rep {code}", endpoint=code, pool=pool))
        world.agents[code] = OfAgent(code)
    for at in range(5):
        row = AlertRow(
            id=f"L{at}", name="x", subject="y", pool=chance.choice([*POOLS, ""]), severity="low",
            words="", value=None, began_at=NOW,
        )  # fmt: skip
        await store.alerts.put(row)
        world.alerts[row.id] = OfSystem(row.pool)
    for name in ("spring", "summer", "autumn"):
        await _campaign(store, chance, world, name)
    return world


async def _campaign(store: Store, chance: Random, world: World, name: str) -> None:
    pool = chance.choice(POOLS)
    made = await store.campaigns.create(name, pool=pool, settings={}, now=NOW, who="ops")
    world.campaigns[name], world.ids[name] = OfPool(pool, name), made.id
    new = [
        NewLead(
            numbers=[LeadNumber(f"+4930{len(world.ids)}{at:05}")],
            owner=chance.choice([None, None, *REPS]),
        )
        for at in range(8)
    ]
    added = await store.leads.add(made.id, new, now=NOW)
    for lead_id, lead in zip(added.lead_ids, new, strict=True):
        talked = await _calls(store, chance, world, OfPool(pool, name), (lead_id, lead))
        promised = await _callback(store, chance, made.id, lead_id)
        world.leads[lead_id] = OfLead(lead_id, pool, name, lead.owner, promised, talked)
        await store.notes.add(
            Note(id=f"N{lead_id}", lead_id=lead_id, attempt_id=None, at=NOW, who="x", text="y")
        )
        world.noted[f"N{lead_id}"] = lead_id


async def _calls(
    store: Store, chance: Random, world: World, of: OfPool, its: tuple[str, NewLead]
) -> set[str]:
    lead_id, lead = its
    talked = set()
    for _ in range(chance.randrange(3)):
        await store.leads.claim_one(lead_id, now=NOW, claim_id="c")
        attempt = f"A{len(world.calls):03}"
        new = NewAttempt(
            attempt_id=attempt, campaign_id=world.ids[of.campaign], lead_id=lead_id,
            number=lead.numbers[0].number, caller_id="", trunk="", node="", placed_at=NOW,
        )  # fmt: skip
        assert await store.attempts.open([new])
        agent = chance.choice([None, *REPS])
        closed = ClosedAttempt(
            attempt_id=attempt, ended_at=NOW + 9, outcome="no_answer", agent=agent,
            lead=LeadNext(LeadState.RETRY),
        )  # fmt: skip
        await store.attempts.close([closed])
        await store.recordings.add(
            Recording(
                id=f"R{attempt}", attempt_id=attempt, path="", state=RecordingState.READY,
                created_at=NOW,
            )
        )  # fmt: skip
        world.calls[attempt] = OfCall(of.pool, agent, of.campaign)
        world.recordings[f"R{attempt}"] = world.calls[attempt]
        talked |= {agent} - {None}
    return talked  # type: ignore[return-value]


async def _callback(store: Store, chance: Random, campaign: str, lead: str) -> str | None:
    made_by, owner = chance.choice(REPS), chance.choice([None, *REPS])
    if chance.random() < 0.6:
        return None
    row = Callback(
        id=f"C{lead}", campaign_id=campaign, lead_id=lead, attempt_id=None, made_by=made_by,
        owner=owner, due_at=NOW, created_at=NOW, try_at=NOW,
    )  # fmt: skip
    await store.callbacks.plan(row)
    if chance.random() < 0.3:
        await store.callbacks.settle(row.id, "kept", now=NOW)
        return None
    return owner or made_by


def some_scope(chance: Random, world: World) -> Reach:
    def some(of: Any) -> frozenset[str]:
        return frozenset(it for it in of if chance.random() < 0.3)

    return Reach(
        everything=chance.random() < 0.05,
        agents=some(REPS),
        pools=some(POOLS),
        every_pool=chance.random() < 0.1,
        waiting_calls=chance.random() < 0.5,
        homes=frozenset((name, chance.choice(POOLS)) for name in some(world.campaigns)),
        before=some(list(world.leads)[:6]),
    )


def held(rows: dict[str, Facts], scope: Reach) -> set[str]:
    return {key for key, facts in rows.items() if is_seen(facts, scope)}


@pytest.mark.parametrize("seed", range(4))
async def test_a_store_gives_out_what_the_rule_holds(store: Store, seed: int) -> None:
    chance = Random(seed)
    world = await some_world(store, chance)
    for _ in range(30):
        scope = some_scope(chance, world)
        leads = [
            await store.leads.page(LeadPage(campaign_id=it), scope) for it in world.ids.values()
        ]
        found = {
            "agents": {it.id for it in await store.agents.list(scope)},
            "campaigns": {it.name for it in await store.campaigns.list(scope)},
            "alerts": {it.id for it in await store.alerts.recent(scope)},
            "calls": {it.attempt_id async for it in store.attempts.export(scope)},
            "past_calls": {
                it.call.attempt_id for it in await store.past_calls.page(CallFilter(), scope)
            },
            "leads": {lead.id for page in leads for lead in page},
            "recordings": {
                it.recording.id for it in await store.recordings.page(CallFilter(), scope)
            },
        }
        assert found.pop("past_calls") == found["calls"]
        assert found == {kind: held(getattr(world, kind), scope) for kind in found}
        await _one_by_one(store, world, scope)
        if not isinstance(store, InMemoryStore):
            await _rows_with_others(store, world, scope)


async def _one_by_one(store: Store, world: World, scope: Reach) -> None:
    for key, facts in world.agents.items():
        assert (await store.agents.known(f"Rep {key}", scope) is not None) == is_seen(facts, scope)
    for key, facts in list(world.leads.items())[:6]:
        assert (await store.desk.card(key, scope=scope) is not None) == is_seen(facts, scope)
    for key, facts in list(world.calls.items())[:4]:
        assert (await store.attempts.known(key, scope) is not None) == is_seen(facts, scope)
        assert (await store.past_calls.one(key, scope) is not None) == is_seen(facts, scope)
        assert bool(await store.past_calls.some([key], scope)) == is_seen(facts, scope)
        assert (await store.recordings.call(f"R{key}", scope) is not None) == is_seen(facts, scope)


async def _rows_with_others(store: Any, world: World, scope: Reach) -> None:
    """Rows that are seen with the row they belong to, by their own condition alone."""

    async def ids(column: Any, table: Any) -> set[str]:
        query = select(column).where(visible(table, scope))
        rows = await store._database.read(lambda conn: conn.execute(query).all())
        return {row[0] for row in rows}

    leads, calls = held(world.leads, scope), held(world.calls, scope)
    assert await ids(tables.notes.c.lead_id, tables.notes) == leads
    assert await ids(tables.lead_numbers.c.lead_id, tables.lead_numbers) == leads
    assert await ids(tables.callbacks.c.lead_id, tables.callbacks) <= leads
    recorded = await ids(tables.recordings.c.attempt_id, tables.recordings)
    assert recorded == {it for it in calls if f"R{it}" in world.recordings}


async def test_a_page_is_full_though_most_rows_are_of_others(store: Store) -> None:
    """Rows are left out before the page is cut, so that nobody gets a page of nothing."""
    for at in range(40):
        pool = "help" if at % 10 == 0 else "sales"
        row = AlertRow(
            id=f"L{at:02}", name="x", subject="y", pool=pool, severity="low", words="",
            value=None, began_at=NOW,
        )  # fmt: skip
        await store.alerts.put(row)
    scope = Reach(pools=frozenset({"help"}))

    first = await store.alerts.recent(scope, limit=3)
    rest = await store.alerts.recent(scope, below=first[-1].id, limit=3)

    assert [it.id for it in first] == ["L30", "L20", "L10"]
    assert [it.id for it in rest] == ["L00"]
    assert len(await store.alerts.recent(EVERYTHING, limit=30)) == 30


def test_every_table_with_a_rule_has_one_rule() -> None:
    assert not BOUND.keys() & WITH.keys()
    assert alerts in BOUND

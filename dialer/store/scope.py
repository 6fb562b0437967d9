"""The rules of `dialer.ports.scope` as conditions in SQL, for queries of every scoped table."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from msgspec import Struct
from sqlalchemy import ColumnElement, Table, and_, exists, false, func, or_, select, true

from dialer.ports.records import ScopedBy
from dialer.ports.scope import (
    Before,
    Both,
    Either,
    Here,
    Nobody,
    OfAgent,
    OfCall,
    OfLead,
    OfPool,
    OfSystem,
    Reach,
    Rule,
    Theirs,
)
from dialer.store.said_results import said_results
from dialer.store.steering_tables import alerts
from dialer.store.tables import (
    agents,
    attempts,
    call_steps,
    callbacks,
    campaigns,
    lead_numbers,
    leads,
    mishaps,
    notes,
    recordings,
    work_times,
)

Condition = ColumnElement[bool]


class Bound(Struct, frozen=True):
    """Where a table's rows have the facts of a rule: a column each, or of several reps the question
    whether one is among some. `home`: the column with the campaign's id, where it has a campaign.
    """

    rule: Rule
    facts: Mapping[str, Any] = {}
    pool: Any = None
    home: Any = None


def _talked(reps: Collection[str]) -> Condition:
    """Of calls that are over: while one is up its rep has the lead before him."""
    calls = attempts.c
    return exists().where(calls.lead_id == leads.c.id, calls.agent.in_(reps)).correlate(leads)


def _promised(reps: Collection[str]) -> Condition:
    who = func.coalesce(callbacks.c.owner, callbacks.c.made_by)
    to_come = callbacks.c.result.is_(None)
    found = exists().where(callbacks.c.lead_id == leads.c.id, to_come, who.in_(reps))
    return found.correlate(leads)


BOUND: dict[Table, Bound] = {
    agents: Bound(OfAgent.rule, {"agent": agents.c.id}),
    work_times: Bound(OfAgent.rule, {"agent": work_times.c.agent_id}),
    mishaps: Bound(OfAgent.rule, {"agent": mishaps.c.agent_id}),
    campaigns: Bound(OfPool.rule, home=campaigns.c.id),
    alerts: Bound(OfSystem.rule, {"pool": alerts.c.pool}, pool=alerts.c.pool),
    attempts: Bound(OfCall.rule, {"agent": attempts.c.agent}, home=attempts.c.campaign_id),
    leads: Bound(
        OfLead.rule,
        {
            "lead": leads.c.id,
            "owner": leads.c.owner,
            "talked": _talked,
            "promised": _promised,
        },
        home=leads.c.campaign_id,
    ),
}
#: Rows that are seen with the row they belong to.
WITH: Mapping[Table, tuple[Any, Table]] = {
    recordings: (recordings.c.attempt_id, attempts),
    call_steps: (call_steps.c.attempt_id, attempts),
    said_results: (said_results.c.attempt_id, attempts),
    lead_numbers: (lead_numbers.c.lead_id, leads),
    notes: (notes.c.lead_id, leads),
    callbacks: (callbacks.c.lead_id, leads),
}


def bind(table: Table, by: ScopedBy) -> None:
    """Rows of a feature's table are seen by their facts; its columns are named as those are."""
    facts = {name: table.c[name] for name in ("agent", "pool") if name in table.c}
    BOUND[table] = Bound(by.rule, facts, pool=table.c.get("pool"))


def visible(table: Table, scope: Reach) -> Condition:
    """Of the rows of a table those that this scope holds. A KeyError: the table is in no rule."""
    if scope.everything:
        return true()
    if table in WITH:
        column, whose = WITH[table]
        return exists().where(whose.c.id == column, visible(whose, scope)).correlate(table)
    bound = BOUND[table]
    return _condition(bound.rule, scope, bound)


def _condition(rule: Rule, scope: Reach, bound: Bound) -> Condition:
    if isinstance(rule, Either):
        return or_(*(_condition(part, scope, bound) for part in rule.rules))
    if isinstance(rule, Both):
        return and_(*(_condition(part, scope, bound) for part in rule.rules))
    if isinstance(rule, Here):
        return _here(scope, bound)
    if isinstance(rule, Theirs | Nobody | Before):
        return _of_fact(rule, scope, bound.facts[rule.of])
    return true() if scope.waiting_calls else false()


def _of_fact(rule: Theirs | Nobody | Before, scope: Reach, fact: Any) -> Condition:
    if isinstance(rule, Nobody):
        return or_(fact.is_(None), fact == "")
    ids = sorted(scope.before if isinstance(rule, Before) else scope.agents)
    if not ids:
        return false()
    found: Condition = fact(ids) if callable(fact) else fact.in_(ids)
    return found


def _here(scope: Reach, bound: Bound) -> Condition:
    if scope.every_pool:
        return true()
    if bound.home is None:
        there: Condition = bound.pool.in_(sorted(scope.pools))
        return there
    if bound.home is campaigns.c.id:
        return _is_at_home(scope)
    homes = select(campaigns.c.id).where(_is_at_home(scope)).correlate(None)
    found: Condition = bound.home.in_(homes)
    return found


def _is_at_home(scope: Reach) -> Condition:
    """Campaigns whose pool is in reach; the settings know better than the store."""
    known = sorted(name for name, _ in scope.homes)
    inside = sorted(name for name, pool in scope.homes if pool in scope.pools)
    made_here = and_(campaigns.c.name.not_in(known), campaigns.c.pool.in_(sorted(scope.pools)))
    return or_(campaigns.c.name.in_(inside), made_here)

"""What a pool has reached today: for the wallboard and for each rep."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Response

from dialer.features.results.ranking import Standing, standings
from dialer.features.results.schemas import Results
from dialer.features.settings.public import reach_subject
from dialer.kit.answers import json_answer
from dialer.kit.auth import Caller, Needs
from dialer.kit.context import ApiContext
from dialer.kit.problems import responses
from dialer.kit.scope import OfAgent, everything, seen, whole
from dialer.ports.steering import AgentResult
from dialer.settings import Settings
from dialer.settings.calling import dispositions_of
from dialer.words import LeadState
from dialer.zonedata import local_zone, zone_named

router = APIRouter(tags=["results"])
PACE_S = 3600.0


@router.get(
    "/pools/{pool}/results",
    summary="The day so far",
    responses={200: {"model": Results}, **responses(404)},
)
async def get_results(pool: str, caller: Annotated[Caller, Needs("results.read")]) -> Response:
    """Calls, talk, sales and rank of each rep and squad, and how long the lists will last."""
    await reach_subject(caller, f"pool/{pool}")
    context = caller.context
    settings, now, reach = context.settings(), context.clock.now(), await caller.reach()
    since = midnight(now, local_zone())
    names = list(settings.campaigns_of(pool))
    rows = await context.store.results.by_agent(names, since=since, until=now + 1.0)
    sales = _sale_codes(settings, names)

    def is_sale(row: AgentResult) -> bool:
        return (row.disposition or "") in sales[row.campaign]

    reps = {
        it.id: it.name
        for it in await context.store.agents.list(everything("a rank is among all"), pool=pool)
    }
    squads = await _squads(context)
    agents = standings(rows, is_sale, lambda row: row.agent, list(reps))
    by_squad = standings(rows, is_sale, lambda row: squads.get(row.agent))
    whole = standings(rows, is_sale, lambda row: "")
    total = whole[0] if whole else Standing("", 0, 0.0, 0)
    return json_answer(
        {
            "pool": pool,
            "since": since,
            "calls": total.calls,
            "talk_seconds": total.talk_seconds,
            "sales": total.sales,
            "goal_sales": settings.pools[pool].goal_sales_per_day,
            "agents": [
                _row(it, agent=it.key, name=reps.get(it.key, it.key), squad=squads.get(it.key, ""))
                for it in seen(agents, reach, lambda it: OfAgent(it.key))
            ],
            "squads": [_row(it, squad=it.key) for it in by_squad],
            "campaigns": await _campaigns(context, names, rows, sales, now),
        }
    )


def midnight(now: float, zone: str) -> float:
    """When this day began in a zone."""
    local = datetime.fromtimestamp(now, UTC).astimezone(zone_named(zone))
    return local.replace(hour=0, minute=0, second=0, microsecond=0).timestamp()


def _row(standing: Standing, **who: str) -> dict[str, Any]:
    return {
        **who,
        "calls": standing.calls,
        "talk_seconds": standing.talk_seconds,
        "sales": standing.sales,
        "rank": standing.rank,
    }


def _sale_codes(settings: Settings, names: Sequence[str]) -> dict[str, set[str]]:
    """By campaign, what reps say when they have sold."""
    return {
        name: {
            code
            for code, it in dispositions_of(settings.campaign[name].dispositions).items()
            if it.shown_group == "sale"
        }
        for name in names
    }


async def _squads(context: ApiContext) -> dict[str, str]:
    """The squad's name of each rep who is in one."""
    names = {squad.id: squad.name for squad in await context.store.teams.squads()}
    standing = await context.store.teams.standing("")
    return {it.agent: names[it.squad_id] for it in standing.placed if it.squad_id in names}


@whole("of a pool that was let see")
async def _campaigns(
    context: ApiContext,
    names: Sequence[str],
    rows: Sequence[AgentResult],
    sales: dict[str, set[str]],
    now: float,
) -> list[dict[str, Any]]:
    store, found = context.store, []
    for name in names:
        campaign = await store.campaigns.by_name(name)
        if campaign is None:
            continue
        counts = await store.leads.counts(campaign.id)
        left = counts.get(LeadState.NEW, 0) + counts.get(LeadState.RETRY, 0)
        pace = (await store.attempts.tally(campaign.id, since=now - PACE_S, until=now)).ended
        own = [row for row in rows if row.campaign == name]
        sold = sum(row.calls for row in own if (row.disposition or "") in sales[name])
        found.append(
            {
                "campaign": name,
                "calls": sum(row.calls for row in own),
                "sales": sold,
                "leads_left": left,
                "calls_per_hour": pace,
                "hours_left": left / pace if pace else None,
            }
        )
    return found

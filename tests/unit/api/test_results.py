"""The day's results: counts, ranks and ties, squads, goals, and how long lists last."""

from __future__ import annotations

import pytest

from dialer.features.results.ranking import Standing, ranked
from dialer.ports.steering import AgentResult
from dialer.ports.store import Agent, LeadNumber, NewLead, Tally

URL = "/api/v1/pools/north/results"


def test_who_is_alike_shares_the_rank_and_the_next_is_left_out() -> None:
    found = ranked(
        [
            Standing("c", 9, 5.0, 2), Standing("a", 1, 9.0, 2), Standing("b", 1, 9.0, 2),
            Standing("d", 5, 99.0, 1),
        ]
    )  # fmt: skip

    assert [(it.key, it.rank) for it in found] == [("a", 1), ("b", 1), ("c", 3), ("d", 4)]


@pytest.fixture
async def day(world, people, monkeypatch: pytest.MonkeyPatch) -> None:
    world.read_settings(
        "[pool.north]\ngoal_sales_per_day = 20\n[pool.south]\n[campaign.spring]\npool='north'\n"
        "[campaign.summer]\npool='north'\n[campaign.summer.dispositions.bought]\ngroup='sale'\n"
        "[campaign.autumn]\npool='south'\n"
    )
    for code, pool, squad in (
        ("n1", "north", "one"), ("n2", "north", "two"), ("n3", "north", "one"), ("s1", "south", "")
    ):  # fmt: skip
        await world.store.agents.add(Agent(id=code, name=f"Rep {code}", endpoint=code, pool=pool))
        await people.add("rep", code, team=pool, squad=squad, agent=code)
    rows = [
        AgentResult("n1", "spring", "sale", 2, 100.0),
        AgentResult("n1", "summer", "sale", 1, 10.0),
        AgentResult("n2", "summer", "bought", 3, 50.0),
        AgentResult("n2", "spring", None, 4, 40.0),
    ]

    async def by_agent(campaigns, *, since, until):
        assert set(campaigns) == {"spring", "summer"}
        return rows

    monkeypatch.setattr(world.store.results, "by_agent", by_agent)
    spring = await world.store.campaigns.create("spring", pool="north", settings={}, now=1, who="x")
    leads = [NewLead(numbers=[LeadNumber(f"+49301234{n:04}")]) for n in range(30)]
    await world.store.leads.add(spring.id, leads, now=1.0)

    async def tally(campaign_id, *, since, until):
        assert until - since == pytest.approx(3600)
        return Tally(ended=60)

    monkeypatch.setattr(world.store.attempts, "tally", tally)


async def test_the_wallboard_has_reps_squads_goal_and_hours_left(day, people) -> None:
    async with people.browser(await people.add("manager", team="north")) as client:
        found = (await client.get(URL)).json()

    assert (found["calls"], found["sales"], found["goal_sales"]) == (10, 5, 20)
    assert [(it["agent"], it["squad"], it["sales"], it["rank"]) for it in found["agents"]] == [
        ("n2", "two", 3, 1), ("n1", "one", 2, 2), ("n3", "one", 0, 3),
    ]  # fmt: skip
    assert [(it["squad"], it["sales"], it["rank"]) for it in found["squads"]] == [
        ("two", 3, 1), ("one", 2, 2),
    ]  # fmt: skip
    (spring,) = found["campaigns"]
    assert (spring["leads_left"], spring["calls_per_hour"], spring["hours_left"]) == (30, 60, 0.5)


async def test_a_rep_sees_the_own_rank_among_all(day, world, people) -> None:
    async with people.browser(await world.store.accounts.by_name("n1")) as client:
        found = (await client.get(URL)).json()
        other = await client.get(URL.replace("north", "south"))

    assert [(it["agent"], it["rank"]) for it in found["agents"]] == [("n1", 2)]
    assert other.status_code == 404

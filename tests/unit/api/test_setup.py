"""The way to a first call, as it stands; and campaigns with names in any language."""

from __future__ import annotations

import pytest

from dialer.features.campaigns.naming import name_for, named
from dialer.ports.accounts import Team
from dialer.ports.audit import AuditEntry
from dialer.ports.store import Agent, LeadNumber, NewLead

NOTE = AuditEntry(at=0.0, who="test", what="test", subject="test")


async def steps(people) -> dict[str, dict]:
    async with people.browser(await people.add("admin", "boss")) as boss:
        found = (await boss.get("/api/v1/setup")).json()["steps"]
    return {it["step"]: it for it in found}


async def test_a_bare_site_lacks_everything_and_says_in_which_order(people) -> None:
    found = await steps(people)

    assert list(found)[:6] == ["teams", "people", "reps", "trunk", "campaign", "list"]
    assert not any(it["done"] for it in found.values())
    assert [name for name, it in found.items() if it["optional"]] == ["dnc", "network"]


async def test_each_step_names_what_is_open(people, world) -> None:
    world.read_settings(
        '[[trunk]]\nname = "t"\nhost = "x.example"\n[campaign.spring]\ntitle = "春季活动"\n'
    )
    await people.add("supervisor", "sue")
    await world.store.teams.add(Team(id="T", name="north"), NOTE)
    await world.store.agents.add(Agent(id="rep1", name="Rep One", endpoint="rep1", pool="default"))

    found = await steps(people)

    opened = {name: it["open"] for name, it in found.items() if it["open"]}
    assert opened == {
        "teams": ["north"],
        "people": ["sue"],
        "reps": ["Rep One"],
        "trunk": ["t"],
        "list": ["春季活动"],
        "hours": ["春季活动"],
        "network": ["console", "phones"],
    }
    assert found["campaign"]["done"]


async def test_what_is_there_is_done(people, world) -> None:
    world.read_settings(
        '[[trunk]]\nname = "t"\nhost = "x.example"\ncaller_ids = ["+442079460000"]\n'
        '[campaign.spring]\nregion = "GB"\n'
    )
    await world.store.teams.add(Team(id="T", name="north", pools=("*",)), NOTE)
    made = await world.store.campaigns.create(
        "spring", pool="default", settings={}, now=0.0, who="test"
    )
    await world.store.leads.add(made.id, [NewLead(numbers=(LeadNumber("+442079460001"),))], now=0.0)

    done = {name for name, it in (await steps(people)).items() if it["done"]}

    assert done == {"teams", "trunk", "campaign", "list", "hours"}


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Spring Sale!", "spring-sale"),
        ("Été à Genève", "ete-a-geneve"),
        ("春季活动", "campaign-1"),
        ("2026 春季", "campaign-1"),
        ("A 春", "campaign-1"),
        ("2026", "campaign-1"),
        ("x" * 99, "x" * 40),
        ("", "campaign-1"),
    ],
)
def test_a_title_makes_a_name(title: str, name: str) -> None:
    assert name_for(title, ()) == name


def test_a_name_is_made_once() -> None:
    assert name_for("Spring", {"spring", "spring-2"}) == "spring-3"
    assert name_for("春季活动", {"campaign-1"}) == "campaign-2"


async def test_a_campaign_is_found_by_its_title_unless_two_have_it(world) -> None:
    world.read_settings(
        '[campaign.a]\ntitle = "春"\n[campaign.b]\ntitle = "秋"\n[campaign.c]\ntitle = "秋"\n'
    )

    assert [named(world.settings, it) for it in ("春", "秋", "a", "x")] == ["a", "秋", "a", "x"]

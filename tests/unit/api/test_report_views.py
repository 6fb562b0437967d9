"""Saved reports over the API: whose they are, who else reads one, and who changes it."""

from __future__ import annotations

from typing import Any

PATH = "/api/v1/report_views"
VIEW = {"name": "每周呼叫", "figures": ["dials", "connect_rate"], "by": ["agent"], "share": "team"}


def slug(answered: Any) -> str:
    return f"{answered.status_code} {answered.json()['type'].rpartition(':')[2]}"


async def test_one_is_saved_found_by_its_team_and_by_nobody_else(people: Any) -> None:
    anna = await people.add("supervisor", "anna", team="north", squad="n1")
    ben = await people.add("rep", "ben", team="north", squad="n2")
    carl = await people.add("manager", "carl", team="south")
    async with people.browser(anna) as hers, people.browser(ben) as his:
        made = (await hers.post(PATH, json=VIEW)).json()
        found = (await his.get(PATH)).json()["records"]
        async with people.browser(carl) as other:
            unseen = await other.get(f"{PATH}/{made['id']}")

    assert (made["created_by"], made["period"], made["last_days"]) == ("anna", "last_days", 7)
    assert found == [made]
    assert slug(unseen) == "404 no-such-record"


async def test_another_reads_it_and_changes_it_not(people: Any) -> None:
    anna = await people.add("supervisor", "anna", team="north")
    ben = await people.add("supervisor", "ben", team="north")
    boss = await people.add("manager", "boss", team="north")
    async with people.browser(anna) as hers, people.browser(ben) as his:
        made = (await hers.post(PATH, json=VIEW)).json()
        where, change = f"{PATH}/{made['id']}", {"version": 1, "name": "mine"}
        told = await his.patch(where, json=change)
        away = await his.post(f"{where}/archive", json={"version": 1})
        async with people.browser(boss) as theirs:
            changed = await theirs.patch(where, json=change)
        late = await hers.patch(where, json={"version": 1, "name": "Weekly"})

    assert (slug(told), told.json()["facts"]) == ("403 view-of-another", {"who": "anna"})
    assert slug(away) == "403 view-of-another"
    assert (changed.json()["name"], changed.json()["created_by"]) == ("mine", "anna")
    assert (slug(late), late.json()["facts"]["who"]) == ("409 stale", "boss")


async def test_a_report_that_has_no_answer_is_refused_at_its_field(client: Any) -> None:
    told = await client.post(PATH, json={**VIEW, "figures": ["guesses"], "by": ["mood"]})
    found = [(it["field"], it["slug"]) for it in told.json()["faults"]]
    assert (told.status_code, found) == (422, [("figures", "unknown-figure")])


async def test_every_change_is_in_the_audit_log(client: Any, world: Any) -> None:
    made = (await client.post(PATH, json=VIEW)).json()
    await client.patch(f"{PATH}/{made['id']}", json={"version": 1, "share": "everyone"})
    noted = [(it.what, it.subject) for it in await world.store.audit.list()]
    assert noted == [("report_view.change", made["id"]), ("report_view.add", made["id"])]

"""The demo's list and campaign are such as the product takes."""

from __future__ import annotations

import csv
from pathlib import Path

from dialer.asterisk.demo_network import demo_leads
from dialer.demo.lists import CAMPAIGN_TOML, FIELDS, rows
from dialer.demo.reps import DISPOSITIONS
from dialer.features.leads import facts
from dialer.features.scripts import rendering
from dialer.leads import import_leads
from dialer.memory.store import InMemoryStore
from dialer.settings import Settings, load


def settings(folder: Path) -> Settings:
    path = folder / "dialer.toml"
    path.write_text(f"[campaign.demo]\n{CAMPAIGN_TOML}", encoding="utf-8")
    found = load(path, {})
    assert isinstance(found, Settings), str(found)
    return found


def test_what_demo_reps_say_is_what_the_demo_campaign_knows(tmp_path: Path) -> None:
    campaign = settings(tmp_path).campaign["demo"]
    known = [it["code"] for it in facts.dispositions(campaign)]

    assert set(DISPOSITIONS) <= set(known)
    assert len({it["key"] for it in facts.dispositions(campaign)}) == len(known)


async def test_the_demo_list_is_imported_whole_with_all_its_fields(tmp_path: Path) -> None:
    store = InMemoryStore()
    campaign = await store.campaigns.create("demo", pool="p", settings={}, now=1.0, who="test")
    path = tmp_path / "leads.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows(demo_leads(300), 1))

    result = await import_leads(path, campaign.id, store)
    leads = await store.leads.claim(campaign.id, 300, now=2.0, claim_id="c")

    assert (result.imported, result.rejected) == (300, 0)
    assert {lead.language for lead in leads} == {"en", "zh"}
    assert all(lead.timezone for lead in leads)
    assert {key for lead in leads for key in lead.custom} == set(FIELDS)


def test_the_demo_script_asks_for_fields_the_list_has(tmp_path: Path) -> None:
    campaign = settings(tmp_path).campaign["demo"]
    for language, text in campaign.script.items():
        found = rendering.parse(text, language, {})
        asked = {
            run.field
            for step in found.steps
            for block in step.blocks
            for line in block.items
            for run in line
            if run.field
        }
        assert len(found.steps) == 4
        assert asked <= {*FIELDS, "name", "agent", "company"}

"""Scripts and dispositions of a campaign, edited over the API."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialer.features.dispositions import rules
from dialer.features.leads import facts
from dialer.features.settings import reloading
from dialer.settings.calling import DEFAULT_DISPOSITIONS, DispositionSettings, dispositions_of
from dialer.settings.campaigns import CampaignSettings

TEXT = """\
[pool.north]
[campaign.spring]
pool = "north"
company = "Acme"
"""
SCRIPT = "/api/v1/campaigns/spring/script"
RESULTS = "/api/v1/campaigns/spring/dispositions"


@pytest.fixture
async def client(world, people, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(reloading, "message_or_default", lambda _settings, name: (name, ""))
    world.read_settings(TEXT)
    await world.with_changes()
    async with people.browser(await people.add("manager", team="north")) as client:
        yield client


def slug(answer: Any) -> str:
    return f"{answer.status_code} {answer.json()['type'].rpartition(':')[2]}"


async def test_a_script_is_written_shown_and_kept_in_versions(client, world) -> None:
    first = (await client.get(SCRIPT)).json()
    text = "# 开场\n您好，{{name}}。\n"
    made = await client.put(
        SCRIPT, json={"texts": {"zh": text}, "because": "new offer", "version": first["version"]}
    )

    assert made.status_code == 200, made.text
    assert made.json()["texts"] == {"zh": text}
    assert world.settings.campaign["spring"].script == {"zh": text}
    versions = (await client.get("/api/v1/campaigns/spring/settings/versions")).json()["versions"]
    assert (versions[0]["because"], versions[0]["changes"][0]["key"]) == ("new offer", "script")
    again = await client.put(SCRIPT, json={"texts": {"en": "x"}, "version": first["version"]})
    assert slug(again) == "409 stale"


async def test_a_text_never_names_a_file_of_the_server(client, world) -> None:
    at = (await client.get(SCRIPT)).json()["version"]
    made = await client.put(SCRIPT, json={"texts": {"en": "/etc/secret.md"}, "version": at})

    assert made.json()["texts"] == {"en": "/etc/secret.md\n"}
    named = {"changes": {"script": {"en": "/etc/secret.md"}}, "version": at + 1}
    refused = await client.put("/api/v1/campaigns/spring/settings", json=named)
    assert slug(refused) == "422 invalid-settings"
    assert "only the settings file" in refused.json()["detail"]


async def test_a_preview_fills_in_what_a_lead_has(client) -> None:
    body = {"text": "{{company}} {{name}} {{none}}", "language": "en", "fields": {"name": "Li"}}
    shown = (await client.post(f"{SCRIPT}/preview", json=body)).json()

    (runs,) = shown["steps"][0]["blocks"][0]["items"]
    assert [(run["text"], run["missing"]) for run in runs if run["field"]] == [
        ("Acme", False), ("Li", False), ("", True),
    ]  # fmt: skip


def row(code: str, **more: Any) -> dict[str, Any]:
    plain = {
        "code": code, "title": code, "title_zh": "", "group": "contact", "key": None,
        "state": "done", "after_minutes": 0, "keep_agent": False, "priority": None,
        "retired": False,
    }  # fmt: skip
    return {**plain, **more}


NEVER = row("dnc", group="dnc", state="dnc")


async def test_results_are_named_ordered_and_offered_so(client, world) -> None:
    sheet = (await client.get(RESULTS)).json()
    assert sheet["are_usual"]
    assert [it["code"] for it in sheet["rows"]] == [*DEFAULT_DISPOSITIONS]

    again = row("again", title_zh="再联系", state="retry", after_minutes=90, group="callback")
    rows = [NEVER, again, row("sold", group="sale", key=5), row("old", retired=True)]
    made = await client.put(RESULTS, json={"rows": rows, "version": sheet["version"]})

    assert made.status_code == 200, made.text
    assert [it["code"] for it in made.json()["rows"]] == ["dnc", "again", "sold", "old"]
    campaign = world.settings.campaign["spring"]
    offered = facts.dispositions(campaign)
    assert [(it["code"], it["title_zh"], it["key"]) for it in offered] == [
        ("dnc", "dnc", 1), ("again", "再联系", 2), ("sold", "sold", 5),
    ]  # fmt: skip
    assert facts.titles(campaign)["old"]["title"] == "old"
    # Only the order changes, and it counts.
    rows = [rows[2], rows[1], rows[0], rows[3]]
    made = await client.put(RESULTS, json={"rows": rows, "version": sheet["version"] + 1})
    assert [it["code"] for it in made.json()["rows"]] == ["sold", "again", "dnc", "old"]


async def test_what_was_said_of_a_call_is_retired_and_not_deleted(
    client, world, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def said(_campaign: str, codes: Any) -> frozenset[str]:
        return frozenset(codes) & {"sale"}

    monkeypatch.setattr(world.store.results, "said_of", said)
    sheet = (await client.get(RESULTS)).json()
    rows = [it for it in sheet["rows"] if it["code"] != "sale"]

    refused = await client.put(RESULTS, json={"rows": rows, "version": sheet["version"]})
    assert slug(refused) == "409 disposition-used"
    assert refused.json()["facts"] == {"codes": "sale"}
    gone = [it for it in sheet["rows"] if it["code"] != "voicemail"]
    made = await client.put(RESULTS, json={"rows": gone, "version": sheet["version"]})
    assert made.status_code == 200


@pytest.mark.parametrize(
    ("rows", "fault"),
    [
        ([row("A b"), NEVER], "rows.A b.code: must be a-z"),
        ([row("a"), row("a"), NEVER], "rows.a.code: stands twice"),
        ([row("a", key=2), row("b", key=2), NEVER], "rows.a.key: the key 2 is taken"),
        ([row("a", after_minutes=5), NEVER], "rows.a.after_minutes: counts only"),
        ([row("a", title=" "), NEVER], "rows.a.title: must have a name"),
    ],
)
def test_a_list_that_cannot_be_says_why(rows: list[dict[str, Any]], fault: str) -> None:
    assert rules.faults(rows)[0].startswith(fault)


async def test_somebody_who_wants_no_calls_can_always_be_noted(client) -> None:
    at = (await client.get(RESULTS)).json()["version"]
    for rows in ([row("a")], [row("a"), {**NEVER, "retired": True}]):
        refused = await client.put(RESULTS, json={"rows": rows, "version": at})
        assert slug(refused) == "422 no-dnc-left"


_ROWS = st.lists(
    st.builds(
        row,
        st.sampled_from("abcdef"),
        title=st.sampled_from(["x", "y"]),
        group=st.sampled_from(["sale", "contact", "no_contact", "callback"]),
        state=st.sampled_from(["done", "dead", "retry"]),
        keep_agent=st.booleans(),
        retired=st.booleans(),
        priority=st.none() | st.integers(0, 99),
    ),
    max_size=6,
    unique_by=lambda it: it["code"],
)


@given(_ROWS)
def test_what_is_written_is_what_was_edited(rows: list[dict[str, Any]]) -> None:
    edited = [*rows, NEVER]
    said = {code: DispositionSettings(**it) for code, it in rules.as_settings(edited).items()}

    back = rules.rows_of(dispositions_of(CampaignSettings(dispositions=said).dispositions))

    # A key that was not said is given; all else is as it was.
    assert [{**it, "key": None} for it in back] == [
        {**it, "key": None, "title_zh": ""} for it in edited
    ]

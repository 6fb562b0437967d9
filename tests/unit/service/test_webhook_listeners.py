"""From a record of the journal to a message: what it says, to whom, and in which form."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest
from msgspec.structs import asdict, replace

from dialer.features.webhooks.listeners import Telling, event_name, kinds_of
from dialer.memory.store import InMemoryStore
from dialer.ports import journal as j
from dialer.ports.clock import SystemClock
from dialer.ports.journal import KINDS, Entry, Happened
from dialer.ports.steering import AlertRow, KeyChange, SettingsChange
from dialer.ports.store import (
    CampaignState,
    ClosedAttempt,
    LeadNext,
    LeadNumber,
    LeadState,
    NewAttempt,
    NewLead,
)
from dialer.settings.alerts import EVENTS, WebhookSettings

NOW = 1_800_000_000.0
ALERT = AlertRow(
    id="L1", name="ami", subject="node/n1", pool="", severity="critical", words="no link",
    value=11.0, began_at=NOW,
)  # fmt: skip


def hook(*events: str, **fields: Any) -> WebhookSettings:
    given = {"url": "http://127.0.0.1:1/x", "secret": "0123456789abcdef", "events": events}
    return WebhookSettings(**{**given, **fields})


async def told(store: InMemoryStore, **hooks: WebhookSettings) -> list[tuple[str, Any]]:
    """(webhook, message) of everything that has happened, in order."""
    telling = Telling(SystemClock(), lambda: hooks, lambda: None)
    await store.journal.join(telling.name, "beginning")
    while await store.journal.consume(telling.name, telling.kinds(), telling.take, limit=3):
        pass
    rows = sorted(store.deliveries.rows.values(), key=lambda it: it.id)
    assert all(json.loads(it.body)["id"] == it.id for it in rows)
    return [(it.hook, json.loads(it.body)) for it in rows]


async def test_alerts_keep_their_form() -> None:
    store = InMemoryStore()
    for row in (ALERT, replace(ALERT, ended_at=NOW + 5)):
        await store.alerts.put(row)

    (_, began), (_, ended) = await told(store, crm=hook("alert"))

    assert (began["event"], began["at"], began["data"]) == ("alert.began", NOW, asdict(ALERT))
    assert (ended["event"], ended["at"]) == ("alert.ended", NOW + 5)
    assert ended["data"] == asdict(ALERT) | {"ended_at": NOW + 5}


async def test_campaigns_and_settings_keep_their_form() -> None:
    store = InMemoryStore()
    spring = await store.campaigns.create("spring", pool="p", settings={}, now=NOW, who="ops")
    for state in (CampaignState.RUNNING, CampaignState.PAUSED, CampaignState.STOPPED):
        await store.campaigns.set_state(spring.id, state, now=NOW, who="boss")
    first = SettingsChange(
        subject="pool/north", version=1, settings={}, changed_at=NOW, changed_by="ops",
        origin="file", because="", changes=(), undoes=None,
    )  # fmt: skip
    await store.settings_versions.add(first)
    await store.settings_versions.add(
        replace(first, version=2, changes=(KeyChange("ratio", 1.5, 2.0),))
    )

    found = [it for _, it in await told(store, crm=hook("campaign", "settings"))]

    assert [it["event"] for it in found] == [
        "campaign.start", "campaign.pause", "campaign.stop", "settings.change",
    ]  # fmt: skip
    assert found[0]["data"] == {"campaign": "spring", "who": "boss"}
    assert found[3]["data"] == {
        "subject": "pool/north", "who": "ops", "origin": "file", "version": 2,
        "changes": [{"key": "ratio", "before": 1.5, "after": 2.0}],
    }  # fmt: skip


async def a_call(store: InMemoryStore) -> str:
    """A whole call with a result that was changed; the lead's id."""
    spring = await store.campaigns.create("spring", pool="p", settings={}, now=NOW, who="ops")
    await store.leads.add(
        spring.id, [NewLead(numbers=[LeadNumber("+8613800000001")], name="Li")], now=NOW
    )
    (lead,) = await store.leads.claim(spring.id, 1, now=NOW, claim_id="C")
    new = NewAttempt(
        attempt_id="A1", campaign_id=spring.id, lead_id=lead.id, number="+8613800000001",
        caller_id="+8610000000", trunk="t", node="n", placed_at=NOW,
    )  # fmt: skip
    await store.attempts.open([new])
    next_ = LeadNext(LeadState.DONE, NOW)
    closed = ClosedAttempt(
        attempt_id="A1", ended_at=NOW + 9, outcome="connected", lead=next_, agent="R1"
    )
    await store.attempts.close([closed])
    for said in ("sale", "no-interest"):
        await store.attempts.wrapup("A1", wrapup_seconds=None, disposition=said)
    return lead.id


async def test_a_call_is_told_in_order_and_without_numbers_unless_asked() -> None:
    store = InMemoryStore()
    lead_id = await a_call(store)

    found = await told(
        store,
        crm=hook("call", "result"),
        full=hook("call.closed", numbers=True),
        off=hook("call", on=False),
    )

    mine = [it for name, it in found if name == "crm"]
    assert [it["event"] for it in mine] == [
        "call.opened", "call.closed", "result.given", "result.changed",
    ]  # fmt: skip
    closed, given, changed = (it["data"] for it in mine[1:])
    assert closed["attempt_id"] == "A1"
    assert (closed["campaign"], closed["lead_id"], closed["outcome"], closed["agent"]) == (
        "spring", lead_id, "connected", "R1",
    )  # fmt: skip
    assert given["disposition"] == "sale"
    assert (changed["disposition"], changed["before"]) == ("no-interest", "sale")
    assert "13800000001" not in json.dumps(mine)
    assert "Li" not in json.dumps(mine)
    ((_, full),) = [it for it in found if it[0] == "full"]
    assert full["data"]["number"] == "+8613800000001"
    lanes = {(it.lane, it.hook) for it in store.deliveries.rows.values()}
    assert lanes == {("A1", "crm"), ("A1", "full")}
    seqs = [it.seq for it in store.deliveries.rows.values() if it.hook == "crm"]
    assert seqs == sorted(seqs)


#: One of each kind, of things that are no more.
SAMPLES: Mapping[str, j.Event] = {
    it.kind: it
    for it in (
        j.CallOpened(campaign="C", lead="L"),
        j.CallWithdrawn(lead="L"),
        j.CallClosed(campaign="C", lead="L", outcome="busy"),
        j.CallPardoned(lead="L", why="reset"),
        j.CallWrapped(),
        j.ResultGiven(campaign="C", lead="L", disposition="sale"),
        j.ResultChanged(campaign="C", lead="L", disposition="sale", before="no"),
        j.CallbackPlanned(campaign="C", lead="L"),
        j.CallbackMoved(campaign="C", lead="L"),
        j.CallbackSettled(campaign="C", lead="L", result="kept"),
        j.WorkEnded(agent="R", pool="p", state="ready"),
        j.LeadAdded(list="may", first="L1", last="L2", count=2),
        j.LeadEdited(campaign="C"),
        j.DncChanged(what="added", count=2),
        j.RecordingKept(attempt="A"),
        j.RecordingDeleted(attempt="A"),
        j.AlertBegan(),
        j.AlertEnded(),
        j.AlertAcknowledged(),
        j.CampaignCreated(),
        j.CampaignMoved(state="running", audit="X"),
        j.SettingsChanged(version=1),
        j.PersonErased(leads=["L"], attempts=["A"]),
    )
}
#: What is no receiver's: it is for the program itself.
OURS = {"work.ended", "campaign.created"}


@pytest.mark.parametrize("kind", sorted(KINDS))
async def test_of_what_is_no_more_the_record_itself_is_told(kind: str) -> None:
    store = InMemoryStore()
    event = SAMPLES[kind]
    store.journal._rows.append([Happened(NOW, "S", event)])

    name = event_name(Entry(1, NOW, "S", event))
    found = await told(store, crm=hook(*{it.partition(".")[0] for it in EVENTS}))

    assert (name in EVENTS) is (kind not in OURS)
    gone = kind.startswith(("alert.", "settings."))  # without the row there is nothing to say
    assert [it["event"] for _, it in found] == ([] if kind in OURS or gone else [name])


def test_only_what_somebody_wants_is_read() -> None:
    assert kinds_of({}) == frozenset()
    assert kinds_of({"a": hook("alert.began"), "b": hook("campaign.stop")}) == {
        "alert.began", "campaign.moved",
    }  # fmt: skip
    assert kinds_of({"a": hook("settings"), "b": hook("call", on=False)}) == {"settings.changed"}
    assert set(EVENTS) == {
        event_name(Entry(1, NOW, "S", event))
        for kind, event in SAMPLES.items()
        if kind not in OURS and kind != "campaign.moved"
    } | {"campaign.start", "campaign.pause", "campaign.stop"}

"""What steering leaves behind: versions, assignments, messages, schedules, alerts, deliveries."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from dialer.ports.audit import AuditEntry
from dialer.ports.past_calls import CallFilter
from dialer.ports.scope import EVERYTHING, Reach
from dialer.ports.steering import (
    AgentResult,
    AlertRow,
    Assignment,
    Delivery,
    KeyChange,
    Message,
    Receipt,
    ScheduleMark,
    SettingsChange,
)
from dialer.ports.store import Agent, ClosedAttempt, LeadNext, Recording
from dialer.words import LeadState, RecordingState

NOW = 1_800_000_000.0
ENTRY = AuditEntry(at=NOW, who="boss", what="message.send", subject="all")


def version(number: int, subject: str = "pool/default") -> SettingsChange:
    return SettingsChange(
        subject=subject, version=number, settings={"ratio": number}, changed_at=NOW + number,
        changed_by="boss", origin="console", because="quiet hour",
        changes=(KeyChange("ratio", None, number),),
    )  # fmt: skip


async def test_versions_are_kept_newest_first_and_never_overwritten(store) -> None:
    for number in (1, 2, 3):
        assert await store.settings_versions.add(version(number))
    assert await store.settings_versions.add(version(1, "campaign/spring"))

    assert not await store.settings_versions.add(replace(version(3), changed_by="thief"))
    assert await store.settings_versions.latest("pool/default") == version(3)
    assert await store.settings_versions.latest("pool/none") is None
    page = await store.settings_versions.page("pool/default", below=3, limit=1)
    assert list(page) == [version(2)]


async def test_an_assignment_replaces_the_one_before(store) -> None:
    await store.agents.add(Agent(id="anna", name="Anna", endpoint="anna", pool="sales"))
    await store.assignments.put(Assignment("anna", ("spring",)))
    await store.assignments.put(Assignment("anna", None))

    assert await store.assignments.all() == {"anna": Assignment("anna", None)}


def message(number: int, who: str = "boss") -> Message:
    return Message(id=f"M{number}", at=NOW + number, who=who, addressed="all", text=f"n {number}")


async def test_a_message_is_read_once_by_those_who_got_it(store) -> None:
    await store.messages.add(message(1), ["anna", "ben"], ENTRY)
    await store.messages.add(message(2), ["anna"], ENTRY)
    await store.messages.add(message(3, "other"), ["anna"], ENTRY)

    assert await store.messages.mark_read("M1", "anna", NOW + 9)
    assert await store.messages.mark_read("M1", "anna", NOW + 99)
    assert not await store.messages.mark_read("M2", "ben", NOW)

    own = await store.messages.of_agent("anna", since=NOW + 1, below="M3")
    assert list(own) == [
        (message(2), Receipt("M2", "anna")),
        (message(1), Receipt("M1", "anna", NOW + 9)),
    ]
    sent = await store.messages.sent_by("boss")
    assert [(it.id, [r.read_at for r in receipts]) for it, receipts in sent] == [
        ("M2", [None]), ("M1", [NOW + 9, None]),
    ]  # fmt: skip
    assert [entry.what for entry in await store.audit.list()] == ["message.send"] * 3


async def test_a_schedule_remembers_how_far_it_is(store, campaign) -> None:
    await store.schedule_marks.put(ScheduleMark(campaign.id, NOW, "a"))
    await store.schedule_marks.put(ScheduleMark(campaign.id, NOW + 60, "b"))

    assert await store.schedule_marks.all() == {
        campaign.id: ScheduleMark(campaign.id, NOW + 60, "b")
    }


async def test_alerts_fire_until_they_end(store) -> None:
    row = AlertRow(
        id="L1", name="abandon", subject="campaign/spring", pool="default", severity="warning",
        words="2.6 %", value=0.026, began_at=NOW,
    )  # fmt: skip
    await store.alerts.put(row)
    await store.alerts.put(replace(row, id="L2"))
    ended = replace(row, ended_at=NOW + 5, acked_at=NOW + 1, acked_by="boss")
    await store.alerts.put(ended)

    assert [it.id for it in await store.alerts.firing(EVERYTHING)] == ["L2"]
    assert await store.alerts.get("L1") == ended
    assert await store.alerts.get("none") is None
    assert [it.id for it in await store.alerts.recent(EVERYTHING)] == ["L2", "L1"]
    assert [it.id for it in await store.alerts.recent(EVERYTHING, below="L2")] == ["L1"]


async def test_deliveries_wait_until_they_are_done_or_dead(store) -> None:
    rows = [
        Delivery(id=f"D{n}", hook="crm", event="alert.began", body="{}", created_at=NOW + n)
        for n in range(3)
    ]
    await store.deliveries.add(rows)
    done = replace(rows[0], state="done", tries=1, status=200)
    dead = replace(rows[1], state="dead", tries=9, error="refused")
    await store.deliveries.tried([done, dead])

    assert [it.id for it in await store.deliveries.due("crm", NOW, limit=9)] == ["D2"]
    assert await store.deliveries.get("D1") == dead
    assert [it.id for it in await store.deliveries.page(hook="crm")] == ["D2", "D1", "D0"]
    assert [it.id for it in await store.deliveries.page(state="dead", below="D2")] == ["D1"]
    assert await store.deliveries.sweep(before=NOW + 1, limit=2) == 1
    assert await store.deliveries.sweep(before=NOW + 9, limit=1) == 1
    assert await store.deliveries.get("D0") is None
    assert await store.deliveries.get("D2") == rows[2]


async def test_what_became_of_a_delivery_brings_nothing_back(store) -> None:
    """A person may be erased while a message is under way."""
    one, gone = (
        Delivery(id=an_id, hook="crm", event="call.closed", body="her number", created_at=NOW)
        for an_id in ("D1", "D2")
    )
    await store.deliveries.add([replace(one, body="erased")])
    await store.deliveries.tried([replace(it, state="done", tries=1) for it in (one, gone)])

    assert await store.deliveries.get("D1") == replace(one, body="erased", state="done", tries=1)
    assert await store.deliveries.get("D2") is None


async def test_of_one_lane_only_the_first_is_due(store) -> None:
    def of(an_id: str, lane: str, seq: int, next_at: float, hook: str = "crm") -> Delivery:
        return Delivery(
            id=an_id, hook=hook, event="e", body="", created_at=NOW, lane=lane, seq=seq,
            next_at=next_at,
        )  # fmt: skip

    await store.deliveries.add(
        [
            of("D1", "A", 1, NOW + 60), of("D2", "A", 2, NOW), of("D3", "B", 3, NOW),
            of("D4", "B", 4, NOW), of("D5", "A", 2, NOW - 9, "erp"), of("D6", "C", 5, NOW + 9, "x"),
        ]
    )  # fmt: skip

    async def due(hook: str, now: float, limit: int = 9) -> list[str]:
        return [it.id for it in await store.deliveries.due(hook, now, limit=limit)]

    assert await store.deliveries.receivers(NOW) == ["crm", "erp"]
    assert await due("crm", NOW) == ["D3"]
    assert await due("crm", NOW + 60) == ["D3", "D1"]
    assert await due("crm", NOW + 60, limit=1) == ["D3"]
    assert await due("erp", NOW) == ["D5"]


async def test_what_waits_is_given_up_in_pieces(store) -> None:
    await store.deliveries.add(
        [
            Delivery(id=f"D{n}", hook="crm", event="e", body="", created_at=NOW, next_at=NOW + n)
            for n in range(4)
        ]
    )
    give_up = store.deliveries.give_up

    assert await give_up("old", hook="crm", before=NOW + 2, limit=1) == 1
    assert await give_up("old", hook="crm", before=NOW + 2, limit=9) == 1
    assert await give_up("old", hook="crm", before=NOW + 2, limit=9) == 0
    assert await give_up("gone", hook="erp", limit=9) == 0
    assert await give_up("gone", hook="crm", limit=9) == 2
    assert await store.deliveries.receivers(NOW + 99) == []
    dead = await store.deliveries.page(state="dead")
    assert [(it.id, it.error) for it in dead] == [
        ("D3", "gone"), ("D2", "gone"), ("D1", "old"), ("D0", "old"),
    ]  # fmt: skip


@pytest.fixture
async def talks(store, campaign, new_lead, attempt_on) -> None:
    added = await store.leads.add(
        campaign.id, [new_lead(f"+4930123456{n}0") for n in range(5)], now=NOW
    )
    await store.leads.claim(campaign.id, 5, now=NOW, claim_id="c")
    ended = [("anna", "sale", 10.0), ("anna", "sale", 20.0), ("anna", None, 30.0),
             ("ben", "sale", 40.0), (None, None, 0.0)]  # fmt: skip
    for n, (agent, said, talk) in enumerate(ended):
        lead = await store.leads.get(added.lead_ids[n])
        await store.attempts.open([attempt_on(lead, f"A{n}", placed_at=NOW + n)])
        await store.attempts.close(
            [
                ClosedAttempt(
                    attempt_id=f"A{n}", ended_at=NOW + n, outcome="connected" if agent else "busy",
                    lead=LeadNext(LeadState.DONE), agent=agent,
                    talk_seconds=talk if agent else None,
                    answered_at=NOW if agent else None, connected_at=NOW if agent else None,
                )
            ]
        )  # fmt: skip
        if said:
            await store.attempts.wrapup(f"A{n}", wrapup_seconds=1.0, disposition=said)


async def test_results_are_conversations_by_rep_and_disposition(store, campaign, talks) -> None:
    found = await store.results.by_agent(["spring", "none"], since=NOW, until=NOW + 3)
    later = await store.results.by_agent(["spring"], since=NOW + 3, until=NOW + 9)

    assert sorted(found, key=lambda row: row.calls) == [
        AgentResult("anna", "spring", None, 1, 30.0),
        AgentResult("anna", "spring", "sale", 2, 30.0),
    ]
    assert list(later) == [AgentResult("ben", "spring", "sale", 1, 40.0)]


async def test_which_results_were_said_of_calls_of_a_campaign(store, campaign, talks) -> None:
    assert await store.results.said_of("spring", ["sale", "dnc"]) == {"sale"}
    assert await store.results.said_of("spring", []) == frozenset()
    assert await store.results.said_of("none", ["sale"]) == frozenset()


async def test_recordings_are_found_with_their_calls(store, talks) -> None:
    for n in range(5):
        await store.recordings.add(
            Recording(
                id=f"A{n}", attempt_id=f"A{n}", path=f"{n}.flac", state=RecordingState.READY,
                created_at=NOW + n, codec="flac",
            )
        )  # fmt: skip
    await store.recordings.add(
        Recording(id="B", attempt_id="none", path="b", state=RecordingState.RAW, created_at=NOW)
    )

    async def ids(scope: Reach = EVERYTHING, **wanted: object) -> list[str]:
        page = {key: wanted.pop(key) for key in ("below", "limit") if key in wanted}
        found = await store.recordings.page(CallFilter(**wanted), scope, **page)
        return [it.recording.id for it in found]

    assert await ids() == ["A4", "A3", "A2", "A1", "A0"]
    assert await ids(campaigns=("none",)) == []
    assert await ids(agents=("ben",)) == ["A3"]
    team = Reach(agents=frozenset({"ben"}), every_pool=True, waiting_calls=True)
    assert await ids(team) == ["A4", "A3"]
    assert await ids(Reach(agents=frozenset({"ben"}))) == ["A3"]
    assert await ids(since=NOW + 1, until=NOW + 3) == ["A2", "A1"]
    assert await ids(below="A2", limit=1) == ["A1"]
    found = await store.recordings.call("A0", EVERYTHING)
    assert found is not None
    call, pool = found.found.call, found.found.pool
    assert (call.campaign, pool, call.agent, call.disposition, call.talk_seconds) == (
        "spring", "sales", "anna", "sale", 10.0,
    )  # fmt: skip
    assert await store.recordings.call("B", EVERYTHING) is None

"""A person: found in every table, taken out of each, and never called again."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from dialer.ids import new_id
from dialer.ports.audit import AuditEntry
from dialer.ports.calls import CallStep
from dialer.ports.desk import Callback, Note
from dialer.ports.dnc import DncChange, Undone
from dialer.ports.gate import Passed
from dialer.ports.people import InCallError, Mentions
from dialer.ports.reasons import Reasons
from dialer.ports.scope import EVERYTHING
from dialer.ports.steering import Delivery, Message
from dialer.ports.store import (
    Campaign,
    ClosedAttempt,
    DncEntry,
    LeadNext,
    NewLead,
    Recording,
    Said,
    Store,
)
from dialer.words import LeadState, RecordingState

NOW = 1_800_000_000.0
HERS, OTHERS, STRANGER = "+4930123456", "+4930777777", "+4940555555"
MENTIONS = Mentions(HERS, "49")
WHY = Reasons(
    "l", 1, 1, 50, 0.0, None, None,
    Passed(NOW, ("Europe/Berlin",), None, True, 0, 3, 0, 4, None, 60.0),
)  # fmt: skip
ERASE = AuditEntry(at=NOW, who="cli", what="person.erase", subject="#1", after={"leads": 1})


@pytest.fixture
async def anna(
    store: Store, campaign: Campaign, new_lead: Callable[..., NewLead], attempt_on
) -> str:
    """A lead with two numbers, one call, and something in every table; her lead's id."""
    stranger = new_lead(STRANGER, name="Somebody Else")
    hers = new_lead(HERS, OTHERS, name="Anna Example", custom={"street": "Hauptstr. 1"})
    (lead_id, other) = (await store.leads.add(campaign.id, [hers, stranger], now=NOW)).lead_ids
    await store.leads.claim(campaign.id, 10, now=NOW, claim_id="c")
    lead = await store.leads.get(lead_id)
    assert await store.attempts.open([attempt_on(lead, reasons=WHY)]) == {"A1"}
    next_ = LeadNext(state=LeadState.DONE)
    closed = ClosedAttempt(
        attempt_id="A1", ended_at=NOW + 30, outcome="connected", lead=next_, recording="A1"
    )
    await store.attempts.close([closed])
    await store.attempts.wrapup(
        "A1", wrapup_seconds=1.0, disposition="sale", said=Said("boss", "Anna rang again")
    )
    note = {"attempt_id": "A1", "at": NOW, "who": "rep", "text": "wants a call"}
    await store.notes.add(Note(id=new_id(), lead_id=lead_id, **note))
    await store.notes.add(Note(id=new_id(), lead_id=other, **{**note, "attempt_id": None}))
    await store.callbacks.plan(
        Callback(
            id=new_id(), campaign_id=campaign.id, lead_id=lead_id, attempt_id="A1", made_by="rep",
            owner=None, due_at=NOW, created_at=NOW, try_at=NOW,
        )
    )  # fmt: skip
    step = {"attempt_id": "A1", "at": NOW, "agent": "rep"}
    await store.call_steps.add(CallStep(id=new_id(), what="invite", label=HERS, **step))
    kept = {"created_at": NOW, "seconds": 30.0, "bytes": 9, "sha256": "x", "codec": "flac"}
    await store.recordings.add(
        Recording(id="A1", attempt_id="A1", path="d/s/A1.flac", state=RecordingState.READY, **kept)
    )
    said = Message(id=new_id(), at=NOW, who="eva", addressed="all", text="call 030 / 123456 back")
    await store.messages.add(said, [], AuditEntry(at=NOW, who="eva", what="m", subject="all"))
    body = f'{{"number": "{HERS}"}}'
    await store.deliveries.add(
        [Delivery(id=new_id(), hook="h", event="call.ended", body=body, created_at=NOW)]
    )
    added = {"numbers": [HERS, STRANGER], "reason": "letter"}
    await store.audit.record(
        AuditEntry(at=NOW, who="eva", what="dnc.add", subject="dnc", after=added)
    )
    was = {"name": "Ann Example", "custom": {"street": ""}}
    await store.audit.record(
        AuditEntry(at=NOW, who="eva", what="lead.edit", subject=lead_id, before=was)
    )
    await store.dnc.add([DncEntry(number=HERS, reason="Anna wrote", source="api", added_at=NOW)])
    return lead_id


async def test_a_person_is_found_in_every_table(store: Store, anna: str) -> None:
    person = await store.people.find(MENTIONS)

    assert [lead.id for lead in person.leads] == [anna]
    assert person.numbers == [HERS, OTHERS]
    assert [call.attempt_id for call in person.calls] == ["A1"]
    assert [note.text for note in person.notes] == ["wants a call"]
    assert (len(person.callbacks), len(person.call_steps), len(person.recordings)) == (1, 1, 1)
    (behind,) = person.behind_calls
    assert behind.reasons is not None
    assert behind.reasons["passed"]["zones"] == ("Europe/Berlin",)
    assert [it.why for it in behind.results] == ["Anna rang again"]
    assert (len(person.messages), len(person.deliveries)) == (1, 1)
    assert {row.entry.what for row in person.audit} == {"dnc.add", "lead.edit"}
    assert person.dnc is not None
    assert person.dnc.reason == "Anna wrote"


async def test_nothing_of_a_person_is_left_but_calls_without_a_number(
    store: Store, anna: str
) -> None:
    await store.people.erase(await store.people.find(MENTIONS), MENTIONS, ERASE)

    left = await store.people.find(MENTIONS)
    assert await store.leads.get(anna) is None
    assert (left.leads, left.notes, left.callbacks) == ([], [], [])
    assert (left.messages, left.deliveries) == ([], [])
    assert [call.outcome for call in left.calls] == ["connected"]
    assert left.calls[0].number.startswith("#")
    assert left.recordings[0].state is RecordingState.DELETED
    behind = await store.past_calls.behind("A1", EVERYTHING)
    assert behind is not None
    assert behind.reasons is None, "where they live"
    told = repr([await store.audit.list(limit=100), await store.attempts.get("A1"), behind])
    for word in (HERS, "123456", "Ann ", "Anna", "Hauptstr", OTHERS):
        assert word not in told
    assert STRANGER in told, "others keep their place in what is kept"
    sent = await store.messages.sent_by("eva")
    assert [message.text for message, _ in sent] == ["call [erased] back"]
    assert (await store.audit.list(limit=1))[0] == ERASE


async def test_an_erased_number_is_refused_and_known_to_imports(store: Store, anna: str) -> None:
    await store.people.erase(await store.people.find(MENTIONS), MENTIONS, ERASE)

    found = await store.dnc.check([HERS, OTHERS, STRANGER], now=NOW + 1e9)
    assert set(found) == {HERS, OTHERS}
    assert found[HERS].number == HERS
    assert "Anna" not in found[HERS].reason
    assert await store.people.erased([HERS, OTHERS, STRANGER]) == {HERS, OTHERS}
    assert not await store.people.is_foreign()

    again = DncEntry(number=HERS, reason="Anna wrote again", added_at=NOW)
    assert await store.dnc.add([again]) == 0
    assert "Anna" not in repr(await store.dnc.check([HERS], now=NOW))


async def test_taking_it_off_the_list_lets_the_number_in_again(store: Store, anna: str) -> None:
    await store.people.erase(await store.people.find(MENTIONS), MENTIONS, ERASE)

    assert await store.dnc.remove([HERS]) == 1

    assert await store.dnc.check([HERS], now=NOW) == {}
    assert await store.people.erased([HERS, OTHERS]) == {OTHERS}


async def test_who_is_in_a_call_is_not_erased(
    store: Store, campaign: Campaign, new_lead, attempt_on
) -> None:
    (lead_id,) = (await store.leads.add(campaign.id, [new_lead(HERS)], now=NOW)).lead_ids
    await store.leads.claim(campaign.id, 10, now=NOW, claim_id="c")
    await store.attempts.open([attempt_on(await store.leads.get(lead_id))])

    with pytest.raises(InCallError):
        await store.people.erase(await store.people.find(MENTIONS), MENTIONS, ERASE)

    assert await store.leads.get(lead_id) is not None
    assert await store.dnc.check([HERS], now=NOW) == {}
    assert await store.audit.list(subject="#1") == []


async def test_erasing_again_is_harmless(store: Store, anna: str) -> None:
    for _ in range(2):
        await store.people.erase(await store.people.find(MENTIONS), MENTIONS, ERASE)

    assert set(await store.dnc.check([HERS], now=NOW)) == {HERS}
    assert len((await store.people.find(MENTIONS)).calls) == 1


async def test_what_is_said_of_a_call_after_its_person_was_erased_is_not_kept(
    store: Store, campaign: Campaign, anna: str
) -> None:
    """A rep may still be writing it up, and its recording may still be made."""
    await store.people.erase(await store.people.find(MENTIONS), MENTIONS, ERASE)

    said = Note(id=new_id(), lead_id=anna, attempt_id="A1", at=NOW, who="rep", text="Anna moves")
    await store.notes.add(said)
    await store.callbacks.plan(
        Callback(
            id=new_id(), campaign_id=campaign.id, lead_id=anna, attempt_id="A1", made_by="rep",
            owner=None, due_at=NOW, created_at=NOW, try_at=NOW,
        )
    )  # fmt: skip
    await store.attempts.wrapup(
        "A1", wrapup_seconds=None, disposition="no_sale", said=Said("boss", "Anna moves")
    )
    late = Recording(
        id="A1", attempt_id="A1", path="d/s/A1.flac", state=RecordingState.READY, created_at=NOW
    )
    assert await store.recordings.add(late) == {"A1"}

    person = await store.people.find(MENTIONS)
    assert (person.leads, person.notes, person.callbacks) == ([], [], [])
    assert [row.state for row in person.recordings] == [RecordingState.DELETED]
    assert [it.why for it in person.behind_calls[0].results] == ["", ""]


async def test_a_recording_that_is_not_finished_when_its_person_is_erased_stays_deleted(
    store: Store, campaign: Campaign, new_lead: Callable[..., NewLead], attempt_on
) -> None:
    (lead_id,) = (await store.leads.add(campaign.id, [new_lead(HERS)], now=NOW)).lead_ids
    await store.leads.claim(campaign.id, 10, now=NOW, claim_id="c")
    await store.attempts.open([attempt_on(await store.leads.get(lead_id))])
    done = LeadNext(state=LeadState.DONE)
    await store.attempts.close(
        [
            ClosedAttempt(
                attempt_id="A1", ended_at=NOW, outcome="connected", lead=done, recording="A1"
            )
        ]
    )
    await store.people.erase(await store.people.find(MENTIONS), MENTIONS, ERASE)

    late = Recording(
        id="A1", attempt_id="A1", path="d/s/A1.flac", state=RecordingState.READY, created_at=NOW
    )
    assert await store.recordings.add(late) == {"A1"}
    assert (await store.recordings.get("A1")).state is RecordingState.DELETED


async def test_others_are_as_they_were(store: Store, campaign: Campaign, anna: str) -> None:
    await store.people.erase(await store.people.find(MENTIONS), MENTIONS, ERASE)

    stranger = await store.leads.find(campaign.id, STRANGER)
    assert stranger is not None
    assert stranger.name == "Somebody Else"
    assert len(await store.notes.of_lead(stranger.id)) == 1
    assert await store.dnc.check([STRANGER], now=NOW) == {}


async def test_undoing_an_earlier_change_brings_no_number_back(store: Store, anna: str) -> None:
    change = DncChange(id=new_id(), at=NOW, who="eva", what="remove")
    await store.dnc.remove([HERS], change)

    await store.people.erase(await store.people.find(MENTIONS), MENTIONS, ERASE)

    assert await store.dnc.undo(change.id, now=NOW, who="eva") == Undone(back=0, kept=0)
    assert (await store.dnc.check([HERS], now=NOW))[HERS].reason == "erased"

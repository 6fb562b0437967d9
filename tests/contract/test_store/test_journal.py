"""The journal: written with what it tells of, handed on once, kept until all have passed it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from dialer.ports import journal as j
from dialer.ports.audit import AuditEntry
from dialer.ports.desk import Callback, LeadEdit, WorkTime
from dialer.ports.dnc import DncChange
from dialer.ports.journal import KINDS, Entry, read_event
from dialer.ports.journal_work import Work
from dialer.ports.people import Mentions
from dialer.ports.steering import AlertRow, Delivery, SettingsChange
from dialer.ports.store import (
    Campaign,
    CampaignState,
    ClosedAttempt,
    DncEntry,
    Lead,
    LeadNext,
    LeadState,
    NewAttempt,
    NewLead,
    NotFoundError,
    Recording,
    RecordingState,
    Store,
)
from dialer.store.journal import SPAN, WORTH_MOVING

NOW = 1_800_000_000.0
ALL = frozenset(KINDS)
AGAIN = LeadNext(LeadState.RETRY, NOW + 3600)
Attempt = Callable[..., NewAttempt]


def closed(attempt_id: str, **fields: object) -> ClosedAttempt:
    given: dict[str, object] = {
        "attempt_id": attempt_id,
        "ended_at": NOW + 20,
        "outcome": "connected",
        "lead": AGAIN,
        "connected_at": NOW + 5,
        "agent": "R1",
    }
    return ClosedAttempt(**(given | fields))  # type: ignore[arg-type]


@pytest.fixture
async def lead(store: Store, campaign: Campaign, new_lead: Callable[..., NewLead]) -> Lead:
    await store.leads.add(campaign.id, [new_lead("+8613800000001")], now=NOW)
    (found,) = await store.leads.claim(campaign.id, 1, now=NOW, claim_id="C")
    return found


async def events(store: Store, *kinds: type[j.Event]) -> list[tuple[str, j.Event]]:
    """What was written of these kinds, in order."""
    rows = await store.journal.entries()
    return [(it.subject, it.event) for it in rows if isinstance(it.event, kinds or (j.Event,))]


# --- what is written ------------------------------------------------------------------------------


async def test_a_call_is_told_from_the_dial_to_the_word(
    store: Store, lead: Lead, attempt_on: Attempt
) -> None:
    await store.attempts.open([attempt_on(lead)])
    await store.attempts.close([closed("A1")])
    await store.attempts.close([closed("A1")])  # again: nothing happens
    said = {"wrapup_seconds": 4.0, "disposition": "sale"}
    await store.attempts.wrapup("A1", **said)
    await store.attempts.wrapup("A1", wrapup_seconds=None, disposition="sale")
    await store.attempts.wrapup("A1", wrapup_seconds=None, disposition="no-interest")
    await store.attempts.wrapup_seconds({"A1": 5.0, "nobody": 1.0})

    whose = {"campaign": lead.campaign_id, "lead": lead.id}
    mine = {**whose, "agent": "R1"}
    told = await events(store)
    assert [it for it in told if it[0] == "A1"] == [
        ("A1", j.CallOpened(**whose)),
        ("A1", j.CallClosed(**mine, outcome="connected")),
        ("A1", j.CallWrapped()),
        ("A1", j.ResultGiven(**mine, disposition="sale")),
        ("A1", j.ResultChanged(**mine, disposition="no-interest", before="sale")),
        ("A1", j.CallWrapped()),
    ]
    at = {type(it.event): it.at for it in await store.journal.entries()}
    assert (at[j.CallOpened], at[j.CallClosed]) == (NOW, NOW + 20)


async def test_what_was_not_dialed_and_what_counts_as_no_try(
    store: Store, lead: Lead, attempt_on: Attempt
) -> None:
    await store.attempts.open([attempt_on(lead)])
    await store.attempts.withdraw(["A1"])
    await store.leads.claim(lead.campaign_id, 1, now=NOW, claim_id="C")
    await store.attempts.open([attempt_on(lead, "A2", for_agent="R9")])
    await store.attempts.close([closed("A2", outcome="failed", connected_at=None)])
    await store.attempts.pardon(["A2"], why="reset", now=NOW + 60)

    assert await events(store, j.CallWithdrawn, j.CallPardoned) == [
        ("A1", j.CallWithdrawn(lead=lead.id)),
        ("A2", j.CallPardoned(lead=lead.id, why="reset")),
    ]
    opened = await events(store, j.CallOpened)
    assert opened[1][1] == j.CallOpened(campaign=lead.campaign_id, lead=lead.id, agent="R9")


async def test_a_callback_is_told_when_it_is_planned_moved_and_settled(
    store: Store, lead: Lead
) -> None:
    def callback(an_id: str, **fields: object) -> Callback:
        given: dict[str, object] = {
            "id": an_id, "campaign_id": lead.campaign_id, "lead_id": lead.id, "attempt_id": "A1",
            "made_by": "R1", "owner": None, "due_at": NOW + 60, "created_at": NOW,
            "try_at": NOW + 60,
        }  # fmt: skip
        return Callback(**(given | fields))  # type: ignore[arg-type]

    await store.callbacks.plan(callback("B1"))
    await store.callbacks.plan(callback("B1", due_at=NOW + 120))
    await store.callbacks.plan(callback("B2"))  # in place of the first
    await store.callbacks.postpone("B2", NOW + 600, "hours")
    await store.callbacks.postpone("B1", NOW + 600, "hours")  # is over
    await store.callbacks.settle("B2", "kept", now=NOW + 700)
    await store.callbacks.settle("B2", "late", now=NOW + 800)  # is over

    whose = {"campaign": lead.campaign_id, "lead": lead.id, "attempt": "A1"}
    assert await events(store, j.CallbackPlanned, j.CallbackMoved, j.CallbackSettled) == [
        ("B1", j.CallbackPlanned(**whose)),
        ("B1", j.CallbackMoved(**whose)),
        ("B1", j.CallbackSettled(**whose, result="dropped")),
        ("B2", j.CallbackPlanned(**whose)),
        ("B2", j.CallbackMoved(**whose)),
        ("B2", j.CallbackSettled(**whose, result="kept")),
    ]
    assert {it.lane for it in await store.journal.entries() if "callback" in it.event.kind} == {
        "A1"
    }


async def test_leads_are_told_by_list_and_range_not_one_by_one(
    store: Store, campaign: Campaign, new_lead: Callable[..., NewLead]
) -> None:
    new = [
        new_lead(f"+861380000000{i}", list_name="may" if i < 3 else "june", import_id="I1")
        for i in range(5)
    ]
    added = await store.leads.add(campaign.id, new, now=NOW)
    await store.leads.add(campaign.id, new, now=NOW)  # all are there already

    ids = added.lead_ids
    assert await events(store, j.LeadAdded) == [
        (campaign.id, j.LeadAdded(list="may", first=ids[0], last=ids[2], count=3, import_id="I1")),
        (campaign.id, j.LeadAdded(list="june", first=ids[3], last=ids[4], count=2, import_id="I1")),
    ]

    await store.leads.edit(ids[0], LeadEdit(name="Li"))
    await store.leads.edit(ids[0], LeadEdit())  # changes nothing
    assert await events(store, j.LeadEdited) == [(ids[0], j.LeadEdited(campaign=campaign.id))]


async def test_the_do_not_call_list_tells_how_many_and_never_whom(store: Store) -> None:
    change = DncChange(id="D1", at=NOW, who="ops", what="add", reason="asked")
    entry = DncEntry(number="+8613800000001", added_at=NOW)
    await store.dnc.add([entry, DncEntry(number="+8613800000002", added_at=NOW)], change)
    await store.dnc.add([entry])  # changes nothing, and keeps it from being undone
    await store.dnc.undo("D1", now=NOW + 1, who="ops")
    await store.dnc.remove([entry.number])
    await store.dnc.remove([entry.number])  # changes nothing

    assert await events(store, j.DncChanged) == [
        ("D1", j.DncChanged(what="added", count=2)),
        ("D1", j.DncChanged(what="undone", count=1)),
        ("", j.DncChanged(what="removed", count=1)),
    ]


async def test_recordings_are_told_once_kept_and_once_deleted(store: Store) -> None:
    raw = Recording(id="R", attempt_id="A1", path="a.wav", state=RecordingState.RAW, created_at=NOW)
    gone = Recording(id="R", attempt_id="A1", path="", state=RecordingState.DELETED, created_at=NOW)
    await store.recordings.add(raw)
    await store.recordings.add(raw)
    await store.recordings.update(gone)
    await store.recordings.update(gone)

    assert await events(store) == [
        ("R", j.RecordingKept(attempt="A1")),
        ("R", j.RecordingDeleted(attempt="A1")),
    ]


async def test_alerts_settings_campaigns_and_work_times(store: Store, campaign: Campaign) -> None:
    row = AlertRow(
        id="L1", name="ami", subject="", pool="", severity="critical", words="", value=None,
        began_at=NOW,
    )  # fmt: skip
    for fields in ({}, {}, {"acked_at": NOW + 1}, {"acked_at": NOW + 1, "ended_at": NOW + 2}):
        await store.alerts.put(
            AlertRow(**{n: getattr(row, n) for n in row.__struct_fields__} | fields)
        )  # type: ignore[arg-type]
    change = SettingsChange(
        subject="campaign/spring", version=1, settings={}, changed_at=NOW, changed_by="ops",
        origin="file", because="", changes=(), undoes=None,
    )  # fmt: skip
    assert await store.settings_versions.add(change)
    assert not await store.settings_versions.add(change)  # taken: nothing is told
    running = CampaignState.RUNNING
    for _ in range(2):
        await store.campaigns.set_state(campaign.id, running, now=NOW, who="boss")
    time = WorkTime(
        agent_id="R1", pool="sales", state="ready", reason="", began_at=NOW, ended_at=NOW + 9
    )
    await store.desk.add_times([time, time])

    told = await events(store)
    assert [event for _, event in told[:5]] == [
        j.CampaignCreated(),
        j.AlertBegan(),
        j.AlertAcknowledged(),
        j.AlertEnded(),
        j.SettingsChanged(version=1),
    ]
    assert {subject for subject, _ in told[1:4]} == {"L1"}
    (moved,) = [event for _, event in told if isinstance(event, j.CampaignMoved)]
    assert moved.state == "running"
    authors: dict[str, str] = {}

    def look(work: Work, found: Sequence[Entry]) -> None:
        authors.update(work.authors([moved.audit]))

    await store.journal.join("t", "beginning")
    await store.journal.consume("t", ALL, look, limit=100)
    assert authors == {moved.audit: "boss"}
    assert [event for _, event in told[-2:]] == 2 * [
        j.WorkEnded(agent="R1", pool="sales", state="ready")
    ]


async def test_an_erasure_names_what_has_to_go_elsewhere_and_nothing_of_whom(
    store: Store, lead: Lead, attempt_on: Attempt
) -> None:
    await store.attempts.open([attempt_on(lead)])
    await store.attempts.close([closed("A1")])
    mentions = Mentions(lead.numbers[0].number, "86")
    person = await store.people.find(mentions)
    await store.people.erase(
        person, mentions, AuditEntry(at=NOW, who="ops", what="person.erase", subject="")
    )

    ((_, event),) = await events(store, j.PersonErased)
    assert event == j.PersonErased(leads=[lead.id], attempts=["A1"])
    assert all("1380000" not in str(it) for it in await store.journal.entries())


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_kind_says_when_it_is_written_and_what_its_subject_is(kind: str) -> None:
    when, _, subject = (KINDS[kind].__doc__ or "").partition(" Subject: ")
    assert when.endswith(".")
    assert subject.strip().endswith(".")
    assert kind.count(".") == 1
    with pytest.raises(Exception, match=r"JSON|missing|expected|truncated|malformed"):
        read_event(kind, "")


# --- consumers ------------------------------------------------------------------------------------


def delivery(an_id: str, entry: Entry) -> Delivery:
    return Delivery(
        id=an_id, hook="t", event=entry.event.kind, body="", created_at=NOW, seq=entry.seq
    )


class Copier:
    """Writes down each record's number in the transaction; fails when it is told to."""

    def __init__(self) -> None:
        self.fails = False
        self.taken: list[int] = []

    def __call__(self, work: Work, found: Sequence[Entry]) -> None:
        work.deliver([delivery(f"D{it.seq:09}", it) for it in found])
        if self.fails:
            raise ValueError("no")
        self.taken += [it.seq for it in found]


async def _events_of(store: Store, count: int) -> None:
    for number in range(count):
        await store.dnc.add([DncEntry(number=f"+86138{number:08}", added_at=NOW)])


async def test_a_consumer_takes_each_record_once_and_a_failure_undoes_all(store: Store) -> None:
    await _events_of(store, 5)
    await store.journal.join("copy", "beginning")
    await store.journal.join("copy", "now")  # it is there: it stays where it is
    copier = Copier()
    copier.fails = True
    with pytest.raises(ValueError, match="no"):
        await store.journal.consume("copy", ALL, copier, limit=3)
    assert await store.deliveries.page() == []

    copier.fails = False
    counts = []
    while await store.journal.has_more("copy", ALL):
        counts.append(await store.journal.consume("copy", ALL, copier, limit=3))
    assert counts == [3, 2]
    assert await store.journal.consume("copy", ALL, copier, limit=3) == 0
    assert copier.taken == [it.seq for it in await store.journal.entries()]
    assert len(await store.deliveries.page()) == 5


async def test_a_new_consumer_starts_at_the_beginning_or_with_what_comes(store: Store) -> None:
    await _events_of(store, 2)
    await store.journal.join("all", "beginning")
    await store.journal.join("new", "now")
    await store.dnc.remove(["+8613800000000"])

    assert await store.journal.cursors() == {"all": 3, "new": 1}
    copier = Copier()
    await store.journal.consume("new", ALL, copier, limit=100)
    assert [type(it.event) for it in await store.journal.entries() if it.seq in copier.taken] == [
        j.DncChanged
    ]
    assert len(copier.taken) == 1
    with pytest.raises(NotFoundError):
        await store.journal.consume("who", ALL, copier, limit=1)
    assert await store.journal.forget("all")
    assert not await store.journal.forget("all")


async def test_what_nobody_wants_is_passed_in_few_and_bounded_steps(store: Store) -> None:
    await store.journal.join("calls", "beginning")
    await _events_of(store, 3)
    assert WORTH_MOVING < SPAN
    assert not await store.journal.has_more("calls", {"call.opened"})
    assert not await store.journal.has_more("calls", set())
    assert await store.journal.consume("calls", {"call.opened"}, Copier(), limit=10) == 0
    assert await store.journal.cursors() == {"calls": 0}


async def test_nothing_is_removed_that_a_consumer_has_not_passed(store: Store) -> None:
    for name in ("fast", "slow"):
        await store.journal.join(name, "beginning")
    await store.alerts.put(
        AlertRow(
            id="L1",
            name="ami",
            subject="",
            pool="",
            severity="info",
            words="",
            value=None,
            began_at=NOW,
        )
    )
    for number in range(4):
        change = DncChange(id=f"D{number}", at=NOW + number, who="", what="add", reason="")
        await store.dnc.add([DncEntry(number=f"+86138{number:08}", added_at=NOW)], change)
    copier = Copier()
    await store.journal.consume("fast", ALL, copier, limit=100)
    assert await store.journal.trim(before=NOW + 100, limit=100) == 0

    await store.journal.consume("slow", ALL, copier, limit=3)
    assert await store.journal.trim(before=NOW + 1, limit=100) == 2  # the others are younger
    assert await store.journal.trim(before=NOW + 100, limit=1) == 1
    assert await store.journal.trim(before=NOW + 100, limit=100) == 0
    await store.journal.consume("slow", ALL, copier, limit=100)
    # The last stays: its number must not be given again.
    assert await store.journal.trim(before=NOW + 100, limit=100) == 1
    assert len(await store.journal.entries()) == 1
    await _events_of(store, 1)
    await store.journal.consume("slow", ALL, copier, limit=100)


async def test_whoever_waits_is_woken_after_the_commit(store: Store) -> None:
    woken = []
    store.journal.on_append(lambda: woken.append(1))
    await store.ping()
    assert not woken
    await _events_of(store, 1)
    assert woken

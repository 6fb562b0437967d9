"""Notes, callbacks, cards, pages of leads and times at work, on every store."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from dialer.ids import id_of_key, new_id
from dialer.ports.desk import (
    NO_DISPOSITION,
    Callback,
    LeadEdit,
    LeadPage,
    Mishap,
    Note,
    WorkTime,
)
from dialer.ports.scope import EVERYTHING, Reach, everything
from dialer.ports.store import (
    Agent,
    Campaign,
    ClosedAttempt,
    Lead,
    LeadNext,
    NewAttempt,
    NewLead,
    Store,
)
from dialer.words import LeadState

NOW = 1_800_000_000.0
NewLeadOf = Callable[..., NewLead]
AttemptOn = Callable[..., NewAttempt]


async def put(store: Store, campaign: Campaign, *new: NewLead) -> list[Lead]:
    added = await store.leads.add(campaign.id, new, now=NOW)
    found = [await store.leads.get(lead_id) for lead_id in added.lead_ids]
    return [lead for lead in found if lead is not None]


async def call(store: Store, attempt: NewAttempt, **closed: Any) -> None:
    """An attempt on a lead, closed as said."""
    await store.leads.claim_one(attempt.lead_id, now=NOW, claim_id="c", also_over=True)
    assert await store.attempts.open([attempt])
    if closed:
        next_ = LeadNext(LeadState.RETRY, NOW + 60)
        given = {"ended_at": NOW + 30, "outcome": "no_answer", "lead": next_, **closed}
        await store.attempts.close([ClosedAttempt(attempt_id=attempt.attempt_id, **given)])


def callback(lead: Lead, an_id: str = "C1", **fields: Any) -> Callback:
    given: dict[str, Any] = {
        "id": an_id, "campaign_id": lead.campaign_id, "lead_id": lead.id, "attempt_id": "A1",
        "made_by": "anna", "owner": "anna", "due_at": NOW + 60, "created_at": NOW,
        "try_at": NOW + 60,
    }  # fmt: skip
    return Callback(**(given | fields))


async def test_a_card_has_the_calls_before_this_one_and_the_notes(
    store: Store, campaign: Campaign, new_lead: NewLeadOf, attempt_on: AttemptOn
) -> None:
    await store.agents.add(Agent(id="anna", name="Anna", endpoint="anna", pool="sales"))
    lead, other = await put(
        store, campaign, new_lead("+4930111", owner="anna"), new_lead("+4930112")
    )
    await call(store, attempt_on(lead, "A1"), outcome="connected", agent="anna", talk_seconds=9.0)
    await call(store, attempt_on(lead, "A2", mode="manual", for_agent="anna"))
    await call(store, attempt_on(other, "A3"))
    for text, on in (("first", lead), ("second", lead), ("else", other)):
        note = Note(id=new_id(), lead_id=on.id, attempt_id="A1", at=NOW, who="anna", text=text)
        await store.notes.add(note)
    await store.callbacks.plan(callback(lead))

    card = await store.desk.card(lead.id, "A2", scope=EVERYTHING)
    plain = await store.desk.card(lead.id, scope=EVERYTHING)

    assert card is not None
    assert plain is not None
    assert (card.campaign, card.owner_name, card.lead.id) == ("spring", "Anna", lead.id)
    assert (card.number, card.caller_id, card.attempt_number) == ("+4930111", "+12025550100", 2)
    (past,) = card.history
    assert (past.attempt_id, past.agent_name, past.outcome) == ("A1", "Anna", "connected")
    assert (past.talk_seconds, past.mode, past.placed_at) == (9.0, "auto", NOW)
    assert [note.text for note in card.notes] == ["second", "first"]
    assert card.callback == callback(lead)
    assert [it.attempt_id for it in plain.history] == ["A2", "A1"]
    assert (plain.number, plain.attempt_number) == (None, None)
    assert await store.desk.card("no-such-lead", scope=EVERYTHING) is None


async def test_a_note_sent_again_is_one_note_with_its_last_words(
    store: Store, campaign: Campaign, new_lead: NewLeadOf
) -> None:
    (lead,) = await put(store, campaign, new_lead("+4930111"))
    an_id = id_of_key("anna", "a-key-of-the-page")
    for n, text in enumerate(["big one", "the big one"]):
        await store.notes.add(
            Note(id=an_id, lead_id=lead.id, attempt_id=None, at=NOW + n, who="anna", text=text)
        )
    later = Note(id=new_id(), lead_id=lead.id, attempt_id=None, at=NOW + 9, who="b", text="later")
    await store.notes.add(later)

    assert [note.text for note in await store.notes.of_lead(lead.id)] == ["later", "the big one"]


async def test_a_reps_calls_are_those_talked_in_and_those_placed_for_the_rep(
    store: Store, campaign: Campaign, new_lead: NewLeadOf, attempt_on: AttemptOn
) -> None:
    leads = await put(store, campaign, *[new_lead(f"+49301{i}") for i in range(4)])
    await call(store, attempt_on(leads[0], "A1"), outcome="connected", agent="anna")
    await call(store, attempt_on(leads[1], "A2", mode="preview", for_agent="anna"), outcome="busy")
    await call(store, attempt_on(leads[2], "A3"), outcome="connected", agent="bela")
    await call(store, attempt_on(leads[3], "A4", mode="manual", for_agent="anna"))

    found = await store.desk.calls_of("anna", limit=10)

    assert [(it.attempt_id, it.mode, it.outcome) for it in found] == [
        ("A4", "manual", None), ("A2", "preview", "busy"), ("A1", "auto", "connected"),
    ]  # fmt: skip
    assert [it.attempt_id for it in await store.desk.calls_of("anna", limit=1)] == ["A4"]
    assert {it.attempt_id for it in await store.desk.calls(["A3", "none"])} == {"A3"}
    assert await store.desk.calls([]) == []


async def test_calls_for_one_rep_count_in_no_abandon_window_unless_they_were_abandoned(
    store: Store, campaign: Campaign, new_lead: NewLeadOf, attempt_on: AttemptOn
) -> None:
    leads = await put(store, campaign, *[new_lead(f"+49301{i}") for i in range(3)])
    human = {"answered_by": "human", "answered_at": NOW}
    await call(store, attempt_on(leads[0], "A1"), outcome="connected", **human)
    for lead, name, outcome in ((leads[1], "A2", "connected"), (leads[2], "A3", "abandoned")):
        attempt = attempt_on(lead, name, mode="manual", for_agent="anna")
        await call(store, attempt, outcome=outcome, **human)

    span = {"since": NOW, "until": NOW + 100}
    everything = await store.attempts.tally(campaign.id, **span)
    paced = await store.attempts.tally(campaign.id, **span, paced=True)

    assert everything.answered_human == 3
    assert (paced.answered_human, paced.by_outcome["abandoned"]) == (2, 1)


async def test_an_open_attempt_says_for_whom_it_was_placed(
    store: Store, campaign: Campaign, new_lead: NewLeadOf, attempt_on: AttemptOn
) -> None:
    (lead,) = await put(store, campaign, new_lead("+4930111"))
    await call(store, attempt_on(lead, "A1", mode="callback", for_agent="anna"))

    (found,) = await store.attempts.still_open()

    assert (found.mode, found.for_agent) == ("callback", "anna")


@pytest.mark.parametrize("over", [LeadState.DONE, LeadState.DEAD])
async def test_a_lead_that_was_over_is_over_again_when_it_is_given_back(
    store: Store, campaign: Campaign, new_lead: NewLeadOf, attempt_on: AttemptOn, over: LeadState
) -> None:
    (lead,) = await put(store, campaign, new_lead("+4930111"))
    await store.leads.set_next(lead.id, LeadNext(over, NOW))

    assert await store.leads.claim_one(lead.id, now=NOW, claim_id="c") is None
    claimed = await store.leads.claim_one(lead.id, now=NOW, claim_id="c", also_over=True)
    assert claimed is not None
    await store.leads.release([lead.id], claim_id="c")
    assert await state_of(store, lead) == over

    await store.leads.claim_one(lead.id, now=NOW, claim_id="c", also_over=True)
    assert await store.attempts.open([attempt_on(lead)])
    assert await state_of(store, lead) == LeadState.CALLING
    await store.attempts.withdraw(["A1"])
    assert await state_of(store, lead) == over

    await store.leads.claim_one(lead.id, now=NOW, claim_id="c", also_over=True)
    await store.leads.release_claims(campaign_id=campaign.id)
    assert await state_of(store, lead) == over


async def test_what_a_lead_was_is_forgotten_when_it_goes_on(
    store: Store, campaign: Campaign, new_lead: NewLeadOf, attempt_on: AttemptOn
) -> None:
    (lead,) = await put(store, campaign, new_lead("+4930111"))
    await store.leads.set_next(lead.id, LeadNext(LeadState.DONE, NOW))
    await call(store, attempt_on(lead), outcome="busy")
    await store.leads.claim(campaign.id, 1, now=NOW + 100, claim_id="c")
    await store.leads.release([lead.id], claim_id="c")

    assert await state_of(store, lead) == LeadState.RETRY


async def state_of(store: Store, lead: Lead) -> LeadState:
    found = await store.leads.get(lead.id)
    assert found is not None
    return found.state


async def test_a_lead_has_one_callback_to_come(
    store: Store, campaign: Campaign, new_lead: NewLeadOf
) -> None:
    (lead,) = await put(store, campaign, new_lead("+4930111"))
    await store.callbacks.plan(callback(lead, "C1"), LeadNext(LeadState.RETRY, NOW + 60, 90))
    await store.callbacks.plan(callback(lead, "C2", due_at=NOW + 90, try_at=NOW + 90))

    assert await store.callbacks.of_lead(lead.id) == callback(
        lead, "C2", due_at=NOW + 90, try_at=NOW + 90
    )
    first = await store.callbacks.get("C1")
    assert first is not None
    assert (first.result, first.done_at) == ("dropped", NOW)
    found = await store.leads.get(lead.id)
    assert found is not None
    assert (found.state, found.next_call_at, found.priority) == (LeadState.RETRY, NOW + 60, 90)


async def test_callbacks_come_due_are_put_off_and_settled_once(
    store: Store, campaign: Campaign, new_lead: NewLeadOf
) -> None:
    leads = await put(store, campaign, new_lead("+4930111"), new_lead("+4930112"))
    await store.callbacks.plan(callback(leads[0], "C1"))
    await store.callbacks.plan(callback(leads[1], "C2", try_at=NOW + 30))

    assert await store.callbacks.due(NOW + 29, campaign_ids=[campaign.id], limit=9) == []
    assert [
        it.id for it in await store.callbacks.due(NOW + 60, campaign_ids=[campaign.id], limit=9)
    ] == ["C2", "C1"]
    assert [
        it.id for it in await store.callbacks.due(NOW + 60, campaign_ids=[campaign.id], limit=1)
    ] == ["C2"]
    assert await store.callbacks.postpone("C2", NOW + 600, "calling_window")
    assert [
        it.id for it in await store.callbacks.due(NOW + 60, campaign_ids=[campaign.id], limit=9)
    ] == ["C1"]
    put_off = await store.callbacks.get("C2")
    assert put_off is not None
    assert (put_off.try_at, put_off.why) == (NOW + 600, "calling_window")

    assert await store.callbacks.due(NOW + 60, campaign_ids=["other"], limit=9) == []
    done = await store.callbacks.settle("C1", "kept", now=NOW + 61, outcome="busy", dialed_as="A9")
    assert done is not None
    assert (done.result, done.outcome, done.dialed_as) == ("kept", "busy", "A9")
    assert await store.callbacks.settle("C1", "late", now=NOW + 62) is None
    assert not await store.callbacks.postpone("C1", NOW, "x")
    assert await store.callbacks.of_lead(leads[0].id) is None


async def test_a_rep_lists_the_own_callbacks_and_those_agreed_for_anyone(
    store: Store, campaign: Campaign, new_lead: NewLeadOf
) -> None:
    leads = await put(store, campaign, *[new_lead(f"+49301{i}", name=f"L{i}") for i in range(4)])
    for lead, an_id, owner, made_by, due in (
        (leads[0], "C0", "anna", "bela", 30), (leads[1], "C1", None, "anna", 10),
        (leads[2], "C2", "bela", "anna", 5), (leads[3], "C3", None, "bela", 5),
    ):  # fmt: skip
        await store.callbacks.plan(
            callback(lead, an_id, owner=owner, made_by=made_by, due_at=NOW + due)
        )

    found = await store.callbacks.of_agent("anna")

    assert [(it.callback.id, it.campaign, it.lead_name, it.number) for it in found] == [
        ("C1", "spring", "L1", "+493011"), ("C0", "spring", "L0", "+493010"),
    ]  # fmt: skip


async def test_leads_come_in_pages_and_are_found(
    store: Store, campaign: Campaign, new_lead: NewLeadOf
) -> None:
    leads = await put(
        store, campaign,
        new_lead("+4930111", name="Ann 100%"), new_lead("+4930122", name="Bob", owner="bela"),
        new_lead("+4930133", name="Ännchen", owner="anna"),
    )  # fmt: skip
    other = await store.campaigns.create("other", pool="p", settings={}, now=NOW, who="x")
    await put(store, other, new_lead("+4930111", name="Ann"))

    async def names(scope: Reach = EVERYTHING, **wanted: Any) -> list[str]:
        page = await store.leads.page(LeadPage(campaign_id=campaign.id, **wanted), scope)
        return [lead.name for lead in page]

    assert await names() == ["Ännchen", "Bob", "Ann 100%"]
    assert await names(limit=1) == ["Ännchen"]
    assert await names(below=leads[2].id) == ["Bob", "Ann 100%"]
    assert await names(search="BO") == ["Bob"]
    assert await names(search="0%") == ["Ann 100%"]
    assert await names(search="n_") == []
    assert await names(digits="3012") == ["Bob"]
    assert await names(number="+4930133") == ["Ännchen"]
    assert await names(number="4930133") == []
    scope = Reach(agents=frozenset({"bela"}), every_pool=True, waiting_calls=True)
    assert await names(scope) == ["Bob", "Ann 100%"]
    assert await names(scope, limit=1) == ["Bob"], "a page is full"
    assert await names(Reach(agents=frozenset({"bela"}))) == ["Bob"]
    assert await names(states=[LeadState.DONE]) == []
    page = await store.leads.page(LeadPage(campaign_id=campaign.id, number="+4930122"), EVERYTHING)
    assert page[0].numbers[0].number == "+4930122"


async def test_a_lead_is_corrected_field_by_field(
    store: Store, campaign: Campaign, new_lead: NewLeadOf
) -> None:
    (lead,) = await put(store, campaign, new_lead("+4930111", custom={"a": "1", "b": "2"}))

    edited = await store.leads.edit(lead.id, LeadEdit(name="New", custom={"b": "", "c": "3"}))

    assert edited is not None
    assert (edited.name, edited.custom, edited.timezone) == ("New", {"a": "1", "c": "3"}, None)
    assert await store.leads.get(lead.id) == edited
    assert await store.leads.edit(lead.id, LeadEdit()) == edited
    assert await store.leads.edit("none", LeadEdit(name="x")) is None


async def test_times_at_work_add_up_to_a_day(store: Store) -> None:
    def time(agent: str, state: str, began: float, ended: float) -> WorkTime:
        return WorkTime(
            agent_id=agent, pool="p", state=state, reason="", began_at=NOW + began,
            ended_at=NOW + ended,
        )  # fmt: skip

    await store.desk.add_times([])
    times = [
        time("anna", "ready", 0, 10),
        time("anna", "talking", 10, 30),
        time("bela", "ready", 0, 5),
    ]
    await store.desk.add_times(times)

    assert list(await store.desk.times("anna", since=NOW)) == times[:2]
    assert list(await store.desk.times("anna", since=NOW + 10)) == times[1:2]
    assert await store.desk.last_times() == {"anna": NOW + 30, "bela": NOW + 5}


async def test_a_reps_day_counts_calls_and_what_was_said(
    store: Store, campaign: Campaign, new_lead: NewLeadOf, attempt_on: AttemptOn
) -> None:
    leads = await put(store, campaign, *[new_lead(f"+49301{i}") for i in range(4)])
    for lead, name, at in zip(leads, ("A1", "A2", "A3", "A4"), (-9, 1, 2, 3), strict=True):
        await call(
            store, attempt_on(lead, name, placed_at=NOW + at), outcome="connected", agent="anna",
            talk_seconds=10.0, connected_at=NOW + at, ended_at=NOW + 9,
        )  # fmt: skip
    await store.attempts.wrapup("A2", wrapup_seconds=3.0, disposition="sale")
    await store.attempts.wrapup("A3", wrapup_seconds=4.0, disposition="sale")

    day = await store.desk.day_calls("anna", since=NOW)

    assert (day.calls, day.talk_seconds, day.wrapup_seconds) == (3, 30.0, 7.0)
    assert day.dispositions == {("spring", "sale"): 2}
    assert (await store.desk.day_calls("bela", since=NOW)).calls == 0


async def test_talks_without_a_result_are_found_of_one_rep_or_of_all(
    store: Store, campaign: Campaign, new_lead: NewLeadOf, attempt_on: AttemptOn
) -> None:
    leads = await put(store, campaign, *[new_lead(f"+49301{i}") for i in range(6)])
    talked = {"outcome": "connected", "answered_at": NOW + 5, "connected_at": NOW + 5}
    for lead, key, more in (
        (leads[0], "A0", {"agent": "anna", **talked}),
        (leads[1], "A1", {"agent": "bela", **talked}),
        (leads[2], "A2", {"agent": "anna", **talked}),
        (leads[3], "A3", {"agent": "anna", "ended_at": NOW - 60, **talked}),
        (leads[4], "A4", {}),
        (leads[5], "A5", {"agent": "anna", **talked}),
    ):
        await call(store, attempt_on(lead, key), **more)
    await store.attempts.wrapup("A0", wrapup_seconds=5.0, disposition=NO_DISPOSITION)
    await store.attempts.wrapup("A5", wrapup_seconds=5.0, disposition="sale")
    asked: dict[str, Any] = {"campaign_ids": [campaign.id], "since": NOW}

    of_anna = await store.desk.unsaid(**asked, limit=9, agent_id="anna")
    of_all = await store.desk.unsaid(**asked, limit=9)

    assert [it.attempt_id for it in of_anna] == ["A2", "A0"]
    assert [it.attempt_id for it in of_all] == ["A2", "A1", "A0"]
    assert [it.attempt_id for it in await store.desk.unsaid(**asked, limit=1)] == ["A2"]
    assert not await store.desk.unsaid(campaign_ids=["other"], since=NOW, limit=9)


async def test_why_calls_were_missed_is_kept_the_newest_first(store: Store) -> None:
    for slug in ("callee-gone", "phone-lost"):
        mishap = Mishap(
            id=new_id(), at=NOW, agent_id="anna", attempt_id="A1", slug=slug,
            figures={"seconds": 0.4},
        )  # fmt: skip
        await store.desk.add_mishap(mishap)

    found = await store.desk.mishaps("anna", limit=9)

    assert [(it.slug, it.figures) for it in found] == [
        ("phone-lost", {"seconds": 0.4}), ("callee-gone", {"seconds": 0.4}),
    ]  # fmt: skip
    assert len(await store.desk.mishaps("anna", limit=1)) == 1
    assert list(await store.desk.mishaps("bela", limit=9)) == []


async def test_a_calendar_holds_the_callbacks_of_a_span_of_a_rep_or_of_all(
    store: Store, campaign: Campaign, new_lead: NewLeadOf
) -> None:
    leads = await put(store, campaign, *[new_lead(f"+49301{i}", name=f"L{i}") for i in range(4)])
    for lead, an_id, owner, made_by, due in (
        (leads[0], "C0", "anna", "bela", 30), (leads[1], "C1", None, "anna", 10),
        (leads[2], "C2", "bela", "anna", 5), (leads[3], "C3", "anna", "anna", 90),
    ):  # fmt: skip
        await store.callbacks.plan(
            callback(lead, an_id, owner=owner, made_by=made_by, due_at=NOW + due)
        )
    scope, span = everything("a test"), {"since": NOW, "until": NOW + 60}

    all_ = await store.callbacks.between(scope, **span, agent=None, limit=10)
    annas = await store.callbacks.between(scope, **span, agent="anna", limit=10)
    two = await store.callbacks.between(scope, **span, agent=None, limit=2)

    assert [it.callback.id for it in all_] == ["C2", "C1", "C0"]
    assert [it.callback.id for it in annas] == ["C1", "C0"]
    assert [it.callback.id for it in two] == ["C2", "C1"]
    assert (all_[0].campaign, all_[0].lead_name) == (campaign.name, "L2")

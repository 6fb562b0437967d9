"""Calls found by anything that is on one: each filter, and many together, in worlds of chance."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest
from msgspec.structs import asdict

from dialer.ports.desk import Mishap, Note
from dialer.ports.gate import Passed
from dialer.ports.past_calls import CallFilter, FoundCall, ScriptSpan
from dialer.ports.reasons import Paced, Reasons
from dialer.ports.scope import EVERYTHING, Reach
from dialer.ports.store import (
    Agent,
    ClosedAttempt,
    LeadNext,
    LeadNumber,
    NewAttempt,
    NewLead,
    Recording,
    Said,
    Store,
)
from dialer.words import LeadState, RecordingState

NOW = 1_800_000_000.0
REPS = ("anna", "ben")
NAMES = ("Müller", "Wang Fang 王芳", "50% off_er", "müllerin")
WORDS = ("", "call later", "no_money", "100% sure")


async def some_calls(store: Store, chance: Random) -> list[dict[str, Any]]:
    """Plain facts of each call that was put in."""
    for rep in REPS:
        await store.agents.add(Agent(id=rep, name=f"{rep.title()} B", endpoint=rep, pool="sales"))
    facts = []
    for name in ("spring", "autumn"):
        made = await store.campaigns.create(name, pool="sales", settings={}, now=NOW, who="x")
        facts += [await _call(store, chance, made.id, name, at) for at in range(18)]
    return facts


async def _call(
    store: Store, chance: Random, campaign_id: str, campaign: str, at: int
) -> dict[str, Any]:
    ending = chance.choice([1234, 5678])
    number = f"+49{chance.choice(['30', '40'])}{at:03}{campaign == 'spring':d}{ending}"
    it: dict[str, Any] = {
        "id": f"{campaign}{at:02}",
        "campaign": campaign,
        "number": number,
        "name": chance.choice(NAMES),
        "note": chance.choice(WORDS),
        "placed_at": NOW + chance.randrange(6),
        "trunk": chance.choice(["a", "b"]),
        "mode": chance.choice(["auto", "manual"]),
        "agent": chance.choice([None, *REPS]),
        "outcome": chance.choice([None, "connected", "busy"]),
        "disposition": chance.choice([None, "sale"]),
        "hangup_by": chance.choice(["callee", "agent"]),
        "cause": chance.choice([None, 16, 17, 19]),
        "sip": chance.choice([None, 486, 503]),
        "talk": chance.choice([None, 10.0, 30.5]),
        "recording": chance.choice([None, "ready", "deleted"]),
    }
    await _put(store, campaign_id, it)
    return it


async def _put(store: Store, campaign_id: str, it: dict[str, Any]) -> None:
    lead = NewLead(numbers=[LeadNumber(it["number"])], name=it["name"])
    (lead_id,) = (await store.leads.add(campaign_id, [lead], now=NOW)).lead_ids
    await store.leads.claim_one(lead_id, now=NOW, claim_id="c")
    new = NewAttempt(
        attempt_id=it["id"], campaign_id=campaign_id, lead_id=lead_id, number=it["number"],
        caller_id="", trunk=it["trunk"], node="", placed_at=it["placed_at"], mode=it["mode"],
    )  # fmt: skip
    assert await store.attempts.open([new])
    if it["outcome"] is None:
        it.update(agent=None, talk=None, hangup_by=None, disposition=None, cause=None, sip=None)
    else:
        connected = None if it["talk"] is None else it["placed_at"]
        measured = None if it["talk"] == 30.5 else 10.0
        closed = ClosedAttempt(
            attempt_id=it["id"], outcome=it["outcome"], agent=it["agent"],
            ended_at=it["placed_at"] + 30.5, connected_at=connected, talk_seconds=measured,
            hangup_by=it["hangup_by"], hangup_cause=it["cause"],
            sip_code=it["sip"], lead=LeadNext(LeadState.DONE),
        )  # fmt: skip
        await store.attempts.close([closed])
        await store.attempts.wrapup(it["id"], wrapup_seconds=None, disposition=it["disposition"])
    if it["note"]:
        note = Note(
            id=f"N{it['id']}", lead_id=lead_id, attempt_id=it["id"], at=NOW, who="anna",
            text=it["note"],
        )  # fmt: skip
        await store.notes.add(note)
    if it["recording"]:
        kept = Recording(
            id=f"R{it['id']}", attempt_id=it["id"], path="", created_at=NOW, seconds=3.0,
            state=RecordingState(it["recording"]),
        )  # fmt: skip
        await store.recordings.add(kept)


def some_filter(chance: Random) -> CallFilter:
    every: dict[str, Any] = {
        "since": NOW + 2,
        "until": NOW + 4,
        "campaigns": ("spring",),
        "agents": chance.choice([(), ("anna",), REPS]),
        "digits": chance.choice(["4930", "1234", "0011"]),
        "ending": chance.choice(["1234", "0123", "234"]),
        "causes": (16, 17),
        "sip_codes": (486,),
        "scripts": chance.choice(
            [(), (ScriptSpan("spring", NOW + 1, NOW + 4), ScriptSpan("autumn", NOW + 3, None))]
        ),
        "text": chance.choice(["müller", "MÜLLER", "王", "50%", "f_e", "later", "100%", "o_m"]),
        "outcomes": ("busy", "connected"),
        "dispositions": ("sale",),
        "trunks": ("a",),
        "modes": ("manual",),
        "hangup_by": ("agent",),
        "talk_from": 10.0,
        "talk_to": 30.0,
        "recorded": chance.choice([True, False]),
    }
    return CallFilter(**{key: it for key, it in every.items() if chance.random() < 0.2})


def takes(wanted: CallFilter, it: dict[str, Any]) -> bool:
    """By the words of the filter's declaration, one after the other."""
    said = asdict(wanted)
    words = {
        "campaigns": "campaign", "outcomes": "outcome", "dispositions": "disposition",
        "trunks": "trunk", "modes": "mode", "hangup_by": "hangup_by",
    }  # fmt: skip
    if any(said[name] and it[fact] not in said[name] for name, fact in words.items()):
        return False
    texts = [it["name"].lower(), it["note"].lower()]
    talk = it["talk"]
    return (
        (wanted.since is None or it["placed_at"] >= wanted.since)
        and (wanted.until is None or it["placed_at"] < wanted.until)
        and (wanted.agents is None or it["agent"] in wanted.agents)
        and wanted.digits in it["number"]
        and (not wanted.ending or it["number"][-4:] == wanted.ending)
        and (not wanted.causes or it["cause"] in wanted.causes)
        and (not wanted.sip_codes or it["sip"] in wanted.sip_codes)
        and (wanted.scripts is None or any(by_script(span, it) for span in wanted.scripts))
        and (not wanted.text or any(wanted.text.lower() in text for text in texts))
        and (wanted.talk_from is None or (talk is not None and talk >= wanted.talk_from))
        and (wanted.talk_to is None or (talk is not None and talk <= wanted.talk_to))
        and wanted.recorded in {None, it["recording"] == "ready"}
    )


def by_script(span: ScriptSpan, it: dict[str, Any]) -> bool:
    at = None if it["talk"] is None else it["placed_at"]
    is_late = at is not None and span.until is not None and at >= span.until
    return it["campaign"] == span.campaign and at is not None and at >= span.since and not is_late


def placed(it: dict[str, Any]) -> tuple[float, str]:
    return it["placed_at"], it["id"]


@pytest.mark.parametrize("seed", range(3))
async def test_a_filter_takes_what_it_says_and_pages_miss_nothing(store: Store, seed: int) -> None:
    chance = Random(seed)
    facts = await some_calls(store, chance)
    for _ in range(40):
        wanted = some_filter(chance)
        meant = [it["id"] for it in sorted(facts, key=placed, reverse=True) if takes(wanted, it)]

        assert [it.call.attempt_id for it in await _pages(store, wanted)] == meant, wanted
        kept = [it["id"] for it in facts if it["recording"]]
        heard = await store.recordings.page(wanted, EVERYTHING)
        assert [it.recording.attempt_id for it in heard] == [it for it in meant if it in kept]


async def _pages(store: Store, wanted: CallFilter) -> list[FoundCall]:
    found: list[FoundCall] = []
    while True:
        below = found[-1].call.attempt_id if found else None
        page = await store.past_calls.page(wanted, EVERYTHING, below=below, limit=7)
        found += page
        if len(page) < 7:
            return found


@pytest.mark.parametrize("seed", range(3, 6))
async def test_looks_of_a_few_calls_each_find_all_that_pages_find(store: Store, seed: int) -> None:
    chance = Random(seed)
    facts = await some_calls(store, chance)
    times = {it["id"]: it["placed_at"] for it in facts}
    for _ in range(40):
        wanted = some_filter(chance)
        meant = [it["id"] for it in sorted(facts, key=placed, reverse=True) if takes(wanted, it)]
        found: list[str] = []
        below: str | None = None
        while True:
            look = await store.past_calls.look(
                wanted, EVERYTHING, below=below, limit=3, at_most=chance.choice((4, 9, 30))
            )
            found += [it.call.attempt_id for it in look.calls]
            if look.next is None:
                break
            if look.looked_to is not None:
                floor = times[look.next], look.next
                assert look.looked_to == floor[0]
                assert found == [it for it in meant if (times[it], it) >= floor]
            below = look.next
        assert found == meant, wanted


async def test_a_look_ends_after_so_many_calls_and_says_where(store: Store) -> None:
    facts = sorted(await some_calls(store, Random(7)), key=placed, reverse=True)
    look = await store.past_calls.look(CallFilter(digits="000000000"), EVERYTHING, at_most=5)

    assert (look.calls, look.next) == ([], facts[4]["id"])
    assert look.looked_to == facts[4]["placed_at"]
    nobody = await store.past_calls.look(CallFilter(), EVERYTHING, below="none")
    assert (list(nobody.calls), nobody.next) == ([], None)


async def test_some_calls_are_those_alone_and_none_that_is_not_there(store: Store) -> None:
    facts = await some_calls(store, Random(6))
    wanted = [it["id"] for it in facts[::2]]
    found = await store.past_calls.some([*wanted, "nobody"], EVERYTHING)

    assert sorted(it.call.attempt_id for it in found) == sorted(wanted)
    for it in found:
        assert it == await store.past_calls.one(it.call.attempt_id, EVERYTHING)
    assert list(await store.past_calls.some([], EVERYTHING)) == []


async def test_a_call_comes_with_the_names_of_those_in_it(store: Store) -> None:
    facts = await some_calls(store, Random(5))

    for it in facts:
        found = await store.past_calls.one(it["id"], EVERYTHING)
        assert found is not None
        assert found.lead_name == it["name"]
        assert found.agent_name == (f"{it['agent'].title()} B" if it["agent"] else "")
        assert found.mode == it["mode"]
        assert found.call.talk_seconds == it["talk"]
        state = it["recording"]
        assert found.recording_state == (RecordingState(state) if state else None)
    noted = [it["id"] for it in facts if it["note"]]
    notes = await store.past_calls.notes([it["id"] for it in facts], EVERYTHING)
    assert [it.attempt_id for it in notes] == sorted(noted)


async def test_a_lead_out_of_scope_gives_away_neither_name_nor_note(store: Store) -> None:
    """A rep's last call to a lead that another keeps: the call is the rep's, the lead is not."""
    made = await store.campaigns.create("spring", pool="sales", settings={}, now=NOW, who="x")
    lead = NewLead(numbers=[LeadNumber("+4930123")], name="Secret", owner="ben")
    (lead_id,) = (await store.leads.add(made.id, [lead], now=NOW)).lead_ids
    await store.leads.claim_one(lead_id, now=NOW, claim_id="c")
    new = NewAttempt(
        attempt_id="A1", campaign_id=made.id, lead_id=lead_id, number="+4930123", caller_id="",
        trunk="", node="", placed_at=NOW,
    )  # fmt: skip
    await store.attempts.open([new])
    ended = ClosedAttempt(
        attempt_id="A1", ended_at=NOW, outcome="connected", agent="anna",
        lead=LeadNext(LeadState.DONE),
    )  # fmt: skip
    await store.attempts.close([ended])
    await store.notes.add(
        Note(id="N1", lead_id=lead_id, attempt_id="A1", at=NOW, who="anna", text="Secret, too")
    )
    anna = Reach(agents=frozenset({"anna"}))

    (found,) = await store.past_calls.page(CallFilter(), anna)
    assert found.lead_name == ""
    assert await store.past_calls.page(CallFilter(text="secret"), anna) == []
    assert await store.past_calls.notes(["A1"], anna) == []
    assert await store.past_calls.page(CallFilter(), anna, below="none") == []


async def test_digits_do_not_find_what_stands_for_an_erased_number(store: Store) -> None:
    made = await store.campaigns.create("spring", pool="sales", settings={}, now=NOW, who="x")
    it = {"name": "x", "note": "", "recording": None, "outcome": None, "id": "A1", "trunk": "",
          "mode": "auto", "placed_at": NOW, "number": "#ab12-123456"}  # fmt: skip
    await _put(store, made.id, it)

    assert await store.past_calls.page(CallFilter(digits="123"), EVERYTHING) == []
    assert await store.past_calls.page(CallFilter(ending="3456"), EVERYTHING) == []


async def test_what_stands_behind_a_call_is_kept_from_its_dialing_to_its_last_result(
    store: Store,
) -> None:
    passed = Passed(NOW - 1, ("Asia/Shanghai",), NOW + 900, False, 1, 3, 2, 4, NOW - 7200, 60.0)
    paced = Paced("predictive", 3, 2, 5, 4, 0, "risk")
    reasons = Reasons("spring list", 2, 1, 50, NOW - 60, None, paced, passed)
    campaign = await store.campaigns.create("spring", pool="sales", settings={}, now=NOW, who="x")
    lead = NewLead(numbers=[LeadNumber("+4930123")], list_name="spring list")
    (lead_id,) = (await store.leads.add(campaign.id, [lead], now=NOW)).lead_ids
    await store.leads.claim_one(lead_id, now=NOW, claim_id="c")
    new = NewAttempt(
        attempt_id="A1", campaign_id=campaign.id, lead_id=lead_id, number="+4930123",
        caller_id="", trunk="a", node="", placed_at=NOW, reasons=reasons,
    )  # fmt: skip
    await store.attempts.open([new])
    await store.attempts.close(
        [
            ClosedAttempt(
                attempt_id="A1", ended_at=NOW + 60, outcome="connected", agent="anna",
                connected_at=NOW + 9, lead=LeadNext(LeadState.DONE),
            )
        ]
    )  # fmt: skip
    for said, by in (
        ("sale", Said()),
        ("sale", Said("boss", "said twice")),
        ("no_sale", Said("boss", "heard it: no order")),
    ):
        await store.attempts.wrapup("A1", wrapup_seconds=None, disposition=said, said=by)
    await store.desk.add_mishap(
        Mishap(id="M1", at=NOW + 60, agent_id="anna", attempt_id="A1", slug="callee-gone")
    )

    behind = await store.past_calls.behind("A1", EVERYTHING)

    assert behind is not None
    assert behind.reasons == reasons
    assert (behind.list_name, behind.pardon, behind.keeps) == ("spring list", None, None)
    assert [(it.who, it.disposition, it.before, it.why) for it in behind.results] == [
        ("anna", "sale", None, ""),
        ("boss", "no_sale", "sale", "heard it: no order"),
    ]
    assert [it.slug for it in behind.mishaps] == ["callee-gone"]
    assert await store.past_calls.behind("A1", Reach()) is None

"""Conversations under way, over HTTP: orders reach the right rep, and who may not is refused."""

from __future__ import annotations

from typing import Any

import pytest

from dialer.ports.audit import AuditQuery
from dialer.ports.calls import CallStep, Colleague, TransferTo
from dialer.ports.control import CallView, Refusal
from dialer.ports.store import Agent, LeadNumber, NewAttempt, NewLead
from tests.kit.calls import FakeCalls

BASE = "/api/v1/agents/anna"


@pytest.fixture
async def calls(world: Any) -> FakeCalls:
    for name, pool in (("anna", "north"), ("ben", "north"), ("zoe", "south")):
        await world.store.agents.add(Agent(id=name, name=name, endpoint=name, pool=pool))
        world.control.add_agent(name, pool=pool, state="talking")
    found: FakeCalls = world.calls
    return found


async def audited(world: Any) -> list[tuple[str, Any]]:
    entries = [row.entry for row in await world.store.audit.page(AuditQuery(what="call"))]
    return [(it.what, it.after) for it in entries]


@pytest.mark.parametrize(
    ("path", "body", "told"),
    [
        ("hold", None, ("hold", ("anna",))),
        ("resume", None, ("resume", ("anna",))),
        ("park", None, ("park", ("anna",))),
        ("pickup", {"attempt": "a1"}, ("pick_up", ("anna", "a1"))),
        ("dtmf", {"digits": "12#A"}, ("press_keys", ("anna", "12#A"))),
        ("recording", {"state": "paused"}, ("record", ("anna", True))),
        ("recording", {"state": "on"}, ("record", ("anna", False))),
        ("consult/complete", None, ("consult", ("anna", "complete"))),
        ("consult/join", None, ("consult", ("anna", "join"))),
        ("consult/cancel", None, ("consult", ("anna", "cancel"))),
        ("consult/swap", None, ("consult", ("anna", "swap"))),
    ],
)
async def test_each_wish_is_told_and_the_rep_shown(
    client: Any, calls: FakeCalls, path: str, body: Any, told: Any
) -> None:
    answer = await client.post(f"{BASE}/{path}", json=body)
    assert answer.status_code == 200, answer.text
    assert answer.json()["code"] == "anna"
    assert calls.told == [told]


@pytest.mark.parametrize("digits", ["", "1x", "1" * 33, "a", "1\n"])
async def test_what_are_no_keys_are_refused(client: Any, calls: FakeCalls, digits: str) -> None:
    answer = await client.post(f"{BASE}/dtmf", json={"digits": digits})
    assert answer.status_code == 422
    assert calls.told == []


async def test_a_refusal_is_told_as_it_is(client: Any, calls: FakeCalls) -> None:
    calls.refuse["hold"] = Refusal("not-now", "anna cannot put the callee on hold: ready")
    answer = await client.post(f"{BASE}/hold")
    assert answer.status_code == 409
    assert answer.json()["type"].endswith(":not-now")


async def test_a_pause_of_the_recording_is_in_the_audit_log_whoever_asks(
    client: Any, calls: FakeCalls, world: Any
) -> None:
    await client.post(f"{BASE}/recording", json={"state": "paused"})
    assert await audited(world) == [("call.recording", {"attempt": None, "state": "paused"})]


@pytest.mark.parametrize(
    ("to", "how", "target"),
    [
        ({"kind": "agent", "value": "ben"}, "warm", TransferTo("agent", "ben")),
        ({"kind": "pool"}, "blind", TransferTo("pool")),
        ({"kind": "number", "value": "Billing"}, "blind", TransferTo("number", "Billing")),
    ],
)
async def test_a_call_is_transferred(
    client: Any, calls: FakeCalls, to: Any, how: str, target: TransferTo
) -> None:
    answer = await client.post(f"{BASE}/transfer", json={"to": to, "how": how})
    assert answer.status_code == 200, answer.text
    assert calls.told == [("transfer", ("anna", target, how == "warm", True))]


async def test_a_call_does_not_leave_its_pool_for_a_rep_of_another(
    client: Any, calls: FakeCalls
) -> None:
    body = {"to": {"kind": "agent", "value": "zoe"}, "how": "blind"}
    assert (await client.post(f"{BASE}/transfer", json=body)).status_code == 404
    assert calls.told == []


async def test_a_number_called_is_masked_in_the_audit_log(
    client: Any, calls: FakeCalls, world: Any
) -> None:
    body = {"to": {"kind": "number", "value": "+12125550123"}, "how": "blind"}
    assert (await client.post(f"{BASE}/transfer", json=body)).status_code == 200
    ((what, after),) = await audited(world)
    assert what == "call.transfer"
    assert "5550123" not in str(after)


async def test_only_a_permission_lets_any_number_be_called(
    people: Any, calls: FakeCalls, world: Any
) -> None:
    body = {"to": {"kind": "number", "value": "+12125550123"}, "how": "blind"}
    for role, may in (("rep", False), ("manager", True)):
        account = await people.add(role, team="north", **_of(role))
        async with people.browser(account) as browser:
            answer = await browser.post(f"{BASE}/transfer", json=body)
            assert answer.status_code == 200, answer.text
            targets = (await browser.get(f"{BASE}/transfer-targets")).json()
        assert calls.told[-1][1][3] is may
        assert targets["any_number"] is may


def _of(role: str) -> dict[str, str]:
    return {"agent": "anna"} if role == "rep" else {}


async def test_targets_are_those_who_are_there_and_the_campaigns_numbers(
    client: Any, calls: FakeCalls
) -> None:
    calls.colleagues, calls.numbers = [Colleague("ben", "Ben", "ready")], {"Billing": "+1212"}
    answer = (await client.get(f"{BASE}/transfer-targets")).json()
    assert answer["agents"] == [{"agent": "ben", "name": "Ben", "state": "ready"}]
    assert answer["numbers"] == [{"label": "Billing", "value": "+1212"}]


async def test_parked_calls_are_seen_in_the_own_pool_only_and_masked(
    people: Any, calls: FakeCalls
) -> None:
    call = CallView("a1", "spring", "l1", "+12125550123", "held", 1.0, 1.0, None, held_by="park")
    calls.waiting = {"north": [call], "south": [call]}
    account = await people.add("rep", agent="anna")
    async with people.browser(account) as browser:
        own = await browser.get("/api/v1/floors/north/parked")
        other = await browser.get("/api/v1/floors/south/parked")
    assert [it["attempt"] for it in own.json()["parked"]] == ["a1"]
    assert "5550123" not in own.text
    assert other.status_code == 404


async def test_what_was_done_with_a_call_is_told_to_whoever_sees_the_call(
    client: Any, people: Any, calls: FakeCalls, world: Any
) -> None:
    assert (await client.get("/api/v1/calls/a1/steps")).status_code == 404
    step = CallStep(id="s1", attempt_id="a1", at=1.0, what="held", agent="anna")
    await world.store.call_steps.add(step)
    campaign = await world.store.campaigns.create(
        "spring", pool="north", settings={}, now=1.0, who="test"
    )
    new = NewLead(numbers=[LeadNumber("+12125550123")])
    (lead,) = (await world.store.leads.add(campaign.id, [new], now=1.0)).lead_ids
    await world.store.leads.claim(campaign.id, 1, now=2.0, claim_id="C")
    await world.store.attempts.open(
        [
            NewAttempt(
                attempt_id="a1", campaign_id=campaign.id, lead_id=lead, number="+12125550123",
                caller_id="", trunk="t", node="n", placed_at=1.0,
            )
        ]
    )  # fmt: skip
    told = (await client.get("/api/v1/calls/a1/steps")).json()
    assert [it["what"] for it in told["steps"]] == ["held"]
    stranger = await people.add("manager", team="south")
    async with people.browser(stranger) as browser:
        assert (await browser.get("/api/v1/calls/a1/steps")).status_code == 404


async def test_another_reps_call_is_out_of_reach(people: Any, calls: FakeCalls) -> None:
    account = await people.add("rep", agent="ben")
    async with people.browser(account) as browser:
        for path in ("hold", "park", "consult/join"):
            assert (await browser.post(f"{BASE}/{path}")).status_code == 404
    assert calls.told == []

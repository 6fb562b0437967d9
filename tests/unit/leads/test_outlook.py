"""Whom a campaign can call now and next."""

from __future__ import annotations

from datetime import datetime

import pytest
from msgspec.structs import replace

from dialer.compliance import CallingRules, ComplianceGate
from dialer.compliance.earliest import ComplianceForesight
from dialer.leads.outlook import LOOKED_AT, outlook_of
from dialer.memory.store import InMemoryStore
from dialer.ports.desk import Callback
from dialer.ports.outlook import LeadOutlook
from dialer.ports.store import LeadNext, LeadNumber, NewLead
from dialer.words import LeadState
from dialer.zonedata import zone_named

SHANGHAI = zone_named("Asia/Shanghai")
RULES = CallingRules(start="09:00", end="21:00")


def at(hour: int, minute: int = 0, day: int = 2) -> float:
    return datetime(2026, 3, day, hour, minute, tzinfo=SHANGHAI).timestamp()


def person(index: int, number: str = "+86138123400") -> NewLead:
    return NewLead(numbers=[LeadNumber(f"{number}{index:02}")])


class Listed:
    """A campaign in China."""

    def __init__(self, store: InMemoryStore) -> None:
        self.store = store
        self.foresight = ComplianceForesight(ComplianceGate(store, lambda _: RULES))
        self.campaign, self.ids = "", list[str]()

    async def put(self, *leads: NewLead) -> None:
        if not self.campaign:
            made = await self.store.campaigns.create("c", pool="p", settings={}, now=0, who="ops")
            self.campaign = made.id
        self.ids += (await self.store.leads.add(self.campaign, leads, now=0.0)).lead_ids

    async def seen(self, now: float) -> LeadOutlook:
        counts = await self.store.leads.counts(self.campaign)
        return await outlook_of(self.store, self.foresight, self.campaign, counts, now)


@pytest.fixture
def listed() -> Listed:
    return Listed(InMemoryStore())


async def test_before_calling_hours_all_sleep_until_they_open(listed: Listed) -> None:
    await listed.put(*map(person, range(5)))

    seen = await listed.seen(at(5, 45))

    assert (seen.left, seen.now, seen.next_at) == (5, 0, at(9))
    (sleep,) = seen.asleep
    assert (sleep.reason, sleep.count, sleep.next_at) == ("calling_window", 5, at(9))
    assert sleep.zones == ["Asia/Shanghai"]
    assert seen.exact


async def test_in_the_hours_all_can_be_called(listed: Listed) -> None:
    await listed.put(*map(person, range(5)))

    seen = await listed.seen(at(12))

    assert (seen.left, seen.now, seen.asleep) == (5, 5, [])


async def test_turns_and_agreed_times_are_told_apart(listed: Listed) -> None:
    await listed.put(*map(person, range(3)))
    for lead, hour in zip(listed.ids, (13, 14, 15), strict=True):
        await listed.store.leads.set_next(lead, LeadNext(LeadState.RETRY, at(hour)))
    agreed = Callback(
        id="B1", campaign_id=listed.campaign, lead_id=listed.ids[1], attempt_id=None, made_by="a",
        owner="a", due_at=at(14), created_at=at(12), try_at=at(14), why="",
    )  # fmt: skip
    await listed.store.callbacks.plan(agreed)

    seen = await listed.seen(at(12))

    assert (seen.now, seen.next_at) == (0, at(13))
    assert {it.reason: (it.count, it.next_at) for it in seen.asleep} == {
        "recycle": (2, at(13)),
        "callback": (1, at(14)),
    }


async def test_the_second_number_counts_where_the_first_may_not_be_called(listed: Listed) -> None:
    await listed.put(
        NewLead(numbers=[LeadNumber("+8613812340000"), LeadNumber("+12125550100")], name="two")
    )

    seen = await listed.seen(at(22))  # morning in New York

    assert seen.now == 1


async def test_a_long_list_is_told_from_some_of_it(listed: Listed) -> None:
    many = 8 * LOOKED_AT
    await listed.put(*(person(i % 100, f"+8613812{i // 100:02}00") for i in range(many)))

    seen = await listed.seen(at(12))

    assert (seen.left, seen.now, seen.exact) == (many, many, False)


async def test_what_is_on_its_way_to_reps_is_left_and_neither_asleep_nor_callable(
    listed: Listed,
) -> None:
    await listed.put(person(1))
    await listed.store.leads.claim(listed.campaign, 1, now=at(12), claim_id="h")

    seen = await listed.seen(at(12))

    assert (seen.left, seen.now, seen.asleep) == (1, 0, [])
    assert replace(seen, left=0) == LeadOutlook(0, 0, None, [], 0, True)

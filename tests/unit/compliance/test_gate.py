from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
import pytest

from dialer.compliance import CallingRules, ComplianceGate
from dialer.compliance.gate import Facts, judge
from dialer.compliance.zones import zones_of_number
from dialer.memory.store import InMemoryStore
from dialer.ports.gate import Callee
from dialer.ports.store import CallTo, DncEntry, LeadNumber, NewAttempt, NewLead, StoreError
from dialer.words import GATE_RULES
from dialer.zonedata import UnknownZoneError, zone_named

SHANGHAI = "Asia/Shanghai"
NOON = datetime(2026, 3, 2, 12, tzinfo=zone_named(SHANGHAI)).timestamp()
NUMBER = "+8613812345678"
DAY = 86_400


def callee(number: str = NUMBER, timezone: str | None = None) -> Callee:
    return Callee(campaign_id="C", lead_id="L", number=number, timezone=timezone)


def rule(facts: Facts, now: float = NOON, rules: CallingRules | None = None) -> str | None:
    refusal = judge(callee(), rules or CallingRules(), facts, now)
    return refusal.rule if refusal else None


def calls_at(*times: float) -> list[CallTo]:
    """Rung out after half a minute."""
    return [CallTo(at, at + 30) for at in times]


def test_at_noon_a_number_nobody_called_may_be_called() -> None:
    assert rule(Facts(None, ())) is None


def test_a_number_on_the_list_is_refused_at_any_hour() -> None:
    always = CallingRules(start="00:00", end="24:00")

    assert rule(Facts(DncEntry(number=NUMBER, added_at=0), ()), rules=always) == "dnc"


@pytest.mark.parametrize("number", ["", "13812345678", "+0123456789", "+86 138", "+86138x", "+1"])
def test_what_is_no_international_number_is_refused(number: str) -> None:
    refusal = judge(callee(number), CallingRules(), Facts(None, ()), NOON)

    assert refusal is not None
    assert (refusal.rule, refusal.until) == ("invalid_number", None)


def test_a_number_whose_zone_nobody_knows_is_refused() -> None:
    refusal = judge(callee("+8831234567890"), CallingRules(), Facts(None, ()), NOON)

    assert refusal is not None
    assert refusal.rule == "unknown_timezone"


def test_where_every_hour_is_allowed_the_zone_does_not_matter() -> None:
    always = CallingRules(start="00:00", end="24:00")

    assert judge(callee("+8831234567890"), always, Facts(None, ()), NOON) is None


def test_the_leads_own_zone_wins_over_the_numbers() -> None:
    refusal = judge(callee(timezone="America/New_York"), CallingRules(), Facts(None, ()), NOON)

    assert refusal is not None
    assert refusal.rule == "calling_window"
    assert (
        refusal.until == datetime(2026, 3, 2, 8, tzinfo=zone_named("America/New_York")).timestamp()
    )


@pytest.mark.parametrize("zone", ["Mars/Olympus", "../../etc/passwd", "/etc", "\0", "CN "])
def test_a_zone_that_does_not_exist_is_refused_not_guessed(zone: str) -> None:
    refusal = judge(callee(timezone=zone), CallingRules(), Facts(None, ()), NOON)

    assert refusal is not None
    assert refusal.rule == "unknown_timezone"


def test_a_number_of_several_zones_gives_them_all() -> None:
    toll_free_like = zones_of_number("+18005551234")

    assert {"America/New_York", "America/Los_Angeles"} <= set(toll_free_like)
    assert zones_of_number(NUMBER) == (SHANGHAI,)
    with pytest.raises(UnknownZoneError):
        zones_of_number("+999")


def test_the_third_attempt_in_24_hours_is_the_last() -> None:
    placed = [NOON - 23 * 3600, NOON - 3600, NOON - 600]

    assert rule(Facts(None, calls_at(*placed[1:]))) is None
    refusal = judge(callee(), CallingRules(), Facts(None, calls_at(*placed)), NOON)
    assert refusal is not None
    assert (refusal.rule, refusal.until) == ("max_per_24h", placed[0] + DAY)
    assert rule(Facts(None, calls_at(*placed)), now=placed[0] + DAY) is None


def test_a_calendar_day_has_its_own_limit() -> None:
    rules = CallingRules(max_per_24h=9, max_per_day=2)
    yesterday = [NOON - 13 * 3600, NOON - 14 * 3600]
    today = [NOON - 7200, NOON - 3600]

    assert rule(Facts(None, calls_at(*yesterday)), rules=rules) is None
    refusal = judge(callee(), rules, Facts(None, calls_at(*today)), NOON)
    assert refusal is not None
    assert refusal.rule == "max_per_day"
    assert refusal.until == datetime(2026, 3, 3, 0, tzinfo=zone_named(SHANGHAI)).timestamp()


def test_a_number_that_is_in_a_call_is_refused_and_asked_for_again_in_a_moment() -> None:
    for facts in (Facts(None, [CallTo(NOON - 90)]), Facts(None, (), in_call=True)):
        refusal = judge(callee(), CallingRules(), facts, NOON)

        assert refusal is not None
        assert (refusal.rule, refusal.until) == ("in_call", NOON + 10)


def test_after_a_call_a_number_is_left_alone_for_the_pause_and_no_longer() -> None:
    facts, rules = Facts(None, calls_at(NOON - 60)), CallingRules(pause_minutes=2)

    refusal = judge(callee(), rules, facts, NOON)

    assert refusal is not None
    assert (refusal.rule, refusal.until) == ("called_lately", NOON - 30 + 120)
    assert rule(facts, now=NOON - 30 + 120, rules=rules) is None
    assert rule(facts, rules=CallingRules(pause_minutes=0)) is None


def test_hours_of_refusal_are_told_before_minutes() -> None:
    night = NOON + 10 * 3600

    assert rule(Facts(None, calls_at(night - 60), in_call=True), now=night) == "calling_window"


@pytest.fixture
async def store() -> InMemoryStore:
    return InMemoryStore()


def gate_over(store: Any, rules: CallingRules | None = None) -> ComplianceGate:
    return ComplianceGate(store, lambda _campaign: rules or CallingRules())


async def test_a_number_that_was_added_a_moment_ago_is_refused_in_the_next_dial(
    store: InMemoryStore,
) -> None:
    gate = gate_over(store)
    assert await gate.check(callee(), NOON) is None

    await store.dnc.add([DncEntry(number=NUMBER, added_at=NOON)])

    refusal = await gate.check(callee(), NOON + 0.001)
    assert refusal is not None
    assert refusal.rule == "dnc"


async def test_attempts_on_record_count(store: InMemoryStore) -> None:
    campaign = await store.campaigns.create("c", pool="p", settings={}, now=NOON, who="ops")
    await store.leads.add(campaign.id, [NewLead(numbers=[LeadNumber(NUMBER)])], now=NOON)
    [lead] = await store.leads.claim(campaign.id, 1, now=NOON, claim_id="C")
    attempt = NewAttempt(
        attempt_id="A", campaign_id=campaign.id, lead_id=lead.id, number=NUMBER,
        caller_id="", trunk="", node="", placed_at=NOON - 60,
    )  # fmt: skip
    await store.attempts.open([attempt])

    refusal = await gate_over(store, CallingRules(max_per_24h=1)).check(callee(), NOON)

    assert refusal is not None
    assert refusal.rule == "max_per_24h"


async def test_of_one_number_twice_in_one_batch_the_second_finds_the_first_on_its_way(
    store: InMemoryStore,
) -> None:
    answers = await gate_over(store).check_many([callee()] * 2, NOON)

    assert [answer and answer.rule for answer in answers] == [None, "in_call"]


async def test_a_person_who_is_called_by_another_number_is_in_a_call(store: InMemoryStore) -> None:
    gate = ComplianceGate(store, lambda _campaign: CallingRules(), in_use={"+8613800000000"})
    two_numbers = msgspec.structs.replace(callee(), others=("+8613800000000",))

    refusal = await gate.check(two_numbers, NOON)

    assert refusal is not None
    assert refusal.rule == "in_call"
    assert await gate.check(callee(), NOON) is None


async def test_answers_come_in_the_order_of_the_questions(store: InMemoryStore) -> None:
    await store.dnc.add([DncEntry(number="+8613800000000", added_at=0)])

    asked = [callee("nonsense"), callee(), callee("+8613800000000")]
    answers = await gate_over(store).check_many(asked, NOON)

    assert [answer and answer.rule for answer in answers] == ["invalid_number", None, "dnc"]
    assert await gate_over(store).check_many([], NOON) == []


class BrokenDnc:
    async def check(self, numbers: Sequence[str], *, now: float) -> Mapping[str, DncEntry]:
        raise StoreError("disk is gone")


async def test_when_the_list_cannot_be_read_nobody_is_called(store: InMemoryStore) -> None:
    store.dnc = BrokenDnc()  # type: ignore[assignment]

    answers = await gate_over(store).check_many([callee(), callee()], NOON)

    assert [answer and answer.rule for answer in answers] == ["gate_error"] * 2
    assert answers[0] is not None
    assert answers[0].until == NOON + 60


async def test_a_campaign_whose_rules_fail_stops_only_itself(store: InMemoryStore) -> None:
    def rules_for(campaign_id: str) -> CallingRules:
        if campaign_id == "C":
            raise ValueError("calling: start")
        return CallingRules()

    gate = ComplianceGate(store, rules_for)
    other = Callee(campaign_id="D", lead_id="L2", number=NUMBER)

    answers = await gate.check_many([callee(), other], NOON)

    assert [answer and answer.rule for answer in answers] == ["gate_error", None]


async def test_a_remembered_window_closes_on_time(store: InMemoryStore) -> None:
    gate = gate_over(store)
    nine_pm = NOON + 9 * 3600

    assert await gate.check(callee(), NOON) is None
    assert await gate.check(callee(), nine_pm - 1) is None
    refusal = await gate.check(callee(), nine_pm)
    assert refusal is not None
    assert refusal.until == NOON + 20 * 3600
    assert await gate.check(callee(), NOON + 20 * 3600) is None


async def test_every_rule_a_refusal_can_name_is_listed(store: InMemoryStore) -> None:
    weekend = CallingRules(weekdays=(6, 7), holidays="CN")
    refusals = [
        await gate_over(store, weekend).check(callee(), NOON),
        await gate_over(store).check(callee(), NOON + 10 * 3600),
        await gate_over(store).check(callee("x"), NOON),
    ]

    assert {refusal.rule for refusal in refusals if refusal} == {
        "weekday",
        "calling_window",
        "invalid_number",
    }
    assert all(refusal and refusal.rule in GATE_RULES for refusal in refusals)

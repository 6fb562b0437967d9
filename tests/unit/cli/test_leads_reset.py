"""`dialer leads reset`: leads that failures used up, from the command line."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeVar

import pytest

from dialer.ports.audit import AuditQuery
from dialer.ports.store import ClosedAttempt, LeadNext, LeadNumber, NewAttempt, NewLead, Store
from dialer.settings import Settings, load
from dialer.store import open_store
from dialer.words import LeadState

T = TypeVar("T")
NOW = 1_800_000_000.0
CAUSES = (34, 34, 38, 21, 17)


def on_store(config, work: Callable[[Store], T]) -> T:
    async def run() -> T:
        settings = load(config, {})
        assert isinstance(settings, Settings)
        settings.state_dir.mkdir(parents=True, exist_ok=True)
        store = await open_store(settings.store_url)
        try:
            return await work(store)  # type: ignore[misc]
        finally:
            await store.close()

    return asyncio.run(run())


async def burn(store: Store) -> None:
    """One lead for each of CAUSES, with one attempt that ended so; the first is dead by it."""
    spring = await store.campaigns.create("spring", pool="default", settings={}, now=NOW, who="t")
    new = [NewLead(numbers=[LeadNumber(f"+4930123456{i:02}")]) for i in range(len(CAUSES))]
    await store.leads.add(spring.id, new, now=NOW)
    leads = await store.leads.claim(spring.id, 9, now=NOW, claim_id="c")
    for i, (lead, cause) in enumerate(zip(leads, CAUSES, strict=True)):
        attempt = NewAttempt(
            attempt_id=f"A{i}", campaign_id=spring.id, lead_id=lead.id, caller_id="",
            number=lead.numbers[0].number, trunk="t", node="n", placed_at=NOW + 3600 * i,
        )  # fmt: skip
        await store.attempts.open([attempt])
        state = LeadState.DEAD if i == 0 else LeadState.RETRY
        closed = ClosedAttempt(
            attempt_id=f"A{i}", ended_at=NOW + 3600 * i, hangup_cause=cause,
            outcome="busy" if cause == 17 else "failed", lead=LeadNext(state, NOW + 10**9),
        )  # fmt: skip
        await store.attempts.close([closed])


async def counts(store: Store) -> dict[str, int]:
    spring = await store.campaigns.by_name("spring")
    assert spring is not None
    found = await store.leads.counts(spring.id)
    return {state.value: n for state, n in found.items() if n}


@pytest.fixture
def burned(config) -> None:
    on_store(config, burn)


def test_what_a_trunk_burned_is_given_back_and_noted(dialer, config, burned) -> None:
    done = dialer("leads", "reset", "--campaign", "spring", "--json")
    assert (done.status, done.json["attempts"], done.json["leads"]) == (0, 3, 3)
    assert done.json["done"]
    assert on_store(config, counts) == {"new": 3, "retry": 2}
    again = dialer("leads", "reset", "--campaign", "spring", "--json").json
    assert (again["attempts"], again["done"]) == (0, False)

    async def noted(store: Store) -> list[str]:
        return [row.entry.what for row in await store.audit.page(AuditQuery(limit=9))]

    assert on_store(config, noted).count("leads.reset") == 1


def test_the_count_is_shown_before_anything_is_done(dialer, config, burned) -> None:
    done = dialer("leads", "reset", "--campaign", "spring", "--count")
    assert done.out.startswith("3 failed attempts of 3 leads (Q.850 0, 2, 5,")
    assert on_store(config, counts) == {"dead": 1, "retry": 4}
    done = dialer("leads", "reset", "--campaign", "spring", "--yes")
    first, second = done.out.splitlines()
    assert first.startswith("3 failed attempts of 3 leads")
    assert second == "3 leads given back to spring"


def test_cause_time_and_list_choose_what_is_undone(dialer, config, burned) -> None:
    late = ("--cause", "34", "--since", "2027-01-15T08:30:00+00:00")
    assert dialer("leads", "reset", "--campaign", "spring", *late, "--json").json["leads"] == 1
    other = ("--list", "nowhere.csv")
    assert dialer("leads", "reset", "--campaign", "spring", *other, "--json").json["leads"] == 0
    two = ("--cause", "21", "--cause", "38")
    assert dialer("leads", "reset", "--campaign", "spring", *two, "--json").json["leads"] == 2
    assert on_store(config, counts) == {"dead": 1, "new": 3, "retry": 1}


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (("--campaign", "nowhere"), 1),
        (("--campaign", "spring", "--cause", "200"), 2),
        (("--campaign", "spring", "--since", "yesterday"), 2),
    ],
)
def test_what_cannot_be_is_said_in_a_line(dialer, arguments, status: int) -> None:
    done = dialer("leads", "reset", *arguments)
    assert done.status == status
    assert done.out == ""

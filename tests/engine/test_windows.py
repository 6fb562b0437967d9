"""Abandon windows: what they hold, when they begin and end, and that the store is read once."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from dialer.engine.plans import CampaignPlan
from dialer.engine.windows import WindowBook, bounds, day_of, month_of
from dialer.floor.commands import CloseAttempt
from dialer.floor.events import HungUp, RouteAsked
from dialer.ports.store import Tally
from dialer.sim.virtual_time import EPOCH, virtual_time
from dialer.words import WindowKind
from tests.kit.scene import Scene

NOON = day_of(EPOCH)[0] + 12 * 3600
ALL: tuple[WindowKind, ...] = ("day", "24h", "30d", "month")
PLAN = CampaignPlan("gold", "main", abandon_windows=ALL)


class Ledger:
    """A store that knows when each call ended, and counts how often it is asked."""

    def __init__(self, *ended: tuple[float, str]) -> None:
        self.ended, self.asked = ended, 0

    async def tally(
        self, campaign_id: str, *, since: float, until: float, paced: bool = False
    ) -> Tally:
        self.asked += 1
        inside = [outcome for at, outcome in self.ended if since <= at < until]
        return Tally(
            ended=len(inside),
            answered_human=len(inside),
            by_outcome={"abandoned": inside.count("abandoned")},
        )


def closed(outcome: str, by: str = "human") -> CloseAttempt:
    return CloseAttempt("a", "l", "gold", outcome, 0.0, 0.0, answered_by=by)


async def a_book(ledger: Ledger, now: float, plan: CampaignPlan = PLAN) -> WindowBook:
    book = WindowBook()
    await book.read(ledger, plan, "gold-id", now)  # type: ignore[arg-type]
    return book


def counts(book: WindowBook, now: float, scene: Scene | None = None) -> dict[str, tuple[int, int]]:
    states = book.states([PLAN], (scene or Scene()).floor, now)
    return {k: (s.answered, s.abandoned) for k, s in zip(ALL, states, strict=True)}


@virtual_time
async def test_each_window_holds_what_ended_in_it() -> None:
    hour = 3600.0
    ledger = Ledger(
        (NOON - hour, "abandoned"),
        (NOON - 20 * hour, "connected"),
        (NOON - 5 * 24 * hour, "connected"),
        (NOON - 29 * 24 * hour, "abandoned"),
        (NOON - 40 * 24 * hour, "abandoned"),
    )
    book = await a_book(ledger, NOON)
    found = counts(book, NOON)
    assert found["day"] == (1, 1)
    assert found["24h"] == (2, 1)
    assert found["30d"] == (4, 2)


@virtual_time
async def test_the_store_is_read_once_and_only_as_far_as_the_windows_reach() -> None:
    ledger = Ledger()
    book = await a_book(ledger, NOON)
    asked = ledger.asked
    assert asked <= 31 + 48
    for i in range(100):
        book.closed(closed("connected"), NOON + i)
        counts(book, NOON + i)
    assert ledger.asked == asked
    small = Ledger()
    await a_book(small, NOON, CampaignPlan("gold", "main", abandon_windows=("day",)))
    assert small.asked <= 24


@virtual_time
async def test_calls_are_counted_as_they_end_and_leave_a_window_when_it_is_over() -> None:
    book = await a_book(Ledger(), NOON)
    book.closed(closed("connected"), NOON)
    book.closed(closed("abandoned"), NOON)
    book.closed(closed("machine", "machine"), NOON)
    assert counts(book, NOON)["day"] == (2, 1)
    tomorrow = NOON + 13 * 3600
    assert counts(book, tomorrow)["day"] == (0, 0)
    assert counts(book, tomorrow)["24h"] == (2, 1)
    assert counts(book, NOON + 26 * 3600)["24h"] == (0, 0)
    assert counts(book, NOON + 26 * 3600)["30d"] == (2, 1)
    assert counts(book, NOON + 33 * 24 * 3600)["30d"] == (0, 0)


@virtual_time
async def test_what_ended_while_the_clock_was_ahead_ended_just_now() -> None:
    """And is gone from tomorrow, where it never was."""
    book, tomorrow = await a_book(Ledger(), NOON), NOON + 24 * 3600
    book.closed(closed("abandoned"), tomorrow)
    book.closed(closed("connected"), NOON + 1)
    assert counts(book, NOON + 1)["day"] == (2, 1)
    assert counts(book, tomorrow)["day"] == (0, 0)


@virtual_time
async def test_calls_that_are_up_count_as_the_pacer_knows_them() -> None:
    book = await a_book(Ledger(), NOON)
    scene = Scene("ann")
    scene.talk("a1")
    scene.ring("a2", "a3")
    scene.do(RouteAsked("a2", scene.now))
    assert counts(book, NOON, scene)["day"] == (2, 0)
    scene.pass_s(2.5)
    assert counts(book, NOON, scene)["day"] == (2, 1)
    for command in scene.do(HungUp("a2", scene.now, 16)):
        if isinstance(command, CloseAttempt):
            book.closed(command, NOON)
    assert counts(book, NOON, scene)["day"] == (2, 1), "counted once, before and after its end"


@virtual_time
async def test_each_window_carries_the_campaigns_limit_and_its_own_end() -> None:
    book = await a_book(Ledger(), NOON)
    states = book.states([PLAN], Scene().floor, NOON)
    assert [s.closes_at for s in states] == [day_of(NOON)[1], None, None, month_of(NOON)[1]]
    assert {s.limit for s in states} == {0.03}


@pytest.mark.parametrize("kind", ALL)
def test_a_moment_lies_in_its_window(kind: WindowKind) -> None:
    for at in (NOON, day_of(NOON)[0], month_of(NOON)[0], month_of(NOON)[1] - 0.001):
        start, end = bounds(kind, at)
        assert start <= at < (end or at + 1)


def test_months_begin_on_the_first_and_december_ends_in_january() -> None:
    december = datetime(2025, 12, 31, 12, tzinfo=UTC).timestamp()
    start, end = (datetime.fromtimestamp(t) for t in month_of(december))  # noqa: DTZ006
    assert (start.month, start.day, start.hour) == (12, 1, 0)
    assert (end.year, end.month, end.day) == (2026, 1, 1)

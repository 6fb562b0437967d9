"""A breaker: how many calls a trunk gets that refuses them, and how soon it has them back."""

from __future__ import annotations

import heapq
from collections.abc import Callable

from hypothesis import given
from hypothesis import strategies as st

from dialer.engine.breaker import (
    DARK_CALLS,
    DARK_S,
    FIRST_PAUSE_S,
    LONGEST_PAUSE_S,
    PROVEN,
    ROW,
    Breaker,
)

#: So many calls in so many seconds at most go to a trunk that refuses all.
BOUND, SPAN_S = 30, 20.0
Answer = Callable[[float], tuple[float, str]]


def run(breaker: Breaker, answer: Answer, *, until: float, every: float = 0.02) -> list[float]:
    """A caller who always wants another call; `answer` of a placed call: (seconds, what)."""
    placed: list[float] = []
    coming: list[tuple[float, int, str, str]] = []
    now, n = 0.0, 0
    while now < until:
        while coming and coming[0][0] <= now:
            at, _, call, what = heapq.heappop(coming)
            getattr(breaker, what)(call, at)
        if breaker.opens_at(now) <= now:
            n += 1
            breaker.placed(f"c{n}", now)
            placed.append(now)
            takes, what = answer(now)
            heapq.heappush(coming, (now + takes, n, f"c{n}", what))
        now += every
    return placed


def most_in(times: list[float], span: float) -> int:
    return max((sum(a <= b < a + span for b in times) for a in times), default=0)


@given(st.floats(0.0, 30.0), st.sampled_from(["refused", "silent", "gone"]))
def test_a_trunk_that_never_takes_a_call_gets_few(takes: float, what: str) -> None:
    placed = run(Breaker(), lambda now: (takes, what), until=60.0)
    if what == "gone":
        return  # nothing was said against the trunk
    assert most_in(placed, SPAN_S) <= BOUND


@given(st.lists(st.tuples(st.floats(0.0, 25.0), st.booleans()), min_size=1, max_size=30))
def test_whatever_way_it_fails_a_trunk_gets_no_more_than_its_few(
    fates: list[tuple[float, bool]],
) -> None:
    turn = iter(range(10**9))

    def answer(now: float) -> tuple[float, str]:
        takes, is_refused = fates[next(turn) % len(fates)]
        return takes, "refused" if is_refused else "silent"

    assert most_in(run(Breaker(), answer, until=90.0), SPAN_S) <= BOUND


@given(st.floats(0.01, 3.0), st.floats(5.0, 120.0))
def test_a_trunk_that_is_well_again_has_all_calls_again_soon(takes: float, out_s: float) -> None:
    breaker = Breaker()

    def answer(now: float) -> tuple[float, str]:
        return takes, "refused" if now < out_s else "sign"

    # The last probe in vain may have been on its way when the trunk came back.
    run(breaker, answer, until=out_s + LONGEST_PAUSE_S + 2 * takes + 1.0)
    assert breaker.state == "well"
    assert breaker.opens_at(1e6) == 1e6


@given(st.floats(0.0, 1.0))
def test_a_trunk_that_takes_calls_is_never_spared(takes: float) -> None:
    breaker = Breaker()
    placed = run(breaker, lambda now: (takes, "sign"), until=10.0)
    assert len(placed) > 300


@given(st.lists(st.sampled_from(["sign", "refused", "silent", "gone", "wait", "up", "down"])))
def test_it_opens_again_whatever_happens(story: list[str]) -> None:
    breaker, now = Breaker(), 0.0
    for i, what in enumerate(story):
        now += 1.0
        if what == "wait":
            now += 100.0
        elif what in {"up", "down"}:
            breaker.told(what == "up", now)
        else:
            if breaker.opens_at(now) <= now:
                breaker.placed(f"c{i}", now)
            getattr(breaker, what)(f"c{i}", now)
        assert breaker.opens_at(now) <= now + max(LONGEST_PAUSE_S, DARK_S)
        assert (breaker.room(now) != 0) == (breaker.opens_at(now) <= now)


def refusing(count: int = int(ROW)) -> Breaker:
    """A breaker that has proved well and was then refused so often."""
    breaker = Breaker()
    breaker.placed("first", 0.0)
    breaker.sign("first", 0.0)
    for i in range(count):
        breaker.placed(f"r{i}", 1.0)
        breaker.refused(f"r{i}", 1.0)
    return breaker


def test_one_call_at_a_time_asks_whether_it_is_well_again() -> None:
    breaker = refusing()
    assert (breaker.state, breaker.opens_at(1.0)) == ("out", 1.0 + FIRST_PAUSE_S)
    breaker.placed("probe", 3.0)
    assert (breaker.state, breaker.room(3.0)) == ("probing", 0)
    breaker.refused("probe", 3.1)
    assert breaker.opens_at(3.1) == 3.1 + 2 * FIRST_PAUSE_S
    breaker.placed("probe 2", 8.0)
    breaker.sign("probe 2", 8.5)
    assert (breaker.state, breaker.room(8.5)) == ("well", None)
    assert breaker.since == 8.5


def test_a_refusal_now_and_then_is_no_outage() -> None:
    breaker = refusing(4)
    breaker.placed("c", 2.0)
    breaker.sign("c", 2.5)
    breaker.refused("r", 3.0)
    assert breaker.is_well


def test_the_pauses_grow_until_calls_get_through_again_for_good() -> None:
    breaker = refusing()
    assert breaker.pause_s == FIRST_PAUSE_S
    breaker.placed("probe", 5.0)
    breaker.sign("probe", 5.0)
    for i in range(int(ROW)):
        breaker.placed(f"again {i}", 6.0)
        breaker.refused(f"again {i}", 6.0)
    assert breaker.pause_s == 2 * FIRST_PAUSE_S
    for i in range(PROVEN):
        at = 20.0 + i
        breaker.placed(f"good {i}", at)
        breaker.sign(f"good {i}", at)
    assert breaker.pause_s == 0.0


def test_an_answer_to_options_that_is_missing_shuts_it_and_one_that_comes_asks_soon() -> None:
    breaker = Breaker()
    breaker.told(reachable=False, now=10.0)
    assert breaker.state == "out"
    for at in (13.0, 20.0, 30.0):
        breaker.placed(f"probe {at}", at)
        breaker.refused(f"probe {at}", at)
    assert breaker.opens_at(30.0) > 40.0
    breaker.told(reachable=True, now=31.0)
    assert breaker.opens_at(31.0) <= 36.0


def test_after_a_restart_nothing_is_known_and_nothing_bursts() -> None:
    breaker = Breaker()
    for i in range(DARK_CALLS):
        assert breaker.opens_at(1.0) == 1.0
        breaker.placed(f"c{i}", 1.0)
    assert breaker.opens_at(1.0) == 1.0 + DARK_S
    breaker.sign("c0", 2.0)
    assert breaker.opens_at(2.0) == 2.0


def test_a_trunk_that_tells_of_ringing_is_not_silent_by_chance() -> None:
    breaker = Breaker()
    breaker.placed("rings", 0.0)
    breaker.sign("rings", 1.0, rings=True)
    for i in range(int(ROW)):
        breaker.placed(f"c{i}", 2.0)
        breaker.silent(f"c{i}", 27.0)
    assert breaker.state == "out"


def test_a_carrier_that_tells_of_nothing_but_answers_is_not_taken_for_dead() -> None:
    breaker = Breaker()
    breaker.placed("answered", 0.0)
    breaker.sign("answered", 9.0)
    for i in range(200):
        breaker.placed(f"c{i}", 10.0 + i)
        breaker.silent(f"c{i}", 35.0 + i)
    assert breaker.is_well


def test_a_trunk_of_which_nothing_was_ever_heard_gets_few_calls() -> None:
    breaker = Breaker()
    placed = run(breaker, lambda now: (5.0, "silent"), until=300.0)
    assert breaker.state in {"out", "probing"}
    assert len(placed) <= 30


def test_twenty_times_forbidden_is_the_trunks_doing() -> None:
    breaker = Breaker()
    for i in range(20):
        assert breaker.is_well
        breaker.placed(f"c{i}", float(i))
        breaker.refused(f"c{i}", float(i), shared=True)
    assert breaker.state == "out"


def test_a_row_of_calls_that_ring_and_are_refused_shuts_it_and_ringing_does_not_open_it() -> None:
    breaker = Breaker()
    for i in range(int(ROW)):
        assert breaker.is_well
        breaker.placed(f"c{i}", float(i))
        breaker.sign(f"c{i}", float(i), rings=True)
        breaker.refused(f"c{i}", i + 0.5)
    assert breaker.state == "out"
    breaker.placed("probe", 20.0)
    breaker.sign("probe", 20.1, rings=True)
    assert breaker.state == "probing"
    breaker.sign("probe", 24.0)
    assert breaker.state == "well"


def test_calls_that_ring_and_are_refused_between_others_are_no_outage() -> None:
    breaker = Breaker()
    for i in range(100):
        call = f"c{i}"
        breaker.placed(call, float(i))
        breaker.sign(call, float(i), rings=True)
        (breaker.sign if i % 4 == 0 else breaker.refused)(call, i + 0.5)
        assert breaker.is_well

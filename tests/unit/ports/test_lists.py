"""How lists share what is dialed."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from dialer.ports.lists import LeadList, is_mixed, mixed

WEIGHTS = st.floats(0.1, 100)
LISTS = st.lists(st.tuples(st.integers(0, 2), WEIGHTS, st.integers(0, 30)), min_size=1, max_size=5)


def made(said: list[tuple[int, float, int]]) -> tuple[list[LeadList], dict[str, list[str]]]:
    lists = [
        LeadList(campaign_id="c", name=f"l{at}", priority=priority, weight=weight)
        for at, (priority, weight, _) in enumerate(said)
    ]
    return lists, {
        f"l{at}": [f"l{at}/{i}" for i in range(count)] for at, (*_, count) in enumerate(said)
    }


@given(LISTS, st.integers(0, 60))
def test_nobody_is_lost_doubled_or_taken_out_of_turn(
    said: list[tuple[int, float, int]], limit: int
) -> None:
    lists, due = made(said)
    taken, _ = mixed(lists, due, limit)

    assert len(taken) == len(set(taken)) == min(limit, sum(map(len, due.values())))
    for name, queue in due.items():
        mine = [it for it in taken if it.startswith(f"{name}/")]
        assert mine == queue[: len(mine)]


@given(LISTS, st.integers(0, 60))
def test_a_list_waits_while_one_above_it_has_anybody(
    said: list[tuple[int, float, int]], limit: int
) -> None:
    lists, due = made(said)
    taken, _ = mixed(lists, due, limit)
    counts = Counter(it.split("/")[0] for it in taken)
    for low in lists:
        for high in lists:
            if high.priority > low.priority and counts[low.name]:
                assert counts[high.name] == len(due[high.name])


@given(st.lists(WEIGHTS, min_size=2, max_size=4), st.integers(1, 7), st.integers(5, 40))
def test_whatever_the_size_of_a_claim_the_shares_are_those_of_the_weights(
    weights: list[float], size: int, claims: int
) -> None:
    lists = {
        f"l{at}": LeadList(campaign_id="c", name=f"l{at}", weight=weight)
        for at, weight in enumerate(weights)
    }
    counts: Counter[str] = Counter()
    for _ in range(claims):
        due = {name: [name] * size for name in lists}
        taken, changed = mixed(list(lists.values()), due, size)
        counts.update(taken)
        lists |= {it.name: it for it in changed}

    had = {name: counts[name] / it.weight for name, it in lists.items()}
    # Nobody is further ahead of another than one lead of each.
    for one in lists.values():
        for other in lists.values():
            assert had[one.name] - had[other.name] <= 1 / one.weight + 1e-6


def test_lists_that_nobody_spoke_of_are_not_mixed() -> None:
    one = LeadList(campaign_id="c", name="a")
    assert not is_mixed([one, LeadList(campaign_id="c", name="b")])
    assert is_mixed([one, LeadList(campaign_id="c", name="b", weight=2.0)])

from __future__ import annotations

import multiprocessing
import threading
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialer import ids


def made_at(an_id: str) -> float:
    """Unix seconds, to the millisecond."""
    value = 0
    for sign in an_id[:10]:
        value = value * 32 + ids._ALPHABET.index(sign)
    return value / 1000


def test_an_id_tells_when_it_was_made() -> None:
    before = time.time()
    made = made_at(ids.new_id())

    assert before - 0.002 <= made <= time.time() + 0.002


def test_ids_have_one_length_and_no_mistakable_signs() -> None:
    made = ids.new_ids(1000)

    assert {len(one) for one in made} == {ids.ID_LENGTH}
    assert set("".join(made)) <= set("0123456789ABCDEFGHJKMNPQRSTVWXYZ")


def test_ids_go_up_and_never_repeat_across_threads() -> None:
    made: list[list[str]] = []
    threads = [
        threading.Thread(target=lambda: made.append([ids.new_id() for _ in range(2000)]))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert all(run == sorted(run) for run in made)
    assert len({one for run in made for one in run}) == 8000


def test_ids_go_on_when_the_clock_is_set_back(monkeypatch: pytest.MonkeyPatch) -> None:
    before = ids.new_id()
    monkeypatch.setattr(time, "time_ns", lambda: 1_000_000_000_000_000_000)

    assert ids.new_id() > before


@given(st.integers(0, 2**128 - 2**22), st.integers(1, 3000))
def test_a_run_of_ids_is_written_as_each_alone(first: int, count: int) -> None:
    run = ids._texts(first, count)

    assert run[0] == ids._texts(first, 1)[0]
    assert run[-1] == ids._texts(first + count - 1, 1)[0]
    assert run == sorted(run)
    assert len(set(run)) == count


def test_a_run_goes_on_where_its_last_signs_overflow() -> None:
    first = 2**20 - 2

    assert [one[-5:] for one in ids._texts(first, 4)] == ["0ZZZY", "0ZZZZ", "10000", "10001"]


def test_a_forked_child_makes_other_ids_than_its_parent() -> None:
    ids.new_id()
    context = multiprocessing.get_context("fork")
    receiver, sender = context.Pipe(duplex=False)
    child = context.Process(target=lambda: sender.send(ids.new_ids(100)))
    child.start()
    mine = ids.new_ids(100)
    theirs = receiver.recv()
    child.join()

    assert not set(mine) & set(theirs)

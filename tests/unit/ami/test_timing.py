"""Back-off and keep-alive with literal times."""

from __future__ import annotations

import random

from dialer.asterisk.timing import Backoff, KeepAlive


def test_waits_double_up_to_the_longest_and_never_overflow():
    backoff = Backoff(first_s=0.1, factor=2.0, longest_s=1.0, jitter=0.0)

    waits = [backoff.delay_s(n, random.Random(1)) for n in (1, 2, 3, 4, 5, 100_000)]

    assert waits == [0.1, 0.2, 0.4, 0.8, 1.0, 1.0]


def test_jitter_shortens_a_wait_by_at_most_its_share_and_follows_the_seed():
    backoff = Backoff(first_s=1.0, jitter=0.5)
    waits = [backoff.delay_s(1, rng) for rng in [random.Random(5)] for _ in range(200)]

    assert all(0.5 <= wait <= 1.0 for wait in waits)
    assert len(set(waits)) > 100
    assert waits[0] == backoff.delay_s(1, random.Random(5))


def test_a_quiet_link_is_asked_once_and_dead_when_the_answer_stays_out():
    link = KeepAlive(quiet_s=5.0, deadline_s=3.0, heard_at=100.0)

    assert [link.check(at) for at in (104.9, 105.0, 105.1, 107.9, 108.0)] == [
        "fine",
        "ask",
        "fine",
        "fine",
        "dead",
    ]


def test_any_byte_proves_life():
    link = KeepAlive(quiet_s=5.0, deadline_s=3.0, heard_at=0.0)
    assert link.check(5.0) == "ask"
    link.heard(7.9)

    assert [link.check(at) for at in (8.0, 12.8, 12.9)] == ["fine", "fine", "ask"]


def test_time_in_which_this_process_did_not_run_does_not_count():
    link = KeepAlive(quiet_s=5.0, deadline_s=3.0, heard_at=0.0)
    assert link.check(5.0) == "ask"
    link.forgive(10.0)

    assert link.check(16.0) == "fine"
    assert link.check(18.0) == "dead"

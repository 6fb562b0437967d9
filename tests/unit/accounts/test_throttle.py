"""Guessing gets slower and slower; nobody is locked out for good."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from dialer.kit.throttle import (
    ACCOUNT_RULE,
    ADDRESS_RULE,
    PAIR_RULE,
    WAITING_AT_ONCE,
    Throttle,
    Tries,
    Verdict,
    address_key,
    after_failure,
    wait_s,
)

NOW = 1_800_000_000.0


def fail(throttle: Throttle, times: int, account: str = "anna", address: str = "192.0.2.1") -> None:
    for _ in range(times):
        throttle.begin(account, address, NOW)


def test_the_first_wrong_tries_are_free_then_each_doubles_the_wait() -> None:
    tries, waits, now = Tries(), [], NOW
    for _ in range(PAIR_RULE.free + 9):
        tries = after_failure(tries, now, PAIR_RULE)
        waits.append(wait_s(tries, now))
        now += waits[-1]

    free = PAIR_RULE.free
    assert waits[:free] == [0.0] * free
    assert waits[free:] == [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 60.0, 60.0, 60.0]


def test_who_guesses_one_account_is_refused_and_nobody_else_is() -> None:
    throttle = Throttle()
    fail(throttle, PAIR_RULE.free + 1)

    assert throttle.begin("anna", "192.0.2.1", NOW).refused_s == 1.0
    assert throttle.begin("anna", "198.51.100.7", NOW).refused_s == 0
    assert throttle.begin("bo", "192.0.2.1", NOW).refused_s == 0


def test_an_address_that_goes_on_with_invented_names_is_made_slow_and_never_refused() -> None:
    throttle = Throttle()
    verdicts = [throttle.begin(f"name{index}", "203.0.113.5", NOW) for index in range(500)]

    assert {it.refused_s for it in verdicts} == {0.0}
    assert verdicts[ADDRESS_RULE.free - 1].delay_s == 0
    assert verdicts[-1].delay_s == ADDRESS_RULE.longest_wait_s
    assert throttle.begin("anna", "203.0.113.5", NOW).refused_s == 0


def test_tries_that_wait_are_bounded_at_each_address() -> None:
    throttle = Throttle()
    for _ in range(WAITING_AT_ONCE):
        throttle.waits("203.0.113.5")

    assert throttle.begin("anna", "203.0.113.5", NOW).refused_s > 0
    assert throttle.begin("anna", "203.0.113.5", NOW, device="hers").refused_s == 0
    throttle.waited("203.0.113.5")
    assert throttle.begin("anna", "203.0.113.5", NOW).refused_s == 0


def test_many_machines_that_guess_one_account_are_slowed_together() -> None:
    throttle = Throttle()
    for index in range(ACCOUNT_RULE.free + 1):
        throttle.begin("anna", f"203.0.113.{index}", NOW)

    assert throttle.begin("anna", "198.51.100.7", NOW).refused_s > 0


def test_an_owner_is_not_locked_out_by_those_who_guess() -> None:
    throttle = Throttle()
    throttle.begin("anna", "192.0.2.1", NOW)
    throttle.succeeded("anna", "192.0.2.1")
    for index in range(500):
        throttle.begin("anna", f"203.0.113.{index % 200}", NOW)
        throttle.begin("bo", "192.0.2.1", NOW)

    assert throttle.begin("anna", "192.0.2.1", NOW).refused_s == 0, "where she logged in before"
    fail(throttle, 50)
    assert throttle.begin("anna", "192.0.2.1", NOW).refused_s > 0
    assert throttle.begin("anna", "192.0.2.1", NOW, device="hers") == Verdict(), "her own browser"


def test_a_stolen_proof_is_no_way_to_guess_faster() -> None:
    throttle = Throttle()
    for _ in range(PAIR_RULE.free + 1):
        throttle.begin("anna", "203.0.113.5", NOW, device="stolen")

    assert throttle.begin("anna", "198.51.100.7", NOW, device="stolen").refused_s == 1.0


def test_a_wait_ends_by_itself() -> None:
    throttle = Throttle()
    fail(throttle, PAIR_RULE.free + 1)

    assert throttle.begin("anna", "192.0.2.1", NOW + 0.5).refused_s == 0.5
    assert throttle.begin("anna", "192.0.2.1", NOW + 1.0).refused_s == 0.0


def test_the_right_password_opens_the_account_again() -> None:
    throttle = Throttle()
    fail(throttle, PAIR_RULE.free)
    throttle.succeeded("anna", "192.0.2.1")

    fail(throttle, PAIR_RULE.free)
    assert throttle.begin("anna", "192.0.2.1", NOW).refused_s == 0.0


def test_who_logs_in_rightly_all_day_is_never_made_to_wait() -> None:
    throttle = Throttle()
    for _ in range(ADDRESS_RULE.free * 3):
        assert throttle.begin("anna", "192.0.2.1", NOW) == Verdict()
        throttle.succeeded("anna", "192.0.2.1")


def test_one_good_login_does_not_wash_an_address_clean() -> None:
    throttle = Throttle()
    for index in range(ADDRESS_RULE.free):
        throttle.begin(f"victim{index}", "192.0.2.1", NOW)
        if index == ADDRESS_RULE.free // 2:
            throttle.succeeded(f"victim{index}", "192.0.2.1")
    throttle.begin("a", "192.0.2.1", NOW)

    assert throttle.begin("b", "192.0.2.1", NOW).delay_s > 0


def test_tries_of_long_ago_are_forgotten() -> None:
    tries = Tries()
    for _ in range(20):
        tries = after_failure(tries, NOW, ACCOUNT_RULE)

    later = after_failure(tries, NOW + ACCOUNT_RULE.forget_after_s, ACCOUNT_RULE)

    assert later.count == 1
    assert wait_s(later, NOW + ACCOUNT_RULE.forget_after_s) == 0


def test_what_is_remembered_is_bounded() -> None:
    throttle = Throttle(size=3)
    for index in range(100):
        throttle.begin(f"name{index}", f"192.0.2.{index}", NOW)

    kept = (throttle._accounts, throttle._addresses, throttle._pairs)
    assert [len(each) for each in kept] == [3, 3, 3]


def test_an_address_is_a_subscriber() -> None:
    assert address_key("2001:db8::1") == address_key("2001:db8::ffff:2") == "2001:db8::/64"
    assert address_key("::ffff:192.0.2.1") == address_key("192.0.2.1") == "192.0.2.1"
    assert address_key("fe80::1%eth0") == "fe80::/64"
    assert address_key("no address") == "no address"


@given(st.lists(st.floats(0, 5000), max_size=60))
def test_a_wait_is_never_negative_nor_longer_than_the_longest(gaps: list[float]) -> None:
    tries, now = Tries(), NOW
    for gap in gaps:
        now += gap
        tries = after_failure(tries, now, ACCOUNT_RULE)
        assert 0 <= wait_s(tries, now) <= ACCOUNT_RULE.longest_wait_s

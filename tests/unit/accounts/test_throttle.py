"""Guessing gets slower and slower; nobody is locked out for good."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from dialer.accounts.throttle import (
    ACCOUNT_RULE,
    ADDRESS_RULE,
    Throttle,
    Tries,
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
    for _ in range(ACCOUNT_RULE.free + 9):
        tries = after_failure(tries, now, ACCOUNT_RULE)
        waits.append(wait_s(tries, now))
        now += waits[-1]

    free = ACCOUNT_RULE.free
    assert waits[:free] == [0.0] * free
    assert waits[free:] == [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 60.0, 60.0, 60.0]


def test_an_account_is_closed_to_every_address_and_an_address_to_every_account() -> None:
    throttle = Throttle()
    fail(throttle, ACCOUNT_RULE.free + 1)

    assert throttle.begin("anna", "198.51.100.7", NOW) == 1.0
    assert throttle.begin("bo", "192.0.2.1", NOW) == 0.0

    for index in range(ADDRESS_RULE.free):
        throttle.begin(f"name{index}", "203.0.113.5", NOW)
    throttle.begin("one more", "203.0.113.5", NOW)
    assert throttle.begin("bo", "203.0.113.5", NOW) > 0


def test_a_wait_ends_by_itself() -> None:
    throttle = Throttle()
    fail(throttle, ACCOUNT_RULE.free + 1)

    assert throttle.begin("anna", "192.0.2.1", NOW + 0.5) == 0.5
    assert throttle.begin("anna", "192.0.2.1", NOW + 1.0) == 0.0


def test_the_right_password_opens_the_account_again() -> None:
    throttle = Throttle()
    fail(throttle, ACCOUNT_RULE.free)
    throttle.succeeded("anna", "192.0.2.1")

    fail(throttle, ACCOUNT_RULE.free)
    assert throttle.begin("anna", "192.0.2.1", NOW) == 0.0


def test_who_logs_in_rightly_all_day_is_never_made_to_wait() -> None:
    throttle = Throttle()
    for _ in range(ADDRESS_RULE.free * 3):
        assert throttle.begin("anna", "192.0.2.1", NOW) == 0.0
        throttle.succeeded("anna", "192.0.2.1")


def test_one_good_login_does_not_wash_an_address_clean() -> None:
    throttle = Throttle()
    for index in range(ADDRESS_RULE.free):
        throttle.begin(f"victim{index}", "192.0.2.1", NOW)
        if index == ADDRESS_RULE.free // 2:
            throttle.succeeded(f"victim{index}", "192.0.2.1")
    throttle.begin("a", "192.0.2.1", NOW)
    throttle.begin("b", "192.0.2.1", NOW)

    assert throttle.begin("c", "192.0.2.1", NOW) > 0


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

    assert len(throttle._accounts) == len(throttle._addresses) == 3


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

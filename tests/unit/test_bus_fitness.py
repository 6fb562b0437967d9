"""Which Redis can carry the bus."""

from __future__ import annotations

import pytest

from dialer.bus.fitness import unfit

FIT = {"redis_version": "7.0.15", "redis_mode": "standalone"}


def test_a_single_server_that_forgets_nothing_is_fit() -> None:
    assert unfit(FIT, {"maxmemory_policy": "noeviction"}) == ""
    assert unfit(FIT, {}) == ""


@pytest.mark.parametrize(
    "policy", ["allkeys-lru", "volatile-lru", "volatile-ttl", "allkeys-random"]
)
def test_one_that_evicts_is_refused_with_the_setting_to_mend(policy: str) -> None:
    why = unfit(FIT, {"maxmemory_policy": policy})

    assert policy in why
    assert "set maxmemory-policy noeviction" in why


@pytest.mark.parametrize(
    ("server", "words"),
    [
        ({"redis_version": "4.0.9"}, "5 or later"),
        ({"redis_version": "7.0.15", "redis_mode": "cluster"}, "cluster mode"),
        ({"redis_version": "7.0.15", "redis_mode": "sentinel"}, "sentinel"),
    ],
)
def test_what_cannot_keep_a_pool_is_refused(server: dict[str, str], words: str) -> None:
    assert words in unfit(server, {})

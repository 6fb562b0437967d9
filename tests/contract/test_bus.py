"""What every bus does, whatever carries it."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dialer.bus import open_bus
from dialer.ports.bus import Bus
from dialer.words import BusClient

KINDS = ["in-process", "redis-py", "asyncio-redis"]
TTL_S = 60.0
SHORT_S = 0.05


@pytest.fixture(params=KINDS)
async def bus(request: pytest.FixtureRequest) -> AsyncIterator[Bus]:
    kind = request.param
    url = "" if kind == "in-process" else request.getfixturevalue("redis_url")
    client: BusClient = "asyncio-redis" if kind == "asyncio-redis" else "redis-py"
    opened = open_bus(url, client=client, prefix=f"{uuid.uuid4()}:")
    await opened.start()
    yield opened
    await opened.close()


async def becomes_true(claim: Callable[[], Awaitable[bool]], within_s: float = 5.0) -> None:
    async with asyncio.timeout(within_s):
        while not await claim():  # noqa: ASYNC110  (a server has no event to wait for)
            await asyncio.sleep(0.005)


async def test_a_started_bus_answers(bus: Bus) -> None:
    assert await bus.ping()


async def test_closing_twice_is_harmless(bus: Bus) -> None:
    await bus.close()
    await bus.close()


# Leases


async def test_300_claimers_at_once_get_exactly_the_100_places(bus: Bus) -> None:
    members = [f"call-{n}" for n in range(300)]
    claims = [bus.leases.claim("trunk", m, limit=100, ttl_s=TTL_S) for m in members]
    assert sum(await asyncio.gather(*claims)) == 100
    assert await bus.leases.count("trunk") == 100


async def test_claims_repeated_by_all_300_go_to_the_same_100(bus: Bus) -> None:
    members = [f"call-{n}" for n in range(300)]

    async def who() -> list[str]:
        claims = [bus.leases.claim("trunk", m, limit=100, ttl_s=TTL_S) for m in members]
        return [m for m, got in zip(members, await asyncio.gather(*claims), strict=True) if got]

    first = await who()
    assert await who() == first


async def test_many_are_claimed_in_order_up_to_the_limit(bus: Bus) -> None:
    await bus.leases.claim("trunk", "b", limit=3, ttl_s=TTL_S)
    members = ["a", "b", "c", "d", "e"]
    granted = await bus.leases.claim_many("trunk", members, limit=3, ttl_s=TTL_S)
    assert granted == ["a", "b", "c"]


async def test_a_member_named_twice_takes_one_place(bus: Bus) -> None:
    granted = await bus.leases.claim_many("trunk", ["a", "a", "b"], limit=2, ttl_s=TTL_S)
    assert granted == ["a", "a", "b"]
    assert await bus.leases.count("trunk") == 2


async def test_claiming_nobody_is_nothing(bus: Bus) -> None:
    assert await bus.leases.claim_many("trunk", [], limit=2, ttl_s=TTL_S) == []
    assert await bus.leases.renew("trunk", [], ttl_s=TTL_S) == []
    await bus.leases.release("trunk", [])
    assert await bus.leases.count("trunk") == 0


async def test_without_places_nobody_gets_one(bus: Bus) -> None:
    assert not await bus.leases.claim("trunk", "a", limit=0, ttl_s=TTL_S)


async def test_a_released_place_is_free_and_releasing_again_changes_nothing(bus: Bus) -> None:
    await bus.leases.claim_many("trunk", ["a", "b"], limit=2, ttl_s=TTL_S)
    await bus.leases.release("trunk", ["a"])
    assert await bus.leases.claim("trunk", "c", limit=2, ttl_s=TTL_S)
    await bus.leases.release("trunk", ["a", "never-there"])
    assert await bus.leases.count("trunk") == 2


async def test_a_place_that_is_not_renewed_becomes_free(bus: Bus) -> None:
    assert await bus.leases.claim("trunk", "lost", limit=1, ttl_s=SHORT_S)
    await becomes_true(lambda: bus.leases.claim("trunk", "next", limit=1, ttl_s=TTL_S))
    assert await bus.leases.holder("trunk") == "next"


async def test_a_renewed_place_outlives_its_first_expiry(bus: Bus) -> None:
    await bus.leases.claim_many("trunk", ["kept", "let go"], limit=2, ttl_s=0.3)
    assert await bus.leases.renew("trunk", ["kept"], ttl_s=TTL_S) == ["kept"]

    async def only_one() -> bool:
        return await bus.leases.count("trunk") == 1

    await becomes_true(only_one)
    assert await bus.leases.holder("trunk") == "kept"


async def test_claiming_again_renews(bus: Bus) -> None:
    await bus.leases.claim("trunk", "kept", limit=2, ttl_s=0.3)
    await bus.leases.claim("trunk", "let go", limit=2, ttl_s=0.3)
    await bus.leases.claim("trunk", "kept", limit=2, ttl_s=TTL_S)

    async def only_one() -> bool:
        return await bus.leases.count("trunk") == 1

    await becomes_true(only_one)
    assert await bus.leases.holder("trunk") == "kept"


async def test_an_expired_or_unknown_place_is_not_renewed(bus: Bus) -> None:
    await bus.leases.claim("trunk", "late", limit=1, ttl_s=SHORT_S)

    async def gone() -> bool:
        return await bus.leases.count("trunk") == 0

    await becomes_true(gone)
    assert await bus.leases.renew("trunk", ["late", "stranger"], ttl_s=TTL_S) == []
    assert await bus.leases.count("trunk") == 0


async def test_a_lower_limit_takes_no_place_away_and_gives_none_out(bus: Bus) -> None:
    await bus.leases.claim_many("trunk", ["a", "b", "c"], limit=3, ttl_s=TTL_S)
    assert await bus.leases.claim("trunk", "a", limit=1, ttl_s=TTL_S)
    assert not await bus.leases.claim("trunk", "d", limit=1, ttl_s=TTL_S)
    assert await bus.leases.count("trunk") == 3


async def test_an_exclusive_lease_has_one_holder(bus: Bus) -> None:
    assert await bus.leases.holder("floor:sales") is None
    assert await bus.leases.claim("floor:sales", "engine-1", limit=1, ttl_s=TTL_S)
    assert not await bus.leases.claim("floor:sales", "engine-2", limit=1, ttl_s=TTL_S)
    assert await bus.leases.holder("floor:sales") == "engine-1"


async def test_pools_do_not_know_each_other(bus: Bus) -> None:
    await bus.leases.claim("trunk:a", "call", limit=1, ttl_s=TTL_S)
    assert await bus.leases.claim("trunk:b", "call", limit=1, ttl_s=TTL_S)
    assert await bus.leases.count("trunk:a") == 1


_step = st.one_of(
    st.tuples(st.just("claim"), st.lists(st.sampled_from("abcdefé")), st.integers(0, 5)),
    st.tuples(st.just("renew"), st.lists(st.sampled_from("abcdefé")), st.just(0)),
    st.tuples(st.just("release"), st.lists(st.sampled_from("abcdefé")), st.just(0)),
)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=st.lists(_step, max_size=20))
async def test_any_order_of_requests_answers_as_a_set_with_a_limit_would(
    bus: Bus, steps: list[tuple[str, list[str], int]]
) -> None:
    pool, held = str(uuid.uuid4()), set[str]()
    for what, members, limit in steps:
        if what == "claim":
            expected = [m for m in members if _takes(held, m, limit)]
            got = await bus.leases.claim_many(pool, members, limit=limit, ttl_s=TTL_S)
            assert got == expected
        elif what == "renew":
            got = await bus.leases.renew(pool, members, ttl_s=TTL_S)
            assert got == [m for m in members if m in held]
        else:
            await bus.leases.release(pool, members)
            held -= set(members)
        assert await bus.leases.count(pool) == len(held)


def _takes(held: set[str], member: str, limit: int) -> bool:
    if member not in held and len(held) >= limit:
        return False
    held.add(member)
    return True


# Snapshots


async def test_the_last_snapshot_is_what_a_screen_gets(bus: Bus) -> None:
    await bus.snapshots.put("floor:sales", b"old", ttl_s=TTL_S)
    await bus.snapshots.put("floor:sales", b"\x00\xff\r\n new", ttl_s=TTL_S)
    assert await bus.snapshots.get("floor:sales") == b"\x00\xff\r\n new"


async def test_a_snapshot_nobody_refreshes_is_gone(bus: Bus) -> None:
    await bus.snapshots.put("floor:sales", b"stale", ttl_s=SHORT_S)

    async def gone() -> bool:
        return await bus.snapshots.get("floor:sales") is None

    await becomes_true(gone)
    assert await bus.snapshots.keys("") == []


async def test_an_unknown_snapshot_is_none(bus: Bus) -> None:
    assert await bus.snapshots.get("never") is None


async def test_keys_are_found_by_prefix_and_sorted(bus: Bus) -> None:
    for key in ("floor:b", "floor:a", "node:x"):
        await bus.snapshots.put(key, b"1", ttl_s=TTL_S)
    assert await bus.snapshots.keys("floor:") == ["floor:a", "floor:b"]
    assert await bus.snapshots.keys("") == ["floor:a", "floor:b", "node:x"]


async def test_a_prefix_is_literal_whatever_signs_it_has(bus: Bus) -> None:
    for key in ("a*b", "axb", "a[x]", "a\\é"):
        await bus.snapshots.put(key, b"1", ttl_s=TTL_S)
    assert await bus.snapshots.keys("a*") == ["a*b"]
    assert await bus.snapshots.keys("a[") == ["a[x]"]
    assert await bus.snapshots.keys("a\\") == ["a\\é"]


async def test_3000_keys_are_all_listed_once(bus: Bus) -> None:
    names = sorted(f"k:{n}" for n in range(3000))
    for start in range(0, 3000, 200):
        puts = [bus.snapshots.put(name, b"1", ttl_s=TTL_S) for name in names[start : start + 200]]
        await asyncio.gather(*puts)
    assert await bus.snapshots.keys("k:") == names


# Channels


async def listen(
    bus: Bus, channel: str, *, listeners: int = 1
) -> tuple[AsyncGenerator[bytes, None], asyncio.Task[bytes]]:
    """A subscription that is known to be there, as one of so many, and its first message."""
    messages = bus.channels.subscribe(channel)

    async def after_the_tuning_note() -> bytes:
        async for message in messages:
            if message != b"tuning":
                return message
        raise AssertionError("the subscription ended by itself")

    first = asyncio.ensure_future(after_the_tuning_note())

    async def heard() -> bool:
        return await bus.channels.publish(channel, b"tuning") == listeners

    await becomes_true(heard)
    return messages, first


async def test_every_listener_gets_every_message_in_order(bus: Bus) -> None:
    messages, first = await listen(bus, "commands")
    others, first_of_others = await listen(bus, "commands", listeners=2)
    sent = [f"{n} \x00é".encode() for n in range(500)]
    for message in sent:
        assert await bus.channels.publish("commands", message) == 2
    for head, rest in ((first, messages), (first_of_others, others)):
        got = [await head]
        while len(got) < len(sent):
            got.append(await anext(rest))
        assert got == sent
        await rest.aclose()


async def test_what_nobody_listens_to_reaches_nobody(bus: Bus) -> None:
    assert await bus.channels.publish("commands", b"hello?") == 0


async def test_channels_do_not_hear_each_other(bus: Bus) -> None:
    messages, first = await listen(bus, "a")
    assert await bus.channels.publish("b", b"for b") == 0
    await bus.channels.publish("a", b"for a")
    assert await first == b"for a"
    await messages.aclose()


async def test_a_closed_subscription_is_no_listener_any_more(bus: Bus) -> None:
    messages, first = await listen(bus, "commands")
    await bus.channels.publish("commands", b"last")
    await first
    await messages.aclose()

    async def unheard() -> bool:
        return await bus.channels.publish("commands", b"anyone?") == 0

    await becomes_true(unheard)


async def test_a_cancelled_listener_is_no_listener_any_more(bus: Bus) -> None:
    messages, first = await listen(bus, "commands")
    first.cancel()
    with pytest.raises(asyncio.CancelledError):
        await first
    await messages.aclose()

    async def unheard() -> bool:
        return await bus.channels.publish("commands", b"anyone?") == 0

    await becomes_true(unheard)

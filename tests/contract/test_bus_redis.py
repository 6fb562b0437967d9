"""What a bus on Redis does when the server is slow, gone, back, foreign or wrong."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path

import pytest
import redis as plain

from dialer.bus import open_bus
from dialer.bus.asyncio_redis_bus import AsyncioRedisBus
from dialer.bus.redis_bus import RedisBus
from dialer.doctor.data import bus as examine_bus
from dialer.ports.bus import Bus, BusError
from dialer.settings import Settings
from dialer.settings.sections import BusSettings
from dialer.words import BusClient
from tests.kit.bus import RedisServer

CLIENTS: list[BusClient] = ["redis-py", "asyncio-redis"]
BUSES = {"redis-py": RedisBus, "asyncio-redis": AsyncioRedisBus}
TTL_S = 60.0
DB = 5


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RedisServer]:
    with RedisServer(tmp_path) as running:
        yield running


@pytest.fixture(params=CLIENTS)
async def bus(request: pytest.FixtureRequest, server: RedisServer) -> AsyncIterator[Bus]:
    opened = open_bus(server.database(DB), client=request.param)
    await opened.start()
    yield opened
    server.resume()
    await opened.close()


async def comes_true(claim: Callable[[], Awaitable[bool]], within_s: float = 15.0) -> None:
    async with asyncio.timeout(within_s):
        while not await claim():  # noqa: ASYNC110  (a server has no event to wait for)
            await asyncio.sleep(0.01)


async def test_after_a_restart_the_next_request_of_each_kind_works(
    bus: Bus, server: RedisServer
) -> None:
    members = [f"call-{n}" for n in range(40)]
    await asyncio.gather(*(bus.leases.claim("trunk", m, limit=50, ttl_s=TTL_S) for m in members))
    await bus.snapshots.put("floor", b"1", ttl_s=TTL_S)
    server.restart()
    # The script is unknown to the new server, and every pooled connection is dead.
    claims = [bus.leases.claim("trunk", m, limit=20, ttl_s=TTL_S) for m in members]
    assert sum(await asyncio.gather(*claims)) == 20
    await bus.snapshots.put("floor", b"2", ttl_s=TTL_S)
    assert await bus.snapshots.get("floor") == b"2"


async def test_after_a_restart_that_was_noticed_messages_go_out_at_once(
    bus: Bus, server: RedisServer
) -> None:
    assert await bus.channels.publish("commands", b"1") == 0
    await asyncio.to_thread(server.restart)
    assert await bus.channels.publish("commands", b"2") == 0


async def test_leases_lost_with_the_servers_memory_are_told_and_claimed_again(
    bus: Bus, server: RedisServer
) -> None:
    await bus.leases.claim_many("trunk", ["a", "b"], limit=2, ttl_s=TTL_S)
    server.restart()
    assert await bus.leases.renew("trunk", ["a", "b"], ttl_s=TTL_S) == []
    assert await bus.leases.claim_many("trunk", ["a", "b"], limit=2, ttl_s=TTL_S) == ["a", "b"]


async def test_after_a_restart_nothing_is_written_to_another_database(
    bus: Bus, server: RedisServer
) -> None:
    await bus.snapshots.put("before", b"1", ttl_s=TTL_S)
    server.restart()

    async def put(n: int) -> None:
        await bus.snapshots.put(f"after:{n}", b"1", ttl_s=TTL_S)
        await bus.leases.claim("trunk", f"call-{n}", limit=100, ttl_s=TTL_S)

    await asyncio.gather(*(put(n) for n in range(50)))
    assert databases(server) == {f"db{DB}": 51}


def databases(server: RedisServer) -> dict[str, int]:
    """How many keys each database holds, as the server itself says."""
    with plain.Redis(port=server.port) as client:
        return {name: db["keys"] for name, db in client.info("keyspace").items()}


async def test_without_a_server_every_request_says_so_and_a_ping_is_false(
    bus: Bus, server: RedisServer
) -> None:
    server.kill()
    where = f"Redis at 127.0.0.1:{server.port}/{DB}"
    for request in (
        bus.leases.claim("trunk", "a", limit=1, ttl_s=TTL_S),
        bus.leases.renew("trunk", ["a"], ttl_s=TTL_S),
        bus.leases.release("trunk", ["a"]),
        bus.leases.count("trunk"),
        bus.snapshots.put("k", b"v", ttl_s=TTL_S),
        bus.snapshots.get("k"),
        bus.snapshots.keys(""),
        bus.channels.publish("c", b"m"),
    ):
        with pytest.raises(BusError, match=where):
            await request
    assert not await bus.ping()
    server.start()
    assert await bus.ping()


@pytest.mark.parametrize("client", CLIENTS)
async def test_a_server_that_is_away_at_the_start_is_named_with_a_remedy(
    client: BusClient, server: RedisServer
) -> None:
    server.kill()
    bus = open_bus(server.database(DB), client=client)
    with pytest.raises(BusError, match=rf"127.0.0.1:{server.port}/{DB}.*correct `url` in \[bus\]"):
        await bus.start()
    await bus.close()


@pytest.mark.parametrize("client", CLIENTS)
async def test_a_silent_server_costs_the_time_limit_and_no_late_answer_reaches_another_question(
    client: BusClient, server: RedisServer
) -> None:
    bus = BUSES[client](server.database(DB), timeout_s=0.2)
    await bus.start()
    for n in range(20):
        await bus.snapshots.put(f"k{n}", f"v{n}".encode(), ttl_s=TTL_S)
    server.pause()
    requests = [bus.snapshots.get(f"k{n}") for n in range(20)]
    answers = await asyncio.gather(*requests, return_exceptions=True)
    assert [type(answer) for answer in answers] == [BusError] * 20
    with pytest.raises(BusError):
        await bus.leases.claim("trunk", "a", limit=1, ttl_s=TTL_S)
    server.resume()

    async def well() -> bool:
        return await bus.ping()

    await comes_true(well)
    values = await asyncio.gather(*(bus.snapshots.get(f"k{n}") for n in range(20)))
    assert values == [f"v{n}".encode() for n in range(20)]
    # The claim whose answer was lost may have been carried out: asking again is harmless.
    assert await bus.leases.claim("trunk", "a", limit=1, ttl_s=TTL_S)
    assert await bus.leases.count("trunk") == 1
    await bus.close()


async def test_callers_who_give_up_leave_the_connections_usable(
    bus: Bus, server: RedisServer
) -> None:
    await bus.leases.claim("trunk", "first", limit=1000, ttl_s=TTL_S)
    await bus.snapshots.put("k", b"v", ttl_s=TTL_S)
    # Asking for this one is answered by an error, when nobody waits for it any more.
    with plain.Redis(port=server.port, db=DB) as client:
        client.rpush("dialer:snap:bad", "no string")
    for _ in range(4):
        server.pause()
        asked = [
            asyncio.ensure_future(bus.leases.claim("trunk", f"c{n}", limit=1000, ttl_s=TTL_S))
            for n in range(20)
        ] + [asyncio.ensure_future(bus.snapshots.get(k)) for k in ["k", "bad"] * 10]
        await asyncio.wait(asked, timeout=0.05)
        for request in asked:
            request.cancel()
        await asyncio.gather(*asked, return_exceptions=True)
        server.resume()
    claims = [bus.leases.claim("later", f"m{n}", limit=100, ttl_s=TTL_S) for n in range(100)]
    assert all(await asyncio.gather(*claims))
    assert await asyncio.gather(*(bus.snapshots.get("k") for _ in range(100))) == [b"v"] * 100


async def test_a_wrong_kind_of_value_is_an_error_and_the_bus_goes_on(
    bus: Bus, server: RedisServer
) -> None:
    with plain.Redis(port=server.port, db=DB) as client:
        client.set("dialer:lease:trunk", "no sorted set")
        client.rpush("dialer:snap:k", "no string")
    with pytest.raises(BusError, match="WRONGTYPE"):
        await bus.leases.claim("trunk", "a", limit=1, ttl_s=TTL_S)
    with pytest.raises(BusError):
        await bus.snapshots.get("k")
    assert await bus.leases.claim("other", "a", limit=1, ttl_s=TTL_S)
    await bus.snapshots.put("j", b"1", ttl_s=TTL_S)
    assert await bus.snapshots.get("j") == b"1"


@pytest.mark.parametrize("client", CLIENTS)
async def test_a_refusal_in_foreign_letters_is_an_error_and_the_bus_goes_on(
    client: BusClient,
) -> None:
    replies = [b"-ERR n\xc3\xa9\r\n", b"$5\r\nvalue\r\n"]

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        received = b""
        while chunk := await reader.read(4096):
            received += chunk
            if b"dialer:snap:k" in received:
                writer.write(replies.pop(0))
            elif b"CLIENT" in received:
                writer.write(b"+OK\r\n" * received.count(b"CLIENT"))
            received = b""
        writer.close()

    foreign = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = foreign.sockets[0].getsockname()[1]
    bus = BUSES[client](f"redis://127.0.0.1:{port}", timeout_s=0.5)
    with pytest.raises(BusError):
        await bus.snapshots.get("k")
    assert await bus.snapshots.get("k") == b"value"
    await bus.close()
    foreign.close()


async def test_a_subscription_outlives_the_server(bus: Bus, server: RedisServer) -> None:
    messages = bus.channels.subscribe("commands")

    async def until(wanted: bytes) -> None:
        async for message in messages:
            if message == wanted:
                return

    async def heard(message: bytes) -> bool:
        try:
            return await bus.channels.publish("commands", message) > 0
        except BusError:
            return False

    first = asyncio.ensure_future(until(b"one"))
    await comes_true(lambda: heard(b"one"))
    await first
    server.restart()
    second = asyncio.ensure_future(until(b"two"))
    await comes_true(lambda: heard(b"two"))
    async with asyncio.timeout(10):
        await second
    await messages.aclose()


async def test_a_subscription_may_begin_before_the_server(bus: Bus, server: RedisServer) -> None:
    server.kill()
    messages = bus.channels.subscribe("commands")
    first = asyncio.ensure_future(anext(messages))
    await asyncio.wait([first], timeout=0.3)
    assert not first.done()
    server.start()

    async def heard() -> bool:
        return await bus.channels.publish("commands", b"hello") > 0

    await comes_true(heard)
    async with asyncio.timeout(10):
        assert await first == b"hello"
    await messages.aclose()


@pytest.mark.parametrize("client", CLIENTS)
async def test_a_password_and_a_database_hold_over_a_restart(
    client: BusClient, tmp_path: Path
) -> None:
    with RedisServer(tmp_path, password="geheim") as server:
        bus = open_bus(server.database(DB), client=client)
        await bus.start()
        messages = bus.channels.subscribe("commands")
        first = asyncio.ensure_future(anext(messages))
        await bus.snapshots.put("k", b"1", ttl_s=TTL_S)
        server.restart()
        await asyncio.gather(*(bus.snapshots.put(f"k{n}", b"1", ttl_s=TTL_S) for n in range(20)))

        async def heard() -> bool:
            return await bus.channels.publish("commands", b"x") > 0

        await comes_true(heard)
        assert await first == b"x"
        with plain.Redis(port=server.port, password="geheim") as client_:
            assert client_.info("keyspace").keys() == {f"db{DB}"}
        await messages.aclose()
        await bus.close()


@pytest.mark.parametrize("client", CLIENTS)
async def test_a_wrong_password_is_told_at_the_start_and_never_shown(
    client: BusClient, tmp_path: Path
) -> None:
    with RedisServer(tmp_path, password="geheim") as server:
        wrong = server.database(0).replace("geheim", "falsch")
        bus = open_bus(wrong, client=client)
        with pytest.raises(BusError, match=r"127\.0\.0\.1") as refused:
            await bus.start()
        assert "falsch" not in str(refused.value)
        await bus.close()


@pytest.mark.parametrize("client", CLIENTS)
async def test_a_message_whose_receipt_was_lost_is_not_sent_again_behind_the_callers_back(
    client: BusClient, server: RedisServer
) -> None:
    """redis-py's own default repeats ten times, and every listener would hear it ten times."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Hands on what is asked, and hangs up instead of answering a PUBLISH."""
        to_server = await asyncio.open_connection("127.0.0.1", server.port)
        while asked := await reader.read(65536):
            to_server[1].write(asked)
            answer = await to_server[0].read(65536)
            if b"PUBLISH" in asked.upper():
                break
            writer.write(answer)
        to_server[1].close()
        writer.close()

    lossy = await asyncio.start_server(serve, "127.0.0.1", 0)
    bus = open_bus(f"redis://127.0.0.1:{lossy.sockets[0].getsockname()[1]}", client=client)
    await bus.start()
    with pytest.raises(BusError):
        await bus.channels.publish("commands", b"once")
    with plain.Redis(port=server.port) as direct:
        assert direct.info("commandstats")["cmdstat_publish"]["calls"] == 1
    await bus.close()
    lossy.close()


@pytest.mark.parametrize("client", CLIENTS)
@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--cluster-enabled", "yes"], "cluster mode"),
        (["--maxmemory-policy", "allkeys-lru"], "maxmemory-policy noeviction"),
        (["--maxmemory-policy", "volatile-ttl"], "maxmemory-policy noeviction"),
    ],
)
async def test_a_server_that_cannot_keep_leases_is_refused_at_start_in_one_line(
    client: BusClient, options: list[str], words: str, tmp_path: Path
) -> None:
    with RedisServer(tmp_path, options=options) as server:
        bus = open_bus(server.database(0), client=client)
        with pytest.raises(BusError, match=words) as refused:
            await bus.start()
        await bus.close()

    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    "options", [["--cluster-enabled", "yes"], ["--maxmemory-policy", "allkeys-lru"]]
)
async def test_the_doctor_refuses_such_a_server_too(options: list[str], tmp_path: Path) -> None:
    with RedisServer(tmp_path, options=options) as server:
        settings = Settings(bus=BusSettings(url=server.database(0)))
        found = await examine_bus(settings)

    assert found.state == "fail"
    assert "noeviction" in found.what or "cluster" in found.what

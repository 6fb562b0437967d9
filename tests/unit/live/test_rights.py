"""Rights that change while somebody watches, and those who come without any."""

from __future__ import annotations

import pytest
from msgspec.structs import replace
from websockets.exceptions import ConnectionClosed

from dialer.api.doors import Limits
from dialer.features.live import endpoints, push
from dialer.features.live.access import Visitor
from dialer.features.live.hub import Face, TopicName
from dialer.features.live.messages import Subscribe
from dialer.kit.grants import Grant
from dialer.kit.scope import EVERYTHING, Reach
from dialer.words import Scope
from tests.unit.live.test_live import catch_up


async def test_rights_that_change_leave_what_may_still_be_seen(served, visitor) -> None:
    visitor({"floors.read", "agents.read"}, EVERYTHING)
    async with served.client() as client:
        await client.watch("floor/main")
        await client.watch("agent/rep001")
        visitor({"agents.read"}, EVERYTHING)
        served.push.doubt("eva")

        said = await client.until("error", topic="floor/main")
        assert said["slug"] == "not-allowed"
        assert "rights" in [message["op"] for message in client.heard]
        served.floor.move("rep001")
        await client.until("delta", topic="agent/rep001")
        assert client.heard[-1]["topic"] == "agent/rep001"


async def test_a_narrower_reach_begins_anew_with_what_is_left(served, visitor) -> None:
    visitor({"floors.read"}, EVERYTHING)
    own = Reach(agents=frozenset({"rep001"}), pools=frozenset({"main"}))
    async with served.client() as client:
        mirror = await client.watch("floor/main")
        assert len(mirror.state["agents"]) == 3
        visitor({"floors.read"}, own)
        served.push.doubt("eva")

        fresh = await client.until("snapshot", topic="floor/main")
        assert set(fresh["state"]["agents"]) == {"rep001"}
        seen = len(client.heard)
        served.floor.move("rep000")
        served.floor.move("rep001")
        await client.until("delta", topic="floor/main")
        assert "rep000" not in str(client.heard[seen:])


async def test_rights_that_change_while_one_is_let_in_are_looked_up_again(
    served, visitor, monkeypatch
) -> None:
    """Between the look at the store and the place among the clients nobody is told of a change."""
    visitor({"floors.read"}, EVERYTHING)
    had = endpoints.admit

    async def admit(*given: object) -> Visitor | None:
        found = await had(*given)
        visitor(set(), EVERYTHING)
        served.push.doubt("eva")
        return found

    monkeypatch.setattr(endpoints, "admit", admit)
    async with served.client() as client:
        await client.until("rights")
        await client.say({"op": "subscribe", "topic": "floor/main"})
        assert (await client.until("error", topic="floor/main"))["slug"] == "not-allowed"


async def test_a_session_that_ends_while_one_is_let_in_ends_the_connection(
    served, monkeypatch
) -> None:
    visitors = [Visitor(Grant(who="eva", permissions=frozenset(), scope=Scope.SQUAD), EVERYTHING)]

    async def admit(*_: object) -> Visitor | None:
        served.push.end("eva")
        return visitors.pop() if visitors else None

    monkeypatch.setattr(endpoints, "admit", admit)
    async with served.client() as client:
        with pytest.raises(ConnectionClosed, match="your session has ended"):
            await client.until("never")


async def test_whole_numbers_end_with_the_right_to_them(served, visitor) -> None:
    visitor({"floors.read", "numbers.read"}, EVERYTHING)
    async with served.client() as client:
        await client.watch("floor/main", numbers="full")
        visitor({"floors.read"}, EVERYTHING)
        served.push.doubt("eva")

        await client.until("snapshot", topic="floor/main")
        (ours,) = served.push.clients
        ((_, cursor),) = ours.cursors.items()
        assert served.push.hub.has(TopicName("floor", "main"), Face(EVERYTHING), cursor.topic)


async def test_rights_are_looked_up_by_themselves_as_well(served, visitor, monkeypatch) -> None:
    monkeypatch.setattr(endpoints, "RECHECK_S", 0.05)
    visitor({"floors.read"}, EVERYTHING)
    async with served.client() as client:
        await client.watch("floor/main")
        visitor(set(), EVERYTHING)
        await client.until("error", topic="floor/main")


async def test_a_session_that_is_over_ends_the_connection(served, visitor, monkeypatch) -> None:
    async with served.client() as client:
        await client.watch("floor/main")

        async def nobody(*_: object) -> None:
            return None

        monkeypatch.setattr(endpoints, "admit", nobody)
        served.push.doubt("api")
        with pytest.raises(ConnectionClosed) as closed:
            await client.until("never")
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 4401


async def test_a_wish_that_was_allowed_a_moment_ago_is_judged_once_more(served) -> None:
    nothing = Visitor(Grant(who="eva", permissions=frozenset(), scope=Scope.OWN), EVERYTHING)
    client = served.push.join(nothing)

    fault = served.push.subscribe(client, TopicName("floor", "main"), Subscribe("floor/main"))

    assert fault.slug == "not-allowed"


async def test_silent_sockets_without_a_token_leave_those_that_watch_alone(served) -> None:
    limits = served.server.doors.limits
    served.server.doors.limits = Limits(all=64, strangers=8, per_address=8, per_person=64)
    async with served.client() as client:
        await client.watch("floor/main")
        silent = [served.client("") for _ in range(30)]
        for each in silent:
            await each.connect()
        await catch_up(client, served)

        async with served.client() as other:
            await other.watch("floor/main")
            await catch_up(other, served)

        assert served.server.doors.strangers <= 8 < limits.strangers
        for each in silent:
            each.socket.transport.abort()


async def test_one_person_cannot_take_every_place(served, monkeypatch) -> None:
    monkeypatch.setattr(push, "MAX_OF_ONE", 3)
    grant = Grant(who="eva", permissions=frozenset(), scope=Scope.OWN)
    mine, others = Visitor(grant, EVERYTHING, "s1"), Visitor(replace(grant, who="bo"), EVERYTHING)

    assert [served.push.join(mine) is None for _ in range(4)] == [False, False, False, True]
    assert served.push.join(others) is not None

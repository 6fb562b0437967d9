"""Who sees who listens, and whose connections end with a session."""

from __future__ import annotations

import pytest
from msgspec.structs import replace
from websockets.exceptions import ConnectionClosed

from dialer.features.live import endpoints
from dialer.features.live.access import Visitor
from dialer.kit.grants import Grant
from dialer.kit.scope import EVERYTHING
from dialer.ports.control import WatcherView
from dialer.words import Scope


@pytest.mark.parametrize(
    ("topic", "permissions", "seen"),
    [
        ("floor/main", {"floors.read", "calls.listen"}, ["boss", "lead"]),
        ("floor/main", {"floors.read"}, ["lead"]),
        ("agent/rep000", {"agents.read"}, ["lead"]),
        ("agent/rep000", {"agents.read", "calls.listen"}, ["lead"]),
    ],
)
async def test_who_listens_is_seen_by_who_may_and_by_the_rep_where_announced(
    served, visitor, topic: str, permissions: set[str], seen: list[str]
) -> None:
    visitor(permissions, EVERYTHING)
    async with served.client() as client:
        state = (await client.watch(topic)).state
        assert state["agents"]["rep000"]["watchers"] == []
        watchers = [WatcherView("boss", "listen", False), WatcherView("lead", "barge", True)]
        served.floor.reps["rep000"] = replace(served.floor.reps["rep000"], watchers=watchers)
        served.push.agent_changed("rep000")
        await client.until("delta", topic=topic)
        assert [it["who"] for it in state["agents"]["rep000"]["watchers"]] == seen


async def test_only_the_ended_sessions_connections_are_closed(served, monkeypatch) -> None:
    grant, sessions = Grant(who="eva", permissions=frozenset(), scope=Scope.SQUAD), ["s1", "s2"]

    async def admit(*_: object) -> Visitor:
        return Visitor(grant, EVERYTHING, sessions.pop(0))

    monkeypatch.setattr(endpoints, "admit", admit)
    async with served.client() as first, served.client() as second:
        served.push.end("eva", only="s2")
        with pytest.raises(ConnectionClosed, match="your session has ended"):
            await second.until("never")
        served.push.end("eva", but="s1")
        await first.say({"op": "ping"})
        await first.until("beat")
        served.push.end("eva")
        with pytest.raises(ConnectionClosed, match="your session has ended"):
            await first.until("never")

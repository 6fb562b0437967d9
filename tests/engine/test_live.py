"""Live push behind the real engine: a screen has what the engine shows, change by change."""

from __future__ import annotations

from typing import Any

import msgspec

from dialer.engine.sight import EngineSight
from dialer.features.live.feed import Feed
from dialer.features.live.hub import Hub, TopicName
from dialer.features.live.topic import Cursor
from dialer.ids import new_id
from dialer.kit.answers import masked
from dialer.sim.virtual_time import virtual_time
from tests.kit.live_mirror import Mirror
from tests.kit.small_engine import SmallEngine

FLOOR, OWN = TopicName("floor", "main"), TopicName("agent", "rep1")


class Screens:
    """A floor's and a rep's screen over an engine; no round of figures comes to their help."""

    def __init__(self, small: SmallEngine) -> None:
        self.small, self.hub = small, Hub(new_id)
        self.feed = Feed(self.hub, lambda: None)
        self.feed.sight = EngineSight(small.engine, small.control)
        small.watcher.commands = self.feed.commands  # type: ignore[method-assign]
        self.mirrors = {name: Mirror() for name in (FLOOR, OWN)}
        self.cursors = {}
        for name in self.mirrors:
            topic, _ = self.hub.open(name)
            self.cursors[name] = Cursor(topic)

    def look(self) -> None:
        """One tick; then both screens show what is."""
        self.feed.gather()
        self.hub.flush(self.small.clock.now())
        for name, mirror in self.mirrors.items():
            for text in self.cursors[name].take():
                mirror.apply(text)
        view = msgspec.to_builtins(self.small.control.floor("main"))
        assert self._of(FLOOR, "agents") == {it["agent"]: it for it in view["agents"]}
        assert self._of(FLOOR, "calls") == {it["attempt"]: _masked(it) for it in view["calls"]}
        assert self._of(FLOOR, "ended") == {it["attempt"]: _masked(it) for it in view["last_ended"]}
        mine = {it["agent"]: it for it in view["agents"] if it["agent"] == "rep1"}
        assert self._of(OWN, "agents") == mine
        attempt = next((it["attempt"] for it in mine.values()), None)
        calls = {it["attempt"]: _masked(it) for it in view["calls"] if it["attempt"] == attempt}
        assert self._of(OWN, "calls") == calls

    def _of(self, name: TopicName, section: str) -> dict[str, Any]:
        found: dict[str, Any] = self.mirrors[name].state.get(section, {})
        return found


def _masked(row: dict[str, Any]) -> dict[str, Any]:
    return {**row, "number": masked(row["number"])}


@virtual_time
async def test_every_change_of_a_rep_or_a_call_is_pushed_by_itself() -> None:
    async with SmallEngine(leads=6, reps=2) as small:
        screens = Screens(small)
        await small.work()
        screens.look()
        small.switch.ring(small.switch.placed[0].attempt)
        screens.look()
        attempt, _ = await small.talk()
        screens.look()
        assert await small.control.agent_pause("rep1", "coffee") is None
        screens.look()
        small.switch.end(attempt)
        for _ in range(40):
            await small.pass_s(0.5)
            screens.look()
        assert await small.control.agent_logout("rep2") is None
        for _ in range(40):
            await small.pass_s(0.5)
            screens.look()
        assert screens.mirrors[FLOOR].seq
        assert screens.mirrors[FLOOR].snapshots == 1

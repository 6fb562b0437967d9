"""Live push, running: ticks, figures, and who is connected."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Mapping

import structlog

from dialer.features.live import messages
from dialer.features.live.access import Visitor
from dialer.features.live.feed import Feed, Posted
from dialer.features.live.hub import Hub, TopicName
from dialer.features.live.messages import Beat, Fault, Rights, Subscribe
from dialer.features.live.topic import Cursor
from dialer.ids import new_id
from dialer.ports.clock import Clock
from dialer.ports.observer import Observer
from dialer.ports.sight import Sight
from dialer.tasks import spawn, stop

log = structlog.get_logger(__name__)

#: Changes within this go out as one message. Half of it on average, and the network, is the delay.
TICK_S = 0.1
FIGURES_S = 1.0
#: A client to whom nothing was said for so long is told that all is well.
HEARTBEAT_S = 15.0
#: A client that takes nothing for so long is cut off.
STALL_S = 20.0
MAX_CLIENTS = 2000
#: Of one person's sessions: one page that goes on connecting must not shut out the others.
MAX_OF_ONE = 200
#: 500 desks that look up their rights take five seconds for it, and the database has its breath.
_LOOK_APART_S = 0.01
MAX_TOPICS = 64
#: Answers that wait for a client who asks and does not read.
MAX_REPLIES = 32

#: RFC 6455 leaves 4000 to 4999 to applications: here after the HTTP statuses.
CLOSE_RESTART, CLOSE_FAULTS, CLOSE_UNAUTHORIZED = 1012, 4400, 4401
CLOSE_STALLED, CLOSE_TOO_MANY = 4408, 4503


class Client:
    """One connection: where it stands in each of its topics, and what it is answered."""

    def __init__(self, push: LivePush, visitor: Visitor, now: float) -> None:
        self.push, self.visitor = push, visitor
        self.cursors: dict[TopicName, Cursor] = {}
        #: Topics whose numbers are wished for whole.
        self.whole: set[TopicName] = set()
        self.last_said = now
        #: Since when one message has been on its way; None between messages.
        self.sending_since: float | None = None
        #: Set when this connection is to end: close code and reason.
        self.cut: tuple[int, str] | None = None
        self._replies: deque[str] = deque()
        self._news = asyncio.Event()
        self._room = asyncio.Event()
        self._room.set()
        self._doubt = asyncio.Event()

    def wake(self) -> None:
        self._news.set()

    def end(self, code: int, why: str) -> None:
        self.cut = self.cut or (code, why)
        self._doubt.set()
        self.wake()

    def doubt(self) -> None:
        """The rights may have changed: they are to be looked up."""
        self._doubt.set()

    async def doubted(self) -> None:
        """Return at the next doubt, or when the connection is to end."""
        await self._doubt.wait()
        self._doubt.clear()

    def tell(self, answer: messages.Answer) -> None:
        self._replies.append(messages.encode(answer))
        if len(self._replies) >= MAX_REPLIES:
            self._room.clear()
        self.wake()

    async def room(self) -> None:
        """Return when the client has read its answers: until then it is not read either."""
        await self._room.wait()

    async def news(self) -> list[str]:
        """Wait for something to send, and take it; nothing when the connection is to end."""
        while self.cut is None:
            await self._news.wait()
            self._news.clear()
            found = list(self._replies)
            self._replies.clear()
            self._room.set()
            for cursor in self.cursors.values():
                found += cursor.take()
            if found:
                return found
        return []


class LivePush:
    """`observer` sees the engine; `start` gives it eyes. `refresh` brings slow figures up to date
    before they are read.
    """

    def __init__(
        self,
        clock: Clock,
        *,
        tick_s: float = TICK_S,
        figures_s: float = FIGURES_S,
        heartbeat_s: float = HEARTBEAT_S,
        stall_s: float = STALL_S,
        max_clients: int = MAX_CLIENTS,
    ) -> None:
        self._clock, self._tick_s, self._figures_s = clock, tick_s, figures_s
        self.heartbeat_s, self._stall_s, self._max_clients = heartbeat_s, stall_s, max_clients
        self.hub = Hub(new_id)
        self._feed = Feed(self.hub, self._due)
        self.clients: set[Client] = set()
        self._timer: asyncio.TimerHandle | None = None
        self._ticked_at = 0.0
        self._tasks: list[asyncio.Task[None]] = []
        #: How often rights changed or ended: who is let in by what he had before looks again.
        self.changes = 0

    @property
    def observer(self) -> Observer:
        return self._feed

    @property
    def sight(self) -> Sight | None:
        return self._feed.sight

    def now(self) -> float:
        return self._clock.now()

    # --- life -------------------------------------------------------------------------------------

    def start(self, sight: Sight, refresh: Callable[[], Awaitable[None]] | None = None) -> None:
        self._feed.sight = sight
        self._tasks = [spawn(self._look_after(), name="live push")]
        if refresh is not None:
            self._tasks.append(spawn(self._refresh(refresh), name="live push: slow figures"))

    async def stop(self) -> None:
        for client in self.clients:
            client.end(CLOSE_RESTART, "the service stops")
        await stop(*self._tasks)
        if self._timer is not None:
            self._timer.cancel()

    def agent_changed(self, agent: str) -> None:
        """Something about a rep that no floor tells: who listens."""
        self._feed.touch(agent)

    def post(self, name: TopicName, section: str, rows: Mapping[str, Posted]) -> None:
        """As `Feed.post`."""
        self._feed.post(name, section, rows)

    # --- clients ----------------------------------------------------------------------------------

    def join(self, visitor: Visitor, since: int | None = None) -> Client | None:
        """None: there are as many as may be, in all or of this person. `since`: `changes` as they
        were before the visitor's rights were looked up; None: just now.
        """
        if len(self.clients) >= self._max_clients or self._has_many(visitor):
            return None
        client = Client(self, visitor, asyncio.get_running_loop().time())
        self.clients.add(client)
        if since is not None and self.changes != since:
            client.doubt()
        return client

    def _has_many(self, visitor: Visitor) -> bool:
        if not visitor.session:
            return False
        own = sum(it.visitor.name == visitor.name for it in self.clients if it.visitor.session)
        return own >= MAX_OF_ONE

    def leave(self, client: Client) -> None:
        self.clients.discard(client)
        for name in list(client.cursors):
            self.unsubscribe(client, name)

    def end(self, visitor: str, *, only: str | None = None, but: str | None = None) -> None:
        """Close the connections of a visitor whose rights have changed or ended: all, those of
        `only` one session, or all `but` those of one.
        """
        self.changes += 1
        for client in self.clients:
            session = client.visitor.session
            if client.visitor.name == visitor and only in {None, session} and session != but:
                client.end(CLOSE_UNAUTHORIZED, "your session has ended")

    def doubt(self, who: str | None = None) -> None:
        """Rights may have changed: of one visitor, whose connections look at once, and with it what
        others see of them. Everybody else looks within moments, not all in the same one.
        """
        self.changes += 1
        own = [it for it in self.clients if it.visitor.name == who]
        for client in own:
            client.doubt()
        others, loop = self.clients.difference(own), asyncio.get_running_loop()
        for index, client in enumerate(others):
            loop.call_later(index * _LOOK_APART_S, client.doubt)

    def readmit(self, client: Client, visitor: Visitor) -> None:
        """The same visitor with other rights: what each topic shows is what it may show now."""
        client.visitor = visitor
        client.tell(Rights())
        for name, cursor in list(client.cursors.items()):
            if not visitor.may_watch(name):
                self.unsubscribe(client, name)
                client.tell(Fault("not-allowed", f"you may not watch {name} any more", str(name)))
                continue
            face = visitor.face_of(name, numbers=name in client.whole)
            if not self.hub.has(name, face, cursor.topic):
                is_whole = name in client.whole
                wish = Subscribe(str(name), numbers="full" if is_whole else "masked")
                self.subscribe(client, name, wish)

    def subscribe(self, client: Client, name: TopicName, wish: Subscribe) -> Fault | None:
        """From now on; a second time on the same topic is how a client asks for it anew."""
        if len(client.cursors) >= MAX_TOPICS and name not in client.cursors:
            return Fault("too-many-topics", f"at most {MAX_TOPICS} topics at once", str(name))
        if not client.visitor.may_watch(name):  # not any more: they were asked a moment ago
            return Fault("not-allowed", f"you may not watch {name}", str(name))
        face = client.visitor.face_of(name, numbers=wish.numbers == "full")
        topic, is_new = self.hub.open(name, face)
        if is_new:
            self._feed.fill(name, topic, face)
            topic.settle()
        self.unsubscribe(client, name)
        topic.watchers.add(client)
        client.cursors[name] = Cursor(topic, wish.run, wish.seq)
        if wish.numbers == "full":
            client.whole.add(name)
        client.wake()
        return None

    def unsubscribe(self, client: Client, name: TopicName) -> bool:
        cursor = client.cursors.pop(name, None)
        client.whole.discard(name)
        if cursor is not None:
            cursor.topic.watchers.discard(client)
        return cursor is not None

    # --- time -------------------------------------------------------------------------------------

    def _due(self) -> None:
        """A change after quiet goes out at once; those behind it wait for the next tick."""
        if self._timer is None:
            loop = asyncio.get_running_loop()
            at = max(loop.time(), self._ticked_at + self._tick_s)
            self._timer = loop.call_at(at, self._tick)

    def _tick(self) -> None:
        self._timer = None
        self._ticked_at = asyncio.get_running_loop().time()
        try:
            self._feed.gather()
            for watcher in self.hub.flush(self.now()):
                watcher.wake()
        except Exception:
            # What was noted is read again by the sweep of the next rounds of figures.
            log.exception("changes could not be pushed")

    async def _look_after(self) -> None:
        while True:
            await asyncio.sleep(self._figures_s)
            try:
                self._feed.figures()
            except Exception:
                log.exception("figures could not be pushed")
            self._due()
            elapsed = asyncio.get_running_loop().time()
            self.hub.forget_idle(elapsed)
            self._check_clients(elapsed)

    def _check_clients(self, now: float) -> None:
        for client in self.clients:
            if client.sending_since is not None:
                if now - client.sending_since > self._stall_s:
                    client.end(CLOSE_STALLED, "nothing was read for too long")
            elif now - client.last_said >= self.heartbeat_s:
                client.tell(Beat(self.now()))

    async def _refresh(self, refresh: Callable[[], Awaitable[None]]) -> None:
        while True:
            if self.hub.names("floor") or self.hub.names("campaigns"):
                try:
                    await refresh()
                except Exception as error:
                    log.error("slow figures could not be read", error=repr(error))
            await asyncio.sleep(self._figures_s)

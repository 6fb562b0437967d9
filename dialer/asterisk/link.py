"""One manager connection: actions out, replies matched by ActionID, events handed on.

It knows nothing of reconnecting; `client.py` makes one of these after the other.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import cast

import structlog

from dialer.asterisk.actions import Value, encode
from dialer.asterisk.errors import (
    ActionFailed,
    ActionTimeout,
    AmiError,
    EncodeError,
    LinkDown,
    ProtocolError,
)
from dialer.asterisk.messages import Message
from dialer.asterisk.parser import Parser
from dialer.asterisk.timing import KeepAlive

log = structlog.get_logger(__name__)

TICK_S = 0.1
# A tick this late means that this process was stopped or its loop was blocked: nobody else's fault.
_STALL_S = 1.0
_WRITE_LIMIT = 4 * 1024 * 1024
PairList = list[tuple[str, Value]]


@dataclass(slots=True)
class Counters:
    """What happened on the link since the client was made."""

    events: int = 0
    skipped: int = 0
    bytes_in: int = 0
    actions: int = 0
    connects: int = 0
    reconnects: int = 0
    parse_errors: int = 0
    dropped: int = 0
    overflows: int = 0
    timeouts: int = 0
    unexpected: int = 0
    handler_errors: int = 0
    pauses: int = 0


@dataclass(slots=True)
class _Pending:
    """An action whose reply is out; `items` collects the events of a list action."""

    action: str
    reply: asyncio.Future[Message]
    timeout_s: float
    deadline: float
    items: list[Message] | None = None
    is_ping: bool = False


@dataclass(slots=True)
class LinkLimits:
    """Times and sizes of one link."""

    keepalive_s: float = 5.0
    keepalive_deadline_s: float = 3.0
    max_line: int = 16_384
    max_message: int = 4_194_304
    wanted: frozenset[str] | None = None
    login_events: frozenset[str] = field(default_factory=lambda: frozenset({"FullyBooted"}))


class Link(asyncio.Protocol):
    """The asyncio protocol of one connection. `lost` resolves to the reason when it ends."""

    def __init__(
        self, on_event: Callable[[Message], None], counters: Counters, limits: LinkLimits
    ) -> None:
        self._loop = asyncio.get_running_loop()
        self.lost: asyncio.Future[str] = self._loop.create_future()
        self._on_event = on_event
        self._counters = counters
        self._wanted = limits.wanted
        wanted = None if limits.wanted is None else limits.wanted | limits.login_events
        self._parser = Parser(
            max_line=limits.max_line, max_message=limits.max_message, wanted=wanted
        )
        now = self._loop.time()
        self._keepalive = KeepAlive(limits.keepalive_s, limits.keepalive_deadline_s, now)
        self._pending: dict[str, _Pending] = {}
        self._lists = 0
        self._pings = 0
        self._transport: asyncio.Transport | None = None
        self._ticker: asyncio.TimerHandle | None = None
        self._tick_due = now
        self.paused_at: float | None = None
        self.on_tick: Callable[[float], None] | None = None

    # --- asyncio's side

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        # The default high-water mark would make asyncio call pause_writing; we look at the size.
        self._transport.set_write_buffer_limits(high=_WRITE_LIMIT)
        self._arm()

    def data_received(self, data: bytes) -> None:
        self._counters.bytes_in += len(data)
        self._keepalive.heard(self._loop.time())
        skipped = self._parser.skipped
        try:
            messages = self._parser.feed(data)
        except ProtocolError as error:
            self._counters.parse_errors += 1
            self._take(error.messages)
            self.drop(str(error))
            return
        self._counters.skipped += self._parser.skipped - skipped
        self._take(messages)

    def eof_received(self) -> None:
        self.drop("Asterisk closed the link")

    def connection_lost(self, exc: Exception | None) -> None:
        self.drop(f"the link broke: {exc}" if exc else "the link was closed")

    # --- our side

    @property
    def banner(self) -> str:
        """The greeting, e.g. `Asterisk Call Manager/11.0.0`; empty until it came."""
        return self._parser.banner

    @property
    def alive(self) -> bool:
        """Whether actions can be sent."""
        return self._transport is not None and not self.lost.done()

    @property
    def awaited(self) -> int:
        """Actions of callers whose reply is out; our own pings do not count."""
        return len(self._pending) - self._pings

    def drop(self, reason: str) -> None:
        """End the link now: every reply still out becomes LinkDown, nothing is sent again."""
        if self.lost.done():
            return
        self.lost.set_result(reason)
        if self._ticker is not None:
            self._ticker.cancel()
        if self._transport is not None:
            self._transport.abort()
        pending, self._pending = self._pending, {}
        for entry in pending.values():
            _fail(entry.reply, LinkDown(f"{entry.action} has no reply: {reason}"))

    def request(
        self, batch: Iterable[tuple[str, PairList, float, bool]]
    ) -> list[tuple[asyncio.Future[Message], list[Message]]]:
        """Send actions in one write; of each: ActionID, headers, timeout in s, whether it lists.

        All are checked before any is sent. Raises EncodeError; a link that is down gives
        futures that hold LinkDown.
        """
        listed = list(batch)
        data = [
            encode([*pairs[:1], ("ActionID", action_id), *pairs[1:]])
            for action_id, pairs, _, _ in listed
        ]
        self._refuse_doubles([action_id for action_id, _, _, _ in listed])
        replies = [self._expect(*each) for each in listed]
        if self.alive and self._transport is not None:
            self._counters.actions += len(listed)
            self._transport.write(b"".join(data))
        return replies

    def pause(self) -> None:
        """Stop reading: TCP then holds Asterisk back."""
        if self.paused_at is None and self.alive and self._transport is not None:
            self._transport.pause_reading()
            self.paused_at = self._loop.time()
            self._counters.pauses += 1

    def resume(self) -> None:
        """Read on; the silence meanwhile was ours and proves nothing."""
        if self.paused_at is None:
            return
        self._keepalive.heard(self._loop.time())
        self.paused_at = None
        if self.alive and self._transport is not None:
            self._transport.resume_reading()

    # --- replies

    def _refuse_doubles(self, ids: list[str]) -> None:
        if len(set(ids)) != len(ids) or any(each in self._pending for each in ids):
            raise EncodeError("an ActionID is used twice while its reply is out: make it unique")

    def _expect(
        self, action_id: str, pairs: PairList, timeout_s: float, lists: bool
    ) -> tuple[asyncio.Future[Message], list[Message]]:
        items: list[Message] = []
        reply: asyncio.Future[Message] = self._loop.create_future()
        action = str(pairs[0][1])
        if not self.alive:
            _fail(reply, LinkDown(f"{action} was not sent: the link is down"))
            return reply, items
        deadline = self._loop.time() + timeout_s
        self._pending[action_id] = _Pending(
            action, reply, timeout_s, deadline, items if lists else None
        )
        self._lists += lists
        return reply, items

    def _take(self, messages: list[Message]) -> None:
        counters, on_event = self._counters, self._on_event
        for message in messages:
            if self.lost.done():
                counters.dropped += 1  # a handler gave the link up: what follows is reconciled
            elif not message.event:
                self._replied(message)
            elif self._lists and self._listed(message):
                pass
            elif self._wanted is None or message.event in self._wanted:
                counters.events += 1
                on_event(message)
            elif message.event == "FullyBooted":
                on_event(message)
            else:
                counters.unexpected += 1

    def _listed(self, message: Message) -> bool:
        entry = self._pending.get(message.action_id)
        if entry is None or entry.items is None:
            return False
        if str(message.get("EventList", "")).lower() == "complete":
            self._settle(message.action_id, message)
        else:
            entry.items.append(message)
            entry.deadline = self._loop.time() + entry.timeout_s
        return True

    def _replied(self, message: Message) -> None:
        action_id = message.action_id
        entry = self._pending.get(action_id)
        if entry is None:
            self._unexpected(message)
        elif message.response.lower() == "error":
            self._forget(action_id)
            text = str(message.get("Message", "no reason given"))
            _fail(entry.reply, ActionFailed(entry.action, text, message))
        elif entry.items is None or str(message.get("EventList", "")).lower() != "start":
            self._settle(action_id, message)

    def _unexpected(self, message: Message) -> None:
        if message.response:
            self._counters.unexpected += 1
            return
        self._counters.parse_errors += 1
        if self._counters.parse_errors == 1:
            log.warning("not an AMI message, passed over", size=len(message.raw))

    def _settle(self, action_id: str, message: Message) -> None:
        entry = self._forget(action_id)
        if not entry.reply.done():
            entry.reply.set_result(message)

    def _forget(self, action_id: str) -> _Pending:
        entry = self._pending.pop(action_id)
        self._lists -= entry.items is not None
        self._pings -= entry.is_ping
        return entry

    # --- time

    def _arm(self) -> None:
        self._tick_due = self._loop.time() + TICK_S
        self._ticker = self._loop.call_at(self._tick_due, self._tick)

    def _tick(self) -> None:
        now = self._loop.time()
        late = now - self._tick_due
        if late > _STALL_S:
            self._forgive(late)
        self._expire(now)
        self._watch(now)
        if self.on_tick is not None:
            self.on_tick(now)
        if self.alive:
            self._arm()

    def _forgive(self, lost_s: float) -> None:
        self._keepalive.forgive(lost_s)
        for entry in self._pending.values():
            entry.deadline += lost_s

    def _expire(self, now: float) -> None:
        late = [action_id for action_id, entry in self._pending.items() if entry.deadline <= now]
        for action_id in late:
            entry = self._forget(action_id)
            self._counters.timeouts += not entry.is_ping
            text = f"no reply to {entry.action} within {entry.timeout_s:g} s"
            _fail(entry.reply, ActionTimeout(text))

    def _watch(self, now: float) -> None:
        transport = self._transport
        if transport is None or not self.alive:
            return
        if transport.get_write_buffer_size() > _WRITE_LIMIT:
            self.drop("Asterisk does not read what is sent to it")
        elif self.paused_at is None:
            self._keep_alive(now)

    def _keep_alive(self, now: float) -> None:
        match self._keepalive.check(now):
            case "dead":
                self.drop(f"no sign of life for {now - self._keepalive.heard_at:.1f} s")
            case "ask":
                self._ping()
            case _:
                pass

    def _ping(self) -> None:
        action_id = f"ping-{self._loop.time():.6f}"
        self.request([(action_id, [("Action", "Ping")], self._keepalive.deadline_s * 2, False)])
        self._pending[action_id].is_ping = True
        self._pings += 1


def _fail(reply: asyncio.Future[Message], error: AmiError) -> None:
    if not reply.done():
        reply.set_exception(error)
        reply.exception()  # marks it as seen: a caller that went away is no news for the log

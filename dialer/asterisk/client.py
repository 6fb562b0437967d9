"""The manager client: one link at a time to one Asterisk, made again whenever it breaks.

Nothing is ever sent twice. What was out when a link broke fails with LinkDown, and `on_up` is
awaited at each new link before the first event is handed over, so that the engine can ask the
switch what is true.
"""

from __future__ import annotations

import asyncio
import hashlib
import inspect
import random
import secrets
import ssl
from collections import deque
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from typing import Any

import structlog

from dialer.asterisk.actions import Action, Value, pairs_of
from dialer.asterisk.errors import (
    ActionFailed,
    AmiError,
    EncodeError,
    LinkDown,
    LoginRefused,
    ProtocolError,
)
from dialer.asterisk.link import Counters, Link, LinkLimits, PairList
from dialer.asterisk.messages import Message
from dialer.asterisk.timing import Backoff
from dialer.tasks import spawn, stop

__all__ = ["AmiClient", "Backoff", "Counters"]

log = structlog.get_logger(__name__)
OnEvent = Callable[[Message], Awaitable[None] | None]
_TURN = 200  # events handed over before others on the loop get their turn


class AmiClient:
    """AMI over asyncio. `on_event` may be a plain function (fast, called as the bytes come in) or
    a coroutine function (awaited one event after the other, from a bounded inbox).

    Args:
        wanted: names of the events to hand over; None: all. Replies to list actions always pass.
        action_timeout_s: how long to wait for a reply; for a list, for each next item.
        keepalive_s, keepalive_deadline_s: ping after this silence, drop the link after that.
        boot_wait_s: how long to wait after login for FullyBooted, before `on_up`: Asterisk takes
            logins before it can place calls.
        inbox_high, inbox_limit: events waiting for `on_event` at which reading stops, and at
            which the link is dropped (and reconciled) rather than memory filled.
        behind_s: how long reading may stand still before the link is dropped.
        tls: a client context, or None for plain TCP. Without it the secret is still not sent:
            login is by challenge.
    """

    def __init__(
        self,
        host: str,
        port: int,
        username: str,
        secret: str,
        *,
        on_event: OnEvent,
        on_up: Callable[[], Awaitable[None]] | None = None,
        on_down: Callable[[str], None] | None = None,
        wanted: Collection[str] | None = None,
        action_timeout_s: float = 5.0,
        connect_timeout_s: float = 5.0,
        keepalive_s: float = 5.0,
        keepalive_deadline_s: float = 3.0,
        boot_wait_s: float = 10.0,
        backoff: Backoff = Backoff(),  # noqa: B008  # frozen
        rng: random.Random | None = None,
        inbox_high: int = 2_000,
        inbox_limit: int = 50_000,
        behind_s: float = 10.0,
        max_line: int = 16_384,
        max_message: int = 4_194_304,
        tls: ssl.SSLContext | None = None,
        action_prefix: str | None = None,
    ) -> None:
        self.host, self.port, self.username = host, port, username
        self.counters = Counters()
        #: Why the last link ended or could not be made; "" before the first failure.
        self.down_reason = ""
        self._secret = secret
        self._on_event, self._on_up, self._on_down = on_event, on_up, on_down
        self._action_timeout_s, self._connect_timeout_s = action_timeout_s, connect_timeout_s
        self._boot_wait_s, self._behind_s = boot_wait_s, behind_s
        self._backoff, self._rng = backoff, rng or random.Random()  # noqa: S311  # jitter only
        self._inbox_high, self._inbox_limit = inbox_high, inbox_limit
        names = None if wanted is None else frozenset(wanted)
        self._limits = LinkLimits(keepalive_s, keepalive_deadline_s, max_line, max_message, names)
        self._wants_boot = names is None or "FullyBooted" in names
        self._tls = tls
        # OriginateResponse goes to every session: ids must differ between engines and restarts.
        self._prefix = action_prefix or secrets.token_hex(4)
        self._sequence = 0
        self._link: Link | None = None
        self._inbox: deque[Message] = deque()
        self._wake = asyncio.Event()
        self._up = asyncio.Event()
        self._booted = asyncio.Event()
        self._is_async = inspect.iscoroutinefunction(on_event)
        # Direct: no inbox on the way. Open: logged in, actions of callers may go out.
        self._direct = self._reconciling = self._open = False
        self._task: asyncio.Task[None] | None = None

    # --- life

    async def start(self) -> None:
        """Begin to connect, and return at once; `wait_up` waits for the link."""
        if self._task is None:
            self._task = spawn(self._run(), name=f"ami-{self.host}:{self.port}")

    async def wait_up(self, timeout_s: float) -> None:
        """Return when the link is up and reconciled; TimeoutError otherwise."""
        await asyncio.wait_for(self._up.wait(), timeout_s)

    async def close(self) -> None:
        """End the link and the task; replies still out fail with LinkDown."""
        if self._link is not None:
            self._link.drop("closed by us")
        await stop(self._task)
        self._task = None

    @property
    def is_up(self) -> bool:
        """Logged in and reconciled, and not known to be lost."""
        return self._up.is_set() and self._link is not None and self._link.alive

    @property
    def banner(self) -> str:
        """What Asterisk greeted with on the present link."""
        return self._link.banner if self._link is not None else ""

    def drop(self, reason: str) -> None:
        """Give the link up and make a new one: for a caller that lost its place."""
        if self._link is not None:
            self._link.drop(reason)

    def pause_reading(self) -> None:
        """Hold Asterisk back (a plain-function consumer that is behind); see `resume_reading`."""
        if self._link is not None:
            self._link.pause()

    def resume_reading(self) -> None:
        """Read on after `pause_reading`."""
        if self._link is not None:
            self._link.resume()

    # --- actions

    async def action(
        self,
        name: str,
        pairs: Iterable[tuple[str, Value]] | None = None,
        *,
        timeout_s: float | None = None,
        **headers: Value | Sequence[Value],
    ) -> Message:
        """Send one action and return Asterisk's reply.

        Raises ActionFailed (Asterisk said no), ActionTimeout, LinkDown, or EncodeError.
        """
        (reply,) = self.send_nowait([_listed(name, pairs, headers)], timeout_s=timeout_s)
        return await reply

    async def action_list(
        self,
        name: str,
        pairs: Iterable[tuple[str, Value]] | None = None,
        *,
        timeout_s: float | None = None,
        **headers: Value | Sequence[Value],
    ) -> list[Message]:
        """Send a list action (CoreShowChannels, Status, …) and return its items, without the
        message that completes it. Raises as `action` does.
        """
        ((reply, items),) = self._send([_listed(name, pairs, headers)], timeout_s, lists=True)
        await reply
        return items

    def send_nowait(
        self, actions: Iterable[Action], *, timeout_s: float | None = None
    ) -> list[asyncio.Future[Message]]:
        """Send actions in one write; a future each, in the same order.

        The first header of each must be `Action`. Every action is checked before any is sent
        (EncodeError). Futures end as `action` does; an `ActionID` given is used as it is.
        """
        sent = self._send([list(pairs_of(each)) for each in actions], timeout_s, lists=False)
        return [reply for reply, _ in sent]

    def _send(
        self, actions: list[PairList], timeout_s: float | None, *, lists: bool
    ) -> list[tuple[asyncio.Future[Message], list[Message]]]:
        wait_s = self._action_timeout_s if timeout_s is None else timeout_s
        batch = [(*self._identify(each), wait_s, lists) for each in actions]
        if self._link is None or not self._open:
            return [(_down(pairs), []) for _, pairs, _, _ in batch]
        if self._link.paused_at is not None:
            self._link.resume()  # a reply can only come while we read
        return self._link.request(batch)

    def _identify(self, pairs: PairList) -> tuple[str, PairList]:
        if not pairs or pairs[0][0] != "Action":
            raise EncodeError("the first header of an action must be Action")
        given = [str(value) for name, value in pairs if name.lower() == "actionid"]
        if given:
            return given[0], [pair for pair in pairs if pair[0].lower() != "actionid"]
        self._sequence += 1
        return f"{self._prefix}-{self._sequence}", pairs

    # --- one link after the other

    async def _run(self) -> None:
        failures = 0
        while True:
            reason, was_up = await self._one_link()
            self.down_reason = reason
            failures = 1 if was_up else failures + 1
            wait_s = self._backoff.delay_s(failures, self._rng)
            log.warning(
                "AMI link down", host=self.host, port=self.port, reason=reason, retry_s=wait_s
            )
            await asyncio.sleep(wait_s)

    async def _one_link(self) -> tuple[str, bool]:
        """A link from connect to its end: why it ended, and whether it had been up."""
        self._inbox.clear()
        self._booted.clear()
        link = self._link = None
        was_up = told = False
        try:
            link = self._link = await self._connect()
            await self._login(link)
            await self._boot(link)
            self._open = told = True
            await self._reconcile(link)
            was_up = True
            self._note_up(link)
            await self._consume(link)
            reason = link.lost.result()
        except LinkDown as error:
            reason = link.lost.result() if link is not None and link.lost.done() else str(error)
        except (AmiError, OSError) as error:
            reason = str(error) or type(error).__name__
        finally:
            self._up.clear()
            self._direct = self._reconciling = self._open = False
            if link is not None:
                link.drop("closed by us")
        if told:
            self._tell_down(reason)
        return reason, was_up

    async def _connect(self) -> Link:
        loop = asyncio.get_running_loop()
        connecting = loop.create_connection(self._make_link, self.host, self.port, ssl=self._tls)
        try:
            # Not wait_for: before Python 3.12 it loses a cancellation that comes as it is done.
            async with asyncio.timeout(self._connect_timeout_s):
                _, link = await connecting
        except TimeoutError:
            raise LinkDown(f"no connection within {self._connect_timeout_s:g} s") from None
        return link

    def _make_link(self) -> Link:
        link = Link(self._deliver, self.counters, self._limits)
        link.on_tick = self._check_pause
        link.lost.add_done_callback(lambda _: self._wake.set())
        return link

    async def _login(self, link: Link) -> None:
        """By challenge: the secret itself never crosses the network."""
        try:
            challenge = await self._ask(link, [("Action", "Challenge"), ("AuthType", "MD5")])
            text = f"{challenge.get('Challenge', '')}{self._secret}"
            key = hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
            user: PairList = [("AuthType", "MD5"), ("Username", self.username), ("Key", key)]
            await self._ask(link, [("Action", "Login"), *user])
        except ActionFailed as error:
            raise LoginRefused("Login", error.text, error.reply) from None
        except AmiError:
            if link.banner and "Call Manager" not in link.banner:
                said = link.banner[:60]
                text = f"this is no Asterisk manager port: it said {said!r}"
                raise ProtocolError(text) from None
            raise

    async def _ask(self, link: Link, pairs: PairList) -> Message:
        self._sequence += 1
        batch = [(f"{self._prefix}-{self._sequence}", pairs, self._connect_timeout_s, False)]
        ((reply, _),) = link.request(batch)
        return await reply

    async def _boot(self, link: Link) -> None:
        if self._boot_wait_s <= 0:
            return
        booted = spawn(self._booted.wait(), name="ami-boot")
        either: list[asyncio.Future[Any]] = [booted, link.lost]
        await asyncio.wait(either, timeout=self._boot_wait_s, return_when=asyncio.FIRST_COMPLETED)
        if not self._booted.is_set() and link.alive:
            log.warning(
                "no FullyBooted event after login; give the manager user read class `system`",
                username=self.username,
                waited_s=self._boot_wait_s,
            )
        await stop(booted)
        if not link.alive:
            raise LinkDown(link.lost.result())

    async def _reconcile(self, link: Link) -> None:
        """Let the engine ask what is true; events that come meanwhile wait in the inbox."""
        if self._on_up is None:
            return
        self._reconciling = True
        task = spawn(_awaited(self._on_up()), name=f"ami-up-{self.host}:{self.port}")
        try:
            either: list[asyncio.Future[Any]] = [task, link.lost]
            await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
            if not task.done():
                raise LinkDown(link.lost.result())
            if (error := task.exception()) is not None:
                raise LinkDown(f"reconciliation failed: {error!r}") from error
        finally:
            self._reconciling = False
            await stop(task)

    def _note_up(self, link: Link) -> None:
        self.counters.reconnects += self.counters.connects > 0
        self.counters.connects += 1
        if link.alive:
            self._up.set()
        log.info("AMI link up", host=self.host, port=self.port, banner=link.banner)

    def _tell_down(self, reason: str) -> None:
        if self._on_down is None:
            return
        try:
            self._on_down(reason)
        except Exception:
            self.counters.handler_errors += 1
            log.exception("on_down failed")

    # --- events

    def _deliver(self, message: Message) -> None:
        if message.event == "FullyBooted":
            self._booted.set()
            if not self._open or not self._wants_boot:
                return
        if self._direct:
            self._hand_over(message)
            return
        self._inbox.append(message)
        self._wake.set()
        if len(self._inbox) > self._inbox_limit:
            self._overflow(f"{len(self._inbox)} events wait for the engine")
        elif len(self._inbox) > self._inbox_high:
            self._check_pause(0.0)

    def _overflow(self, why: str) -> None:
        """Drop the link, count, and let reconciliation find out what was missed."""
        self.counters.overflows += 1
        self.counters.dropped += len(self._inbox)
        self._inbox.clear()
        if self._link is not None:
            self._link.drop(f"the engine is behind: {why}")

    def _check_pause(self, now: float) -> None:
        """Stop or go on reading; `now` is 0.0 between ticks.

        While the engine waits for a reply reading goes on, or the reply would never come.
        """
        link = self._link
        if link is None:
            return
        if link.paused_at is not None:
            if now and now - link.paused_at > self._behind_s:
                self._overflow(f"no event taken for {self._behind_s:g} s")
        elif len(self._inbox) > self._inbox_high and not self._reconciling and not link.awaited:
            link.pause()

    async def _consume(self, link: Link) -> None:
        """Hand over what waits, then what comes, until the link is lost and the inbox empty."""
        while True:
            await self._drain(link)
            if link.lost.done():
                return
            self._direct = not self._is_async
            self._wake.clear()
            await self._wake.wait()

    async def _drain(self, link: Link) -> None:
        taken = 0
        while self._inbox:
            message = self._inbox.popleft()
            if self._is_async:
                await self._hand_over_async(message)
            else:
                self._hand_over(message)
            taken += 1
            if link.paused_at is not None and len(self._inbox) <= self._inbox_high // 2:
                link.resume()
            if taken % _TURN == 0:
                await asyncio.sleep(0)

    def _hand_over(self, message: Message) -> None:
        try:
            self._on_event(message)
        except Exception:
            self._complain(message)

    async def _hand_over_async(self, message: Message) -> None:
        try:
            await self._on_event(message)  # type: ignore[misc]  # a coroutine function, here
        except Exception:
            self._complain(message)

    def _complain(self, message: Message) -> None:
        self.counters.handler_errors += 1
        log.exception("a handler failed on an event; the link goes on", ami_event=message.event)


def _listed(
    name: str,
    pairs: Iterable[tuple[str, Value]] | None,
    headers: Mapping[str, Value | Sequence[Value]],
) -> PairList:
    return [("Action", name), *(pairs or ()), *pairs_of(headers)]


def _down(pairs: PairList) -> asyncio.Future[Message]:
    reply: asyncio.Future[Message] = asyncio.get_running_loop().create_future()
    reply.set_exception(LinkDown(f"{pairs[0][1]} was not sent: the link is down"))
    reply.exception()
    return reply


async def _awaited(awaitable: Awaitable[Any]) -> None:
    await awaitable

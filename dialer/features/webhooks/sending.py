"""Sending what waits: signed, in order per call, tried again with growing pauses, then given up.

What is to be sent is in the database, and only there: nothing is lost at a full queue, a receiver
that is dead or a kill. Each receiver has a task of its own; one that never answers holds up neither
calls nor the others. What was sent and could not be marked so is sent again, under the same id.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
from collections.abc import Callable, Mapping, Sequence

import httpx
import structlog
from msgspec.structs import replace

from dialer.ports.clock import Clock
from dialer.ports.steering import Delivery
from dialer.ports.store import Store, StoreError
from dialer.settings.alerts import WebhookSettings
from dialer.tasks import spawn, stop

log = structlog.get_logger(__name__)

SIGNATURE = "Dialer-Signature"
#: 5 s, 10 s, 20 s … an hour: a receiver may be away for a night.
FIRST_PAUSE_S, LONGEST_PAUSE_S, MOST_TRIES = 5.0, 3600.0, 20
#: Where the receiver is away: it may be for a long holiday.
LONGEST_WAIT_S = 7 * 86_400.0
LOOK_EVERY_S = 1.0
SWEEP_EVERY_S = 600.0
#: Rows of one transaction.
PIECE = 200
#: Messages read at once for a receiver, and under way to it at once.
PAGE, AT_ONCE = 20, 4
#: While nothing at all reaches a receiver it is asked more and more seldom.
LONGEST_BREATH_S = 60.0
#: What was delivered or given up is kept so long.
KEPT_S = 14 * 86_400.0


def signature(secret: str, timestamp: int, body: str) -> str:
    """`t=TIMESTAMP,v1=HEX`: HMAC-SHA256 of "TIMESTAMP.BODY". A receiver compares it in constant
    time and refuses old timestamps.
    """
    signed = hmac.new(secret.encode(), f"{timestamp}.{body}".encode(), hashlib.sha256)
    return f"t={timestamp},v1={signed.hexdigest()}"


def pause_s(tries: int) -> float:
    """How long to wait after so many tries."""
    return float(min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 2 ** min(30, tries - 1)))


def after(delivery: Delivery, status: int | None, error: str, now: float) -> Delivery:
    """The delivery after one more try. Only 2xx is done; a redirect is none."""
    tried = replace(delivery, tries=delivery.tries + 1, status=status, error=error)
    if status is not None and 200 <= status < 300:
        return replace(tried, state="done", error="")
    if _is_over(tried, now):
        return replace(tried, state="dead")
    return replace(tried, next_at=now + pause_s(tried.tries))


def _is_over(tried: Delivery, now: float) -> bool:
    """Whoever is away can come back; who refuses this message will hardly take it later."""
    status = tried.status
    if status == 410:  # the receiver says that there is nobody any more
        return True
    if status is None or status == 429 or status >= 500:
        return now - tried.created_at >= LONGEST_WAIT_S
    return tried.tries >= MOST_TRIES


def breath_s(failures: int) -> float:
    """How long to leave a receiver alone that nothing reached, so many times in a row."""
    return 0.0 if failures < 2 else float(min(LONGEST_BREATH_S, 2 ** min(20, failures - 2)))


class Webhooks:
    """`wake` after something was put down to be sent; else it is seen within a second."""

    def __init__(
        self, store: Store, clock: Clock, hooks: Callable[[], Mapping[str, WebhookSettings]]
    ) -> None:
        self._store, self._clock, self._hooks = store, clock, hooks
        self._news = asyncio.Event()
        self._senders: dict[str, asyncio.Task[None]] = {}
        self._client = httpx.AsyncClient(follow_redirects=False, trust_env=False)

    def wake(self) -> None:
        self._news.set()

    async def run(self) -> None:
        """Have what waits sent, and forget what is long over."""
        # Not at once: what waits since long before this start is tried first.
        swept = self._clock.now()
        while True:
            try:
                await self.look()
                if self._clock.now() - swept > SWEEP_EVERY_S:
                    await self._sweep()
                    swept = self._clock.now()
            except StoreError as error:
                log.error("what waits for webhooks could not be read", error=str(error))
            try:
                async with asyncio.timeout(LOOK_EVERY_S):
                    await self._news.wait()
            except TimeoutError:
                pass
            self._news.clear()

    async def look(self) -> None:
        """A task for each receiver for which something is due."""
        hooks = self._hooks()
        for name in await self._store.deliveries.receivers(self._clock.now()):
            if name not in hooks:
                await self._give_up(name, "there is no such webhook any more")
            elif hooks[name].on and self._is_idle(name):
                sending = self._send_all(name)
                self._senders[name] = spawn(sending, name=f"webhook {name}")

    async def close(self) -> None:
        await stop(*self._senders.values())
        await self._client.aclose()

    def _is_idle(self, name: str) -> bool:
        sender = self._senders.get(name)
        return sender is None or sender.done()

    async def _sweep(self) -> None:
        """In small pieces: a call's commit waits for one of them at most."""
        now, deliveries = self._clock.now(), self._store.deliveries
        since = now - LONGEST_WAIT_S
        why = f"it could not be sent for {LONGEST_WAIT_S / 86_400:g} days"
        for name in await deliveries.receivers(since):
            await self._give_up(name, why, before=since)
        while await deliveries.sweep(before=now - KEPT_S, limit=PIECE):
            pass

    async def _give_up(self, name: str, why: str, *, before: float | None = None) -> None:
        count, give_up = 0, self._store.deliveries.give_up
        while some := await give_up(why, hook=name, before=before, limit=PIECE):
            count += some
        log.error("messages to a webhook were given up", hook=name, count=count, why=why)

    async def _send_all(self, name: str) -> None:
        """Until nothing is due for this receiver any more."""
        failures = 0
        while due := await self._due(name):
            hook = self._hooks().get(name)
            if hook is None or not hook.on:
                return
            tried = await self._send(due, hook)
            await self._keep(tried)
            reached = any(it.status is not None for it in tried)
            failures = 0 if reached or len(due) == 1 else failures + 1
            await asyncio.sleep(breath_s(failures))

    async def _due(self, name: str) -> Sequence[Delivery]:
        try:
            return await self._store.deliveries.due(name, self._clock.now(), limit=PAGE)
        except StoreError as error:
            log.error("what waits for a webhook could not be read", hook=name, error=str(error))
            return []

    async def _send(self, due: Sequence[Delivery], hook: WebhookSettings) -> list[Delivery]:
        """A few at a time. When nothing reaches the receiver, the rest is not tried."""
        tried: list[Delivery] = []
        for start in range(0, len(due), AT_ONCE):
            some = due[start : start + AT_ONCE]
            now = await asyncio.gather(*(self.attempt(it, hook) for it in some))
            tried += now
            if all(it.status is None for it in now):
                break
        return tried

    async def attempt(self, delivery: Delivery, hook: WebhookSettings) -> Delivery:
        """Send it now, and say what became of it; what is kept of that is the caller's."""
        stamp = int(self._clock.now())
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "dialer-webhook",
            "Dialer-Event": delivery.event,
            "Dialer-Delivery": delivery.id,
            SIGNATURE: signature(hook.secret.get_secret_value(), stamp, delivery.body),
        }
        status, error = None, ""
        try:
            # The whole of it: a receiver that sends a sign a second has had its time, too. Of the
            # answer only the status is read.
            async with asyncio.timeout(hook.timeout_s):
                request = self._client.stream(
                    "POST", hook.url, content=delivery.body.encode(), headers=headers
                )
                async with request as answer:
                    status = answer.status_code
                    error = "" if answer.is_success else f"answered {status}"
        except TimeoutError:
            status, error = None, f"no answer within {hook.timeout_s:g} s"
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as fault:
            if status is None:
                error = f"{type(fault).__name__}: {fault}"[:200]
        return after(delivery, status, error, self._clock.now())

    async def _keep(self, tried: Sequence[Delivery]) -> None:
        """In one transaction. While the store is away nothing more is sent: it would be repeated
        for ever.
        """
        for it in tried:
            if it.state == "dead":
                log.error("a webhook was given up", hook=it.hook, delivery=it.id, why=it.error)
        while True:
            try:
                return await self._store.deliveries.tried(tried)
            except StoreError as error:
                log.error("what became of webhooks could not be kept", error=str(error))
                await asyncio.sleep(LOOK_EVERY_S)

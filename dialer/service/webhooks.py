"""Telling others over HTTP: signed, tried again with growing pauses, given up into the log.

`announce` only puts a line into a bounded queue; storing and sending are tasks of their own, one
for each receiver, so that one that never answers holds up neither calls nor the others.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
from collections.abc import Callable, Mapping
from typing import Any

import httpx
import msgspec
import structlog
from msgspec.structs import replace

from dialer.engine.tasks import spawn, stop
from dialer.ids import new_id
from dialer.ports.clock import Clock
from dialer.ports.steering import Delivery
from dialer.ports.store import Store, StoreError
from dialer.settings.alerts import WebhookSettings

log = structlog.get_logger(__name__)

SIGNATURE = "Dialer-Signature"
#: 5 s, 10 s, 20 s … an hour: a receiver may be away for a night.
FIRST_PAUSE_S, LONGEST_PAUSE_S, MOST_TRIES = 5.0, 3600.0, 20
#: Events that wait to be stored; more than that is a fault somewhere.
MOST_WAITING = 1000
LOOK_EVERY_S = 1.0
#: What was delivered is kept so long.
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
    # 410: the receiver says that there is nobody any more.
    if tried.tries >= MOST_TRIES or status == 410:
        return replace(tried, state="dead")
    return replace(tried, next_at=now + pause_s(tried.tries))


class Webhooks:
    def __init__(
        self, store: Store, clock: Clock, hooks: Callable[[], Mapping[str, WebhookSettings]]
    ) -> None:
        self._store, self._clock, self._hooks = store, clock, hooks
        self._new: asyncio.Queue[Delivery] = asyncio.Queue(MOST_WAITING)
        self._waiting: dict[str, dict[str, Delivery]] = {}
        self._senders: dict[str, asyncio.Task[None]] = {}
        self._client = httpx.AsyncClient(follow_redirects=False, trust_env=False)

    def announce(self, event: str, data: Mapping[str, Any]) -> None:
        """Tell whoever wants to hear of `event`; never waits."""
        now = self._clock.now()
        for name, hook in self._hooks().items():
            if not hook.wants(event):
                continue
            key = new_id()
            body = msgspec.json.encode({"id": key, "event": event, "at": now, "data": data})
            delivery = Delivery(
                id=key, hook=name, event=event, body=body.decode(), created_at=now, next_at=now
            )
            try:
                self._new.put_nowait(delivery)
            except asyncio.QueueFull:
                log.error("an event was not told: too many wait", hook=name, event_name=event)

    async def run(self) -> None:
        """Store what is new, and have it sent."""
        await self._load()
        while True:
            fresh = [await self._new.get()]
            while not self._new.empty():
                fresh.append(self._new.get_nowait())
            try:
                await self._store.deliveries.add(fresh)
                await self._store.deliveries.sweep(before=self._clock.now() - KEPT_S)
            except StoreError as error:
                log.error("events could not be kept, and are sent all the same", error=str(error))
            for delivery in fresh:
                self._send_later(delivery)

    async def close(self) -> None:
        await stop(*self._senders.values())
        await self._client.aclose()

    async def _load(self) -> None:
        for delivery in await self._store.deliveries.waiting():
            self._send_later(delivery)

    def _send_later(self, delivery: Delivery) -> None:
        self._waiting.setdefault(delivery.hook, {})[delivery.id] = delivery
        sender = self._senders.get(delivery.hook)
        if sender is None or sender.done():
            name = f"webhook {delivery.hook}"
            self._senders[delivery.hook] = spawn(self._send_all(delivery.hook), name=name)

    async def _send_all(self, hook: str) -> None:
        """Until nothing waits for this receiver any more."""
        waiting = self._waiting[hook]
        while waiting:
            due = min(waiting.values(), key=lambda it: (it.next_at, it.id))
            pause = due.next_at - self._clock.now()
            if pause > 0:
                await asyncio.sleep(min(pause, LOOK_EVERY_S))
                continue
            settings = self._hooks().get(hook)
            tried = (
                replace(due, state="dead", error="there is no such webhook any more")
                if settings is None
                else await self._try(due, settings)
            )
            await self._keep(tried)

    async def _try(self, delivery: Delivery, hook: WebhookSettings) -> Delivery:
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

    async def _keep(self, tried: Delivery) -> None:
        waiting = self._waiting[tried.hook]
        if tried.state == "waiting":
            waiting[tried.id] = tried
        else:
            del waiting[tried.id]
        if tried.state == "dead":
            log.error("a webhook was given up", hook=tried.hook, delivery=tried.id, why=tried.error)
        try:
            await self._store.deliveries.put(tried)
        except StoreError as error:
            log.error("what became of a webhook could not be kept", error=str(error))

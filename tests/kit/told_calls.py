"""A dialer that can be killed: it opens, closes and words calls, and tells two consumers of them.

`python -m tests.kit.told_calls STORE CAMPAIGN WEBHOOK` says a line for each call that is on disk
and for each batch that was copied, until it is killed.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager

from dialer.features.webhooks.listeners import Telling
from dialer.features.webhooks.sending import Webhooks
from dialer.ids import new_id
from dialer.kit import journal
from dialer.kit.journal import Consumer, JournalRunner
from dialer.ports.clock import SystemClock
from dialer.ports.journal import KINDS, Entry, Start
from dialer.ports.journal_work import Work
from dialer.ports.steering import Delivery
from dialer.ports.store import ClosedAttempt, LeadNext, NewAttempt, Store
from dialer.settings.alerts import WebhookSettings
from dialer.store import open_store
from dialer.tasks import spawn, stop
from dialer.words import LeadState

NUMBER = "+12025550000"
COPIES = "copy"
HOOK = "crm"


class Copier:
    """Copies each record under a new key: what is done twice is there twice."""

    name = COPIES
    start: Start = "beginning"

    def kinds(self) -> Collection[str]:
        return KINDS

    def take(self, work: Work, entries: Sequence[Entry]) -> None:
        copies = [
            Delivery(
                id=new_id(), hook=COPIES, event=it.event.kind, body="", created_at=1.0,
                state="done", lane=it.subject, seq=it.seq,
            )
            for it in entries
        ]  # fmt: skip
        work.deliver(copies)

    def taken(self) -> None:
        print("copied", flush=True)


@asynccontextmanager
async def telling(store: Store, webhook: str) -> AsyncIterator[None]:
    """The consumers at work, and the messages under way."""
    clock, wanted = SystemClock(), ("call", "result")
    hooks = {HOOK: WebhookSettings(url=webhook, secret="0123456789abcdef", events=wanted)}  # type: ignore[arg-type]
    sending = Webhooks(store, clock, lambda: hooks)
    consumers: list[Consumer] = [Copier(), Telling(clock, lambda: hooks, sending.wake)]
    runner = JournalRunner(store.journal, consumers, clock, lambda: 60.0)  # calls are of long ago
    await runner.join()
    tasks = [spawn(runner.run(), name="journal"), spawn(sending.run(), name="webhooks")]
    try:
        yield
    finally:
        await stop(*tasks)
        await sending.close()


async def call(store: Store, campaign_id: str) -> str:
    """A whole call, which got a result; its id."""
    (lead,) = await store.leads.claim(campaign_id, 1, now=1.0, claim_id="told")
    an_id = new_id()
    new = NewAttempt(
        attempt_id=an_id, campaign_id=campaign_id, lead_id=lead.id, number=NUMBER, caller_id="",
        trunk="", node="", placed_at=1.0,
    )  # fmt: skip
    await store.attempts.open([new])
    await store.attempts.close([ended(an_id, "connected")])
    await store.attempts.wrapup(an_id, wrapup_seconds=None, disposition="sale")
    return an_id


def ended(attempt_id: str, outcome: str) -> ClosedAttempt:
    next_ = LeadNext(LeadState.RETRY, 0.0)
    return ClosedAttempt(attempt_id=attempt_id, ended_at=2.0, outcome=outcome, lead=next_)  # type: ignore[arg-type]


async def main(url: str, campaign_id: str, webhook: str) -> None:
    journal.GATHER_S = 0.0
    store = await open_store(url, migrate=False)
    async with telling(store, webhook):
        while True:
            print("call", await call(store, campaign_id), flush=True)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))

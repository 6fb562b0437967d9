"""What the rules of receivers ask of the running program, and what is done with one."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit

import msgspec

from dialer.features.webhooks import rules
from dialer.features.webhooks.book import Book
from dialer.features.webhooks.parts import BOOK, SENDER
from dialer.features.webhooks.records import Probed, Receiver
from dialer.features.webhooks.store import RECEIVERS
from dialer.ids import new_id
from dialer.kit.auth import Caller
from dialer.kit.context import ApiContext
from dialer.kit.errors import conflict, not_found
from dialer.kit.faults import Fault
from dialer.ports.records import RecordQuery
from dialer.ports.steering import Delivery
from dialer.settings.alerts import WebhookSettings


async def check(context: ApiContext, record: Receiver) -> Sequence[Fault]:
    return list(rules.faults(record, context.settings().webhook))


async def shown(caller: Caller) -> list[dict[str, object]]:
    """All there are, by name. Never a whole address: it may be a secret itself."""
    of_file = caller.context.settings().webhook
    query = RecordQuery(sort="name", desc=False, limit=500)
    made = await caller.context.store.kept(RECEIVERS).page(query, await caller.scope())
    found = [_row(name, it, None) for name, it in of_file.items()]
    found += [_row(it.name, it, it.id) for it in made if it.name not in of_file]
    return sorted(found, key=lambda it: str(it["name"]))


def _row(name: str, it: WebhookSettings | Receiver, record: str | None) -> dict[str, object]:
    return {
        "name": name,
        "host": urlsplit(it.url).netloc,
        "events": list(it.events),
        "numbers": it.numbers,
        "on": it.on,
        "record": record,
    }


def book_of(context: ApiContext) -> Book:
    """Raises Refused."""
    if (book := BOOK.of(context)) is None:
        raise conflict("no-engine", "no engine runs behind this API")
    return book


async def receiver_of(caller: Caller, record_id: str) -> Receiver:
    """Raises Refused."""
    found = await caller.context.store.kept(RECEIVERS).get(record_id, await caller.scope())
    if found is None:
        raise not_found("record", record_id)
    return found


async def probe(caller: Caller, name: str) -> Probed:
    """Send a message of the event `test` at once, whatever the receiver wants. Raises Refused."""
    context = caller.context
    sender, book = SENDER.of(context), book_of(context)
    await book.read()
    hook = book.hooks().get(name)
    if hook is None or sender is None:
        raise not_found("webhook", name)
    now, an_id = context.clock.now(), new_id()
    data = {"id": an_id, "event": "test", "at": now, "data": {"who": caller.grant.who}}
    body = msgspec.json.encode(data).decode()
    tried = await sender.attempt(
        Delivery(id=an_id, hook=name, event="test", body=body, created_at=now, next_at=now), hook
    )
    return Probed(tried.status, tried.error, round(context.clock.now() - now, 3))

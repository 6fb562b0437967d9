"""The outbox: the same answers in memory and in both databases."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from dialer.features.mail.records import OutboxMail
from dialer.features.mail.store import Waiting, outbox_of
from dialer.ports.records import RecordQuery
from dialer.ports.scope import EVERYTHING
from dialer.ports.store import Store

NOW = 1_800_000_000.25


def mail(an_id: str, **fields: Any) -> OutboxMail:
    said = {
        "id": an_id, "version": 1, "created_at": NOW, "created_by": "dialer", "changed_at": NOW,
        "changed_by": "dialer", "kind": "report", "address": "anna@example.com", "account": "anna",
        "subject": "每周", "next_at": NOW, **fields,
    }  # fmt: skip
    return OutboxMail(**said)


async def test_a_mail_is_put_down_once_and_comes_back(store: Store) -> None:
    outbox, one = outbox_of(store), mail("m1")
    assert await outbox.put_down(one, "Subject: x")
    assert not await outbox.put_down(mail("m1", subject="other"), "other")
    assert await outbox.due(NOW, 10) == [one]
    assert await outbox.text("m1") == "Subject: x"
    assert list(await outbox.page(RecordQuery(equal={"state": "waiting"}), EVERYTHING)) == [one]


async def test_those_due_come_first_and_only_those_that_wait(store: Store) -> None:
    outbox = outbox_of(store)
    for name, after in (("m1", 30.0), ("m2", 10.0), ("m3", 99.0)):
        await outbox.put_down(mail(name, next_at=NOW + after), "x")
    assert [it.id for it in await outbox.due(NOW + 60, 10)] == ["m2", "m1"]
    assert [it.id for it in await outbox.due(NOW + 60, 1)] == ["m2"]
    await outbox.tried(replace(mail("m2"), state="dead", error="550"))
    assert [it.id for it in await outbox.due(NOW + 60, 10)] == ["m1"]
    assert await outbox.text("m2") == ""
    assert await outbox.text("m1") == "x"


async def test_how_many_wait_and_since_when(store: Store) -> None:
    outbox = outbox_of(store)
    assert await outbox.waiting() == Waiting(0, None)
    await outbox.put_down(mail("m1", created_at=NOW - 60), "x")
    await outbox.put_down(mail("m2"), "x")
    assert await outbox.waiting() == Waiting(2, NOW - 60)
    await outbox.tried(replace(mail("m1", created_at=NOW - 60), state="done", sent_at=NOW))
    assert await outbox.waiting() == Waiting(1, NOW)


async def test_what_is_long_over_is_forgotten_and_what_waits_is_not(store: Store) -> None:
    outbox = outbox_of(store)
    for name in ("m1", "m2", "m3"):
        await outbox.put_down(mail(name), "x")
    await outbox.tried(replace(mail("m1"), state="done"))
    await outbox.tried(replace(mail("m2"), state="dead"))
    assert await outbox.sweep(before=NOW, limit=10) == 0
    assert await outbox.sweep(before=NOW + 1, limit=1) == 1
    assert await outbox.sweep(before=NOW + 1, limit=10) == 1
    assert [it.id for it in await outbox.page(RecordQuery(), EVERYTHING)] == ["m3"]

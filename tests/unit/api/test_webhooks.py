"""Webhooks over the API: what is not shown, and receivers made, tried and changed on a screen."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from dialer.features.webhooks.book import Book
from dialer.features.webhooks.jobs import read
from dialer.features.webhooks.sending import Webhooks
from dialer.ports.steering import Delivery
from tests.kit.receiver import Receiver, receiving

TEXT = """\
[webhook.crm]
url = "https://crm.example.com/hooks/very-secret-word"
secret = "very-secret-word"
"""
OK = b"HTTP/1.1 204 No Content\r\n\r\n"
AT = "/api/v1/webhook-receivers"


def slug(answer: Any) -> str:
    return f"{answer.status_code} {answer.json()['type'].rpartition(':')[2]}"


@pytest.fixture
async def telling(world) -> AsyncIterator[Any]:
    world.read_settings(TEXT)
    world.book = Book(world.store, b"key of this installation", lambda: world.settings.webhook)
    world.sender = Webhooks(world.store, world.clock, world.book.hooks)
    yield world
    await world.sender.close()


def body(port: int = 9, **fields: object) -> dict[str, object]:
    url = f"http://127.0.0.1:{port}/told"
    return {"name": "bi", "url": url, "events": ["call.closed"], **fields}


async def test_deliveries_are_shown_without_bodies_and_secrets(world, people) -> None:
    world.read_settings(TEXT)
    await world.store.deliveries.add(
        [
            Delivery(
                id="D1", hook="crm", event="alert.began", body='{"very-secret-word": 1}',
                created_at=1.0, state="dead", tries=20, error="answered 500",
            )
        ]
    )  # fmt: skip
    async with people.browser(await people.add("ops")) as client:
        answer = await client.get("/api/v1/webhooks?state=dead")
        none = await client.get("/api/v1/webhooks?state=done")

    assert "very-secret-word" not in answer.text
    assert answer.json()["webhooks"] == [
        {"name": "crm", "host": "crm.example.com", "events": ["alert.began", "alert.ended"],
         "numbers": False, "on": True, "record": None}
    ]  # fmt: skip
    assert answer.json()["deliveries"][0]["error"] == "answered 500"
    assert none.json()["deliveries"] == []


async def test_one_who_is_made_on_a_screen_is_tried_and_told(telling, people) -> None:
    receiver = Receiver(OK)
    async with (
        receiving(receiver) as port,
        people.browser(await people.add("admin")) as client,
    ):
        made = (await client.post(AT, json=body(port))).json()
        await read(telling.context())
        tried = await client.post("/api/v1/webhooks/bi/test")
        secret = (await client.post(f"{AT}/{made['id']}/secret")).json()["secret"]
        shown = (await client.get("/api/v1/webhooks")).json()["webhooks"]

    assert tried.json()["status"] == 204
    (head,), (sent,) = receiver.heads, receiver.bodies
    assert json.loads(sent)["event"] == "test"
    signed = next(it for it in head.split("\r\n") if it.lower().startswith("dialer-signature"))
    stamp, mac = (part.split("=")[1] for part in signed.split(": ")[1].split(","))
    meant = hmac.new(secret.encode(), f"{stamp}.{sent}".encode(), hashlib.sha256).hexdigest()
    assert mac == meant
    assert [(it["name"], it["record"]) for it in shown] == [("bi", made["id"]), ("crm", None)]
    assert telling.book.hooks()["bi"].wants("call.closed")
    noted = {it.what for it in await telling.store.audit.list()}
    assert {"receiver.add", "receiver.test", "receiver.secret"} <= noted


async def test_a_new_secret_is_another_one_and_a_receiver_put_away_is_told_nothing(
    telling, people
) -> None:
    async with people.browser(await people.add("admin")) as client:
        made = (await client.post(AT, json=body())).json()
        first = (await client.post(f"{AT}/{made['id']}/secret")).json()
        change = {"version": 1, "secret_no": 2, "on": False}
        await client.patch(f"{AT}/{made['id']}", json=change)
        second = (await client.post(f"{AT}/{made['id']}/secret")).json()
        await read(telling.context())
        off = telling.book.hooks()["bi"].wants("call.closed")
        await client.post(f"{AT}/{made['id']}/archive", json={"version": 2})
        await read(telling.context())

    assert first != second
    assert not off
    assert list(telling.book.hooks()) == ["crm"]


@pytest.mark.parametrize(
    ("wrong", "field", "fault"),
    [
        ({"name": "crm"}, "name", "taken"),
        ({"events": ["call.closed", "calls"]}, "events", "choice"),
        ({"events": []}, "events", "too-few"),
        ({"url": "https://anna:word@crm.example.com/"}, "url", "form"),
        ({"url": "ftp://crm.example.com/"}, "url", "form"),
        ({"url": "https://crm.example.com/\r\nX: 1"}, "url", "form"),
    ],
)
async def test_what_cannot_be_told_is_refused_at_its_field(
    telling, people, wrong, field, fault
) -> None:
    async with people.browser(await people.add("admin")) as client:
        answer = await client.post(AT, json=body(**wrong))
    assert answer.status_code in {409, 422}
    assert [(it["field"], it["slug"]) for it in answer.json()["faults"]] == [(field, fault)]


async def test_who_is_not_there_is_said_with_its_name(telling, people) -> None:
    async with people.browser(await people.add("admin")) as client:
        assert slug(await client.post("/api/v1/webhooks/none/test")) == "404 no-such-webhook"
        assert slug(await client.post(f"{AT}/none/secret")) == "404 no-such-record"


async def test_a_receiver_that_does_not_answer_is_told_as_such(telling, people) -> None:
    async with people.browser(await people.add("admin")) as client:
        await client.post(AT, json=body(port=9, timeout_s=1))
        tried = (await client.post("/api/v1/webhooks/bi/test")).json()
    assert tried["status"] is None
    assert tried["error"]

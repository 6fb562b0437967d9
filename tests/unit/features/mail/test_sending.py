"""The outbox against a real mail server: nothing is lost, and why something waits is said."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from dialer.features.mail.message import Attachment, Letter
from dialer.features.mail.records import OutboxMail
from dialer.features.mail.service import Addressed, put_down, send_due
from dialer.features.mail.store import InMemoryOutbox, outbox_of
from dialer.memory.store import InMemoryStore
from dialer.ports.records import RecordQuery
from dialer.ports.scope import EVERYTHING
from dialer.ports.store import StoreError
from dialer.settings.mail import MailSettings
from tests.kit.mail_server import PASSWORD, USER, mail_server

NOW = 1_800_000_000.0
HOUR = 3600.0
LETTER = Letter(
    subject="每周报表",
    text="接通率 25 %",
    html="<p>接通率 25 %</p>",
    language="zh-CN",
    attachments=[Attachment("报表.csv", "text/csv", "日期,拨打量\n".encode())],
)


def settings(port: int, **other: Any) -> MailSettings:
    said = {"on": True, "sender": "dialer@example.com", "port": port, **other}
    return MailSettings.model_validate(said)


@pytest.fixture
def store() -> InMemoryStore:
    return InMemoryStore()


async def put(store: InMemoryStore, to: str = "anna@example.com", key: str = "") -> bool:
    where = Addressed(to, "anna")
    return await put_down(store, settings(25), LETTER, where, kind="report", now=NOW, key=key)


async def mails(store: InMemoryStore) -> Sequence[OutboxMail]:
    found = await outbox_of(store).page(RecordQuery(sort="changed_at"), EVERYTHING)
    return sorted(found, key=lambda it: it.address)


async def test_what_is_due_arrives_whole_and_only_that_it_was_sent_is_kept(
    store: InMemoryStore,
) -> None:
    await put(store)
    async with mail_server() as server:
        assert await send_due(store, settings(server.port), NOW + 5) == 1
        assert await send_due(store, settings(server.port), NOW + 10) == 0

    (mail,) = await mails(store)
    ((to, message),) = server.taken
    assert (to, message["Subject"], message["From"]) == (
        "anna@example.com", "每周报表", "Dialer <dialer@example.com>",
    )  # fmt: skip
    assert message["Message-ID"] == f"<{mail.id}@example.com>"
    assert message.get_body(("html",)).get_content().strip() == "<p>接通率 25 %</p>"  # type: ignore[union-attr]
    (file,) = message.iter_attachments()
    assert (file.get_filename(), file.get_content()) == ("报表.csv", "日期,拨打量\n")
    assert (mail.state, mail.sent_at, mail.tries, mail.error) == ("done", NOW + 5, 1, "")
    assert await outbox_of(store).text(mail.id) == ""


async def test_while_the_server_is_down_mails_wait_longer_and_longer_and_then_go(
    store: InMemoryStore,
) -> None:
    await put(store)
    async with mail_server() as server:
        port = server.port
    now, pauses = NOW, []
    for _ in range(8):
        assert await send_due(store, settings(port), now) == 0
        (mail,) = await mails(store)
        pauses.append(mail.next_at - now)
        now = mail.next_at
    assert pauses == [60, 120, 240, 480, 960, 1920, 3600, 3600]
    assert mail.state == "waiting"
    assert f"127.0.0.1:{port}" in mail.error

    async with mail_server(port=port) as server:
        assert await send_due(store, settings(port), now) == 1
    assert [to for to, _ in server.taken] == ["anna@example.com"]


async def test_a_refused_recipient_is_given_up_at_once_and_holds_nobody_up(
    store: InMemoryStore,
) -> None:
    await put(store, "gone@example.com")
    await put(store, "late@example.com")
    await put(store, "ok@example.com")
    async with mail_server() as server:
        server.says = {
            "gone@example.com": "550 no such user here",
            "late@example.com": "451 try again later",
        }
        assert await send_due(store, settings(server.port), NOW) == 1

    found = [(it.address, it.state, it.error) for it in await mails(store)]
    assert found == [
        ("gone@example.com", "dead", "gone@example.com is refused: 550 no such user here"),
        ("late@example.com", "waiting", "late@example.com is refused: 451 try again later"),
        ("ok@example.com", "done", ""),
    ]


async def test_a_mail_that_the_server_will_never_take_is_given_up(store: InMemoryStore) -> None:
    await put(store)
    async with mail_server() as server:
        server.says[""] = "552 too large"
        await send_due(store, settings(server.port), NOW)
    (mail,) = await mails(store)
    assert (mail.state, mail.error) == ("dead", "552 too large")


async def test_what_could_not_be_sent_for_too_long_is_given_up_and_says_why(
    store: InMemoryStore,
) -> None:
    await put(store)
    async with mail_server() as server:
        port = server.port
    await send_due(store, settings(port, give_up_h=1), NOW + HOUR - 1)
    (mail,) = await mails(store)
    assert (mail.state, mail.next_at) == ("waiting", NOW + HOUR - 1 + 60)
    await send_due(store, settings(port, give_up_h=1), mail.next_at)
    (mail,) = await mails(store)
    assert mail.state == "dead"
    assert str(port) in mail.error


async def test_while_mail_is_off_nothing_is_tried_and_what_is_old_is_given_up(
    store: InMemoryStore,
) -> None:
    await put(store)
    async with mail_server() as server:
        off = settings(server.port, on=False)
        assert await send_due(store, off, NOW + HOUR) == 0
        assert [it.state for it in await mails(store)] == ["waiting"]
        await send_due(store, off, NOW + 48 * HOUR)
    (mail,) = await mails(store)
    assert (mail.state, mail.error, server.taken) == ("dead", "mail is off: [mail] on", [])


class Dying(InMemoryOutbox):
    """Ends between what the server took and the note of it."""

    is_dying = False

    async def tried(self, mail: OutboxMail) -> None:
        if self.is_dying:
            raise StoreError("killed")
        await super().tried(mail)


async def test_what_was_sent_and_not_noted_is_sent_again_as_the_same_mail(
    store: InMemoryStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    outbox = Dying(store.audit)
    monkeypatch.setattr("dialer.features.mail.service.outbox_of", lambda _store: outbox)
    await put(store)
    async with mail_server() as server:
        outbox.is_dying = True
        with pytest.raises(StoreError):
            await send_due(store, settings(server.port), NOW)
        outbox.is_dying = False
        assert await send_due(store, settings(server.port), NOW + 60) == 1
        assert await send_due(store, settings(server.port), NOW + 120) == 0
    one, other = server.raw
    assert one == other
    assert len({message["Message-ID"] for _, message in server.taken}) == 1


async def test_what_is_put_down_twice_under_one_key_is_one_mail(store: InMemoryStore) -> None:
    assert await put(store, key="report 7 of monday to anna")
    assert not await put(store, key="report 7 of monday to anna")
    assert await put(store, key="report 7 of tuesday to anna")
    assert len(await mails(store)) == 2


async def test_over_tls_the_server_is_checked_before_a_password_is_said(
    store: InMemoryStore, tmp_path: Path
) -> None:
    await put(store)
    async with mail_server(starttls=tmp_path, login=True) as server:
        said = {"host": "localhost", "security": "starttls", "user": USER, "password": PASSWORD}
        unknown = settings(server.port, **said)
        await send_due(store, unknown, NOW)
        (mail,) = await mails(store)
        assert (mail.state, server.logins) == ("waiting", [])
        assert "certificate" in mail.error.lower()

        known = settings(server.port, **said, ca_file=tmp_path / "mail.pem")
        wrong = known.model_copy(update={"password": SecretStr("guessed")})
        await send_due(store, wrong, mail.next_at)
        (mail,) = await mails(store)
        assert (mail.state, mail.tries) == ("waiting", 2)
        assert "refuses the login: 535" in mail.error
        assert "guessed" not in mail.error
        assert await send_due(store, known, mail.next_at) == 1

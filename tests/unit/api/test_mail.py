"""Mail over the API: tried out, looked at, by operators alone."""

from __future__ import annotations

from typing import Any

from tests.kit.mail_server import mail_server


def slug(answered: Any) -> str:
    return f"{answered.status_code} {answered.json()['type'].rpartition(':')[2]}"


def turned_on(world: Any, port: int) -> None:
    world.read_settings(f'[mail]\non = true\nsender = "dialer@example.com"\nport = {port}\n')


async def test_a_test_mail_arrives_in_the_readers_language(client: Any, world: Any) -> None:
    async with mail_server() as server:
        turned_on(world, server.port)
        asked = {"address": "anna@example.com", "language": "zh-CN"}
        assert (await client.post("/api/v1/mail/test", json=asked)).status_code == 204
    ((to, message),) = server.taken
    assert (to, message["Subject"]) == ("anna@example.com", "测试邮件")
    assert [it.what for it in await world.store.audit.list()] == ["mail.test"]


async def test_what_the_server_says_against_it_is_the_answer(client: Any, world: Any) -> None:
    asked = {"address": "gone@example.com"}
    off = await client.post("/api/v1/mail/test", json=asked)
    async with mail_server() as server:
        turned_on(world, server.port)
        server.says["gone@example.com"] = "550 no such user"
        refused = await client.post("/api/v1/mail/test", json=asked)
        wrong = await client.post("/api/v1/mail/test", json={"address": "a@b\r\nDATA"})
    away = await client.post("/api/v1/mail/test", json=asked)

    assert slug(off) == "409 mail-off"
    assert slug(refused) == "409 mail-not-sent"
    assert refused.json()["facts"]["detail"] == "gone@example.com is refused: 550 no such user"
    assert slug(wrong) == "422 no-address"
    assert str(server.port) in away.json()["facts"]["detail"]


async def test_the_server_is_shown_without_its_password(client: Any, world: Any) -> None:
    world.read_settings(
        '[mail]\nhost = "mail.example.com"\nsecurity = "tls"\nport = 465\nuser = "x"\n'
        'password = "geheim"\n'
    )
    shown = await client.get("/api/v1/mail")
    assert "geheim" not in shown.text
    assert shown.json() == {
        "on": False, "host": "mail.example.com", "port": 465, "security": "tls", "sender": "",
        "give_up_h": 48.0, "waiting": 0, "since": None,
    }  # fmt: skip

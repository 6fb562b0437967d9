"""`dialer mail test`: what it prints, and how it ends."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Thread

import pytest

from tests.kit.mail_server import MailServer, mail_server


@pytest.fixture
def server() -> Iterator[MailServer]:
    """Beside the command, which has an event loop of its own."""
    loop = asyncio.new_event_loop()
    thread = Thread(target=loop.run_forever)
    thread.start()
    serving = mail_server()
    yield asyncio.run_coroutine_threadsafe(serving.__aenter__(), loop).result(10)
    asyncio.run_coroutine_threadsafe(serving.__aexit__(None, None, None), loop).result(10)
    loop.call_soon_threadsafe(loop.stop)
    thread.join(10)
    loop.close()


def turn_on(config: Path, server: MailServer) -> None:
    mail = f'\n[mail]\non = true\nsender = "dialer@example.com"\nport = {server.port}\n'
    config.write_text(config.read_text() + mail)


def test_a_test_mail_is_sent_and_said(config: Path, dialer: Callable, server: MailServer) -> None:
    turn_on(config, server)
    done = dialer("mail", "test", "anna@example.com")

    assert (done.status, done.err) == (0, "")
    assert done.out == f"127.0.0.1:{server.port} took a mail to anna@example.com\n"
    assert [(to, message["Subject"]) for to, message in server.taken] == [
        ("anna@example.com", "A test mail")
    ]


def test_what_the_server_says_against_it_is_said(
    config: Path, dialer: Callable, server: MailServer
) -> None:
    turn_on(config, server)
    server.says["gone@example.com"] = "550 no such user"
    done = dialer("mail", "test", "gone@example.com")

    assert (done.status, done.out) == (1, "")
    assert done.err == (
        "dialer: the mail was not sent: gone@example.com is refused: 550 no such user\n"
    )


def test_while_mail_is_off_it_says_how_it_is_turned_on(config: Path, dialer: Callable) -> None:
    done = dialer("mail", "test", "anna@example.com")
    assert done.status == 1
    assert "[mail] on = true" in done.err

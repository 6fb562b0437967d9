"""Which contact is gone, told by what Asterisk writes of it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialer.asterisk.contacts import LostPhone, address, is_on, lost, lost_of, registered
from dialer.asterisk.messages import Message

OLD = "sip:rep01@127.0.0.1:42506;transport=WS;x-ast-orig-host=96e8c1519d96.invalid:0"


def status(uri: str, word: str) -> Message:
    text = f"Event: ContactStatus\r\nURI: {uri}\r\nContactStatus: {word}\r\nAOR: rep01"
    return Message(text.encode())


def test_a_removed_web_contact_is_a_lost() -> None:
    assert lost(status(OLD, "Removed")) == LostPhone("rep01", "127.0.0.1:42506")


@pytest.mark.parametrize(
    ("uri", "word"),
    [(OLD, "NonQualified"), ("sip:rep01@127.0.0.1:5060;transport=tcp", "Removed"), ("", "Removed")],
)
def test_other_news_of_a_contact_is_none(uri: str, word: str) -> None:
    assert lost(status(uri, word)) is None


def test_of_all_contacts_those_that_do_not_answer_are_lost() -> None:
    texts = [
        f"Event: ContactStatusDetail\r\nAOR: {name}\r\nURI: sip:{name}@127.0.0.2:5060\r\n"
        f"Status: {status}"
        for name, status in (("a", "Reachable"), ("b", "Unreachable"), ("c", "NonQualified"))
    ]
    listed = [Message(text.encode(), "ContactStatusDetail") for text in texts]
    assert lost_of(listed) == [LostPhone("b", "127.0.0.2:5060")]


@pytest.mark.parametrize("transport", ["ws", "udp"])
def test_a_contact_that_does_not_answer_is_lost_whatever_it_came_by(transport: str) -> None:
    uri = f"sip:rep01@127.0.0.1:5070;transport={transport}"
    assert lost(status(uri, "Unreachable")) == LostPhone("rep01", "127.0.0.1:5070")


@pytest.mark.parametrize(
    ("word", "phone"),
    [("NonQualified", "rep01"), ("Created", "rep01"), ("Reachable", "rep01"), ("Removed", ""),
     ("Unreachable", ""), ("", "")],
)  # fmt: skip
def test_a_contact_that_is_new_or_lives_again_is_a_phone_to_call(word: str, phone: str) -> None:
    assert registered(status(OLD, word)) == phone


@pytest.mark.parametrize(
    ("target", "on"),
    [
        ("sip:rep01@127.0.0.1:42506;transport=ws", True),
        ("<sip:rep01@127.0.0.1:42506>", True),
        ("sip:rep01@127.0.0.1:42512;transport=ws", False),
        ("sip:rep01@127.0.0.1:4250", False),
        ("", True),
        ("nonsense", True),
    ],
)
def test_a_leg_is_on_the_page_whose_socket_it_was_dialed_to(target: str, on: bool) -> None:
    assert is_on(LostPhone("rep01", "127.0.0.1:42506"), target) is on


@pytest.mark.parametrize(
    ("uri", "found"),
    [
        ("sip:rep01@[::1]:42506;transport=ws", "[::1]:42506"),
        ("SIPS:Rep01@HOST.example:5061", "host.example:5061"),
        ("sip:host.example", "host.example"),
        ("tel:+1", ""),
    ],
)
def test_an_address_is_host_and_port(uri: str, found: str) -> None:
    assert address(uri) == found


@given(st.text())
def test_no_text_upsets_it(text: str) -> None:
    assert address(text) == address(text).lower()

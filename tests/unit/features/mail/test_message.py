"""A mail's headers are ours, whatever stands in a name of somebody's."""

from __future__ import annotations

from email import message_from_string, policy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from dialer.features.mail.message import Attachment, Letter, wire_text
from dialer.settings.mail import MailSettings, is_address


def wire(subject: str = "x", to: str = "anna@example.com", **more: Any) -> str:
    letter = Letter(subject=subject, text="x", **more)
    return wire_text(letter, "M1", "dialer@example.com", to, 1_800_000_000.0)


@given(st.text(max_size=300))
def test_a_subject_comes_back_as_it_was_or_is_refused(subject: str) -> None:
    try:
        text = wire(subject)
    except (ValueError, UnicodeEncodeError):
        return
    read = message_from_string(text, policy=policy.default)
    assert len(read.get_all("Subject", [])) == 1
    assert [name for name, _ in read.items()].count("To") == 1
    assert read["Bcc"] is None


@pytest.mark.parametrize(
    "subject", ["a\r\nBcc: x@example.com", "a\nb", "a\rb", "a\x00", "a\u2028b"]
)
def test_a_line_break_in_a_header_is_refused(subject: str) -> None:
    with pytest.raises(ValueError, match="line breaks"):
        wire(subject)
    with pytest.raises(ValueError, match="line breaks"):
        wire(attachments=[Attachment(subject, "text/csv", b"")])


@pytest.mark.parametrize(
    "address",
    [
        "", "anna", "anna@", "@example.com", "a b@example.com", "anna@example.com, ben@example.com",
        "anna@example.com\r\nRCPT TO:<x@example.com>", "<anna@example.com>", "Anna <a@example.com>",
        "安娜@example.com", f"{'a' * 65}@example.com", f"a@{'b.' * 130}com", "a@-_example.com",
    ],
)  # fmt: skip
def test_what_is_no_plain_address_is_refused(address: str) -> None:
    assert not is_address(address)
    with pytest.raises(ValueError, match="no mail address"):
        wire(to=address)


def test_a_password_goes_to_another_machine_under_tls_only() -> None:
    said = {"host": "mail.example.com", "user": "x", "password": "y"}
    with pytest.raises(ValidationError, match="in clear"):
        MailSettings.model_validate(said)
    MailSettings.model_validate({**said, "security": "tls"})
    MailSettings.model_validate({**said, "host": "127.0.0.1"})


def test_mail_without_a_sender_cannot_be_on() -> None:
    with pytest.raises(ValidationError, match="sender"):
        MailSettings(on=True)

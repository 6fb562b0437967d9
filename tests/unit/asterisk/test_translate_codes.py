"""The two figures of a hang-up: its cause, and the SIP code of the far end, if it sent one."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import pytest

from dialer.asterisk.messages import Message
from dialer.asterisk.translate import Translator
from dialer.floor import events as ev

THEN = 1_800_000_000.0
CALLEE = "01J9ZXT3Q4S5K6M7N8P9R0A1B2"
RUBBISH = ["", "-1", "x", "1.5", "²", "٣", "9" * 5000, " 16", "1_6", "603 Decline"]


def about(event: str, channel: str, **headers: Any) -> Message:
    head = {"Event": event, "Timestamp": f"{THEN:.6f}", "Uniqueid": channel}
    return Message.of([(name, str(value)) for name, value in {**head, **headers}.items()])


def told(translator: Translator, *messages: Message) -> list[ev.Event]:
    return [event for message in messages for event in translator.translate(message)]


@pytest.fixture
def translator() -> Translator:
    return Translator(lambda: THEN)


@pytest.mark.parametrize("order", list(permutations(("HangupRequest", "SoftHangupRequest"))))
def test_the_far_ends_code_comes_with_the_hangup(
    translator: Translator, order: tuple[str, ...]
) -> None:
    told(translator, *(about(name, CALLEE) for name in order))

    assert told(translator, about("Hangup", CALLEE, Cause=127, TechCause=608)) == [
        ev.HungUp(CALLEE, THEN, 127, "callee", 608)
    ]


def test_the_words_of_a_603_come_before_it_and_count_once(translator: Translator) -> None:
    refusal = [
        about("HangupRequest", CALLEE),
        about("UserEvent", CALLEE, UserEvent="Blocked"),
        about("Hangup", CALLEE, Cause=21, TechCause=603),
    ]

    assert told(translator, *refusal) == [ev.HungUp(CALLEE, THEN, 21, "callee", 603, blocked=True)]
    assert told(translator, refusal[0], refusal[2]) == [ev.HungUp(CALLEE, THEN, 21, "callee", 603)]


def test_what_others_tell_of_a_channel_is_no_such_word(translator: Translator) -> None:
    told(translator, about("UserEvent", CALLEE, UserEvent="Anything"))

    assert told(translator, about("Hangup", CALLEE, Cause=16)) == [
        ev.HungUp(CALLEE, THEN, 16, "network", 0)
    ]


def test_a_code_that_nobody_sent_is_none(translator: Translator) -> None:
    """When its own ring time is over Asterisk says 480, as if the far end had."""
    assert told(translator, about("Hangup", CALLEE, Cause=19, TechCause=480)) == [
        ev.HungUp(CALLEE, THEN, 19, "network", 0)
    ]


@pytest.mark.parametrize("text", RUBBISH)
def test_a_code_that_is_no_number_is_0(translator: Translator, text: str) -> None:
    told(translator, about("HangupRequest", CALLEE))

    assert told(translator, about("Hangup", CALLEE, Cause=21, TechCause=text)) == [
        ev.HungUp(CALLEE, THEN, 21, "callee", 0)
    ]


@pytest.mark.parametrize("text", RUBBISH)
def test_a_cause_that_is_no_number_is_0(translator: Translator, text: str) -> None:
    assert told(translator, about("Hangup", CALLEE, Cause=text)) == [
        ev.HungUp(CALLEE, THEN, 0, "network", 0)
    ]

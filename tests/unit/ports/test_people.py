"""A number in texts, however it is written, and the names that stand for numbers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialer.ports.audit import AuditEntry
from dialer.ports.people import Mentions, Pseudonyms, erased_entry

HERS = Mentions("+4930123456", "49")


@pytest.mark.parametrize(
    "text",
    [
        "+4930123456",
        "004930123456",
        "030123456",
        "030 / 12 34 56",
        "(030) 123-456",
        "+49 (0)30 123456",
        "+49 (0) 30 123456",
        "call 030.123.456 now",
        '{"number":"+4930123456"}',
    ],
)
def test_a_number_is_found_as_people_write_it(text: str) -> None:
    assert HERS.are_in(text)
    assert "123456" not in HERS.replaced(text, "#").replace(" ", "")


@pytest.mark.parametrize(
    "text", ["+49301234567", "+49303123456", "30123", "1030123456", "", "+49 30 123 457"]
)
def test_another_number_is_left_alone(text: str) -> None:
    assert not HERS.are_in(text)
    assert HERS.replaced(text, "#") == text


def test_a_short_number_needs_its_country() -> None:
    short = Mentions("+29912345", "299")

    assert short.are_in("+299 123 45")
    assert not short.are_in("order 12345")


def test_plain_data_is_looked_through_whole() -> None:
    value = {"a": ["x", {"b": "030 123456"}], "n": 7, "+4930123456": True}

    assert HERS.are_in(value)
    assert HERS.replaced(value, "#") == {"a": ["x", {"b": "#"}], "n": 7, "#": True}


@given(st.text(max_size=20), st.text(max_size=20))
def test_nothing_else_of_a_text_changes(before: str, after: str) -> None:
    text = f"{before} +4930123456 {after}"
    assert HERS.replaced(text, "#").count("#") >= 1
    assert HERS.replaced(HERS.replaced(text, "#"), "#") == HERS.replaced(text, "#")


def test_a_pseudonym_is_the_same_each_time_and_another_with_another_key() -> None:
    one, other = Pseudonyms(b"one"), Pseudonyms(b"other")

    assert one.of("+4930123456") == Pseudonyms(b"one").of("+4930123456")
    assert one.of("+4930123456") != one.of("+4930123457")
    assert one.prefix != other.prefix
    assert one.of("+4930123456").startswith(one.prefix)
    assert "30123456" not in one.of("+4930123456")


def test_an_entry_about_the_person_loses_its_words_and_another_only_the_number() -> None:
    own = AuditEntry(
        at=1.0, who="eva", what="lead.edit", subject="L1", before={"name": "Anna", "n": 3}
    )
    listed = AuditEntry(
        at=1.0, who="eva", what="dnc.add", subject="dnc", after={"numbers": ["+4930123456", "+491"]}
    )

    assert erased_entry(own, {"L1"}, HERS, "#n").before == {"name": "[erased]", "n": 3}
    assert erased_entry(listed, {"L1"}, HERS, "#n").after == {"numbers": ["#n", "+491"]}

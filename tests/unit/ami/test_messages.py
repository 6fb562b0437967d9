"""What may go into an action: nothing that Asterisk would read as something else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialer.asterisk.actions import (
    MAX_ACTION_HEADERS,
    MAX_ACTION_LINE,
    MAX_CHANNEL_ID,
    channel_id,
    channel_name,
    encode,
    variable,
)
from dialer.asterisk.errors import EncodeError


def test_an_action_is_written_line_by_line_with_lists_as_repeated_headers():
    data = encode(
        {"Action": "Originate", "Async": True, "Timeout": 500, "Variable": ["A=1", "B=2"]}
    )

    assert data == (
        b"Action: Originate\r\nAsync: true\r\nTimeout: 500\r\n"
        b"Variable: A=1\r\nVariable: B=2\r\n\r\n"
    )


@pytest.mark.parametrize("break_", ["\r\n", "\r", "\n", "\0", "\r\nAction: Originate\r\n"])
def test_a_line_break_or_nul_in_a_value_is_refused(break_):
    with pytest.raises(EncodeError, match="CallerID holds a line break"):
        encode([("Action", "Originate"), ("CallerID", f"a{break_}b")])


@pytest.mark.parametrize("name", ["", "A:B", "A B", "A\r\nAction", "Ä", "1A", "-A"])
def test_a_header_name_that_is_none_is_refused(name):
    with pytest.raises(EncodeError, match="header name"):
        encode([("Action", "X"), (name, "v")])


def test_what_asterisk_would_cut_off_is_refused():
    room = MAX_ACTION_LINE - len("Data: ")
    encode([("Data", "x" * room)])
    with pytest.raises(EncodeError, match="bytes"):
        encode([("Data", "x" * (room + 1))])
    with pytest.raises(EncodeError, match="headers"):
        encode([("A", "b")] * (MAX_ACTION_HEADERS + 1))
    with pytest.raises(EncodeError, match="without headers"):
        encode([])


def test_text_that_is_no_unicode_is_refused():
    with pytest.raises(EncodeError, match="Unicode"):
        encode([("A", "\ud800")])


@given(st.text(max_size=80))
def test_no_text_at_all_can_add_a_line(text):
    try:
        data = encode([("Action", "X"), ("Value", text)])
    except EncodeError:
        return
    assert data.count(b"\r\n") == 3
    assert data.count(b"\n") == data.count(b"\r") == 3


def test_a_variable_is_one_header_with_one_value():
    assert variable("DIALER_WAIT", "2.000") == ("Variable", "DIALER_WAIT=2.000")
    assert variable("__DIALER_AGI", "127.0.0.1:4573") == ("Variable", "__DIALER_AGI=127.0.0.1:4573")


@pytest.mark.parametrize("name", ["A=B", "A,B", "", "A B", "1A", "CDR(x)", "___A", "A\n"])
def test_a_variable_name_that_would_set_another_one_is_refused(name):
    with pytest.raises(EncodeError, match="variable name"):
        variable(name, "v")


@pytest.mark.parametrize("value", ["a,b", 'a"b', "a\\b", "a\r\nb", "a\0"])
def test_a_variable_value_that_asterisk_would_split_or_change_is_refused(value):
    with pytest.raises(EncodeError, match="variable X"):
        variable("X", value)


@pytest.mark.parametrize(
    "good", ["PJSIP/+493012345678@carrier", "PJSIP/rep01", "PJSIP/a/sip:b@c:5060"]
)
def test_a_channel_to_dial_passes(good):
    assert channel_name(good) == good


@pytest.mark.parametrize(
    "bad",
    [
        "",
        "PJSIP",
        "PJSIP/",
        "PJSIP/a b",
        "PJSIP/a,b",
        "PJSIP/a&PJSIP/b",
        "PJSIP/a\n",
        "/x",
        "P(J)/x",
    ],
)
def test_a_channel_that_is_none_or_more_than_one_is_refused(bad):
    with pytest.raises(EncodeError, match="channel"):
        channel_name(bad)


def test_a_channel_id_has_at_most_what_asterisk_takes():
    assert channel_id("a" * MAX_CHANNEL_ID)
    for bad in ("a" * (MAX_CHANNEL_ID + 1), "", "a b", "a,b", "a\n"):
        with pytest.raises(EncodeError):
            channel_id(bad)

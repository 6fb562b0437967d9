"""Bytes to messages: any cut gives the same, and nothing but ProtocolError comes out of rubbish."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dialer.asterisk.errors import ProtocolError
from dialer.asterisk.parser import Message, Parser, encode

NAMES = st.from_regex(r"[A-Za-z][A-Za-z0-9-]{0,12}", fullmatch=True)
VALUES = st.text(
    st.characters(blacklist_characters="\r\n\0", blacklist_categories=("Cs",)), max_size=40
)
HEADERS = st.lists(st.tuples(NAMES, VALUES), min_size=1, max_size=12)
EVENTS = st.sampled_from(["Hangup", "Newstate", "Жанна", "UserEvent"])
MESSAGES = st.lists(
    st.tuples(EVENTS, HEADERS).map(lambda each: [("Event", each[0]), *each[1]])
    | HEADERS.map(lambda headers: [("Response", "Success"), *headers]),
    max_size=8,
)


def stream_of(messages: list[list[tuple[str, str]]]) -> bytes:
    blocks = ("".join(f"{name}: {value}\r\n" for name, value in each) for each in messages)
    return "".join(block + "\r\n" for block in blocks).encode()


def cut(data: bytes, places: list[int]) -> list[bytes]:
    edges = sorted({0, len(data), *(place % (len(data) + 1) for place in places)})
    return [data[a:b] for a, b in itertools.pairwise(edges)]


def read(parser: Parser, pieces: list[bytes]) -> list[list[tuple[str, str]]]:
    return [message.pairs() for piece in pieces for message in parser.feed(piece)]


@given(MESSAGES, st.lists(st.integers(0, 10_000), max_size=30))
def test_any_cut_of_a_stream_gives_the_messages_that_were_sent(messages, places):
    data = b"Asterisk Call Manager/11.0.0\r\n" + stream_of(messages)
    parser = Parser()

    assert read(parser, cut(data, places)) == messages
    assert parser.banner == ("Asterisk Call Manager/11.0.0" if data else "")
    assert parser.buffered == 0


@given(MESSAGES)
def test_one_byte_at_a_time_gives_the_same(messages):
    data = stream_of(messages)

    assert (
        read(Parser(expect_banner=False), [data[n : n + 1] for n in range(len(data))]) == messages
    )


@given(HEADERS)
def test_an_encoded_action_is_read_back_as_it_was_given(headers):
    (message,) = Parser(expect_banner=False).feed(encode([("Action", "X"), *headers]))

    assert message.pairs() == [("Action", "X"), *headers]


@given(st.lists(st.binary(max_size=300), max_size=40))
def test_random_bytes_raise_nothing_but_protocol_errors_and_fill_no_memory(pieces):
    parser = Parser(max_line=64, max_message=256)
    try:
        for piece in pieces:
            for message in parser.feed(piece):
                assert len(message.raw) <= 256
                message.get("Uniqueid")
                message.getall("x")
                assert message.timestamp is None or isinstance(message.timestamp, float)
            assert parser.buffered <= 256 + 3
    except ProtocolError:
        assert parser.buffered == 0


@example([b"a: b\r\n", b"\r\n", b"\r\n"], [8])
@example([b"a: b\r\n", b"\r\n", b"\r\n", b"Event: X\r\n", b"\r\n"], [8])
@given(
    st.lists(st.sampled_from([b"\r\n", b"\r", b"\n", b"a: b\r\n", b"Event: X\r\n"]), max_size=30),
    st.lists(st.integers(0, 200), max_size=10),
)
def test_odd_line_ends_are_read_alike_however_they_are_cut(parts, places):
    data = b"".join(parts)

    whole = read(Parser(expect_banner=False), [data])

    assert read(Parser(expect_banner=False), cut(data, places)) == whole


def one(data: bytes) -> Message:
    (message,) = Parser(expect_banner=False).feed(data)
    return message


def test_line_breaks_too_many_between_messages_belong_to_none_of_them():
    data = b"\r\nEvent: A\r\nx: 1\r\n\r\n\r\nEvent: B\r\n\r\n\r\n"

    messages = Parser(expect_banner=False).feed(data)

    assert [(m.event, m.raw) for m in messages] == [
        ("A", b"Event: A\r\nx: 1"),
        ("B", b"Event: B"),
    ]


def test_repeated_headers_come_as_a_list_and_the_first_is_the_value():
    message = one(b"Event: X\r\nVariable: A=1\r\nVariable: B=2\r\nOther: c\r\n\r\n")

    assert message["Variable"] == "A=1"
    assert message.getall("variable") == ["A=1", "B=2"]
    assert message.variables("Variable") == {"A": "1", "B": "2"}


def test_header_names_are_looked_up_in_any_case():
    message = one(b"Response: Success\r\nACTIONID: 7\r\n\r\n")

    assert message["actionid"] == message.get("ActionID") == "7"
    assert message.get("missing", "-") == "-"
    with pytest.raises(KeyError):
        message["missing"]


def test_output_lines_of_a_command_are_collected_with_empty_ones_and_colons_in_them():
    message = one(b"Response: Success\r\nOutput: a: b\r\nOutput: \r\nOutput: c\r\n\r\n")

    assert message.output == ["a: b", "", "c"]


def test_a_letter_split_over_two_packets_is_kept():
    data = "Event: X\r\nCallerIDName: Жанна\r\n\r\n".encode()
    parser = Parser(expect_banner=False)
    messages = [m for n in range(len(data)) for m in parser.feed(data[n : n + 1])]

    assert [m["CallerIDName"] for m in messages] == ["Жанна"]


def test_the_timestamp_is_a_float_and_none_where_it_is_missing_or_no_number():
    assert one(b"Event: X\r\nTimestamp: 1795302944.763318\r\n\r\n").timestamp == 1795302944.763318
    assert one(b"Event: X\r\n\r\n").timestamp is None
    assert one(b"Event: X\r\nTimestamp: soon\r\n\r\n").timestamp is None


def test_an_event_is_told_from_a_response_by_its_first_header():
    event = one(b"Event: OriginateResponse\r\nResponse: Failure\r\n\r\n")
    response = one(b"Response: Error\r\nMessage: No such channel\r\n\r\n")

    assert (event.event, event.response) == ("OriginateResponse", "")
    assert (response.event, response.response) == ("", "Error")


def test_unwanted_events_are_skipped_unless_they_answer_an_action():
    parser = Parser(wanted=["Hangup"], expect_banner=False)
    data = b"Event: A\r\nx: 1\r\n\r\nEvent: Hangup\r\nx: 2\r\n\r\nEvent: A\r\nActionID: 9\r\n\r\n"

    assert [m.event for m in parser.feed(data)] == ["Hangup", "A"]
    assert parser.skipped == 1


def test_a_line_over_the_limit_is_refused_in_one_piece_or_in_many():
    data = b"Event: X\r\n" + b"y" * 101 + b"\r\n\r\n"
    for pieces in ([data], [data[n : n + 1] for n in range(len(data))]):
        with pytest.raises(ProtocolError, match=r"a line of .* at most 100|more than 100"):
            read(Parser(max_line=100, expect_banner=False), pieces)


def test_a_line_at_the_limit_passes_in_one_piece_or_in_many():
    data = b"Event: X\r\n" + b"y" * 100 + b"\r\n\r\n"
    for pieces in ([data], [data[n : n + 1] for n in range(len(data))]):
        assert len(read(Parser(max_line=100, expect_banner=False), pieces)) == 1


def test_a_message_over_the_limit_is_refused_and_those_before_it_are_kept():
    parser = Parser(max_message=60, expect_banner=False)

    with pytest.raises(ProtocolError, match="at most 60") as caught:
        parser.feed(b"Event: A\r\n\r\nEvent: B\r\n" + b"c: d\r\n" * 20 + b"\r\nEvent: C\r\n\r\n")

    assert [m.event for m in caught.value.messages] == ["A"]
    with pytest.raises(ProtocolError):
        parser.feed(b"Event: D\r\n\r\n")


def test_an_endless_greeting_is_refused():
    with pytest.raises(ProtocolError):
        Parser(max_line=100).feed(b"x" * 200)


def test_a_server_without_a_greeting_is_read_all_the_same():
    parser = Parser()

    assert [m.event for m in parser.feed(b"Event: A\r\n\r\n")] == ["A"]
    assert parser.banner == ""


def test_bytes_that_are_no_utf8_become_replacement_signs():
    assert one(b"Event: X\r\nName: a\xffb\r\n\r\n")["Name"] == "a\ufffdb"


def test_a_line_without_a_colon_stays_visible_under_the_empty_name():
    message = one(b"Response: Follows\r\nno header at all\r\nName:close\r\n\r\n")

    assert message.getall("") == ["no header at all"]
    assert message["Name"] == "close"


def test_a_message_made_by_hand_equals_the_parsed_one():
    assert Message.of([("Event", "X"), ("A", "1")]) == one(b"Event: X\r\nA: 1\r\n\r\n")

"""The FastAGI wire format: requests in any cut, replies, and commands that stay one line."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agi.errors import BadCommandError, BadRequestError
from agi.wire import (
    MAX_COMMAND,
    AgiReply,
    RequestParser,
    command,
    parse_reply,
    quote,
    set_variable,
)

REQUEST = (
    b"agi_network: yes\nagi_network_script: route\nagi_channel: PJSIP/carrier-00000001\n"
    b"agi_uniqueid: 01J9\nagi_callerid: +49301\nagi_accountcode: \n"
    b"agi_arg_1: 1795302949.774801\nagi_arg_2: answered\nagi_arg_3: \n\n"
)
NAMES = st.from_regex(r"agi_[a-z_0-9]{1,12}", fullmatch=True)
VALUES = st.text(
    st.characters(blacklist_characters="\n", blacklist_categories=("Cs",)), max_size=30
)


def feed(parser: RequestParser, pieces: list[bytes]) -> None:
    for piece in pieces:
        parser.feed(piece)


def cut(data: bytes, places: list[int]) -> list[bytes]:
    edges = sorted({0, len(data), *(place % (len(data) + 1) for place in places)})
    return [data[a:b] for a, b in itertools.pairwise(edges)]


def test_a_request_says_script_channel_and_arguments():
    request = RequestParser().feed(REQUEST)

    assert request is not None
    assert request.network_script == "route"
    assert (request.uniqueid, request.channel) == ("01J9", "PJSIP/carrier-00000001")
    assert request.args == ["1795302949.774801", "answered", ""]
    assert request.variables["agi_callerid"] == "+49301"


@given(st.dictionaries(NAMES, VALUES, min_size=1, max_size=10), st.lists(st.integers(0, 2_000)))
def test_any_cut_of_a_request_gives_the_same(variables, places):
    data = "".join(f"{name}: {value}\n" for name, value in variables.items()) + "\n"
    parser = RequestParser()

    for piece in cut(data.encode(), places):
        assert parser.request is None
        parser.feed(piece)

    assert parser.request is not None
    assert parser.request.variables == variables


@given(st.lists(st.binary(max_size=200), max_size=20))
def test_random_bytes_raise_nothing_but_bad_request(pieces):
    parser = RequestParser(max_line=64, max_headers=8)
    try:
        for piece in pieces:
            if parser.feed(piece) is not None:
                return
            assert len(parser._buffer) <= 64
            assert len(parser._found) <= 8
    except BadRequestError:
        pass


def test_what_comes_behind_a_request_is_kept():
    parser = RequestParser()
    feed(parser, [REQUEST[:-1], b"\nHANG", b"UP"][:2])

    assert parser.request is not None
    assert parser.rest == b"HANG"


def test_a_second_request_in_the_same_packet_is_no_part_of_the_first():
    parser = RequestParser()
    request = parser.feed(b"agi_uniqueid: u1\n\nagi_uniqueid: u2\n\n")

    assert request is not None
    assert request.variables == {"agi_uniqueid": "u1"}
    assert parser.rest == b"agi_uniqueid: u2\n\n"


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"GET / HTTP/1.1\r\n", "a line that is no `agi_name: value`"),
        (b"\x16\x03\x01", "a line that is no `agi_name: value`"),
        (b"\n", "an empty request"),
        (b"agi_x: " + b"y" * 3_000 + b"\n", "a line of 3007 bytes, at most 2048"),
        (b"agi_x: " + b"y" * 3_000, "a line of more than 2048 bytes"),
        (b"agi_x: y\n" * 129, "more than 128 headers"),
        (b"agi_x: y\n" * 129 + b"\n", "more than 128 headers"),
        (b"agi_x: y\nother: z\n\n", "a line that is no `agi_name: value`"),
        (b"agi_without_colon\n\n", "a line that is no `agi_name: value`"),
    ],
)
def test_what_is_no_request_is_named(data, why):
    with pytest.raises(BadRequestError, match=why):
        RequestParser().feed(data)


@pytest.mark.parametrize(
    ("line", "reply"),
    [
        ("200 result=1", AgiReply(200, "1")),
        ("200 result=0", AgiReply(200, "0")),
        ("200 result=1 (hello (world))", AgiReply(200, "1", "hello (world)")),
        ("200 result=-1 endpos=1234", AgiReply(200, "-1", "endpos=1234")),
        ("200 result= (timeout)", AgiReply(200, "", "timeout")),
        ("510 Invalid or unknown command", AgiReply(510, "", "Invalid or unknown command")),
        ("511 Command Not Permitted", AgiReply(511, "", "Command Not Permitted")),
    ],
)
def test_a_reply_line_is_a_value(line, reply):
    assert parse_reply(line) == reply


@pytest.mark.parametrize("line", ["", "HANGUP", "20 result=1", "2000 x", "hello", "200"])
def test_what_is_no_reply_is_none(line):
    assert parse_reply(line) is None


@given(st.text())
def test_no_line_at_all_breaks_the_reply_parser(line):
    parse_reply(line)


def test_a_value_is_quoted_so_that_it_stays_one_argument():
    assert quote('say "hi" \\ bye') == '"say \\"hi\\" \\\\ bye"'
    assert set_variable("TO", "leg-1") == b'SET VARIABLE TO "leg-1"\n'
    assert set_variable("CDR(stage)", "x") == b'SET VARIABLE CDR(stage) "x"\n'


@pytest.mark.parametrize("value", ["a\nb", "a\r\nb", "a\0b", "x\nHANGUP"])
def test_a_line_break_in_a_value_is_refused(value):
    with pytest.raises(BadCommandError, match="line break"):
        set_variable("TO", value)


@pytest.mark.parametrize("name", ["", "A B", 'A"', "A\n", "1A", "A(b", "A(b c)", 'A("b")'])
def test_a_variable_name_that_is_none_is_refused(name):
    with pytest.raises(BadCommandError, match="variable name"):
        set_variable(name, "v")


def test_a_command_is_one_line_that_asterisk_can_read():
    assert command("ANSWER") == b"ANSWER\n"
    assert len(command("x" * MAX_COMMAND)) == MAX_COMMAND + 1
    for bad in ("", "  ", "A\nB", "A\rB", "x" * (MAX_COMMAND + 1), "\ud800"):
        with pytest.raises(BadCommandError):
            command(bad)


@given(st.text(max_size=60))
def test_no_value_at_all_can_add_a_line(value):
    try:
        line = set_variable("TO", value)
    except BadCommandError:
        return
    assert line.count(b"\n") == 1
    assert line.endswith(b'"\n')
    assert b"\r" not in line

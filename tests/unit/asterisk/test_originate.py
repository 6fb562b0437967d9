"""The Originates hold what was meant and nothing more, whatever was put into them."""

from __future__ import annotations

import math
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialer.asterisk.actions import encode
from dialer.asterisk.errors import EncodeError
from dialer.asterisk.messages import Message
from dialer.asterisk.node_settings import SettingsError, Trunk
from dialer.asterisk.originate import ENDED, Headers, to_callee, to_phone
from dialer.asterisk.parser import Parser
from dialer.ports.switch import CallToPlace, PhoneToCall

AGI = "127.0.0.1:4573"
HANDLER = "CHANNEL(hangup_handler_push)"
TRUNK = Trunk("carrier", "sip.example")
CALL = CallToPlace(
    attempt="01J9ZXT3Q4S5K6M7N8P9R0A1B2",
    campaign="spring",
    number="+12125550123",
    caller_id="+12125550199",
    trunk="carrier",
    ring_timeout_s=25.0,
    connect_within_s=2.0,
    message="/var/sounds/sorry-en",
    language="en",
    recording="/var/rec/01J9",
    detect_machines=True,
)
PHONE = PhoneToCall("leg-01J9ZXT3-1-rep01", "rep01", "rep01")


def call(**changes: Any) -> CallToPlace:
    return msgspec.structs.replace(CALL, **changes)


def as_read(headers: Headers) -> Message:
    """The one message that comes out at the other end."""
    (message,) = Parser(expect_banner=False).feed(encode(headers))
    return message


def variables(headers: Headers) -> dict[str, str]:
    """Those of the channel, beside the handler that each call to a callee has."""
    found = as_read(headers).variables("Variable")
    found.pop(HANDLER, None)
    return found


# --- what is meant --------------------------------------------------------------------------------


def test_a_call_to_a_callee_is_said_in_full() -> None:
    message = as_read(to_callee(CALL, TRUNK, AGI, "10.0.0.2:4573"))

    assert message.pairs()[:10] == [
        ("Action", "Originate"),
        ("ActionID", f"place.{CALL.attempt}"),
        ("Channel", "PJSIP/+12125550123@carrier"),
        ("ChannelId", CALL.attempt),
        ("Timeout", "25000"),
        ("Async", "true"),
        ("Context", "dialer-callee"),
        ("Exten", "s"),
        ("Priority", "1"),
        ("CallerID", "+12125550199"),
    ]
    assert message.variables("Variable") == {
        HANDLER: r"dialer-ended\,s\,1",
        "DIALER_AGI": AGI,
        "DIALER_AGI2": "10.0.0.2:4573",
        "DIALER_WAIT": "2.000",
        "DIALER_MARGIN": "0.500",
        "DIALER_MSG": "/var/sounds/sorry-en",
        "DIALER_REC": "/var/rec/01J9",
        "DIALER_AMD": "1",
        "DIALER_AMD_MS": "1500",
        "DIALER_LANG": "en",
    }


def test_what_is_not_wanted_is_not_set() -> None:
    plain = call(message="", recording="", detect_machines=False, caller_id="")
    headers = to_callee(plain, TRUNK, AGI)

    assert set(variables(headers)) == {
        "DIALER_AGI",
        "DIALER_WAIT",
        "DIALER_MARGIN",
        "DIALER_LANG",
    }
    assert "CallerID" not in dict(headers)


def test_limits_of_the_site_go_with_every_call() -> None:
    headers = variables(to_callee(CALL, TRUNK, AGI, margin_s=0.25, max_call_s=3600.0))

    assert (headers["DIALER_MARGIN"], headers["DIALER_MAX"]) == ("0.250", "3600.000")


@pytest.mark.parametrize("limit", ["margin_s", "max_call_s"])
@pytest.mark.parametrize("value", [0.0, -1.0, math.inf, math.nan])
def test_a_limit_that_is_none_is_refused(limit: str, value: float) -> None:
    with pytest.raises(EncodeError, match="above 0"):
        to_callee(CALL, TRUNK, AGI, **{limit: value})


def test_numbers_are_written_as_the_trunk_wants_them() -> None:
    trunk = Trunk("t", "h", number_format="national", national_prefix="0", country_code="49")
    headers = dict(to_callee(call(number="+4930123", caller_id="+12125550199"), trunk, AGI))

    assert headers["Channel"] == "PJSIP/030123@t"
    assert headers["CallerID"] == "0012125550199"


def test_times_are_milliseconds_on_the_wire() -> None:
    assert dict(to_callee(call(ring_timeout_s=18.25), TRUNK, AGI))["Timeout"] == "18250"


def test_a_call_to_a_phone_goes_to_its_endpoint_and_its_parking_place() -> None:
    headers = dict(to_phone(PHONE))

    assert headers["Channel"] == "PJSIP/rep01"
    assert headers["ChannelId"] == PHONE.leg
    assert headers["ActionID"] == f"place.{PHONE.leg}"
    assert (headers["Context"], headers["Exten"]) == ("dialer-rep", "s")
    assert headers["Timeout"] == "20000"
    assert "Variable" not in headers


# --- what is refused ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "number",
    [
        "",
        "+",
        "12",
        "+" + "1" * 21,
        "+1 212 5550123",
        "+1-212",
        "+1212\r\nAction: Logoff",
        "+12125550123\n",
        "+12125550123@other",
        "+12125550123,extra",
        "٣٣٣٣",
        "sip:x@example.org",
    ],
)
def test_a_number_that_is_none_is_the_numbers_fault(number: str) -> None:
    with pytest.raises(SettingsError, match="3 to 20 digits"):
        to_callee(call(number=number), TRUNK, AGI)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("attempt", ""),
        ("attempt", "a b"),
        ("attempt", "a\r\nAction: Logoff"),
        ("attempt", "a" * 149),
        ("caller_id", "+1\r\nAction: Logoff"),
        ("caller_id", '"Bank" <+12125550199>'),
        ("caller_id", "+1,2"),
        ("caller_id", "1"),
        ("message", "sorry,X=1"),
        ("message", "sorry\nVariable: X=1"),
        ("message", 'so"rry'),
        ("message", "so\\rry"),
        ("message", "so\0rry"),
        ("message", "x" * 1_100),
        ("message", "\ud800"),
        ("recording", "/rec/a,b"),
        ("recording", "/rec/a\r\n\r\nAction: Logoff"),
        ("language", "en,zh"),
        ("ring_timeout_s", math.nan),
        ("ring_timeout_s", math.inf),
        ("ring_timeout_s", 0.0),
        ("ring_timeout_s", -1.0),
        ("connect_within_s", math.nan),
    ],
)
def test_any_other_bad_value_is_refused_and_is_not_the_numbers_fault(
    field: str, value: str | float
) -> None:
    with pytest.raises(EncodeError):
        to_callee(call(**{field: value}), TRUNK, AGI)


@pytest.mark.parametrize("agi", ["h:1,X=1", "h:1\r\nAction: Logoff", 'h"'])
def test_an_address_that_is_none_is_refused(agi: str) -> None:
    with pytest.raises(EncodeError):
        to_callee(CALL, TRUNK, agi)
    with pytest.raises(EncodeError):
        to_callee(CALL, TRUNK, AGI, agi)


@pytest.mark.parametrize("name", ["a b", "a,b", "a\r\nX: y"])
def test_a_trunk_that_cannot_be_named_is_refused(name: str) -> None:
    with pytest.raises(EncodeError):
        to_callee(CALL, Trunk(name, "h"), AGI)


@pytest.mark.parametrize(
    "endpoint",
    [
        "",
        "rep 01",
        "rep01\r\nAction: Logoff",
        "rep01,x",
        "+19005550123@carrier",
        "carrier/sip:x@example.org",
        "rep01;x",
        "rep01&rep02",
    ],
)
def test_a_phone_is_an_endpoint_and_no_way_out(endpoint: str) -> None:
    with pytest.raises(EncodeError, match="phone"):
        to_phone(msgspec.structs.replace(PHONE, endpoint=endpoint))


@pytest.mark.parametrize("leg", ["", "leg 1", "leg-1\r\nX: y", "leg-" + "1" * 145])
def test_a_leg_that_cannot_be_named_is_refused(leg: str) -> None:
    with pytest.raises(EncodeError, match="channel id"):
        to_phone(msgspec.structs.replace(PHONE, leg=leg))


# --- whatever is put in ---------------------------------------------------------------------------

hostile = st.text(max_size=40) | st.text(
    st.sampled_from('ab1+,="\\\r\n\0:; ()${}[]@/&|<>'), max_size=20
)
TEXTS = ["attempt", "number", "caller_id", "message", "language", "recording"]
HEADERS_OF_CALLS = [
    "Action",
    "ActionID",
    "Channel",
    "ChannelId",
    "Timeout",
    "Async",
    "Context",
    "Exten",
    "Priority",
]
MAY_BE = {
    f"DIALER_{name}"
    for name in ["AGI", "AGI2", "WAIT", "MARGIN", "MSG", "REC", "AMD", "AMD_MS", "LANG"]
}


@given(st.sampled_from(TEXTS), hostile, hostile)
def test_no_text_in_any_field_adds_a_header_or_a_variable(
    field: str, value: str, agi_second: str
) -> None:
    changed = call(**{field: value})
    try:
        headers = to_callee(changed, TRUNK, AGI, agi_second)
    except (EncodeError, SettingsError):
        return
    pairs = as_read(headers).pairs()
    names = [name for name, _ in pairs if name != "Variable"]
    assert names == HEADERS_OF_CALLS + (["CallerID"] if changed.caller_id else [])
    set_to = [text for name, text in pairs if (name, text) != ENDED and name == "Variable"]
    assert all("," not in text for text in set_to)
    assert len({text.partition("=")[0] for text in set_to}) == len(set_to)
    assert {text.partition("=")[0] for text in set_to} <= MAY_BE
    assert pairs[0] == ("Action", "Originate")
    assert dict(pairs)["Context"] == "dialer-callee"
    assert dict(pairs)["Channel"].endswith("@carrier")


@given(st.sampled_from(["leg", "agent", "endpoint"]), hostile)
def test_no_text_of_a_phone_adds_anything(field: str, value: str) -> None:
    changed = msgspec.structs.replace(PHONE, **{field: value})
    try:
        headers = to_phone(changed)
    except EncodeError:
        return
    pairs = as_read(headers).pairs()
    assert [name for name, _ in pairs] == [*HEADERS_OF_CALLS, "CallerID"]
    assert dict(pairs)["Channel"] == f"PJSIP/{changed.endpoint}"
    assert "@" not in changed.endpoint

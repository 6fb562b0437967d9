"""The Originates: towards callees and towards reps' phones. Only ids and checked values go in."""

from __future__ import annotations

import math
import re

from dialer.asterisk.actions import channel_id, channel_name, encode, variable
from dialer.asterisk.errors import EncodeError
from dialer.asterisk.node_settings import Trunk
from dialer.asterisk.translate import ORIGINATE
from dialer.ports.switch import CallToPlace, OutsideCall, PhoneToCall, detection_limit_s

#: Pushes the handler that tells what a refusal's words say (asterisk-conf/extensions.conf).
ENDED = ("Variable", r"CHANNEL(hangup_handler_push)=dialer-ended\,s\,1")
#: After `connect_within` and this long without a word from the engine the dialplan helps itself.
MARGIN_S = 0.5
Headers = list[tuple[str, str]]
_CALLER_ID = re.compile(r"\+?[0-9]{2,20}")
# With an @ or a / in it a call to a rep's phone would leave by a trunk, or for anywhere.
_ENDPOINT = re.compile(r"[A-Za-z0-9_.-]+")


def to_callee(
    call: CallToPlace,
    trunk: Trunk,
    agi: str,
    agi_second: str = "",
    *,
    margin_s: float = MARGIN_S,
    max_call_s: float | None = None,
) -> Headers:
    """`agi_second` is asked where `agi` refuses; `max_call_s` None: the dialplan's own ceiling.

    Raises SettingsError for a number that is none, EncodeError for any other value that must not
    reach Asterisk.
    """
    variables = {
        "DIALER_AGI": agi,
        "DIALER_AGI2": agi_second,
        "DIALER_WAIT": f"{_seconds(call.connect_within_s, 'connect_within'):.3f}",
        "DIALER_MARGIN": f"{_seconds(margin_s, 'margin'):.3f}",
        "DIALER_MAX": "" if max_call_s is None else f"{_seconds(max_call_s, 'max_call'):.3f}",
        "DIALER_MSG": call.message,
        "DIALER_REC": call.recording,
        "DIALER_AMD": "1" if call.detect_machines else "",
        "DIALER_AMD_MS": _listens_ms(call) if call.detect_machines else "",
        "DIALER_LANG": call.language,
    }
    headers = _head(call.attempt, trunk.dial_string(call.number), call.ring_timeout_s)
    headers += [("Context", "dialer-callee"), ("Exten", "s"), ("Priority", "1")]
    headers += [*_caller_id(call.caller_id, trunk), ENDED]
    return _whole(headers + [variable(name, value) for name, value in variables.items() if value])


def _listens_ms(call: CallToPlace) -> str:
    return str(round(1000 * detection_limit_s(call.connect_within_s)))


def to_phone(phone: PhoneToCall) -> Headers:
    """Raises EncodeError for a phone that must not be called."""
    if not _ENDPOINT.fullmatch(phone.endpoint):
        raise EncodeError("a rep's phone is named by letters, digits, - _ and .")
    headers = _head(phone.leg, f"PJSIP/{phone.endpoint}", phone.answer_within_s)
    headers += [("Context", "dialer-rep"), ("Exten", "s"), ("Priority", "1")]
    return _whole([*headers, ("CallerID", "Dialer <100>")])


def to_outside(call: OutsideCall, trunk: Trunk, max_call_s: float | None = None) -> Headers:
    """Raises SettingsError for a number that is none, EncodeError for what must not be sent."""
    headers = _head(call.leg, trunk.dial_string(call.number), call.answer_within_s)
    headers += [("Context", "dialer-outside"), ("Exten", "s"), ("Priority", "1")]
    headers += _caller_id(call.caller_id, trunk)
    if max_call_s is not None:
        headers.append(variable("DIALER_MAX", f"{_seconds(max_call_s, 'max_call'):.3f}"))
    return _whole(headers)


def _caller_id(caller_id: str, trunk: Trunk) -> Headers:
    if not caller_id:
        return []
    if not _CALLER_ID.fullmatch(caller_id):
        raise EncodeError("a caller id is + and 2 to 20 digits")
    return [("CallerID", trunk.number(caller_id))]


def _head(channel: str, dial: str, timeout_s: float) -> Headers:
    return [
        ("Action", "Originate"),
        ("ActionID", ORIGINATE + channel_id(channel)),
        ("Channel", channel_name(dial)),
        ("ChannelId", channel),
        ("Timeout", str(round(_seconds(timeout_s, "the ring timeout") * 1000))),
        ("Async", "true"),
    ]


def _whole(headers: Headers) -> Headers:
    """What cannot be encoded is refused by itself: in a batch it would keep the others back."""
    encode(headers)
    return headers


def _seconds(value: float, what: str) -> float:
    if not math.isfinite(value) or value <= 0:
        raise EncodeError(f"{what} is {value}: a number of seconds above 0 is needed")
    return value

"""The Originates: towards callees and towards reps' phones. Only ids and checked values go in."""

from __future__ import annotations

from dialer.asterisk.messages import channel_id, channel_name, variable
from dialer.asterisk.node_settings import Trunk
from dialer.asterisk.translate import ORIGINATE
from dialer.ports.switch import CallToPlace, PhoneToCall

#: After `connect_within` and this long without a word from the engine the dialplan helps itself.
MARGIN_S = 0.5
Headers = list[tuple[str, str]]


def to_callee(call: CallToPlace, trunk: Trunk, agi: str, agi_second: str = "") -> Headers:
    """Raises EncodeError or SettingsError for a value that must not reach Asterisk."""
    variables = {
        "DIALER_AGI": agi,
        "DIALER_AGI2": agi_second,
        "DIALER_WAIT": f"{call.connect_within_s:.3f}",
        "DIALER_MARGIN": f"{MARGIN_S:.3f}",
        "DIALER_MSG": call.message,
        "DIALER_REC": call.recording,
        "DIALER_AMD": "1" if call.detect_machines else "",
        "DIALER_LANG": call.language,
    }
    headers = _head(call.attempt, trunk.dial_string(call.number), call.ring_timeout_s)
    headers += [("Context", "dialer-callee"), ("Exten", "s"), ("Priority", "1")]
    if call.caller_id:
        headers.append(("CallerID", trunk.number(call.caller_id)))
    return headers + [variable(name, value) for name, value in variables.items() if value]


def to_phone(phone: PhoneToCall) -> Headers:
    headers = _head(phone.leg, f"PJSIP/{phone.endpoint}", phone.answer_within_s)
    headers += [("Context", "dialer-rep"), ("Exten", "s"), ("Priority", "1")]
    return [*headers, ("CallerID", "Dialer <100>")]


def _head(channel: str, dial: str, timeout_s: float) -> Headers:
    return [
        ("Action", "Originate"),
        ("ActionID", ORIGINATE + channel_id(channel)),
        ("Channel", channel_name(dial)),
        ("ChannelId", channel),
        ("Timeout", str(round(timeout_s * 1000))),
        ("Async", "true"),
    ]

"""The AMI actions of a conversation under way: out of a bridge, together, keys, recording. Pure."""

from __future__ import annotations

import re

from dialer.asterisk.actions import channel_id
from dialer.asterisk.errors import EncodeError
from dialer.asterisk.translate import is_leg, is_outside

Headers = list[tuple[str, str]]
#: Where a leg hears ringing, and where any channel goes out of its bridge.
RING, BACK, ASIDE = "ring", "back", "aside"
#: The old recorder is taken off the channel with its next frame.
OFF_THE_CHANNEL_S = 0.04
_KEYS = re.compile(r"[0-9*#A-D]{1,32}")
_PATH = re.compile(r"/[A-Za-z0-9_./-]+")


def take_aside(channel: str) -> Headers:
    return redirect(channel, BACK if is_leg(channel) else ASIDE)


def redirect(channel: str, extension: str) -> Headers:
    context = "dialer-callee"
    if is_leg(channel):
        context = "dialer-outside" if is_outside(channel) else "dialer-rep"
    return [
        ("Action", "Redirect"),
        ("Channel", channel_id(channel)),
        ("Context", context),
        ("Exten", extension),
        ("Priority", "1"),
    ]


def ask_to_go_on(leg: str) -> Headers:
    """A re-INVITE as before. To a leg that is gone nothing happens."""
    return [
        ("Action", "Setvar"),
        ("Channel", channel_id(leg)),
        ("Variable", "PJSIP_SEND_SESSION_REFRESH()"),
        ("Value", "invite"),
    ]


def join_legs(leg: str, other: str) -> Headers:
    return [
        ("Action", "Bridge"),
        ("Channel1", channel_id(leg)),
        ("Channel2", channel_id(other)),
        ("Tone", "no"),
    ]


def press_keys(leg: str, digits: str) -> list[Headers]:
    """As if the rep's phone had sent them: sending them out would hold up the manager's session
    for the time each takes. Raises EncodeError.
    """
    if not _KEYS.fullmatch(digits):
        raise EncodeError("keys are 1 to 32 of 0-9, *, # and A-D")
    head = [("Action", "PlayDTMF"), ("Channel", channel_id(leg))]
    return [[*head, ("Digit", digit), ("Receive", "true")] for digit in digits]


def mute_recording(attempt: str, *, muted: bool) -> list[Headers]:
    """DIALER_MUTED tells the dialplan to leave a muted recorder in its place."""
    state = "1" if muted else "0"
    channel = ("Channel", channel_id(attempt))
    note = [("Action", "Setvar"), channel, ("Variable", "DIALER_MUTED"), ("Value", state)]
    mute = [("Action", "MixMonitorMute"), channel, ("Direction", "both"), ("State", state)]
    return [note, mute]


def stop_recorder(attempt: str) -> Headers:
    return [("Action", "StopMixMonitor"), ("Channel", channel_id(attempt))]


def start_recorder(attempt: str, path: str) -> Headers:
    """`path` as the dialplan has it, without extension. Raises EncodeError."""
    if not _PATH.fullmatch(path):
        raise EncodeError("a recording's path is absolute, of letters, digits, - _ . and /")
    return [
        ("Action", "MixMonitor"),
        ("Channel", channel_id(attempt)),
        ("File", f"{path}.raw"),
        ("Options", "aD"),
    ]

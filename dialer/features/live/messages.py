"""What goes over the wire, one JSON object per message. docs/live.md explains each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from msgspec import Raw

from dialer.words import Numbers

#: A client's longest message; the longest sensible one is a greeting with its token.
MAX_BYTES = 8192
_encoder = msgspec.json.Encoder(enc_hook=dict)


def row(value: Any) -> bytes:
    """A record of the engine as a row of a topic."""
    return _encoder.encode(value)


def encode(message: Answer) -> str:
    return _encoder.encode(message).decode()


# --- what clients send ----------------------------------------------------------------------------


class _Wish(msgspec.Struct, frozen=True, tag_field="op", forbid_unknown_fields=True):
    pass


class Hello(_Wish, frozen=True, tag="hello"):
    """The first message of whoever could not send a header."""

    token: str


class Subscribe(_Wish, frozen=True, tag="subscribe"):
    """`run` and `seq` of what the client has, to go on from there."""

    topic: str
    run: str = ""
    seq: int | None = None
    numbers: Numbers = "masked"


class Unsubscribe(_Wish, frozen=True, tag="unsubscribe"):
    topic: str


class Ping(_Wish, frozen=True, tag="ping"):
    pass


Wish = Hello | Subscribe | Unsubscribe | Ping
_decoder: msgspec.json.Decoder[Wish] = msgspec.json.Decoder(Wish)


def read(text: str | bytes) -> Wish | Fault:
    """A client's message, or what is wrong with it."""
    try:
        return _decoder.decode(text)
    except msgspec.ValidationError as error:
        return Fault("invalid-message", f"the message is not understood: {error}")
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return Fault("invalid-message", 'send JSON like {"op": "subscribe", "topic": "campaigns"}')


# --- what the server sends ------------------------------------------------------------------------


class Answer(msgspec.Struct, frozen=True, tag_field="op", omit_defaults=True):
    pass


class Welcome(Answer, frozen=True, tag="welcome"):
    """`at`: the server's unix seconds. Silence of more than two heartbeats: connect again."""

    at: float
    heartbeat_s: float
    visitor: str


class Resumed(Answer, frozen=True, tag="resumed"):
    """What was missed follows, up to `seq`; what the client has stays."""

    topic: str
    run: str
    seq: int


class Reset(Answer, frozen=True, tag="reset"):
    """The client was too slow: a snapshot follows."""

    topic: str
    why: str = "behind"


class Unsubscribed(Answer, frozen=True, tag="unsubscribed"):
    topic: str


class Beat(Answer, frozen=True, tag="beat"):
    """Nothing else was said for a while; also the answer to a ping."""

    at: float


class Rights(Answer, frozen=True, tag="rights"):
    """What the visitor may see has changed. Topics that show something else now begin anew with a
    snapshot; for each that may not be watched any more an error follows.
    """


class Fault(Answer, frozen=True, tag="error"):
    """Nothing came of one message; all else goes on."""

    slug: str
    message: str
    topic: str = ""


def snapshot(topic: str, run: str, seq: int, state: Mapping[str, Mapping[str, Raw]]) -> str:
    """All rows: forget what you had of this topic."""
    message = {"op": "snapshot", "topic": topic, "run": run, "seq": seq, "state": state}
    return _encoder.encode(message).decode()


def delta(
    topic: str,
    seq: int,
    at: float,
    set_: Mapping[str, Mapping[str, Raw]],
    gone: Mapping[str, Sequence[str]],
) -> str:
    """Whole rows that are new or different, and keys that are gone. Follows number `seq` - 1."""
    message = {"op": "delta", "topic": topic, "seq": seq, "at": at, "set": set_, "gone": gone}
    return _encoder.encode(message).decode()

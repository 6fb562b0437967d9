"""As much of SIP and SDP as a test phone needs, as text in and text out. Pure."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

Headers = tuple[tuple[str, str], ...]
VERSION = "SIP/2.0"
_PARAMETER = re.compile(r'(\w+)=(?:"([^"]*)"|([^\s,]+))')
_REASONS = {100: "Trying", 180: "Ringing", 183: "Session Progress", 200: "OK"}
_REASONS |= {404: "Not Found", 481: "Call Does Not Exist", 486: "Busy Here"}
_REASONS |= {487: "Request Terminated"}
# What an answer takes over from its request: RFC 3261, 8.2.6.2.
_ECHOED = ("via", "record-route", "from", "to", "call-id", "cseq")


@dataclass(frozen=True, slots=True)
class SipMessage:
    """A request or an answer: `start` is its first line."""

    start: str
    headers: Headers
    body: str = ""

    def get(self, name: str) -> str:
        """The first header of that name; "" where there is none."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), "")

    @property
    def status(self) -> int:
        """The status of an answer; 0 for a request."""
        return int(self.start.split(" ", 2)[1]) if self.start.startswith(VERSION) else 0

    @property
    def method(self) -> str:
        """The method of a request, or of the request that is answered."""
        return self.get("CSeq").partition(" ")[2] if self.status else self.start.split(" ")[0]


def parse(text: str) -> SipMessage:
    """One whole message, as a WebSocket frame carries it. Raises ValueError for anything else."""
    head, _, body = text.partition("\r\n\r\n")
    start, *lines = head.split("\r\n")
    headers = tuple(_header(line) for line in lines)
    is_answer = re.fullmatch(rf"{re.escape(VERSION)} [1-6][0-9]{{2}}( .*)?", start)
    is_request = re.fullmatch(rf"[A-Z]+ \S+ {re.escape(VERSION)}", start)
    if not is_answer and not is_request:
        raise ValueError(f"no SIP message begins with {start[:60]!r}")
    return SipMessage(start, headers, body)


def _header(line: str) -> tuple[str, str]:
    name, colon, value = line.partition(":")
    if not colon or not name.strip():
        raise ValueError(f"no SIP header: {line[:60]!r}")
    return name.strip(), value.strip()


def write(start: str, headers: Iterable[tuple[str, str]], body: str = "") -> str:
    """The text of one message."""
    lines = [start, *(f"{name}: {value}" for name, value in headers)]
    lines.append(f"Content-Length: {len(body.encode())}")
    return "\r\n".join(lines) + "\r\n\r\n" + body


def answer(
    request: SipMessage,
    status: int,
    *,
    tag: str,
    contact: str = "",
    sdp: str = "",
    phrase: str = "",
    headers: Headers = (),
) -> str:
    """The answer to `request`; `tag` is put behind a To that has none, but not with 100.

    `phrase` "": the usual words of `status`; `headers` come beside those that SIP asks for.
    """
    echoed = [
        (name, _tagged(value, tag) if name.lower() == "to" and status > 100 else value)
        for name, value in request.headers
        if name.lower() in _ECHOED
    ]
    if contact and not any(name == "Contact" for name, _ in headers):
        echoed.append(("Contact", contact))
    if sdp:
        echoed.append(("Content-Type", "application/sdp"))
    words = phrase or _REASONS.get(status, "Said So")
    return write(f"{VERSION} {status} {words}", [*echoed, *headers], sdp)


def _tagged(address: str, tag: str) -> str:
    return address if ";tag=" in address else f"{address};tag={tag}"


def challenge(header: str) -> dict[str, str]:
    """The parameters of a WWW-Authenticate header, names in lower case."""
    return {name.lower(): quoted or bare for name, quoted, bare in _PARAMETER.findall(header)}


def authorization(
    asked: Mapping[str, str], *, username: str, password: str, method: str, uri: str, cnonce: str
) -> str:
    """The Authorization header that answers the challenge `asked`: digest, MD5, qop auth."""
    realm, nonce, count = asked["realm"], asked["nonce"], "00000001"
    ha1 = _md5(f"{username}:{realm}:{password}")
    ha2 = _md5(f"{method}:{uri}")
    response = _md5(f"{ha1}:{nonce}:{count}:{cnonce}:auth:{ha2}")
    quoted = {"username": username, "realm": realm, "nonce": nonce, "uri": uri}
    quoted |= {"response": response, "cnonce": cnonce}
    if "opaque" in asked:
        quoted["opaque"] = asked["opaque"]
    texts = [f'{name}="{value}"' for name, value in quoted.items()]
    return "Digest " + ", ".join([*texts, "algorithm=MD5", "qop=auth", f"nc={count}"])


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def webrtc_answer(offer: str, *, fingerprint: str, ufrag: str, pwd: str, port: int) -> str:
    """The SDP that takes a WebRTC offer of audio, as G.711; its one candidate is a loopback port.

    Raises ValueError for an offer that is none of WebRTC.
    """
    if "m=audio" not in offer or "a=fingerprint:" not in offer:
        raise ValueError("not an offer of audio with DTLS")
    mid = _attribute(offer, "mid")
    lines = [
        "v=0",
        "o=- 1 1 IN IP4 127.0.0.1",
        "s=-",
        "t=0 0",
        *([f"a=group:BUNDLE {mid}"] if mid else []),
        f"m=audio {port} UDP/TLS/RTP/SAVPF 0",
        "c=IN IP4 127.0.0.1",
        "a=rtpmap:0 PCMU/8000",
        "a=sendrecv",
        "a=rtcp-mux",
        *([f"a=mid:{mid}"] if mid else []),
        f"a=ice-ufrag:{ufrag}",
        f"a=ice-pwd:{pwd}",
        f"a=candidate:1 1 UDP 2130706431 127.0.0.1 {port} typ host",
        "a=end-of-candidates",
        f"a=fingerprint:sha-256 {fingerprint}",
        "a=setup:active",
    ]
    return "\r\n".join(lines) + "\r\n"


def _attribute(sdp: str, name: str) -> str:
    found = re.search(rf"^a={name}:(\S+)", sdp, re.MULTILINE)
    return found[1] if found else ""

"""A desk phone, or a callee's, over real UDP: SIP and RTP of which every packet can be chosen.

It takes every call and sends a tone; it can be put on hold, ask for a transfer, lose its power, and
change the source of its sound as a carrier does that routes a call anew.
"""

from __future__ import annotations

import asyncio
import re
import secrets
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

import numpy as np

from dialer.tasks import spawn, stop
from tests.kit import g711, sip_text
from tests.kit.hearing import RATE_HZ, Samples
from tests.kit.sip_text import SipMessage

FRAME = 160  # 20 ms
FRAME_S = FRAME / RATE_HZ
Address = tuple[str, int]


@dataclass(slots=True)
class Heard:
    """One RTP packet that came in, `at` the loop's time."""

    at: float
    payload_type: int
    data: bytes


@dataclass(slots=True)
class PhoneCall:
    """One dialog, as the phone keeps it. `held`: Hold was pressed; it then sends nothing."""

    invite: SipMessage
    signalling: Address
    media: Address
    payload_type: int
    tag: str
    held: bool = False
    over: bool = False
    sequence: int = 0
    heard: list[Heard] = field(default_factory=list)

    @property
    def call_id(self) -> str:
        return self.invite.get("Call-ID")

    def offered(self) -> list[int]:
        """The payload types of the offer, in its order."""
        return payload_types(self.invite.body)

    def sound(self, since: float = 0.0) -> Samples:
        """What came in since then, one frame behind the other."""
        known = (h for h in self.heard if h.at >= since and h.payload_type in {0, 8})
        frames = [g711.decode(h.payload_type, h.data) for h in known]
        return np.concatenate(frames) if frames else np.zeros(0)

    def packets(self, since: float = 0.0) -> int:
        return sum(1 for h in self.heard if h.at >= since)


def payload_types(sdp: str) -> list[int]:
    found = re.search(r"^m=audio \d+ \S+ ([\d ]+)", sdp, re.MULTILINE)
    return [int(word) for word in found[1].split()] if found else []


class DeskPhone(asyncio.DatagramProtocol):
    """Made by `desk_phone`. `codecs` are the payload types it knows, its favourite first;
    `takes_offered`: it takes the first of the offer that it knows, else its own favourite.
    """

    def __init__(
        self, host: str, hz: float, codecs: tuple[int, ...], *, takes_offered: bool
    ) -> None:
        self.host, self.codecs, self.takes_offered = host, codecs, takes_offered
        #: Without power nothing is answered and nothing sent.
        self.dead = False
        #: Silence suppression: alive, but no sound goes out.
        self.is_silent = False
        #: It says goodbye to nobody, and has forgotten its calls.
        self.calls: list[PhoneCall] = []
        self.requests: list[str] = []
        self.ssrc, self.rtp_sequence, self.rtp_time = secrets.randbits(32), 1000, 0
        self._frames = {pt: _tone_frames(pt, hz) for pt in (0, 8)}
        self._answers: dict[tuple[str, int], asyncio.Future[SipMessage]] = {}
        self._sip: asyncio.DatagramTransport
        self._rtp: asyncio.DatagramTransport
        self._sender: asyncio.Task[None]

    # --- its sockets

    async def open(self) -> None:
        loop = asyncio.get_running_loop()
        self._sip, _ = await loop.create_datagram_endpoint(lambda: self, (self.host, 0))
        self._rtp, _ = await loop.create_datagram_endpoint(lambda: _Ear(self), (self.host, 0))
        self._sender = spawn(self._send(), name="desk phone")

    async def close(self) -> None:
        await stop(self._sender)
        self._sip.close()
        self._rtp.close()

    @property
    def port(self) -> int:
        return int(self._sip.get_extra_info("sockname")[1])

    @property
    def rtp_port(self) -> int:
        return int(self._rtp.get_extra_info("sockname")[1])

    @property
    def call(self) -> PhoneCall:
        """The newest call that is up."""
        return next(call for call in reversed(self.calls) if not call.over)

    @property
    def up(self) -> list[PhoneCall]:
        return [call for call in self.calls if not call.over]

    # --- what a test does with it

    def lose_power(self) -> None:
        self.dead = True

    def get_power(self) -> None:
        """As after a restart: what it was in is forgotten."""
        self.dead = False
        for call in self.calls:
            call.over = True

    def change_source(self, ahead: int) -> None:
        """Another SSRC, whose sequence numbers lie `ahead` of the old one's (negative: behind)."""
        self.ssrc = secrets.randbits(32)
        self.rtp_sequence = (self.rtp_sequence + ahead) % 65536
        self.rtp_time = secrets.randbits(31)

    async def hold(self) -> int:
        """The Hold key: the status of the answer."""
        self.call.held = True
        return await self._reinvite(self.call, "sendonly")

    async def unhold(self) -> int:
        self.call.held = False
        return await self._reinvite(self.call, "sendrecv")

    async def refer(self, target: str) -> int:
        """The Transfer key: the status of the answer. Raises TimeoutError where there is none."""
        headers = [("Refer-To", f"<{target}>"), ("Contact", self._contact)]
        return (await self._ask(self.call, "REFER", headers)).status

    async def dial(self, extension: str, name: str, port: int) -> int:
        """A call of its own to the switch on this machine, as `name`: the status of the answer. It
        stays up, without a sound.
        """
        uri, call_id = f"sip:{extension}@127.0.0.1:{port}", secrets.token_hex(12)
        answer: asyncio.Future[SipMessage] = asyncio.get_running_loop().create_future()
        self._answers[call_id, 1] = answer
        head = [
            self._via(),
            ("Max-Forwards", "70"),
            ("From", f"<sip:{name}@127.0.0.1>;tag={secrets.token_hex(6)}"),
            ("To", f"<{uri}>"),
            ("Call-ID", call_id),
            ("Contact", self._contact),
        ]
        invite = [*head, ("CSeq", "1 INVITE"), ("Content-Type", "application/sdp")]
        sdp = self._sdp([*self.codecs], "sendrecv")
        self._write(sip_text.write(f"INVITE {uri} SIP/2.0", invite, sdp), ("127.0.0.1", port))
        async with asyncio.timeout(5.0):
            reply = await answer
        ack = [*head[:3], ("To", reply.get("To")), head[4], ("CSeq", "1 ACK")]
        self._write(sip_text.write(f"ACK {uri} SIP/2.0", ack), ("127.0.0.1", port))
        return reply.status

    async def hang_up(self) -> None:
        call = self.call
        call.over = True
        await self._ask(call, "BYE", [])

    async def _reinvite(self, call: PhoneCall, direction: str) -> int:
        sdp = self._sdp([call.payload_type], direction)
        headers = [("Contact", self._contact), ("Content-Type", "application/sdp")]
        reply = await self._ask(call, "INVITE", headers, sdp)
        self._request(call, "ACK", [], "", call.sequence)
        return reply.status

    async def _ask(
        self, call: PhoneCall, method: str, headers: list[tuple[str, str]], body: str = ""
    ) -> SipMessage:
        call.sequence += 1
        answer: asyncio.Future[SipMessage] = asyncio.get_running_loop().create_future()
        self._answers[call.call_id, call.sequence] = answer
        self._request(call, method, headers, body, call.sequence)
        async with asyncio.timeout(5.0):
            return await answer

    def _request(
        self,
        call: PhoneCall,
        method: str,
        headers: list[tuple[str, str]],
        body: str,
        sequence: int,
    ) -> None:
        target = call.invite.get("Contact").partition("<")[2].partition(">")[0]
        head = [
            self._via(),
            ("Max-Forwards", "70"),
            ("From", f"{call.invite.get('To')};tag={call.tag}"),
            ("To", call.invite.get("From")),
            ("Call-ID", call.call_id),
            ("CSeq", f"{sequence} {method}"),
            *headers,
        ]
        self._write(sip_text.write(f"{method} {target} SIP/2.0", head, body), call.signalling)

    def _via(self) -> tuple[str, str]:
        branch = f"z9hG4bK{secrets.token_hex(8)}"
        return "Via", f"SIP/2.0/UDP {self.host}:{self.port};branch={branch};rport"

    @property
    def _contact(self) -> str:
        return f"<sip:phone@{self.host}:{self.port}>"

    def _write(self, text: str, to: Address) -> None:
        if not self.dead:
            self._sip.sendto(text.encode(), to)

    # --- what comes in

    def datagram_received(self, data: bytes, addr: Address) -> None:
        if self.dead or not data.strip():
            return
        message = sip_text.parse(data.decode())
        if message.status:
            self._answered(message)
            return
        self.requests.append(message.method)
        if message.method == "INVITE":
            self._invited(message, addr)
        elif message.method == "BYE":
            known = self._known(message)
            for call in known:
                call.over = True
            self._say(message, 200 if known else 481, addr)
        elif message.method != "ACK":
            in_dialog = ";tag=" in message.get("To")
            self._say(message, 481 if in_dialog and not self._known(message) else 200, addr)

    def _answered(self, message: SipMessage) -> None:
        sequence = int(message.get("CSeq").split()[0])
        waiting = self._answers.get((message.get("Call-ID"), sequence))
        if waiting is not None and message.status >= 200 and not waiting.done():
            waiting.set_result(message)

    def _known(self, message: SipMessage) -> list[PhoneCall]:
        return [call for call in self.up if call.call_id == message.get("Call-ID")]

    def _invited(self, invite: SipMessage, addr: Address) -> None:
        if ";tag=" in invite.get("To"):
            self._invited_again(invite, addr)
            return
        payload_type = self._choose(payload_types(invite.body))
        call = PhoneCall(invite, addr, _media(invite.body), payload_type, secrets.token_hex(6))
        self.calls.append(call)
        self._say(invite, 200, addr, self._sdp([payload_type], "sendrecv"), call.tag)

    def _invited_again(self, invite: SipMessage, addr: Address) -> None:
        known = self._known(invite)
        if not known:
            self._say(invite, 481, addr)
            return
        (call,) = known
        call.payload_type = self._choose(payload_types(invite.body) or [call.payload_type])
        direction = "sendonly" if call.held else "sendrecv"
        self._say(invite, 200, addr, self._sdp([call.payload_type], direction))

    def _choose(self, offered: list[int]) -> int:
        order = offered if self.takes_offered else self.codecs
        return next(pt for pt in order if pt in self.codecs and pt in offered)

    def _say(
        self, request: SipMessage, status: int, to: Address, sdp: str = "", tag: str = "phone"
    ) -> None:
        contact = self._contact if sdp else ""
        self._write(sip_text.answer(request, status, tag=tag, contact=contact, sdp=sdp), to)

    def _sdp(self, offered: list[int], direction: str) -> str:
        names = {0: "PCMU", 8: "PCMA"}
        lines = [
            "v=0",
            f"o=- 1 {secrets.randbits(30)} IN IP4 {self.host}",
            "s=-",
            f"c=IN IP4 {self.host}",
            "t=0 0",
            f"m=audio {self.rtp_port} RTP/AVP {' '.join(map(str, offered))}",
            *(f"a=rtpmap:{pt} {names[pt]}/8000" for pt in offered),
            f"a={direction}",
        ]
        return "\r\n".join(lines) + "\r\n"

    # --- sound

    async def _send(self) -> None:
        loop, due = asyncio.get_running_loop(), asyncio.get_running_loop().time()
        while True:
            due += FRAME_S
            await asyncio.sleep(max(0.0, due - loop.time()))
            speaks = not self.dead and not self.is_silent
            for call in self.up:
                if speaks and not call.held:
                    self._rtp.sendto(self._packet(call.payload_type), call.media)
            self.rtp_sequence = (self.rtp_sequence + 1) % 65536
            self.rtp_time = (self.rtp_time + FRAME) % (1 << 32)

    def _packet(self, payload_type: int) -> bytes:
        head = struct.pack(
            "!BBHII", 0x80, payload_type, self.rtp_sequence, self.rtp_time, self.ssrc
        )
        frames = self._frames[payload_type]
        return head + frames[self.rtp_sequence % len(frames)]

    def hears(self, data: bytes, addr: Address) -> None:
        at = asyncio.get_running_loop().time()
        for call in self.up:
            if call.media == addr and not self.dead:
                call.heard.append(Heard(at, data[1] & 0x7F, data[12:]))


class _Ear(asyncio.DatagramProtocol):
    def __init__(self, phone: DeskPhone) -> None:
        self._phone = phone

    def datagram_received(self, data: bytes, addr: Address) -> None:
        self._phone.hears(data, addr)


def _tone_frames(payload_type: int, hz: float) -> list[bytes]:
    """Half a second of a tone that repeats without a click: `hz` is a multiple of 2."""
    at = np.arange(RATE_HZ // 2) / RATE_HZ
    data = g711.encode(payload_type, 0.3 * np.sin(2 * np.pi * hz * at))
    return [data[i : i + FRAME] for i in range(0, len(data), FRAME)]


def _media(sdp: str) -> Address:
    host = re.search(r"^c=IN IP4 (\S+)", sdp, re.MULTILINE)
    port = re.search(r"^m=audio (\d+)", sdp, re.MULTILINE)
    assert host is not None
    assert port is not None
    return host[1], int(port[1])


@asynccontextmanager
async def desk_phone(
    host: str = "127.0.0.1",
    *,
    hz: float = 1000.0,
    codecs: tuple[int, ...] = (8, 0),
    takes_offered: bool = True,
) -> AsyncIterator[DeskPhone]:
    """A phone with its power on, on a free port; its sockets are closed at the end."""
    phone = DeskPhone(host, hz, codecs, takes_offered=takes_offered)
    await phone.open()
    try:
        yield phone
    finally:
        with suppress(Exception):
            await phone.close()

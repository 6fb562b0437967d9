"""A carrier that gives every answer SIP has: one UDP socket that answers each INVITE as told.

It sends no sound and keeps no state but the calls it has seen, so that a test can choose each
answer, its header fields and its moment.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from dataclasses import dataclass, field

from dialer.tasks import spawn
from tests.kit.sip_text import Headers, SipMessage, answer, parse, write

_USER = re.compile(r"sips?:([^@;>]+)@")
#: RFC 3261, 13.3.1.4: an answer is sent again until it is acknowledged.
T1_S = 0.5


@dataclass(frozen=True)
class Says:
    """What becomes of one INVITE: `first` at once, then after `after_s` the final `status`.

    `status` 0: nothing final is ever said. `crosses_cancel`: picks up in the moment of the CANCEL.
    """

    status: int
    phrase: str = ""
    headers: Headers = ()
    first: tuple[int, ...] = (100,)
    after_s: float = 0.0
    crosses_cancel: bool = False


@dataclass
class CarriedCall:
    """One INVITE and what followed; `requests` are the methods that came, in order."""

    number: str
    invite: SipMessage
    says: Says
    address: tuple[str, int]
    requests: list[SipMessage] = field(default_factory=list)
    final: int = 0
    reply: str = ""

    @property
    def methods(self) -> list[str]:
        return [request.method for request in self.requests]


class SipCarrier(asyncio.DatagramProtocol):
    """`async with SipCarrier(lambda number: Says(486)) as carrier`: a trunk's far end on `port`."""

    def __init__(self, says: Callable[[str], Says], host: str = "127.0.0.1") -> None:
        self._says, self.host, self.port = says, host, 0
        self.calls: dict[str, CarriedCall] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> SipCarrier:
        loop = asyncio.get_running_loop()
        self._transport, _ = await loop.create_datagram_endpoint(lambda: self, (self.host, 0))
        self.port = self._transport.get_extra_info("sockname")[1]
        return self

    async def __aexit__(self, *_exc: object) -> None:
        for task in self._tasks:
            task.cancel()
        self._transport.close()

    def to(self, number: str) -> list[CarriedCall]:
        """The calls to this number, in the order they came."""
        return [call for call in self.calls.values() if call.number == number]

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        try:
            message = parse(data.decode())
        except ValueError:
            return  # a keep-alive
        if message.status:
            return
        call = self.calls.get(message.get("Call-ID"))
        if message.method == "INVITE":
            self._invite(message, addr, call)
        elif message.method != "ACK":
            self._send(answer(message, 200, tag="carrier"), addr)
        if call is not None and message.method != "INVITE":
            call.requests.append(message)
            if message.method == "CANCEL" and not call.final:
                self._finish(call, 200 if call.says.crosses_cancel else 487)

    def _invite(self, message: SipMessage, addr: tuple[str, int], call: CarriedCall | None) -> None:
        if call is not None:
            if call.reply:
                self._send(call.reply, addr)
            return
        found = _USER.search(message.start)
        number = found[1] if found else ""
        call = CarriedCall(number, message, self._says(number), addr)
        self.calls[message.get("Call-ID")] = call
        for status in call.says.first:
            self._say(call, status)
        if call.says.status:
            task = spawn(self._later(call), name="sip carrier answers")
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _later(self, call: CarriedCall) -> None:
        await asyncio.sleep(call.says.after_s)
        if call.final:
            return
        self._finish(call, call.says.status)
        wait_s = T1_S
        while "ACK" not in call.methods:
            await asyncio.sleep(wait_s)
            self._send(call.reply, call.address)
            wait_s = min(2 * wait_s, 4.0)

    def _finish(self, call: CarriedCall, status: int) -> None:
        call.final = status
        self._say(call, status)

    def _say(self, call: CarriedCall, status: int) -> None:
        says = call.says
        is_told = status == says.status
        call.reply = answer(
            call.invite,
            status,
            tag="carrier",
            contact=f"<sip:carrier@{self.host}:{self.port}>",
            sdp=self._sdp() if status in {183, 200} else "",
            phrase=says.phrase if is_told else "",
            headers=says.headers if is_told else (),
        )
        self._send(call.reply, call.address)

    def hang_up(self, call: CarriedCall, headers: Headers = ()) -> None:
        """BYE, from the callee's side of an answered call."""
        target = re.search(r"<([^>]+)>", call.invite.get("Contact"))
        uri = target[1] if target else f"sip:{call.address[0]}:{call.address[1]}"
        own = [
            ("Via", f"SIP/2.0/UDP {self.host}:{self.port};branch=z9hG4bK-{id(call):x};rport"),
            ("From", f"{call.invite.get('To')};tag=carrier"),
            ("To", call.invite.get("From")),
            ("Call-ID", call.invite.get("Call-ID")),
            ("CSeq", "1 BYE"),
            ("Max-Forwards", "70"),
        ]
        self._send(write(f"BYE {uri} SIP/2.0", [*own, *headers]), call.address)

    def _send(self, text: str, address: tuple[str, int]) -> None:
        self._transport.sendto(text.encode(), address)

    def _sdp(self) -> str:
        lines = ("v=0", f"o=- 1 1 IN IP4 {self.host}", "s=-", f"c=IN IP4 {self.host}", "t=0 0",
                 "m=audio 9 RTP/AVP 0 8", "a=sendrecv")  # fmt: skip
        return "\r\n".join(lines) + "\r\n"

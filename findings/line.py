"""A manager session, and a SIP endpoint that does as it is told, for the scripts beside this file.

Nothing but the standard library, so that every Python runs it.
"""

from __future__ import annotations

import itertools
import re
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterable

Event = dict[str, str]
# 20 ms of 400 Hz in A-law, loud: the two halves of a square wave.
TONE = bytes([0xA5] * 10 + [0x25] * 10) * 8
SILENCE = bytes([0xD5]) * 160


class Ami:
    """A session with the switch's manager. `events` has all messages so far, the newest last."""

    def __init__(self) -> None:
        self.socket = socket.create_connection(("127.0.0.1", 26038), timeout=10)
        self.socket.settimeout(None)
        self.events: list[Event] = []
        self._count = itertools.count()
        threading.Thread(target=self._read, daemon=True).start()
        account = {"Username": "me", "Secret": "s"}
        self.action("Login", **account)

    def _read(self) -> None:
        text = ""
        while part := self.socket.recv(65536):
            *whole, text = (text + part.decode()).split("\r\n\r\n")
            for message in whole:
                pairs = (line.partition(":") for line in message.split("\r\n"))
                self.events.append({name: value.strip() for name, _, value in pairs})

    def action(self, name: str, **headers: object) -> Event:
        """Its response. The list `events` may have more with the same ActionID later."""
        an_id = f"a{next(self._count)}"
        lines = [f"Action: {name}", f"ActionID: {an_id}"]
        lines += [f"{header}: {value}" for header, value in headers.items()]
        self.socket.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
        return self.wait(lambda event: event.get("ActionID") == an_id and "Response" in event)

    def call(self, channel: str, exten: str = "s", **headers: object) -> Event:
        """The callee is called as `channel`, and goes to `exten` when it answers."""
        place = {"Context": "default", "Exten": exten, "Priority": 1, "Async": "true"}
        wanted = {"Channel": "PJSIP/callee", "ChannelId": channel, **place, **headers}
        return self.action("Originate", **wanted)

    def until(self, name: str, channel: str, seconds: float = 20, **fields: str) -> Event:
        """The event of that name and channel that has these fields."""
        wanted = {"Event": name, "Uniqueid": channel, **fields}
        return self.wait(lambda event: wanted.items() <= event.items(), seconds)

    def up(self, channel: str) -> None:
        self.until("Newstate", channel, ChannelStateDesc="Up")

    def wait(self, wanted: Callable[[Event], bool], seconds: float = 20) -> Event:
        """The first event that is wanted, in what came or will; AssertionError after so long."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            for event in list(self.events):
                if wanted(event):
                    return event
            time.sleep(0.01)
        raise AssertionError(f"not seen in {seconds} s; the last were {self.events[-5:]}")


class Callee:
    """SIP on UDP. `answer` is what it says to the next INVITE: a status line, more headers.

    `seen` has every message that came. After 200 its sound is A-law.
    """

    def __init__(self, port: int = 26062) -> None:
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", port))
        self.media = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.media.bind(("127.0.0.1", port + 2))
        self.port = port
        self.answer: tuple[str, Iterable[str]] = ("200 OK", ())
        self.other: str | None = "200 OK"
        self.seen: list[str] = []
        self.invite, self.peer = "", ("", 0)
        threading.Thread(target=self._run, daemon=True).start()

    def _run(self) -> None:
        while True:
            data, self.peer = self.socket.recvfrom(65536)
            self.seen.append(data.decode())
            method = self.seen[-1].split(" ", 1)[0]
            if method == "INVITE":
                self.invite = self.seen[-1]
                self._reply(self.invite, "100 Trying")
                self._reply(self.invite, *self.answer)
            elif self.other and method not in {"ACK", "SIP/2.0"}:
                self._reply(self.seen[-1], self.other)

    def _reply(self, request: str, status: str, more: Iterable[str] = ()) -> None:
        kept = re.findall(r"^(?:Via|From|Call-ID|CSeq):[^\r]*", request, re.MULTILINE)
        to = f"To: {field(request, 'To')}"
        to += "" if "tag=" in to or status.startswith("100") else ";tag=callee"
        body = self._sound() if status.startswith("200") and request.startswith("INVITE") else ""
        lines = [f"SIP/2.0 {status}", *kept, to, *more, *self._end(body)]
        self.socket.sendto("\r\n".join(lines).encode(), self.peer)

    def ask(self, method: str, more: Iterable[str] = (), count: int = 7) -> None:
        """A request of the callee's within the call."""
        invite, tag = self.invite, time.monotonic_ns()
        lines = [
            f"{method} {self._contact()} SIP/2.0",
            f"Via: SIP/2.0/UDP 127.0.0.1:{self.port};branch=z9hG4bK{tag};rport",
            "Max-Forwards: 70",
            f"From: {field(invite, 'To')};tag=callee",
            f"To: {field(invite, 'From')}",
            f"Call-ID: {field(invite, 'Call-ID')}",
            f"CSeq: {count} {method}",
            *more,
            *self._end(""),
        ]
        self.socket.sendto("\r\n".join(lines).encode(), self.peer)

    def until(self, start: str, containing: str = "", seconds: float = 20) -> str:
        """The first message that starts so."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            for message in list(self.seen):
                if message.startswith(start) and containing in message:
                    return message
            time.sleep(0.01)
        raise AssertionError(f"no {start} in {seconds} s")

    def speak(
        self, seconds: float, source: int, first: int, kind: int = 8, load: bytes = TONE
    ) -> None:
        """Packets of 20 ms in real time, from sequence number `first` on. `kind` 8 is A-law."""
        where = re.search(r"^m=audio (\d+)", self.invite, re.MULTILINE)
        assert where
        start = time.monotonic()
        for index in range(round(seconds * 50)):
            head = struct.pack(">BBHII", 0x80, kind, first + index, (first + index) * 160, source)
            self.media.sendto(head + load, ("127.0.0.1", int(where[1])))
            time.sleep(max(0.0, start + (index + 1) * 0.02 - time.monotonic()))

    def _contact(self) -> str:
        return field(self.invite, "Contact").partition("<")[2].partition(">")[0]

    def _sound(self) -> str:
        head = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
        return f"{head}m=audio {self.port + 2} RTP/AVP 8 13\r\na=rtpmap:8 PCMA/8000\r\n"

    def _end(self, body: str) -> list[str]:
        kind = ["Content-Type: application/sdp"] if body else []
        contact = f"Contact: <sip:callee@127.0.0.1:{self.port}>"
        return [contact, *kind, f"Content-Length: {len(body)}", "", body]


def field(message: str, name: str) -> str:
    """The value of a header of a SIP message."""
    found = re.search(rf"^{name}: *([^\r]*)", message, re.MULTILINE | re.IGNORECASE)
    assert found, f"no {name}"
    return found[1]

"""The dialplan's AGI(): a FastAGI client as Asterisk is one."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from typing import Literal, cast

from dialer.tasks import spawn

_SET = re.compile(r'SET VARIABLE (\S+) "((?:[^"\\]|\\.)*)"', re.IGNORECASE)
_GET = re.compile(r"GET VARIABLE (\S+)", re.IGNORECASE)
_SET_OR_GET = re.compile(r"(SET|GET) VARIABLE\b", re.IGNORECASE)
_USAGE = (
    "520-Invalid command syntax.  Proper usage follows:\n"
    "Usage: SET VARIABLE <variablename> <value>\n520 End of proper usage.\n"
)
_UNESCAPE = re.compile(r"\\(.)")
End = Literal["done", "refused", "hungup"]
Done = Callable[[End, dict[str, str]], None]


class AgiCall(asyncio.Protocol):
    """One AGI(agi://…). `done` is told once how it ended and which variables were set."""

    def __init__(self, request: bytes, done: Done) -> None:
        self._request = request
        self._done: Done | None = done
        self._variables: dict[str, str] = {}
        self._buffer = b""
        self._transport: asyncio.Transport | None = None

    def connect(self, address: str) -> None:
        """Begin; `address` is host:port."""
        spawn(self._connect(address), name="fake-agi")

    def hang_up(self) -> None:
        """The channel is gone: Asterisk says so in the session and closes it."""
        self._done = None
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(b"HANGUP\n")
            self._transport.close()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        if self._done is None:
            self._transport.abort()
        else:
            self._transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        *lines, self._buffer = (self._buffer + data).split(b"\n")
        for line in lines:
            self._obey(line.decode("utf-8", "replace"))

    def connection_lost(self, exc: Exception | None) -> None:  # asyncio's name
        self._finish("done")

    def _obey(self, line: str) -> None:
        if self._transport is not None:
            self._transport.write(self._reply(line).encode())

    def _reply(self, line: str) -> str:
        if (found := _SET.fullmatch(line)) is not None:
            self._variables[found[1]] = _UNESCAPE.sub(r"\1", found[2])
            return "200 result=1\n"
        if (found := _GET.fullmatch(line)) is not None:
            value = self._variables.get(found[1])
            return "200 result=0\n" if value is None else f"200 result=1 ({value})\n"
        if _SET_OR_GET.match(line):
            return _USAGE
        return "510 Invalid or unknown command\n"

    def _finish(self, end: End) -> None:
        done, self._done = self._done, None
        if done is not None:
            done(end, self._variables)

    async def _connect(self, address: str) -> None:
        host, _, port = address.rpartition(":")
        loop = asyncio.get_running_loop()
        try:
            # Asterisk gives up an unanswered SYN after two seconds.
            await asyncio.wait_for(loop.create_connection(lambda: self, host, int(port)), 2.0)
        except (OSError, ValueError, TimeoutError):
            self._finish("refused")


def agi_request(
    address: str, name: str, uniqueid: str, caller_id: str, args: tuple[str, ...]
) -> bytes:
    """The request that Asterisk 22 sends from [dialer-callee]."""
    given = "".join(f"agi_arg_{n}: {arg}\n" for n, arg in enumerate(args, 1))
    return (
        f"agi_network: yes\nagi_network_script: route\nagi_request: agi://{address}/route\n"
        f"agi_channel: {name}\nagi_language: en\nagi_type: PJSIP\nagi_uniqueid: {uniqueid}\n"
        f"agi_version: 22.0.0\nagi_callerid: {caller_id}\nagi_calleridname: unknown\n"
        "agi_callingpres: 0\nagi_callingani2: 0\nagi_callington: 0\nagi_callingtns: 0\n"
        "agi_dnid: unknown\nagi_rdnis: unknown\nagi_context: dialer-callee\nagi_extension: s\n"
        "agi_priority: 25\nagi_enhanced: 0.0\nagi_accountcode: \nagi_threadid: 140294015682240\n"
        f"{given}\n"
    ).encode()

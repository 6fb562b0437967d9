"""From bytes of a manager connection to messages, incrementally and within limits. No I/O.

Any cut of a stream into pieces gives the same messages. Events that nobody wants are thrown
away before they are looked into, unless they carry an ActionID: those answer a list action.
"""

from __future__ import annotations

from collections.abc import Collection

from dialer.asterisk.actions import channel_id, channel_name, encode, variable
from dialer.asterisk.errors import ProtocolError
from dialer.asterisk.messages import Message

__all__ = ["Message", "Parser", "ProtocolError", "channel_id", "channel_name", "encode", "variable"]

_END = b"\r\n\r\n"
_MAX_KNOWN_NAMES = 512


class Parser:
    """Feed it what came from the socket; `banner` is the server's greeting once it was seen."""

    def __init__(
        self,
        *,
        max_line: int = 16_384,
        max_message: int = 4_194_304,
        wanted: Collection[str] | None = None,
        expect_banner: bool = True,
    ) -> None:
        self.banner = ""
        self.skipped = 0
        self._max_line = max_line
        self._max_message = max_message
        self._wanted = None if wanted is None else frozenset(name.encode() for name in wanted)
        self._names: dict[bytes, str] = {}
        self._buffer = bytearray()
        self._banner_due = expect_banner
        self._failed = ""

    @property
    def buffered(self) -> int:
        """Bytes of a message that is not complete yet."""
        return len(self._buffer)

    def feed(self, data: bytes) -> list[Message]:
        """The messages that `data` completes; ProtocolError (with them) if a limit is passed."""
        if self._failed:
            raise ProtocolError(self._failed)
        if self._banner_due:
            data = self._greet(data)
        messages: list[Message] = []
        whole = self._cut(data)
        if whole:
            self._split(whole, messages)
        self._check_rest(messages)
        return messages

    def _greet(self, data: bytes) -> bytes:
        """Take the greeting off the front; it has no blank line after it and no colon in it."""
        data = bytes(self._buffer) + data
        self._buffer.clear()
        line, found, rest = data.partition(b"\r\n")
        if not found:
            return data
        self._banner_due = False
        if b":" in line or not line:
            return data
        self._check_line(line, [])
        self.banner = line.decode("utf-8", "replace")
        return rest

    def _cut(self, data: bytes) -> bytes:
        """All complete messages so far, without the last blank line; the rest stays buffered."""
        buffer = self._buffer
        if self._banner_due:
            buffer += data
            return b""
        if not buffer:
            end = data.rfind(_END)
            if end < 0:
                buffer += data
                return b""
            buffer += data[end + 4 :]
            whole = data[:end]
        else:
            start = max(0, len(buffer) - 3)
            buffer += data
            end = buffer.rfind(_END, start)
            if end < 0:
                return b""
            whole = bytes(buffer[:end])
            del buffer[: end + 4]
        while whole.endswith(b"\r\n"):
            whole = whole[:-2]
        return whole

    def _split(self, whole: bytes, out: list[Message]) -> None:
        names, wanted, append = self._names, self._wanted, out.append
        limit = min(self._max_line, self._max_message)
        for found in whole.split(_END):
            block = found
            if len(block) > limit:
                self._check_block(block, out)
            while block.startswith(b"\r\n"):
                block = block[2:]
            if not block.startswith(b"Event: "):
                if block:
                    append(Message(block))
                continue
            stop = block.find(b"\r\n", 7)
            raw = block[7:stop] if stop > 0 else block[7:]
            if wanted is not None and raw not in wanted and b"\r\nActionID: " not in block:
                self.skipped += 1
                continue
            append(Message(block, names.get(raw) or self._learn(raw)))

    def _learn(self, raw: bytes) -> str:
        name = raw.decode("utf-8", "replace")
        if len(self._names) < _MAX_KNOWN_NAMES:
            self._names[raw] = name
        return name

    def _check_block(self, block: bytes, done: list[Message]) -> None:
        if len(block) > self._max_message:
            self._fail(f"a message of {len(block)} bytes, at most {self._max_message}", done)
        for line in block.split(b"\r\n"):
            self._check_line(line, done)

    def _check_line(self, line: bytes, done: list[Message]) -> None:
        if len(line) > self._max_line:
            self._fail(f"a line of {len(line)} bytes, at most {self._max_line}", done)

    def _check_rest(self, done: list[Message]) -> None:
        size = len(self._buffer)
        if size <= self._max_line and size <= self._max_message:
            return
        # What may yet turn out to be the blank line after the message does not count.
        end = size - 3 + len(bytes(self._buffer[-3:]).rstrip(b"\r\n"))
        if end > self._max_message:
            self._fail(f"a message of more than {self._max_message} bytes", done)
        begin = self._buffer.rfind(b"\r\n", 0, end) + 2 if b"\r\n" in self._buffer[:end] else 0
        if end - begin > self._max_line:
            self._fail(f"a line of more than {self._max_line} bytes", done)

    def _fail(self, text: str, done: list[Message]) -> None:
        self._failed = f"not AMI, or a limit is too low: {text}"
        self._buffer.clear()
        raise ProtocolError(self._failed, done)

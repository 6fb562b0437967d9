"""One topic: its rows, what changed of them since sequence number n, and where a reader stands.

No I/O and no clock. Rows are JSON already, so that they are compared, stored and sent as they are:
each change is encoded once, whoever watches. A reader holds nothing but a number; what it has not
got yet is in the topic's ring of the last messages, and a reader who falls out of the ring gets a
snapshot. So a slow reader costs no memory.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from typing import Protocol

from msgspec import Raw

from dialer.features.live import messages

Rows = Mapping[str, bytes]
"""Key: the row as JSON."""


class Watcher(Protocol):
    """Who is told that there is news."""

    def wake(self) -> None: ...


class LiveTopic:
    """Rows by section and key. `run` names this life of the topic: numbers of another life mean
    nothing here.

    `touched` is called when there is something to flush, once until it is flushed.
    """

    def __init__(
        self,
        name: str,
        run: str,
        *,
        keep: int = 128,
        keep_chars: int = 1_000_000,
        touched: Callable[[LiveTopic], None] = lambda topic: None,
    ) -> None:
        self.name, self.run, self.seq = name, run, 0
        self.watchers: set[Watcher] = set()
        self._keep, self._keep_chars, self._touched = keep, keep_chars, touched
        self._state: dict[str, dict[str, bytes]] = {}
        self._pending: dict[tuple[str, str], bytes | None] = {}
        self._ring: deque[str] = deque()
        self._ring_chars = 0
        self._snapshot: str | None = None

    # --- what happens -----------------------------------------------------------------------------

    def put(self, section: str, key: str, row: bytes) -> None:
        """The row is so from the next flush on."""
        self._want(section, key, row)

    def gone(self, section: str, key: str) -> None:
        """The row is no more from the next flush on."""
        self._want(section, key, None)

    def replace(self, section: str, rows: Rows) -> None:
        """The section is exactly `rows` from the next flush on."""
        for key in self.keys(section) - rows.keys():
            self.gone(section, key)
        for key, row in rows.items():
            self.put(section, key, row)

    def keys(self, section: str) -> set[str]:
        """Keys of a section as they will be after the next flush."""
        keys = set(self._state.get(section, ()))
        for (at, key), row in self._pending.items():
            if at == section:
                (keys.discard if row is None else keys.add)(key)
        return keys

    def flush(self, now: float) -> bool:
        """Make one message of all that changed since the last flush; False when nothing did."""
        if not self._pending:
            return False
        set_: dict[str, dict[str, Raw]] = {}
        gone: dict[str, list[str]] = {}
        for (section, key), row in self._pending.items():
            if row is None:
                gone.setdefault(section, []).append(key)
            else:
                set_.setdefault(section, {})[key] = Raw(row)
        self.settle()
        self.seq += 1
        self._remember(messages.delta(self.name, self.seq, now, set_, gone))
        return True

    def settle(self) -> None:
        """Make the changes without a message: nobody watches yet."""
        for (section, key), row in self._pending.items():
            if row is None:
                del self._state[section][key]
            else:
                self._state.setdefault(section, {})[key] = row
        self._pending.clear()
        self._snapshot = None

    def _want(self, section: str, key: str, row: bytes | None) -> None:
        """A row that is back to what every reader has is no news."""
        if self._state.get(section, {}).get(key) == row:
            self._pending.pop((section, key), None)
            return
        if not self._pending:
            self._touched(self)
        self._pending[section, key] = row

    def _remember(self, message: str) -> None:
        self._ring.append(message)
        self._ring_chars += len(message)
        while len(self._ring) > self._keep or self._ring_chars > self._keep_chars:
            self._ring_chars -= len(self._ring.popleft())

    # --- what readers get -------------------------------------------------------------------------

    def snapshot(self) -> str:
        """All rows at `seq` as one message; made once for all who ask at the same number."""
        if self._snapshot is None:
            state = {
                section: {key: Raw(row) for key, row in rows.items()}
                for section, rows in self._state.items()
            }
            self._snapshot = messages.snapshot(self.name, self.run, self.seq, state)
        return self._snapshot

    def after(self, seq: int) -> list[str] | None:
        """The messages that follow number `seq`; None when they are not all there any more."""
        missed = self.seq - seq
        if not 0 <= missed <= len(self._ring):
            return None
        return [self._ring[i] for i in range(len(self._ring) - missed, len(self._ring))]

    def rows(self) -> Iterator[tuple[str, str, bytes]]:
        """(section, key, row) as readers have them at `seq`."""
        for section, rows in self._state.items():
            for key, row in rows.items():
                yield section, key, row


class Cursor:
    """Where one reader stands in a topic. With the `run` and `seq` of an earlier connection it goes
    on from there if it can.
    """

    def __init__(self, topic: LiveTopic, run: str = "", seq: int | None = None) -> None:
        self.topic = topic
        self._seq: int | None = None
        self._hello: list[str] = []
        if seq is not None and run == topic.run and topic.after(seq) is not None:
            self._seq = seq
            self._hello = [messages.encode(messages.Resumed(topic.name, run, topic.seq))]

    def take(self) -> list[str]:
        """What the reader has not got yet, in order; now it has."""
        topic, hello = self.topic, self._hello
        self._hello = []
        if self._seq == topic.seq:
            return hello
        if self._seq is None:
            hello.append(topic.snapshot())
        elif (missed := topic.after(self._seq)) is None:
            hello += [messages.encode(messages.Reset(topic.name)), topic.snapshot()]
        else:
            hello += missed
        self._seq = topic.seq
        return hello

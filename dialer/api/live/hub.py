"""All topics: made when somebody watches, kept a while for who comes back, then forgotten.

No I/O; `now` is given. A topic has two faces where numbers are shown: masked and in full.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Literal, get_args

import msgspec

from dialer.api.live.topic import LiveTopic, Watcher

Kind = Literal["floor", "agent", "campaigns"]
#: A desktop that was cut off comes back within this, or gets a snapshot.
LINGER_S = 60.0
_KINDS: dict[str, Kind] = {kind: kind for kind in get_args(Kind)}
#: Messages kept for who falls behind: 13 s of a busy floor; a rep's own topic says little.
_KEEP: dict[Kind, int] = {"floor": 128, "agent": 32, "campaigns": 32}


class TopicName(msgspec.Struct, frozen=True):
    """`of`: the pool or the rep; empty where there is only one of the kind."""

    kind: Kind
    of: str = ""

    def __str__(self) -> str:
        return f"{self.kind}/{self.of}" if self.of else self.kind


def topic_name(text: str) -> TopicName | None:
    """'floor/POOL', 'agent/CODE' or 'campaigns'; None: there is no such kind of topic."""
    kind, _, of = text.partition("/")
    known = _KINDS.get(kind)
    if known is None or (known == "campaigns") != (not of):
        return None
    name = TopicName(known, of)
    return name if str(name) == text else None


class Hub:
    """`new_run` gives a name that no topic ever had."""

    def __init__(self, new_run: Callable[[], str], *, linger_s: float = LINGER_S) -> None:
        self._new_run, self._linger_s = new_run, linger_s
        self._topics: dict[tuple[TopicName, bool], LiveTopic] = {}
        self._touched: dict[LiveTopic, None] = {}
        self._idle_since: dict[tuple[TopicName, bool], float] = {}

    def __len__(self) -> int:
        return len(self._topics)

    def faces(self, name: TopicName) -> Iterator[tuple[bool, LiveTopic]]:
        """(in full, topic) of those that are kept of a name."""
        for in_full in (False, True):
            if (topic := self._topics.get((name, in_full))) is not None:
                yield in_full, topic

    def names(self, kind: Kind) -> list[str]:
        """Pools or reps whose topics are kept."""
        return list({name.of: None for name, _ in self._topics if name.kind == kind})

    def open(self, name: TopicName, *, in_full: bool = False) -> tuple[LiveTopic, bool]:
        """The topic, and whether it is new: then it is empty and must be filled."""
        known = self._topics.get((name, in_full))
        if known is not None:
            return known, False
        topic = LiveTopic(
            str(name),
            self._new_run(),
            keep=_KEEP[name.kind],
            touched=self._touch,
        )
        self._topics[name, in_full] = topic
        return topic, True

    def _touch(self, topic: LiveTopic) -> None:
        self._touched[topic] = None

    def flush(self, now: float) -> set[Watcher]:
        """Make messages of what changed in any topic; who is to be told."""
        touched, self._touched = self._touched, {}
        watchers: set[Watcher] = set()
        for topic in touched:
            if topic.flush(now):
                watchers |= topic.watchers
        return watchers

    def forget_idle(self, now: float) -> None:
        """Topics that nobody has watched for a while go."""
        for key, topic in list(self._topics.items()):
            if topic.watchers:
                self._idle_since.pop(key, None)
            elif now - self._idle_since.setdefault(key, now) >= self._linger_s:
                del self._topics[key], self._idle_since[key]
                self._touched.pop(topic, None)

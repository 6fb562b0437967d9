"""All topics: made when somebody watches, kept a while for who comes back, then forgotten.

No I/O; `now` is given. A topic has a face for each reach that watches it (a squad's supervisors
share one), and one more for those who see whole numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Literal, get_args

import msgspec

from dialer.features.live.topic import LiveTopic, Watcher
from dialer.kit.scope import EVERYTHING, Reach

Kind = Literal["floor", "agent", "campaigns", "alerts"]
#: A desktop that was cut off comes back within this, or gets a snapshot.
LINGER_S = 60.0
_KINDS: dict[str, Kind] = {kind: kind for kind in get_args(Kind)}
#: Messages kept for who falls behind: 13 s of a busy floor; a rep's own topic says little.
_KEEP: dict[Kind, int] = {"floor": 128, "agent": 32, "campaigns": 32, "alerts": 32}
#: Kinds of which there is one.
SINGLE = ("campaigns", "alerts")


class TopicName(msgspec.Struct, frozen=True):
    """`of`: the pool or the rep; empty where there is only one of the kind."""

    kind: Kind
    of: str = ""

    def __str__(self) -> str:
        return f"{self.kind}/{self.of}" if self.of else self.kind


class Face(msgspec.Struct, frozen=True):
    """What of a topic is shown: whose rows, whether with whole numbers, and whether with who
    listens to whom unannounced.
    """

    reach: Reach = EVERYTHING
    numbers: bool = False
    watchers: bool = False


MASKED = Face()


def topic_name(text: str) -> TopicName | None:
    """'floor/POOL', 'agent/CODE', 'campaigns' or 'alerts'; None: there is no such kind."""
    kind, _, of = text.partition("/")
    known = _KINDS.get(kind)
    if known is None or (known in SINGLE) != (not of):
        return None
    name = TopicName(known, of)
    return name if str(name) == text else None


class Hub:
    """`new_run` gives a name that no topic ever had."""

    def __init__(self, new_run: Callable[[], str], *, linger_s: float = LINGER_S) -> None:
        self._new_run, self._linger_s = new_run, linger_s
        self._faces: dict[TopicName, dict[Face, LiveTopic]] = {}
        self._touched: dict[LiveTopic, None] = {}
        self._idle_since: dict[LiveTopic, float] = {}

    def __len__(self) -> int:
        return sum(map(len, self._faces.values()))

    def __bool__(self) -> bool:
        """True when anything is watched, or was a moment ago."""
        return bool(self._faces)

    def faces(self, name: TopicName) -> Iterator[tuple[Face, LiveTopic]]:
        """Those that are kept of a name."""
        yield from self._faces.get(name, {}).items()

    def names(self, kind: Kind) -> list[str]:
        """Pools or reps whose topics are kept."""
        return [name.of for name in self._faces if name.kind == kind]

    def has(self, name: TopicName, face: Face, topic: LiveTopic) -> bool:
        """Whether this topic is what a face of a name is shown."""
        return self._faces.get(name, {}).get(face) is topic

    def open(self, name: TopicName, face: Face = MASKED) -> tuple[LiveTopic, bool]:
        """The topic, and whether it is new: then it is empty and must be filled."""
        known = self._faces.get(name, {}).get(face)
        if known is not None:
            return known, False
        topic = LiveTopic(
            str(name),
            self._new_run(),
            keep=_KEEP[name.kind],
            touched=self._touch,
        )
        self._faces.setdefault(name, {})[face] = topic
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
        for name, faces in list(self._faces.items()):
            for face, topic in list(faces.items()):
                if topic.watchers:
                    self._idle_since.pop(topic, None)
                elif now - self._idle_since.setdefault(topic, now) >= self._linger_s:
                    del faces[face], self._idle_since[topic]
                    self._touched.pop(topic, None)
            if not faces:
                del self._faces[name]

"""What a client has after snapshot and deltas is what the topic is, whatever happens between."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from dialer.features.live.topic import Cursor, LiveTopic
from tests.kit.live_mirror import GapError, Mirror

SECTIONS, KEYS = st.sampled_from(["agents", "calls"]), st.sampled_from(["a", "b", "ü/1", ""])
VALUES = st.integers(0, 3).map(lambda n: msgspec.json.encode({"n": n}))


def truth(topic: LiveTopic) -> dict[tuple[str, str], Any]:
    return {(section, key): msgspec.json.decode(row) for section, key, row in topic.rows()}


def read(cursor: Cursor, mirror: Mirror) -> list[str]:
    """Everything the cursor has, applied; the kinds of message."""
    return [mirror.apply(text)["op"] for text in cursor.take()]


class OneTopicManyClients(RuleBasedStateMachine):
    """Rows come, change and go; clients read when they like, leave, and come back."""

    @initialize(keep=st.integers(0, 4), keep_chars=st.sampled_from([0, 300, 10_000]))
    def begin(self, keep: int, keep_chars: int) -> None:
        self.make: Callable[[str], LiveTopic] = lambda run: LiveTopic(
            "floor/x", run, keep=keep, keep_chars=keep_chars
        )
        self.runs = 1
        self.topic = self.make("run1")
        self.wanted: dict[tuple[str, str], Any] = {}
        self.mirrors = [Mirror(), Mirror()]
        self.cursors = [Cursor(self.topic), Cursor(self.topic)]

    @rule(section=SECTIONS, key=KEYS, row=VALUES)
    def put(self, section: str, key: str, row: bytes) -> None:
        self.topic.put(section, key, row)
        self.wanted[section, key] = msgspec.json.decode(row)

    @rule(section=SECTIONS, key=KEYS)
    def gone(self, section: str, key: str) -> None:
        self.topic.gone(section, key)
        self.wanted.pop((section, key), None)

    @rule(section=SECTIONS, rows=st.dictionaries(KEYS, VALUES))
    def replace(self, section: str, rows: dict[str, bytes]) -> None:
        self.topic.replace(section, rows)
        kept = {at: row for at, row in self.wanted.items() if at[0] != section}
        new = {(section, key): msgspec.json.decode(row) for key, row in rows.items()}
        self.wanted = {**kept, **new}

    @rule()
    def tick(self) -> None:
        before = truth(self.topic)
        said = self.topic.flush(1.0)
        assert truth(self.topic) == self.wanted
        assert said == (before != self.wanted), "a message says something new, or is not made"

    @rule(client=st.integers(0, 1))
    def client_reads(self, client: int) -> None:
        read(self.cursors[client], self.mirrors[client])
        assert self.mirrors[client].rows() == truth(self.topic)
        assert self.mirrors[client].seq == self.topic.seq

    @rule(client=st.integers(0, 1), lost=st.integers(0, 3))
    def client_is_cut_off_and_comes_back(self, client: int, lost: int) -> None:
        """What was on its way is lost."""
        mirror = self.mirrors[client]
        sent = self.cursors[client].take()
        for text in sent[: max(0, len(sent) - lost)]:
            mirror.apply(text)
        self.cursors[client] = Cursor(self.topic, mirror.run, mirror.seq)

    @rule()
    def the_server_starts_anew(self) -> None:
        self.runs += 1
        self.topic, self.wanted = self.make(f"run{self.runs}"), {}
        self.cursors = [Cursor(self.topic, m.run, m.seq) for m in self.mirrors]

    @rule(client=st.integers(0, 1), run=st.sampled_from(["", "run1", "x"]), seq=st.integers(-2, 9))
    def client_asks_for_nonsense(self, client: int, run: str, seq: int) -> None:
        mirror = self.mirrors[client]
        if (run, seq) != (mirror.run, mirror.seq):
            is_possible = run == self.topic.run and self.topic.after(seq) is not None
            first = msgspec.json.decode(next(iter(Cursor(self.topic, run, seq).take())))
            assert first["op"] == ("resumed" if is_possible else "snapshot")

    @invariant()
    def a_client_who_waits_costs_no_memory(self) -> None:
        if hasattr(self, "topic"):
            kept = self.topic.after(self.topic.seq - len(self.topic._ring))
            assert kept is not None
            assert len(kept) <= self.topic._keep


TestOneTopicManyClients = OneTopicManyClients.TestCase
TestOneTopicManyClients.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)


@pytest.fixture
def topic() -> LiveTopic:
    return LiveTopic("floor/x", "run1", keep=3)


def test_changes_of_one_tick_go_out_as_one_message_with_the_last_of_each(topic: LiveTopic) -> None:
    cursor, mirror = Cursor(topic), Mirror()
    read(cursor, mirror)
    for n in range(5):
        topic.put("agents", "anna", b'{"n":%d}' % n)
    topic.flush(7.0)

    (message,) = cursor.take()
    assert msgspec.json.decode(message) == {
        "op": "delta", "topic": "floor/x", "seq": 1, "at": 7.0,
        "set": {"agents": {"anna": {"n": 4}}}, "gone": {},
    }  # fmt: skip


def test_what_is_back_to_where_it_was_is_no_news(topic: LiveTopic) -> None:
    topic.put("agents", "anna", b"1")
    topic.flush(0)
    topic.put("agents", "anna", b"2")
    topic.put("agents", "anna", b"1")
    topic.put("calls", "c", b"1")
    topic.gone("calls", "c")
    assert not topic.flush(1)
    assert topic.seq == 1


def test_all_readers_get_the_very_same_text(topic: LiveTopic) -> None:
    one, other = Cursor(topic), Cursor(topic)
    assert one.take()[0] is other.take()[0]
    topic.put("agents", "anna", b"1")
    topic.flush(0)
    assert one.take()[0] is other.take()[0]


def test_who_is_too_far_behind_is_reset_with_a_snapshot(topic: LiveTopic) -> None:
    cursor, mirror = Cursor(topic), Mirror()
    read(cursor, mirror)
    for n in range(4):
        topic.put("agents", "anna", b"%d" % n)
        topic.flush(n)
    assert read(cursor, mirror) == ["reset", "snapshot"]
    assert mirror.rows() == {("agents", "anna"): 3}


def test_who_comes_back_in_time_gets_only_what_was_missed(topic: LiveTopic) -> None:
    mirror = Mirror()
    read(Cursor(topic), mirror)
    for n in range(3):
        topic.put("agents", "anna", b"%d" % n)
        topic.flush(n)
    assert read(Cursor(topic, mirror.run, mirror.seq), mirror) == ["resumed", *["delta"] * 3]
    assert mirror.snapshots == 1
    assert mirror.rows() == truth(topic)


def test_who_missed_nothing_is_told_so(topic: LiveTopic) -> None:
    mirror = Mirror()
    read(Cursor(topic), mirror)
    assert read(Cursor(topic, mirror.run, mirror.seq), mirror) == ["resumed"]


def test_numbers_of_an_earlier_life_of_the_server_mean_nothing(topic: LiveTopic) -> None:
    assert read(Cursor(topic, "run0", 0), Mirror()) == ["snapshot"]


def test_a_client_notices_a_gap_and_keeps_what_it_had(topic: LiveTopic) -> None:
    mirror = Mirror()
    read(Cursor(topic), mirror)
    for n in range(2):
        topic.put("agents", "anna", b"%d" % n)
        topic.flush(n)
    missed = topic.after(0)
    assert missed is not None
    with pytest.raises(GapError):
        mirror.apply(missed[1])
    assert mirror.rows() == {}

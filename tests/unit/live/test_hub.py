"""Topics come with the first who watches and go some time after the last."""

from __future__ import annotations

from itertools import count

import pytest

from dialer.features.live.hub import MASKED, Face, Hub, TopicName, topic_name
from dialer.features.live.messages import Fault, Hello, Ping, Subscribe, Unsubscribe, read


class Screen:
    def wake(self) -> None: ...


@pytest.fixture
def hub() -> Hub:
    numbers = count()
    return Hub(lambda: f"run{next(numbers)}", linger_s=60.0)


FLOOR = TopicName("floor", "main")


def test_a_topic_is_made_once_and_kept_while_somebody_watches(hub: Hub) -> None:
    topic, is_new = hub.open(FLOOR)
    assert is_new
    assert hub.open(FLOOR) == (topic, False)
    topic.watchers.add(Screen())
    hub.forget_idle(0.0)
    hub.forget_idle(1000.0)
    assert hub.open(FLOOR) == (topic, False)


def test_masked_and_full_numbers_are_two_topics_of_one_name(hub: Hub) -> None:
    masked, _ = hub.open(FLOOR)
    full, _ = hub.open(FLOOR, Face(numbers=True))
    assert masked is not full
    assert list(hub.faces(FLOOR)) == [(MASKED, masked), (Face(numbers=True), full)]
    assert hub.names("floor") == ["main"]


def test_a_topic_nobody_watches_waits_for_who_comes_back_and_then_goes(hub: Hub) -> None:
    topic, _ = hub.open(FLOOR)
    hub.forget_idle(100.0)
    hub.forget_idle(159.0)
    assert len(hub) == 1
    hub.forget_idle(160.0)
    assert len(hub) == 0
    again, is_new = hub.open(FLOOR)
    assert is_new
    assert again.run != topic.run


def test_only_those_who_watch_what_changed_are_woken(hub: Hub) -> None:
    one, other = Screen(), Screen()
    floor, _ = hub.open(FLOOR)
    campaigns, _ = hub.open(TopicName("campaigns"))
    floor.watchers.add(one)
    campaigns.watchers.add(other)
    floor.put("agents", "anna", b"1")
    assert hub.flush(0.0) == {one}
    assert hub.flush(1.0) == set()


@pytest.mark.parametrize("text", ["floor/main", "agent/a.b-c", "campaigns", "floor/a/b"])
def test_a_topics_name_is_read_as_it_is_written(text: str) -> None:
    name = topic_name(text)
    assert name is not None
    assert str(name) == text


@pytest.mark.parametrize(
    "text", ["", "/", "floor", "floor/", "campaigns/", "campaigns/x", "Floor/x"]
)
def test_other_names_are_no_topics(text: str) -> None:
    assert topic_name(text) is None


@pytest.mark.parametrize(
    ("text", "wish"),
    [
        ('{"op":"hello","token":"t"}', Hello("t")),
        ('{"op":"subscribe","topic":"x"}', Subscribe("x")),
        ('{"op":"subscribe","topic":"x","run":"r","seq":3}', Subscribe("x", "r", 3)),
        ('{"op":"unsubscribe","topic":"x"}', Unsubscribe("x")),
        (b'{"op":"ping"}', Ping()),
    ],
)
def test_what_clients_say_is_read(text: str | bytes, wish: object) -> None:
    assert read(text) == wish


@pytest.mark.parametrize(
    "text",
    ["", "x", "[]", "1", "{}", '{"op":"shout"}', '{"op":"subscribe"}', '{"op":"ping","x":1}',
     '{"op":"subscribe","topic":7}', '{"op":"subscribe","topic":"x","seq":"1"}', "[" * 4000,
     b"\xff\xfe", '"\ud800"', '{"op":"subscribe","topic":"x","seq":1e400}'],
)  # fmt: skip
def test_garbage_is_answered_with_one_line(text: str | bytes) -> None:
    fault = read(text)
    assert isinstance(fault, Fault)
    assert fault.slug == "invalid-message"
    assert "\n" not in fault.message

"""What a look at the switch makes of a floor: every kind of difference, one at a time."""

from __future__ import annotations

import pytest

from dialer.engine.reconcile import agreed, gone, missed_events
from dialer.floor import events as ev
from dialer.floor.commands import CloseAttempt
from dialer.ports.switch import LedgerRow, LiveChannel
from tests.kit.scene import Scene


def missed(
    scene: Scene,
    *channels: LiveChannel,
    rows: tuple[LedgerRow, ...] = (),
    booted_at: float | None = None,
) -> list[ev.Event]:
    ledger = {row.attempt: row for row in rows}
    return missed_events(scene.floor, channels, ledger, scene.now, booted_at)


def parked(scene: Scene, *agents: str) -> list[LiveChannel]:
    return [LiveChannel(scene.leg(agent), "up", parked=True) for agent in agents]


def a_row(scene: Scene, **known: object) -> LedgerRow:
    values: dict[str, object] = {"answer": None, "disposition": "NO ANSWER", "cause": None}
    return LedgerRow("a1", scene.now - 20, end=scene.now - 1, **{**values, **known})  # type: ignore[arg-type]


def test_where_both_agree_there_is_nothing_to_tell() -> None:
    scene = Scene("ann", "bob")
    scene.talk("a1")
    scene.ring("a2")
    leg = scene.leg("ann")
    talking = [LiveChannel("a1", "up", peer=leg), LiveChannel(leg, "up", peer="a1")]
    assert missed(scene, *talking, LiveChannel("a2", "ringing"), *parked(scene, "bob")) == []


def test_a_phone_that_is_gone() -> None:
    scene = Scene("ann")
    assert missed(scene) == [ev.LegGone(scene.leg("ann"), scene.now, 0)]


def test_a_phone_that_was_called_just_now_is_not_missed_yet() -> None:
    scene = Scene()
    scene.do(ev.LoggedIn("ann"))
    assert missed(scene) == []
    scene.pass_s(3.1)
    assert missed(scene) == [ev.LegGone("leg-run-1-ann", scene.now, 0)]


def test_a_phone_that_is_parked_unknown_to_us() -> None:
    scene = Scene()
    scene.do(ev.LoggedIn("ann"))
    assert missed(scene, *parked(scene, "ann")) == [ev.LegParked(scene.leg("ann"), scene.now)]


def test_an_old_phone_of_a_rep_is_named_so_that_the_floor_ends_it() -> None:
    scene = Scene("ann")
    old = LiveChannel("leg-old-7-ann", "up", parked=True)
    assert missed(scene, *parked(scene, "ann"), old) == [ev.LegParked("leg-old-7-ann", scene.now)]


def test_a_call_that_rings() -> None:
    scene = Scene()
    scene.dial("a1")
    assert missed(scene, LiveChannel("a1", "ringing")) == [ev.Rang("a1", scene.now)]


def test_a_call_that_was_answered() -> None:
    scene = Scene()
    scene.ring("a1")
    up = LiveChannel("a1", "up", answered_at=scene.now - 1)
    assert missed(scene, up) == [ev.PickedUp("a1", scene.now - 1)]


def test_a_call_that_was_answered_and_bridged() -> None:
    scene = Scene("ann")
    scene.ring("a1")
    leg = scene.leg("ann")
    up = LiveChannel("a1", "up", leg, answered_at=scene.now - 2, bridged_at=scene.now - 1)
    assert missed(scene, up, LiveChannel(leg, "up", "a1")) == [
        ev.PickedUp("a1", scene.now - 2),
        ev.Bridged("a1", leg, scene.now - 1),
    ]


def test_a_bridge_that_is_over() -> None:
    scene = Scene("ann")
    scene.talk("a1")
    assert missed(scene, LiveChannel("a1", "up"), *parked(scene, "ann")) == [
        ev.LegParked(scene.leg("ann"), scene.now),
        ev.Unbridged("a1", "", scene.now),
    ]


def test_an_order_that_is_still_with_the_store_is_the_placers_to_answer_for() -> None:
    scene = Scene()
    scene.place("a1")
    scene.pass_s(600)
    assert gone(scene.floor, []) == []
    assert missed(scene, booted_at=scene.now) == []


def test_a_dial_neither_knows_is_given_up_when_its_time_and_a_minute_are_over() -> None:
    scene = Scene()
    scene.dial("a1")
    scene.pass_s(84.9)
    assert gone(scene.floor, []) == ["a1"]
    assert missed(scene) == []
    scene.pass_s(0.2)
    assert missed(scene) == [ev.LedgerTold("a1", scene.now, 0, "network")]


def test_a_call_that_was_seen_and_is_gone_without_a_record_has_ended() -> None:
    scene = Scene()
    scene.ring("a1")
    assert missed(scene) == [ev.LedgerTold("a1", scene.now, 0, "network")]


def test_a_call_that_died_with_the_switch_ended_when_the_link_did() -> None:
    scene = Scene()
    scene.ring("a1")
    scene.do(ev.SwitchLost())
    lost_at = scene.now
    scene.pass_s(10)
    assert missed(scene, booted_at=lost_at + 5) == [ev.LedgerTold("a1", lost_at, 0, "network")]


@pytest.mark.parametrize(
    ("known", "cause", "by"),
    [
        ({"disposition": "BUSY"}, 17, "network"),
        ({"disposition": "NO ANSWER"}, 19, "network"),
        ({"disposition": "CONGESTION"}, 34, "network"),
        ({"disposition": "FAILED", "cause": 1}, 1, "network"),
        ({"answer": 90.0, "disposition": "ANSWERED", "stage": "message"}, 16, "dialer"),
        ({"answer": 90.0, "disposition": "ANSWERED", "stage": "orphan"}, 16, "dialer"),
        ({"answer": 90.0, "disposition": "ANSWERED"}, 16, "callee"),
    ],
)
def test_the_ledger_tells_how_an_unseen_call_ended(
    known: dict[str, object], cause: int, by: str
) -> None:
    scene = Scene()
    scene.ring("a1")
    (told,) = missed(scene, rows=(a_row(scene, **known),))
    assert isinstance(told, ev.LedgerTold)
    assert (told.cause, told.by, told.answered_at) == (cause, by, known.get("answer"))
    assert told.connected_at is None


def test_the_ledger_tells_who_talked() -> None:
    scene = Scene()
    scene.ring("a1")
    talked = a_row(
        scene, answer=90.0, bridged=91.0, leg="leg-run-3-ann-lee", disposition="ANSWERED"
    )
    (told,) = missed(scene, rows=(talked,))
    assert isinstance(told, ev.LedgerTold)
    assert (told.connected_at, told.agent, told.by) == (91.0, "ann-lee", "callee")


def test_only_what_two_looks_agree_on_is_believed_with_the_words_of_the_second() -> None:
    first = [ev.LegGone("leg-a", 1.0, 0), ev.Rang("a1", 1.0), ev.Unbridged("a2", "", 1.0)]
    second = [ev.LegGone("leg-a", 2.0, 0), ev.Rang("a9", 2.0), ev.PickedUp("a1", 2.0)]
    assert agreed(first, second) == [ev.LegGone("leg-a", 2.0, 0)]


def test_a_rep_who_was_sent_to_ringing_and_never_was_is_found_parked() -> None:
    scene = Scene("ann")
    scene.agent("ann").aside = True
    assert missed(scene, *parked(scene, "ann")) == [ev.LegParked(scene.leg("ann"), scene.now)]


@pytest.mark.parametrize("doing", ["hold", "bridge"])
def test_a_callee_who_has_talked_is_known_to_have(doing: str) -> None:
    """Before a restart: on hold, or with a supervisor alone."""
    scene = Scene()
    scene.do(ev.AttemptRestored("a1", "gold", "l1", "gold", scene.now - 60.0))
    channel = LiveChannel("a1", "up", answered_at=50.0, bridged_at=51.0, doing=doing)
    for event in missed(scene, channel):
        scene.do(event)
    commands = scene.do(ev.HungUp("a1", scene.now, 16, "callee"))
    (record,) = [it for it in commands if isinstance(it, CloseAttempt)]
    assert (record.outcome, record.connected_at) == ("connected", 51.0)
    assert not [line for line in scene.pacer.told if line[0] == "abandoned"]


def test_a_callee_whose_bridge_never_came_to_be_has_not_talked() -> None:
    scene = Scene()
    scene.do(ev.AttemptRestored("a1", "gold", "l1", "gold", scene.now - 60.0))
    channel = LiveChannel("a1", "up", answered_at=50.0, bridged_at=51.0, doing="asking")
    assert missed(scene, channel) == [ev.PickedUp("a1", 50.0)]

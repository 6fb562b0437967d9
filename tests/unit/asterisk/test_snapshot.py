"""A list of channels, as the engine understands it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialer.asterisk.messages import Message
from dialer.asterisk.snapshot import live_channels, wants_times, with_times
from dialer.ports.switch import LiveChannel

CALLEE, LEG, FOREIGN = "01J9ZXT3Q4S5K6M7N8P9R0A1B2", "leg-01J9ZXT3-1-rep01", "1763800000.123"


def item(channel: str, state: int | str = 6, bridge: str = "", doing: str | None = None) -> Message:
    pairs = [
        ("Event", "CoreShowChannel"),
        ("Channel", "PJSIP/carrier-00000001"),
        ("ChannelState", str(state)),
        ("Uniqueid", channel),
        ("BridgeId", bridge),
        ("ChanVariable", "OTHER=1"),
    ]
    if doing is not None:
        pairs.append(("ChanVariable", f"DIALER_DOING={doing}"))
    return Message.of(pairs)


def test_two_in_one_bridge_name_each_other_and_are_not_parked() -> None:
    assert live_channels([item(CALLEE, bridge="b"), item(LEG, bridge="b")]) == [
        LiveChannel(CALLEE, "up", peer=LEG),
        LiveChannel(LEG, "up", peer=CALLEE),
    ]


def test_a_leg_alone_in_a_bridge_is_parked() -> None:
    assert live_channels([item(LEG, bridge="holding")]) == [LiveChannel(LEG, "up", parked=True)]


def test_a_leg_in_no_bridge_is_not_parked() -> None:
    assert live_channels([item(LEG)]) == [LiveChannel(LEG, "up")]


def test_a_callee_alone_in_a_bridge_is_not_parked() -> None:
    assert live_channels([item(CALLEE, bridge="b")]) == [LiveChannel(CALLEE, "up")]


def test_channels_in_different_bridges_are_no_peers() -> None:
    found = live_channels([item(CALLEE, bridge="a"), item(LEG, bridge="b")])

    assert [channel.peer for channel in found] == [None, None]


def test_channels_in_no_bridge_are_no_peers() -> None:
    assert [c.peer for c in live_channels([item(CALLEE), item(LEG)])] == [None, None]


@pytest.mark.parametrize("stranger", [FOREIGN, ""])
def test_a_channel_of_nobody_is_not_listed_and_is_nobodys_peer(stranger: str) -> None:
    """But a leg that shares its bridge with one is not free, either."""
    (leg,) = live_channels([item(stranger, bridge="b"), item(LEG, bridge="b")])

    assert leg == LiveChannel(LEG, "up", peer=None, parked=False)


def test_a_second_rep_in_the_bridge_is_not_the_first_ones_peer() -> None:
    second = "leg-01J9ZXT3-2-rep02"
    items = [item(LEG, bridge="b"), item(second, bridge="b"), item(CALLEE, bridge="b")]
    peers = {channel.channel: channel.peer for channel in live_channels(items)}

    assert peers == {LEG: CALLEE, second: CALLEE, CALLEE: LEG}


@pytest.mark.parametrize(
    ("state", "word"),
    [(0, "down"), (3, "down"), (4, "down"), (5, "ringing"), (6, "up"), ("", "down"), ("x", "down")],
)
def test_states_have_the_engines_names(state: int | str, word: str) -> None:
    (channel,) = live_channels([item(CALLEE, state)])

    assert channel.state == word


@pytest.mark.parametrize("doing", ["asking", "message", "bridge", "hold", ""])
def test_what_the_dialplan_does_is_told(doing: str) -> None:
    (channel,) = live_channels([item(CALLEE, doing=doing)])

    assert channel.doing == doing


def test_without_the_variable_nothing_is_being_done() -> None:
    assert live_channels([item(CALLEE)])[0].doing == ""


def test_an_item_without_headers_is_passed_over() -> None:
    assert live_channels([Message.of([("Event", "CoreShowChannel")])]) == []


def test_times_are_asked_for_where_they_are_unknown_and_there_are_any() -> None:
    channels = [LiveChannel("a", "up"), LiveChannel("b", "up"), LiveChannel("c", "ringing")]

    assert wants_times(channels, {"b", "c", "d"}) == ["b"]


def test_times_are_put_in_where_they_were_told() -> None:
    channels = [LiveChannel("a", "up", peer="leg-1", doing="bridge"), LiveChannel("b", "up")]

    assert with_times(channels, {"a": ("1763800000.5", "1763800002.25")}) == [
        LiveChannel(
            "a",
            "up",
            peer="leg-1",
            doing="bridge",
            answered_at=1763800000.5,
            bridged_at=1763800002.25,
        ),
        channels[1],
    ]


@pytest.mark.parametrize("text", ["", "0.000000", "(null)", "nan", "inf", "-inf", "-5", "1,5"])
def test_what_never_happened_has_no_time(text: str) -> None:
    (channel,) = with_times([LiveChannel("a", "up")], {"a": (text, text)})

    assert (channel.answered_at, channel.bridged_at) == (None, None)


lists = st.lists(
    st.tuples(
        st.sampled_from([CALLEE, LEG, "x1", "x2", "leg-2", FOREIGN]),
        st.sampled_from([0, 5, 6]),
        st.sampled_from(["", "a", "b"]),
    ),
    unique_by=lambda each: each[0],
)


@given(lists)
def test_a_peer_is_always_the_other_kind_in_the_same_bridge(
    channels: list[tuple[str, int, str]],
) -> None:
    bridges = {channel: bridge for channel, _, bridge in channels}
    found = live_channels([item(*each) for each in channels])

    assert [c.channel for c in found] == [c for c, _, _ in channels if c != FOREIGN]
    for channel in found:
        bridge = bridges[channel.channel]
        if channel.peer is not None:
            assert bridge
            assert bridges[channel.peer] == bridge
            assert channel.peer.startswith("leg-") != channel.channel.startswith("leg-")
            assert not channel.parked

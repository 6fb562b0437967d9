"""What a manager event means to the floor, in every order in which Asterisk tells them."""

from __future__ import annotations

import math
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialer.asterisk.messages import Message
from dialer.asterisk.translate import WANTED, Translator, is_leg, is_ours
from dialer.floor import events as ev

NOW = 1_800_000_000.0
THEN = NOW - 0.25
CALLEE, OTHER = "01J9ZXT3Q4S5K6M7N8P9R0A1B2", "01J9ZXT3Q4S5K6M7N8P9R0A1B3"
LEG, SECOND = "leg-01J9ZXT3-1-rep01", "leg-01J9ZXT3-2-rep02"
FOREIGN = "1763800000.123"
BRIDGE = "5a0bd0ba-7c44-4c0b-8a44-8f4b2b0f3c11"
RUBBISH = ["", "-1", "x", "1.5", "²", "٣", "9" * 5000, " 16", "1_6"]


def message(event: str, **headers: Any) -> Message:
    """As the manager sends it, with its own time unless told otherwise."""
    head = {"Event": event, "Privilege": "call,all", "Timestamp": f"{THEN:.6f}"}
    return Message.of([(name, str(value)) for name, value in {**head, **headers}.items()])


def about(event: str, channel: str, **headers: Any) -> Message:
    return message(event, Channel="PJSIP/x-00000001", Uniqueid=channel, **headers)


def enters(channel: str, bridge: str = BRIDGE, technology: str = "simple_bridge") -> Message:
    return about("BridgeEnter", channel, BridgeUniqueid=bridge, BridgeTechnology=technology)


def leaves(channel: str, bridge: str = BRIDGE, technology: str = "simple_bridge") -> Message:
    return about("BridgeLeave", channel, BridgeUniqueid=bridge, BridgeTechnology=technology)


@pytest.fixture
def translator() -> Translator:
    return Translator(lambda: NOW)


def told(translator: Translator, *messages: Message) -> list[ev.Event]:
    return [event for message in messages for event in translator.translate(message)]


# --- names ----------------------------------------------------------------------------------------


def test_our_channels_are_those_whose_id_we_chose() -> None:
    assert is_ours(CALLEE)
    assert is_ours(LEG)
    assert not is_ours(FOREIGN)
    assert not is_ours("")
    assert is_leg(LEG)
    assert not is_leg(CALLEE)


# --- ringing and answer ---------------------------------------------------------------------------


def test_180_is_told_by_newstate_and_dialstate_and_both_mean_ringing(
    translator: Translator,
) -> None:
    newstate = about("Newstate", CALLEE, ChannelState=5, ChannelStateDesc="Ringing")
    dialstate = message("DialState", DestUniqueid=CALLEE, DialStatus="RINGING")

    assert told(translator, newstate) == [ev.Rang(CALLEE, THEN)]
    assert told(translator, dialstate) == [ev.Rang(CALLEE, THEN)]


def test_183_is_told_by_dialstate_alone(translator: Translator) -> None:
    progress = message("DialState", DestUniqueid=CALLEE, DialStatus="PROGRESS")

    assert told(translator, progress) == [ev.Rang(CALLEE, THEN)]


@pytest.mark.parametrize("status", ["PROCEEDING", "ANSWER", "", "ringing"])
def test_other_dial_states_are_no_ringing(translator: Translator, status: str) -> None:
    assert told(translator, message("DialState", DestUniqueid=CALLEE, DialStatus=status)) == []


def test_a_dialstate_is_of_the_channel_dialed_not_of_the_one_that_dials(
    translator: Translator,
) -> None:
    dialstate = message("DialState", Uniqueid=CALLEE, DestUniqueid=FOREIGN, DialStatus="RINGING")

    assert told(translator, dialstate) == []


def test_up_is_picked_up(translator: Translator) -> None:
    assert told(translator, about("Newstate", CALLEE, ChannelState=6)) == [
        ev.PickedUp(CALLEE, THEN)
    ]


@pytest.mark.parametrize("state", ["0", "3", "4", "", "66", "up"])
def test_other_channel_states_say_nothing(translator: Translator, state: str) -> None:
    assert told(translator, about("Newstate", CALLEE, ChannelState=state)) == []


def test_a_reps_phone_neither_rings_nor_picks_up_for_the_floor(translator: Translator) -> None:
    """Only its place in the holding bridge counts."""
    assert (
        told(
            translator,
            about("Newstate", LEG, ChannelState=5),
            message("DialState", DestUniqueid=LEG, DialStatus="RINGING"),
            about("Newstate", LEG, ChannelState=6),
        )
        == []
    )


# --- the end of a channel -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("requests", "by"),
    [
        ((), "network"),
        (("HangupRequest",), "callee"),
        (("SoftHangupRequest",), "dialer"),
        (("HangupRequest", "SoftHangupRequest"), "callee"),
        (("SoftHangupRequest", "HangupRequest"), "callee"),
        (("SoftHangupRequest", "SoftHangupRequest"), "dialer"),
    ],
)
def test_who_hung_up_is_known_from_the_requests_in_either_order(
    translator: Translator, requests: tuple[str, ...], by: ev.HangupBy
) -> None:
    asked = [about(name, CALLEE, Cause=16) for name in requests]

    assert told(translator, *asked) == []
    assert told(translator, about("Hangup", CALLEE, Cause=16)) == [
        ev.HungUp(CALLEE, THEN, 16, by, 0)
    ]


def test_a_request_counts_for_its_own_channel_and_once(translator: Translator) -> None:
    told(translator, about("HangupRequest", CALLEE))

    assert told(translator, about("Hangup", OTHER, Cause=17)) == [
        ev.HungUp(OTHER, THEN, 17, "network", 0)
    ]
    told(translator, about("Hangup", CALLEE, Cause=16))
    assert told(translator, about("Hangup", CALLEE, Cause=16)) == [
        ev.HungUp(CALLEE, THEN, 16, "network", 0)
    ]


@pytest.mark.parametrize(
    ("requests", "cause", "bye"),
    [
        (("HangupRequest", "SoftHangupRequest"), 16, True),
        (("SoftHangupRequest",), 16, False),
        ((), 44, False),  # rtp_timeout: the network took it
    ],
)
def test_a_phone_that_hangs_up_is_told_from_one_that_is_lost(
    translator: Translator, requests: tuple[str, ...], cause: int, bye: bool
) -> None:
    told(translator, *(about(name, LEG) for name in requests))

    assert told(translator, about("Hangup", LEG, Cause=cause)) == [
        ev.LegGone(LEG, THEN, cause, bye=bye)
    ]


def test_a_hangup_without_a_cause_is_0(translator: Translator) -> None:
    assert told(translator, about("Hangup", LEG)) == [ev.LegGone(LEG, THEN, 0)]


# --- the answer to an Originate -------------------------------------------------------------------


def response(action_id: str, **headers: Any) -> Message:
    return message(
        "OriginateResponse", **({"ActionID": action_id, "Response": "Failure"} | headers)
    )


def test_a_failed_originate_is_matched_by_action_id_only(translator: Translator) -> None:
    """A taken ChannelId is answered with the Uniqueid of the call that lives."""
    failed = response(f"place.{OTHER}", Uniqueid=CALLEE, Reason=3)

    assert told(translator, failed) == [ev.OriginateFailed(OTHER, 3, 0)]


@pytest.mark.parametrize(
    "failed",
    [
        response("", Uniqueid=CALLEE),
        response(CALLEE, Uniqueid=CALLEE),
        response("3f2a-17", Uniqueid=CALLEE),
        response("place.", Uniqueid=CALLEE),
        response(f"place.{FOREIGN}", Uniqueid=CALLEE),
        response(f"xplace.{CALLEE}"),
    ],
    ids=["no id", "bare", "another's", "empty", "a dot", "not at the front"],
)
def test_answers_to_others_say_nothing(translator: Translator, failed: Message) -> None:
    assert told(translator, failed) == []


def test_a_success_says_nothing(translator: Translator) -> None:
    """Newstate and the route request tell of the answer."""
    assert told(translator, response(f"place.{CALLEE}", Response="Success", Reason=4)) == []


def test_a_phone_that_could_not_be_called_is_gone(translator: Translator) -> None:
    assert told(translator, response(f"place.{LEG}", Reason=5)) == [ev.LegGone(LEG, THEN, 0)]


@pytest.mark.parametrize("text", RUBBISH)
def test_a_reason_that_is_no_number_is_0(translator: Translator, text: str) -> None:
    failed = response(f"place.{CALLEE}", Reason=text)

    assert told(translator, failed) == [ev.OriginateFailed(CALLEE, 0, 0)]


def test_an_unanswered_call_is_understood_in_every_order() -> None:
    """The rejection's request, the failed Originate and the hang-up."""
    request = about("HangupRequest", CALLEE, Cause=17)
    failed = response(f"place.{CALLEE}", Reason=0)
    hangup = about("Hangup", CALLEE, Cause=17)
    for order in permutations([request, failed, hangup]):
        by: ev.HangupBy = "callee" if order.index(request) < order.index(hangup) else "network"
        events = told(Translator(lambda: NOW), *order)
        expected = {
            hangup: ev.HungUp(CALLEE, THEN, 17, by, 0),
            failed: ev.OriginateFailed(CALLEE, 0, 0),
        }
        assert events == [expected[each] for each in order if each in expected]


# --- bridges --------------------------------------------------------------------------------------


@pytest.mark.parametrize("arrivals", list(permutations([CALLEE, LEG])))
@pytest.mark.parametrize("departures", list(permutations([CALLEE, LEG])))
def test_a_bridge_is_told_once_both_are_in_until_one_leaves(
    translator: Translator, arrivals: tuple[str, str], departures: tuple[str, str]
) -> None:
    assert told(translator, enters(arrivals[0])) == []
    assert told(translator, enters(arrivals[1])) == [ev.Bridged(CALLEE, LEG, THEN)]
    assert told(translator, leaves(departures[0])) == [ev.Unbridged(CALLEE, LEG, THEN)]
    assert told(translator, leaves(departures[1])) == []


def test_the_time_of_a_bridge_is_that_of_the_later_arrival(translator: Translator) -> None:
    first = enters(CALLEE)
    second = about("BridgeEnter", LEG, BridgeUniqueid=BRIDGE, Timestamp=f"{THEN + 0.002:.6f}")

    assert told(translator, first, second) == [ev.Bridged(CALLEE, LEG, THEN + 0.002)]


def test_a_bridge_that_ends_after_the_hang_up_still_ends(translator: Translator) -> None:
    told(translator, enters(LEG), enters(CALLEE))
    late = [about("Hangup", CALLEE, Cause=16), leaves(CALLEE), leaves(LEG)]

    assert told(translator, *late) == [
        ev.HungUp(CALLEE, THEN, 16, "network", 0),
        ev.Unbridged(CALLEE, LEG, THEN),
    ]


def test_a_leg_in_its_holding_bridge_is_parked(translator: Translator) -> None:
    parked = enters(LEG, "holding", "holding_bridge")

    assert told(translator, parked) == [ev.LegParked(LEG, THEN)]
    assert told(translator, leaves(LEG, "holding", "holding_bridge")) == []


def test_a_callee_in_a_holding_bridge_is_nothing_to_the_floor(translator: Translator) -> None:
    assert told(translator, enters(CALLEE, "holding", "holding_bridge")) == []


def test_a_leg_goes_from_its_place_to_a_callee_and_back(translator: Translator) -> None:
    steps = [
        enters(LEG, "holding", "holding_bridge"),
        leaves(LEG, "holding", "holding_bridge"),
        enters(LEG),
        enters(CALLEE),
        leaves(CALLEE),
        leaves(LEG),
        enters(LEG, "holding", "holding_bridge"),
    ]

    assert told(translator, *steps) == [
        ev.LegParked(LEG, THEN),
        ev.Bridged(CALLEE, LEG, THEN),
        ev.Unbridged(CALLEE, LEG, THEN),
        ev.LegParked(LEG, THEN),
    ]


def test_two_conversations_do_not_mix(translator: Translator) -> None:
    events = told(
        translator,
        enters(CALLEE, "one"),
        enters(OTHER, "two"),
        enters(SECOND, "two"),
        enters(LEG, "one"),
        leaves(OTHER, "two"),
    )

    assert events == [
        ev.Bridged(OTHER, SECOND, THEN),
        ev.Bridged(CALLEE, LEG, THEN),
        ev.Unbridged(OTHER, SECOND, THEN),
    ]


def test_two_legs_without_a_callee_are_told_as_such(translator: Translator) -> None:
    assert told(translator, enters(LEG), enters(SECOND)) == [ev.LegsBridged(LEG, SECOND, THEN)]


def test_a_second_rep_in_the_bridge_takes_over_when_the_first_leaves(
    translator: Translator,
) -> None:
    told(translator, enters(CALLEE), enters(LEG))

    assert told(translator, enters(SECOND)) == []
    assert told(translator, leaves(LEG)) == [
        ev.Unbridged(CALLEE, LEG, THEN),
        ev.Bridged(CALLEE, SECOND, THEN),
    ]
    assert told(translator, leaves(SECOND)) == [ev.Unbridged(CALLEE, SECOND, THEN)]


def test_a_channel_of_nobody_in_the_bridge_changes_nothing(translator: Translator) -> None:
    events = told(translator, enters(FOREIGN), enters(CALLEE), enters(LEG), leaves(FOREIGN))

    assert events == [ev.Bridged(CALLEE, LEG, THEN)]


def test_what_left_a_bridge_it_was_never_seen_in_says_nothing(translator: Translator) -> None:
    told(translator, enters(CALLEE))

    assert told(translator, leaves(LEG), leaves(LEG, "other")) == []


def test_a_bridge_without_a_name_is_none(translator: Translator) -> None:
    assert told(translator, enters(CALLEE, ""), enters(LEG, ""), leaves(LEG, "")) == []


def test_a_bridge_found_by_asking_ends_as_one_that_was_told(translator: Translator) -> None:
    translator.seen_bridged(BRIDGE, [FOREIGN, LEG, CALLEE])

    assert told(translator, leaves(CALLEE)) == [ev.Unbridged(CALLEE, LEG, THEN)]


def test_an_arrival_told_again_after_asking_is_told_on(translator: Translator) -> None:
    """Who asked may have looked at the answer before or after: to say it twice is harmless."""
    translator.seen_bridged(BRIDGE, [CALLEE, LEG])

    assert told(translator, enters(LEG)) == [ev.Bridged(CALLEE, LEG, THEN)]
    assert told(translator, leaves(LEG)) == [ev.Unbridged(CALLEE, LEG, THEN)]


def test_what_was_known_before_the_link_broke_is_forgotten(translator: Translator) -> None:
    told(translator, enters(CALLEE), enters(LEG), about("HangupRequest", CALLEE))
    translator.forget()

    assert told(translator, leaves(LEG)) == []
    assert told(translator, about("Hangup", CALLEE, Cause=16)) == [
        ev.HungUp(CALLEE, THEN, 16, "network", 0)
    ]


moves = st.lists(
    st.tuples(
        st.sampled_from([enters, leaves]),
        st.sampled_from([CALLEE, OTHER, LEG, SECOND, FOREIGN]),
        st.sampled_from(["one", "two"]),
    ),
    max_size=30,
)


@given(moves)
def test_conversations_begin_and_end_in_turn_whatever_comes(
    steps: list[tuple[Any, str, str]],
) -> None:
    """In each bridge at most one pair talks; it is there, and what ends had begun."""
    translator = Translator(lambda: NOW)
    inside: dict[str, set[str]] = {"one": set(), "two": set()}
    talking: dict[str, tuple[str, str] | None] = {"one": None, "two": None}
    for move, channel, bridge in steps:
        (inside[bridge].add if move is enters else inside[bridge].discard)(channel)
        for event in translator.translate(move(channel, bridge)):
            if isinstance(event, ev.LegsBridged):
                continue
            assert isinstance(event, ev.Bridged | ev.Unbridged)
            pair = (event.attempt, event.leg)
            if isinstance(event, ev.Bridged):
                assert talking[bridge] in {None, pair}
                talking[bridge] = pair
            else:
                assert talking[bridge] == pair
                talking[bridge] = None
        callees, legs = inside[bridge] & {CALLEE, OTHER}, inside[bridge] & {LEG, SECOND}
        present = talking[bridge]
        assert (present is not None) == (bool(callees) and bool(legs))
        assert present is None or (present[0] in callees and present[1] in legs)


# --- times ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("stamp", "at"),
    [
        (f"{THEN:.6f}", THEN),
        (f"{NOW + 60:.6f}", NOW),  # the node's clock is ahead
        ("", NOW),
        ("yesterday", NOW),
        ("nan", NOW),
        ("inf", NOW),
        ("-inf", NOW),
        ("1e999", NOW),
    ],
)
def test_an_event_has_the_nodes_time_but_never_a_later_one_than_now(
    translator: Translator, stamp: str, at: float
) -> None:
    answered = about("Newstate", CALLEE, ChannelState=6, Timestamp=stamp)

    assert told(translator, answered) == [ev.PickedUp(CALLEE, at)]


def test_an_event_without_a_time_happens_now(translator: Translator) -> None:
    bare = Message.of([("Event", "Newstate"), ("Uniqueid", CALLEE), ("ChannelState", "6")])

    assert told(translator, bare) == [ev.PickedUp(CALLEE, NOW)]


# --- everything else ------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [*WANTED, "VarSet", "Newexten", ""])
@pytest.mark.parametrize("channel", [FOREIGN, ""])
def test_channels_of_nobody_are_passed_over(
    translator: Translator, name: str, channel: str
) -> None:
    foreign = about(
        name,
        channel,
        ChannelState=6,
        DestUniqueid=channel,
        DialStatus="RINGING",
        Cause=16,
        BridgeUniqueid=BRIDGE,
        BridgeTechnology="simple_bridge",
        Response="Failure",
    )

    assert told(translator, foreign) == []


text = st.text(st.characters(exclude_characters="\r\n", exclude_categories=["Cs"]), max_size=12)
values = st.sampled_from([CALLEE, LEG, FOREIGN, BRIDGE, "5", "6", "Failure", f"place.{LEG}"]) | text
names = st.sampled_from(
    [
        "Uniqueid",
        "DestUniqueid",
        "ChannelState",
        "DialStatus",
        "Cause",
        "Reason",
        "Response",
        "ActionID",
        "BridgeUniqueid",
        "BridgeTechnology",
        "Timestamp",
    ]
)


@given(st.lists(st.tuples(st.sampled_from(WANTED), st.dictionaries(names, values)), max_size=12))
def test_no_event_however_garbled_does_harm(garbled: list[tuple[str, dict[str, str]]]) -> None:
    translator = Translator(lambda: NOW)
    for name, headers in garbled:
        for event in translator.translate(message(name, **headers)):
            at = getattr(event, "at", 0.0)
            assert math.isfinite(at)
            assert at <= NOW
            assert is_ours(getattr(event, "attempt", CALLEE))
            assert is_ours(getattr(event, "leg", LEG))

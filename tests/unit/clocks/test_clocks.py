"""The pure part of clocks: offsets, jumps, doubt, and another machine's clock."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialer.clocks.doubt import SETTLE_S, Doubt
from dialer.clocks.jumps import STALL_S, TOLERANCE_S, Jump, Jumps, Reading
from dialer.clocks.peer import KEPT, PeerClock
from dialer.clocks.wall import HELD_S, WallOffset

AT = 1_800_000_000.0
EVERY_S = 0.25

# --- the offset -----------------------------------------------------------------------------------


def test_a_step_is_in_the_offset_at_once() -> None:
    wall = WallOffset()
    assert wall.follow(AT, AT) == 0.0
    assert wall.follow(AT + 10_801.0, AT + 1.0) == 10_800.0
    assert wall.follow(AT - 1.0, AT + 2.0) == -3.0


def test_the_noise_of_reading_two_clocks_changes_nothing() -> None:
    wall = WallOffset()
    assert {wall.follow(AT + n * HELD_S / 10, AT) for n in range(-9, 10)} == {0.0}


@given(st.lists(st.floats(-0.4, 0.4), max_size=50))
def test_the_offset_is_never_wrong_by_more_than_the_noise(drifts: list[float]) -> None:
    wall, off = WallOffset(), 0.0
    for drift in drifts:
        off += drift
        assert wall.follow(off, 0.0) == pytest.approx(off, abs=HELD_S)


# --- jumps ----------------------------------------------------------------------------------------


def see(*readings: Reading) -> list[Jump]:
    jumps = Jumps(EVERY_S)
    return [jump for reading in readings for jump in jumps.see(reading)]


def test_a_clock_that_is_put_right_has_jumped() -> None:
    first, then = Reading(AT, 0.0, 0.0), Reading(AT - 3.0 + EVERY_S, EVERY_S, EVERY_S)
    assert see(first, then) == [Jump("step", -3.0)]


def test_a_machine_that_slept_has_no_wrong_clock() -> None:
    first, then = Reading(AT, 0.0, 0.0), Reading(AT + 3600.25, 3600.25, EVERY_S)
    assert see(first, then) == [Jump("sleep", 3600.0)]


def test_a_process_that_was_stopped_stood_still() -> None:
    first, then = Reading(AT, 0.0, 0.0), Reading(AT + 30.25, 30.25, 30.25)
    assert see(first, then) == [Jump("stall", 30.0)]


@given(st.floats(-TOLERANCE_S * 0.99, TOLERANCE_S * 0.99), st.floats(0, STALL_S * 0.99))
def test_a_slewed_clock_and_a_busy_machine_are_no_jump(drift: float, late: float) -> None:
    passed = EVERY_S + late
    assert see(Reading(AT, 0.0, 0.0), Reading(AT + passed + drift, passed, passed)) == []


# --- doubt ----------------------------------------------------------------------------------------


def test_after_a_step_the_time_is_in_doubt_until_the_clock_has_stood_for_a_while() -> None:
    doubt = Doubt()
    doubt.jumped("step", AT)
    assert doubt.why(AT + SETTLE_S - 0.1, 0.0) == "step"
    doubt.jumped("step", AT + SETTLE_S - 0.1)
    assert doubt.why(AT + SETTLE_S + 1.0, 0.0) == "step"
    assert doubt.why(AT + 2 * SETTLE_S, 0.0) == ""


@pytest.mark.parametrize("offset", [0.51, -0.51, 3.0, -10_800.0])
def test_a_switch_whose_clock_is_half_a_second_off_puts_the_time_in_doubt(offset: float) -> None:
    assert Doubt().why(AT, offset) == "switch"


@pytest.mark.parametrize("offset", [None, 0.0, 0.49, -0.49])
def test_a_switch_that_is_near_or_does_not_tell_does_not(offset: float | None) -> None:
    assert Doubt().why(AT, offset) == ""


def test_an_offset_at_the_limit_does_not_flicker() -> None:
    doubt = Doubt()
    assert [doubt.why(AT, offset) for offset in (0.51, 0.49, 0.51, 0.45, 0.39, 0.45)] == [
        "switch", "switch", "switch", "switch", "", "",
    ]  # fmt: skip


# --- another machine's clock ----------------------------------------------------------------------

trips = st.lists(st.tuples(st.floats(0, 0.5), st.floats(0, 0.5)), min_size=1, max_size=2 * KEPT)


@given(st.floats(-1e6, 1e6), trips)
def test_the_true_offset_is_always_within_the_error(
    true: float, delays: list[tuple[float, float]]
) -> None:
    """Whatever the ways there and back take, and however unlike they are."""
    peer = PeerClock()
    for n, (there, back) in enumerate(delays):
        sent = AT + n
        stepped = peer.measured(sent, sent + there + back, sent + there + true)
        assert stepped == 0.0
    assert peer.offset_s is not None
    assert peer.error_s is not None
    assert abs(peer.offset_s - true) <= peer.error_s + 1e-5
    recent = delays[-KEPT:]
    # One that is half a minute old may have drifted, so a little worse may be taken for it.
    assert peer.error_s <= min(a + b for a, b in recent) / 2 + 0.01


@given(st.floats(0.6, 1e5), st.sampled_from([1, -1]), trips)
def test_a_peers_clock_that_is_set_is_known_with_the_next_trip(
    size: float, way: int, delays: list[tuple[float, float]]
) -> None:
    peer, step = PeerClock(), size * way
    for n, (there, back) in enumerate(delays):
        peer.measured(AT + n, AT + n + there + back, AT + n + there)
    sent = AT + len(delays)
    stepped = peer.measured(sent, sent + 0.001, sent + 0.0005 + step)
    assert stepped == pytest.approx(step, abs=0.52)
    assert peer.offset_s == pytest.approx(step, abs=0.001)


@given(st.floats(-1e6, 1e6), st.floats(0, 30), st.floats(0, 0.2))
def test_what_the_peer_stamped_is_found_again(true: float, ago: float, delay: float) -> None:
    peer = PeerClock()
    peer.measured(AT, AT + 2 * delay, AT + delay + true)
    heard = AT + 40.0
    assert peer.since(heard - ago + true, heard) == pytest.approx(heard - ago, abs=delay + 1e-5)


@given(st.floats(allow_nan=True, allow_infinity=True), st.floats(0, 5))
def test_no_stamp_makes_a_thing_later_than_heard_or_older_than_the_last_question(
    stamp: float, quiet: float
) -> None:
    """So a clock that was set a moment ago gives up nobody who has just answered."""
    peer, heard = PeerClock(), AT + 1.0 + quiet
    peer.measured(AT, AT + 0.01, AT)
    peer.measured(AT + 1.0, AT + 1.01, AT + 1.0)
    assert AT + 1.0 <= peer.since(stamp, heard) <= heard


@given(st.floats(allow_nan=True, allow_infinity=True))
def test_a_peer_that_was_never_asked_says_nothing_of_when(stamp: float) -> None:
    assert PeerClock().since(stamp, AT) == AT


def test_a_new_link_may_lead_to_another_clock() -> None:
    peer = PeerClock()
    peer.measured(AT, AT, AT + 3.0)
    peer.forget()
    assert (peer.offset_s, peer.error_s, peer.since(AT - 1.0, AT)) == (None, None, AT)


@pytest.mark.parametrize("told", [math.nan, math.inf, -math.inf])
def test_a_time_that_is_none_is_not_measured(told: float) -> None:
    peer = PeerClock()
    assert peer.measured(AT, AT, told) == 0.0
    assert peer.offset_s is None

"""Who comes in, who makes room for whom, and who takes too long. Pure."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from dialer.api.doors import (
    BODY_LEAST_BYTES,
    BODY_WINDOW_S,
    HEAD_WITHIN_S,
    Arrival,
    Doors,
    Limits,
    Place,
    limits,
)

FEW = Limits(all=8, strangers=4, per_address=2, per_person=3)


def enter(doors: Doors, address: str, *, waits: bool = True) -> tuple[Place | None, list[str]]:
    """A place, and a list that says `left` once its connection was turned out."""
    place, left = doors.enter(address), []
    if place is not None:
        place.waits = lambda: waits
        place.leave = lambda: left.append("left")
    return place, left


def test_the_stranger_who_waited_longest_makes_room_at_his_own_address() -> None:
    doors = Doors(FEW)
    _, elsewhere = enter(doors, "192.0.2.1")
    _, first = enter(doors, "203.0.113.5")
    _, second = enter(doors, "203.0.113.5")

    place, _ = enter(doors, "203.0.113.5")

    assert place is not None
    assert (elsewhere, first, second) == ([], ["left"], [])


def test_a_request_that_is_being_done_makes_room_for_nobody() -> None:
    doors = Doors(FEW)
    kept = [enter(doors, "203.0.113.5", waits=False) for _ in range(2)]

    assert doors.enter("203.0.113.5") is None
    assert all(left == [] for _, left in kept)
    assert doors.turned_away == 1


def test_a_flood_of_strangers_never_turns_out_somebody() -> None:
    doors = Doors(FEW)
    ours = [enter(doors, "192.0.2.7") for _ in range(2)]
    for (place, _), name in zip(ours, ("anna", "bo"), strict=True):
        assert place is not None
        place.known(name)

    for number in range(100):
        enter(doors, f"203.0.113.{number}")

    assert all(left == [] for _, left in ours)
    assert len(doors) <= FEW.all
    assert doors.strangers <= FEW.strangers


def test_behind_a_proxy_everybody_has_one_address_and_is_counted_in_all_only() -> None:
    doors = Doors(FEW, trusted=("127.0.0.1",))
    inside = [enter(doors, "127.0.0.1") for _ in range(FEW.strangers)]

    assert all(left == [] for _, left in inside)


def test_one_person_with_many_connections_stays_a_stranger_with_the_rest() -> None:
    doors = Doors(Limits(all=100, strangers=50, per_address=50, per_person=3))
    for _ in range(5):
        place, _ = enter(doors, "192.0.2.1")
        assert place is not None
        place.known("anna")

    assert (len(doors), doors.strangers) == (5, 2)


def test_half_of_the_descriptors_are_kept_back() -> None:
    assert limits(4000, 1024).all == 512
    assert limits(4000, 65_536).all == 4000


@given(st.lists(st.tuples(st.sampled_from("EKSGW"), st.integers(0, 9), st.integers(0, 3))))
def test_counts_agree_with_who_is_inside(steps: list[tuple[str, int, int]]) -> None:
    doors, inside = Doors(FEW), dict[Place, bool]()

    def leave(place: Place) -> None:
        inside.pop(place)

    for what, index, who in steps:
        place = list(inside)[index % len(inside)] if inside else None
        if what == "E" and (new := doors.enter(f"192.0.2.{who}")) is not None:
            inside[new] = True
            new.waits = lambda new=new: inside[new]
            new.leave = lambda new=new: leave(new)
        elif place is not None and what == "K":
            place.known(f"person {who}")
        elif place is not None and what == "S":
            place.stranger()
        elif place is not None and what == "W":
            inside[place] = not inside[place]
        elif place is not None and what == "G":
            leave(place)
            place.gone()
        assert len(doors) == len(inside) <= FEW.all
    for place in list(inside):
        place.gone()
    assert len(doors) == 0
    assert all(doors.enter("192.0.2.0") for _ in range(FEW.per_address))


def test_a_head_that_comes_byte_by_byte_is_late() -> None:
    arrival = Arrival(100.0)
    for second in range(9):
        arrival.came(1)
        arrival.stands("head", 100.0 + second)

    assert not arrival.is_late(100.0 + HEAD_WITHIN_S - 0.1)
    assert arrival.is_late(100.0 + HEAD_WITHIN_S)


def test_a_body_may_be_slow_but_not_stand_still() -> None:
    arrival = Arrival(0.0)
    arrival.stands("body", 1.0)
    now = 1.0
    for _ in range(200):
        now += 1.0
        arrival.came(BODY_LEAST_BYTES // 10)
        assert not arrival.is_late(now)

    assert not arrival.is_late(now + BODY_WINDOW_S / 2)
    assert arrival.is_late(now + 2 * BODY_WINDOW_S) or arrival.is_late(now + 3 * BODY_WINDOW_S)


def test_a_body_the_service_itself_does_not_take_is_never_late() -> None:
    arrival = Arrival(0.0)
    arrival.stands("body", 1.0)

    assert not any(arrival.is_late(float(now), is_taken=False) for now in range(0, 1000, 5))


def test_a_connection_between_two_requests_is_the_keep_alives_matter() -> None:
    arrival = Arrival(0.0)
    arrival.stands("whole", 1.0)
    arrival.stands("idle", 2.0)

    assert not arrival.is_late(1000.0)

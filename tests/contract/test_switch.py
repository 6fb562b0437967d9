"""One suite for every Switch: a real Asterisk and the simulation's must tell the same story."""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncIterator, Callable
from typing import Any, ClassVar, Protocol

import pytest

from dialer.asterisk.demo_network import DIGITS, Behaviour, number_for
from dialer.asterisk.switch import AsteriskSwitch
from dialer.floor import events as ev
from dialer.ids import new_id
from dialer.ports.clock import SystemClock
from dialer.ports.switch import CallToPlace, LedgerRow, OutsideCall, PhoneToCall, Switch
from dialer.sim.timeline import Timeline
from dialer.sim.virtual_switch import Fate, VirtualSwitch
from dialer.testing.asterisk import AsteriskPair

TRUNK = "carrier"


class Listener:
    """Writes down what it is told."""

    def __init__(self) -> None:
        self.events: list[ev.Event] = []
        self.ups = 0

    def switch_event(self, event: ev.Event) -> None:
        self.events.append(event)

    async def switch_up(self) -> None:
        self.ups += 1

    def switch_down(self) -> None:
        self.ups -= 1


class Rig:
    """A switch with somebody who listens; `wait` lets its time go on until a condition holds."""

    def __init__(self, switch: Switch, wait: Callable[..., Any]) -> None:
        self.switch, self.wait, self.listener = switch, wait, Listener()
        self.legs: list[str] = []

    def about(self, key: str) -> list[ev.Event]:
        """What was told of one attempt or leg; ringing once, however often it was told."""
        found: list[ev.Event] = []
        for event in self.listener.events:
            mine = key in {getattr(event, "attempt", None), getattr(event, "leg", None)}
            again = isinstance(event, ev.Rang) and any(isinstance(e, ev.Rang) for e in found)
            if mine and not again:
                found.append(event)
        return found

    def story(self, key: str) -> list[str]:
        return [type(event).__name__ for event in self.about(key)]

    async def unanswered_story(self, attempt: str) -> list[str]:
        """How a call went that nobody answered. The failed Originate and the hang-up may be told
        in either order; both are.
        """
        await self.told(attempt, ev.OriginateFailed)
        await self.told(attempt, ev.HungUp)
        return [name for name in self.story(attempt) if name != "OriginateFailed"]

    def last(self, key: str, kind: type[ev.Event]) -> Any:
        return next(e for e in reversed(self.about(key)) if isinstance(e, kind))

    async def told(self, key: str, kind: type[ev.Event], times: int = 1) -> Any:
        """The latest event of a kind about `key`, once it was told so often."""
        name = kind.__name__
        await self.wait(
            lambda: self.story(key).count(name) >= times,
            f"{times} {name} of {key}; told: {self.story(key)}",
        )
        return self.last(key, kind)

    def place(self, kind: Behaviour, **more: Any) -> str:
        attempt = new_id()
        call = {
            "campaign": "c",
            "number": number_for(kind),
            "caller_id": "+12125550199",
            "trunk": TRUNK,
            "ring_timeout_s": 20.0,
            "connect_within_s": 2.0,
            "message": "beep",
        }
        self.switch.place([CallToPlace(attempt=attempt, **{**call, **more})])
        return attempt

    async def phone(self, name: str = "rep01") -> str:
        """A rep's phone, parked."""
        leg = f"leg-{new_id()}-1-{name}"
        self.legs.append(leg)
        self.switch.call_phone(PhoneToCall(leg, name, name))
        await self.told(leg, ev.LegParked)
        return leg

    async def talking(self, leg: str, kind: Behaviour = "stays") -> str:
        """An attempt that is bridged to this leg."""
        attempt = self.place(kind)
        await self.told(attempt, ev.RouteAsked)
        assert self.switch.route(attempt, leg)
        await self.told(attempt, ev.Bridged)
        return attempt

    async def row(self, attempt: str) -> LedgerRow:
        rows: dict[str, LedgerRow] = {}

        async def there() -> bool:
            rows.update(await self.switch.ledger([attempt], 0.0))
            return attempt in rows

        await self.wait(there, "the ledger's row")
        return rows[attempt]

    async def tidy(self) -> None:
        """Leave nothing up that this test began."""
        for channel in await self.switch.live_channels():
            self.switch.hang_up(channel.channel)
        for leg in self.legs:
            if self.story(leg):
                await self.told(leg, ev.LegGone)


async def _holds(condition: Callable[[], Any]) -> bool:
    found = condition()
    return bool(await found if asyncio.iscoroutine(found) else found)


# --- the virtual one ------------------------------------------------------------------------------


class DemoPeople:
    """The public network's people as the simulation's world: the same table of numbers."""

    FATES: ClassVar[dict[Behaviour, Fate]] = {
        "busy": Fate("busy", 0.005, cause=17),
        "congestion": Fate("failed", 0.005, cause=34),
        "unallocated": Fate("failed", 0.005, cause=1),
        "declines": Fate("failed", 0.2, 0.004, cause=21),
        "rings_out": Fate("no_answer", math.inf, 0.004),
        "stays": Fate("answer", 0.01),
        "rings_1s_stays": Fate("answer", 1.0, 0.004),
        "speaks_3s": Fate("answer", 1.0, 0.004),
        "early_media": Fate("answer", 0.8, 0.006),
        "hangs_up_after_1s": Fate("answer", 0.3, 0.004, patience_s=1.0),
    }

    def callee(self, call: CallToPlace, now: float) -> Fate:
        digits = int(call.number[-2:])
        return self.FATES[next(kind for kind, numbers in DIGITS.items() if digits in numbers)]

    def phone(self, phone: PhoneToCall, now: float) -> float | None:
        return 0.005 if phone.endpoint.startswith("rep") else None

    def bridged(self, attempt: str, leg: str, now: float) -> float:
        return self.talk_s

    talk_s = math.inf


def _virtual() -> tuple[Rig, Timeline, DemoPeople]:
    timeline, people = Timeline(1_800_000_000.0), DemoPeople()

    async def wait(condition: Callable[[], Any], what: str = "", within_s: float = 30.0) -> None:
        deadline = timeline.now() + within_s
        while not await _holds(condition):
            assert timeline.next_at() <= deadline, f"never: {what}"
            timeline.run_next()

    return Rig(VirtualSwitch(timeline, people, message_s=0.5), wait), timeline, people


@pytest.fixture
async def virtual_rig() -> AsyncIterator[Rig]:
    rig, _, people = _virtual()
    people.talk_s = math.inf
    await rig.switch.start(rig.listener)
    # The number that speaks for three seconds hangs up then; the others stay.
    callee = people.callee

    def remembered(call: CallToPlace, now: float) -> Fate:
        people.talk_s = 3.0 if call.number == number_for("speaks_3s") else math.inf
        return callee(call, now)

    people.callee = remembered  # type: ignore[method-assign]
    yield rig
    await rig.switch.close()


# --- the real one ---------------------------------------------------------------------------------


@pytest.fixture
async def asterisk_rig(asterisk_pair: AsteriskPair) -> AsyncIterator[Rig]:
    settings = asterisk_pair.node.settings
    switch = AsteriskSwitch(
        host="127.0.0.1",
        port=settings.ports.ami,
        username="dialer",
        secret=settings.secrets.ami_dialer,
        trunks=settings.trunks,
        clock=SystemClock(),
        ledger=settings.ledger,
    )

    async def wait(condition: Callable[[], Any], what: str = "", within_s: float = 15.0) -> None:
        loop = asyncio.get_running_loop()
        deadline = loop.time() + within_s
        while not await _holds(condition):
            assert loop.time() < deadline, f"not within {within_s:g} s: {what}"
            await asyncio.sleep(0.005)

    rig = Rig(switch, wait)
    await switch.start(rig.listener)
    await wait(lambda: switch.is_up, "the link is up")
    yield rig
    await rig.tidy()
    await switch.close()


class _Request(Protocol):
    param: str

    def getfixturevalue(self, name: str) -> Rig: ...


@pytest.fixture(
    params=["virtual", pytest.param("asterisk", marks=pytest.mark.acceptance)],
)
def rig(request: _Request) -> Rig:
    return request.getfixturevalue(f"{request.param}_rig")


# --- the suite ------------------------------------------------------------------------------------


async def test_a_phone_that_is_called_is_parked_and_live(rig: Rig) -> None:
    leg = await rig.phone()

    (channel,) = [c for c in await rig.switch.live_channels() if c.channel == leg]
    assert (channel.state, channel.parked, channel.peer) == ("up", True, None)


async def test_a_phone_nobody_has_is_gone_at_once(rig: Rig) -> None:
    leg = f"leg-{new_id()}-1-nobody"
    rig.switch.call_phone(PhoneToCall(leg, "nobody", "nobody", 2.0))

    gone = await rig.told(leg, ev.LegGone)
    assert not gone.bye
    assert rig.story(leg) == ["LegGone"]


@pytest.mark.parametrize(("kind", "cause"), [("busy", 17), ("congestion", 34), ("unallocated", 1)])
async def test_a_call_that_fails_ends_with_its_cause(rig: Rig, kind: Behaviour, cause: int) -> None:
    attempt = rig.place(kind)

    over = await rig.told(attempt, ev.HungUp)
    assert (over.cause, over.by) == (cause, "callee")
    assert await rig.unanswered_story(attempt) == ["HungUp"]
    row = await rig.row(attempt)
    assert (row.answer, row.leg, row.bridged) == (None, None, None)


async def test_a_declined_call_rang_first(rig: Rig) -> None:
    attempt = rig.place("declines")

    over = await rig.told(attempt, ev.HungUp)
    assert (over.cause, over.by) == (21, "callee")
    assert await rig.unanswered_story(attempt) == ["Rang", "HungUp"]


async def test_a_call_nobody_answers_ends_at_the_ring_timeout(rig: Rig) -> None:
    attempt = rig.place("rings_out", ring_timeout_s=1.0)

    over = await rig.told(attempt, ev.HungUp)
    assert await rig.unanswered_story(attempt) == ["Rang", "HungUp"]
    rang, failed = rig.last(attempt, ev.Rang), rig.last(attempt, ev.OriginateFailed)
    assert (over.cause, failed.reason) == (19, 3)
    assert 0.9 < over.at - rang.at < 1.5
    assert (await rig.row(attempt)).disposition == "NO ANSWER"


async def test_a_ringing_call_can_be_given_up(rig: Rig) -> None:
    attempt = rig.place("rings_out")
    await rig.told(attempt, ev.Rang)
    rig.switch.hang_up(attempt)

    over = await rig.told(attempt, ev.HungUp)
    assert over.cause == 16
    assert await rig.unanswered_story(attempt) == ["Rang", "HungUp"]


async def test_a_number_that_is_none_is_not_placed(rig: Rig) -> None:
    attempt = rig.place("stays", number="+1 212\r\nAction: Originate")

    refusal = await rig.told(attempt, ev.NotPlaced)
    assert refusal.reason == "bad_number"
    assert rig.story(attempt) == ["NotPlaced"]


async def test_early_media_counts_as_ringing(rig: Rig) -> None:
    attempt = rig.place("early_media")

    await rig.told(attempt, ev.RouteAsked)
    assert rig.story(attempt) == ["Rang", "PickedUp", "RouteAsked"]
    assert rig.switch.route(attempt, "hangup")
    await rig.told(attempt, ev.HungUp)


async def test_an_answered_callee_is_asked_for_and_talks_until_he_hangs_up(rig: Rig) -> None:
    leg = await rig.phone()
    attempt = rig.place("speaks_3s")
    asked = await rig.told(attempt, ev.RouteAsked)
    assert rig.switch.route(attempt, leg)
    bridged = await rig.told(attempt, ev.Bridged)

    over = await rig.told(attempt, ev.HungUp)
    await rig.told(leg, ev.LegParked, times=2)
    told = ["Rang", "PickedUp", "RouteAsked", "Bridged", "Unbridged", "HungUp"]
    assert rig.story(attempt) == told
    assert (asked.by, bridged.leg, over.cause, over.by) == ("human", leg, 16, "callee")
    picked_up = rig.last(attempt, ev.PickedUp)
    assert abs(asked.at - picked_up.at) < 0.1
    assert picked_up.at - 0.01 <= bridged.at < over.at
    row = await rig.row(attempt)
    assert (row.disposition, row.leg, row.stage) == ("ANSWERED", leg, "")
    assert row.answer == pytest.approx(picked_up.at, abs=0.05)
    assert row.bridged == pytest.approx(bridged.at, abs=0.05)
    assert row.end == pytest.approx(over.at, abs=0.05)


async def test_both_sides_of_a_bridge_are_live_and_name_each_other(rig: Rig) -> None:
    leg = await rig.phone()
    attempt = await rig.talking(leg)

    live = {channel.channel: channel for channel in await rig.switch.live_channels([attempt])}
    assert (live[attempt].peer, live[leg].peer) == (leg, attempt)
    assert (live[attempt].state, live[leg].parked) == ("up", False)
    assert live[attempt].answered_at == pytest.approx(rig.last(attempt, ev.PickedUp).at, abs=0.05)
    rig.switch.hang_up(attempt)
    await rig.told(attempt, ev.HungUp)


async def test_a_call_we_hang_up_lets_the_rep_return_to_his_place(rig: Rig) -> None:
    leg = await rig.phone()
    attempt = await rig.talking(leg)
    rig.switch.hang_up(attempt)

    over = await rig.told(attempt, ev.HungUp)
    await rig.told(leg, ev.LegParked, times=2)
    assert (over.cause, over.by) == (16, "dialer")
    assert rig.story(attempt)[-2:] == ["Unbridged", "HungUp"]


async def test_a_leg_that_is_not_there_is_asked_again_for(rig: Rig) -> None:
    attempt = rig.place("stays")
    await rig.told(attempt, ev.RouteAsked)
    assert rig.switch.route(attempt, f"leg-{new_id()}-7-rep09")

    again = await rig.told(attempt, ev.RouteAskedAgain)
    assert again.result == "nonexistent"
    assert rig.switch.route(attempt, "hangup")
    over = await rig.told(attempt, ev.HungUp)
    assert over.by == "dialer"
    assert (await rig.row(attempt)).leg is None


async def test_a_rep_who_talks_is_not_taken_from_his_customer(rig: Rig) -> None:
    leg = await rig.phone()
    first = await rig.talking(leg)
    second = rig.place("stays")
    await rig.told(second, ev.RouteAsked)
    assert rig.switch.route(second, leg)

    again = await rig.told(second, ev.RouteAskedAgain)
    assert again.result == "busy-leg"
    assert "Unbridged" not in rig.story(first)
    for attempt in (first, second):
        rig.switch.hang_up(attempt)
        await rig.told(attempt, ev.HungUp)


async def test_the_message_ends_the_call(rig: Rig) -> None:
    attempt = rig.place("stays")
    await rig.told(attempt, ev.RouteAsked)
    assert rig.switch.route(attempt, "message")

    over = await rig.told(attempt, ev.HungUp)
    assert (over.cause, over.by) == (16, "dialer")
    assert rig.story(attempt)[-1:] == ["HungUp"]
    assert (await rig.row(attempt)).stage == "message"


async def test_a_dialplan_that_gets_no_word_plays_the_message_itself(rig: Rig) -> None:
    attempt = rig.place("stays", connect_within_s=0.5)
    asked = await rig.told(attempt, ev.RouteAsked)

    left = await rig.told(attempt, ev.AskerLeft)
    assert 0.9 < left.at - asked.at < 1.5
    assert not rig.switch.route(attempt, "hangup")
    await rig.told(attempt, ev.HungUp)
    assert (await rig.row(attempt)).stage == "orphan"


async def test_a_held_callee_may_be_fetched_until_the_hold_is_over(rig: Rig) -> None:
    leg = await rig.phone()
    fetched, forgotten = rig.place("stays"), rig.place("stays")
    for attempt in (fetched, forgotten):
        await rig.told(attempt, ev.RouteAsked)
        assert rig.switch.route(attempt, "hold:1")
        again = await rig.told(attempt, ev.RouteAskedAgain)
        assert again.result == "held"
    assert rig.switch.route(fetched, leg)
    await rig.told(fetched, ev.Bridged)

    left = await rig.told(forgotten, ev.AskerLeft)
    assert 0.9 < left.at - rig.last(forgotten, ev.RouteAskedAgain).at < 1.5
    await rig.told(forgotten, ev.HungUp)
    assert (await rig.row(forgotten)).stage == "message"
    rig.switch.hang_up(fetched)
    await rig.told(fetched, ev.HungUp)


async def test_a_callee_who_hangs_up_while_waiting_is_told_as_gone(rig: Rig) -> None:
    attempt = rig.place("hangs_up_after_1s")
    await rig.told(attempt, ev.RouteAsked)

    over = await rig.told(attempt, ev.HungUp)
    assert rig.story(attempt) == ["Rang", "PickedUp", "RouteAsked", "AskerLeft", "HungUp"]
    assert over.by == "callee"
    assert not rig.switch.route(attempt, "hangup")


async def test_a_callee_whose_rep_is_lost_is_asked_for_again(rig: Rig) -> None:
    leg, other = await rig.phone("rep01"), await rig.phone("rep02")
    attempt = await rig.talking(leg)
    rig.switch.hang_up(leg)

    again = await rig.told(attempt, ev.RouteAskedAgain)
    gone = await rig.told(leg, ev.LegGone)
    assert (again.result, gone.bye) == ("success", False)
    assert rig.switch.route(attempt, other)
    bridged = await rig.told(attempt, ev.Bridged, times=2)
    assert bridged.leg == other
    rig.switch.hang_up(attempt)
    await rig.told(attempt, ev.HungUp)
    assert (await rig.row(attempt)).leg == other


async def test_nobody_can_be_routed_who_does_not_ask(rig: Rig) -> None:
    attempt = rig.place("stays")
    await rig.told(attempt, ev.RouteAsked)

    assert rig.switch.route(attempt, "hangup")
    assert not rig.switch.route(attempt, "hangup")
    assert not rig.switch.route(new_id(), "hangup")
    await rig.told(attempt, ev.HungUp)


async def test_the_switch_says_when_it_started(rig: Rig) -> None:
    leg = await rig.phone()

    assert rig.switch.is_up
    assert rig.switch.booted_at is not None
    assert rig.switch.booted_at <= rig.last(leg, ev.LegParked).at


# --- conversations under way ----------------------------------------------------------------------


async def test_a_callee_taken_out_of_the_bridge_asks_and_the_leg_parks(rig: Rig) -> None:
    leg = await rig.phone()
    attempt = await rig.talking(leg)
    rig.switch.take_aside(attempt)
    asked = await rig.told(attempt, ev.RouteAskedAgain)
    await rig.told(leg, ev.LegParked, times=2)

    assert asked.result == "aside"
    assert "Unbridged" in rig.story(attempt)
    assert rig.switch.route(attempt, "hold:5")
    held = await rig.told(attempt, ev.RouteAskedAgain, times=2)
    assert held.result == "held"
    assert rig.switch.route(attempt, leg)
    await rig.told(attempt, ev.Bridged, times=2)


async def test_a_leg_taken_out_of_the_bridge_parks_and_the_callee_asks(rig: Rig) -> None:
    leg = await rig.phone()
    attempt = await rig.talking(leg)
    rig.switch.take_aside(leg)
    asked = await rig.told(attempt, ev.RouteAskedAgain)
    await rig.told(leg, ev.LegParked, times=2)
    assert asked.result == "success"


async def test_two_legs_hear_each_other_a_callee_joins_and_one_of_them_leaves(rig: Rig) -> None:
    first, second = await rig.phone("rep01"), await rig.phone("rep02")
    attempt = await rig.talking(first)
    rig.switch.take_aside(attempt)
    await rig.told(attempt, ev.RouteAskedAgain)
    await rig.told(first, ev.LegParked, times=2)
    rig.switch.join_legs(first, second)
    joined = await rig.told(first, ev.LegsBridged)
    assert joined.other == second
    live = {c.channel: c for c in await rig.switch.live_channels()}
    assert (live[first].beside, live[second].beside) == (second, first)

    assert rig.switch.route(attempt, f"join:{first}")
    await rig.told(attempt, ev.Bridged, times=2)
    rig.switch.take_aside(first)
    await rig.told(first, ev.LegParked, times=3)
    taken_over = await rig.told(attempt, ev.Bridged, times=3)
    assert taken_over.leg == second

    rig.switch.hang_up(attempt)
    await rig.told(second, ev.LegParked, times=2)


async def test_a_callee_who_leaves_three_leaves_two_who_can_be_parted(rig: Rig) -> None:
    first, second = await rig.phone("rep01"), await rig.phone("rep02")
    attempt = await rig.talking(first)
    rig.switch.take_aside(attempt)
    await rig.told(attempt, ev.RouteAskedAgain)
    await rig.told(first, ev.LegParked, times=2)
    rig.switch.join_legs(first, second)
    await rig.told(first, ev.LegsBridged)
    assert rig.switch.route(attempt, f"join:{first}")
    await rig.told(attempt, ev.Bridged, times=2)
    rig.switch.hang_up(attempt)
    await rig.told(attempt, ev.HungUp)
    assert rig.story(first).count("LegParked") == 2

    rig.switch.take_aside(second)
    await rig.told(first, ev.LegParked, times=3)
    await rig.told(second, ev.LegParked, times=2)


async def test_there_is_nobody_to_join_where_nobody_talks(rig: Rig) -> None:
    leg = await rig.phone()
    attempt = rig.place("stays")
    await rig.told(attempt, ev.RouteAsked)
    assert rig.switch.route(attempt, f"join:{leg}")
    asked = await rig.told(attempt, ev.RouteAskedAgain)
    assert asked.result == "nonexistent"


async def test_somebody_outside_is_called_parked_and_bridged_to(rig: Rig) -> None:
    attempt = rig.place("stays")
    await rig.told(attempt, ev.RouteAsked)
    leg = f"leg-{new_id()}-2-_{attempt}"
    number = number_for("rings_1s_stays")
    assert rig.switch.route(attempt, "hold:20")
    await rig.told(attempt, ev.RouteAskedAgain)
    rig.switch.call_outside(OutsideCall(leg, number, "+12125550199", TRUNK))
    await rig.told(leg, ev.LegParked)
    assert rig.switch.route(attempt, leg)
    bridged = await rig.told(attempt, ev.Bridged)
    assert bridged.leg == leg
    rig.switch.hang_up(leg)
    await rig.told(leg, ev.LegGone)
    await rig.told(attempt, ev.RouteAskedAgain, times=2)


async def test_a_leg_that_hears_ringing_is_still_parked(rig: Rig) -> None:
    leg = await rig.phone()
    rig.switch.ring_leg(leg)
    await rig.told(leg, ev.LegParked, times=2)
    await rig.talking(leg)

"""The switches that the suite holds to one story: a real Asterisk and the simulation's."""

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
from dialer.ports.switch import CallToPlace, LedgerRow, PhoneToCall, Switch
from dialer.sim.timeline import Timeline
from dialer.sim.virtual_switch import Fate, VirtualSwitch
from tests.kit.asterisk import AsteriskPair

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

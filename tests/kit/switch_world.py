"""A switch on a fake Asterisk, and somebody who writes down what it tells: for tests."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, TypeVar

from dialer.asterisk.node_settings import Trunk
from dialer.asterisk.switch import AsteriskSwitch
from dialer.floor import events as ev
from dialer.ids import new_id
from dialer.ports.clock import FloorClock, MadeUpClock
from dialer.ports.switch import CallToPlace, PhoneToCall
from tests.kit.eventually import eventually
from tests.kit.fake_asterisk import FakeAsterisk, PhoneFate, answers_soon
from tests.kit.fake_asterisk_agi import agi_request
from tests.kit.fake_asterisk_laws import Fate, Fates

LEG = "leg-01J9ZXT3-1-rep01"
NUMBER = "+12125550123"
E = TypeVar("E", bound=ev.Event)


def call(**changes: Any) -> CallToPlace:
    """A call over the trunk `carrier`."""
    values: dict[str, Any] = {
        "attempt": "a1",
        "campaign": "c",
        "number": NUMBER,
        "caller_id": "+12125550199",
        "trunk": "carrier",
        "ring_timeout_s": 20.0,
        "connect_within_s": 2.0,
    }
    return CallToPlace(**(values | changes))


class StillClock(MadeUpClock):
    """A clock that stands."""

    def __init__(self, at: float) -> None:
        self.at = at

    def now(self) -> float:
        return self.at


class SwitchNotes:
    """A listener that writes down; `on_up` is what an engine would ask at each new link."""

    def __init__(self) -> None:
        self.events: list[ev.Event] = []
        self.ups = self.downs = 0
        self.on_up: Callable[[], Awaitable[object]] | None = None

    def switch_event(self, event: ev.Event) -> None:
        self.events.append(event)

    async def switch_up(self) -> None:
        if self.on_up is not None:
            await self.on_up()
        self.ups += 1

    def switch_down(self) -> None:
        self.downs += 1

    def about(self, key: str) -> list[ev.Event]:
        """What was told of one attempt or leg."""
        names = ("attempt", "leg")
        return [e for e in self.events if key in {getattr(e, name, None) for name in names}]

    def kinds(self, key: str) -> list[str]:
        """The same, by the events' names."""
        return [type(event).__name__ for event in self.about(key)]

    async def told(self, key: str, kind: type[E], times: int = 1) -> E:
        """The latest event of a kind about `key`, once it was told so often."""
        name = kind.__name__
        await eventually(
            lambda: self.kinds(key).count(name) >= times,
            what=f"{times} {name} of {key}; told: {self.kinds(key)}",
        )
        return next(e for e in reversed(self.about(key)) if isinstance(e, kind))


class SwitchWorld:
    """The fake node, the switch and its listener. `fate` decides what the next callee does."""

    def __init__(
        self,
        ledger: Path | None,
        clock: FloorClock,
        phones: PhoneFate = answers_soon,
        **options: Any,
    ) -> None:
        self.fate = Fate(ring_after_s=0.005, answer_after_s=0.01)
        fates: Fates = lambda _number, _rng: self.fate  # noqa: E731  # it must have a type
        self.node = FakeAsterisk(fates=fates, phones=phones, ledger=ledger, message_s=0.05)
        self.listener = SwitchNotes()
        self.switch: AsteriskSwitch
        self.clock = clock
        self._options: dict[str, Any] = {"ledger": ledger, "clock": clock, **options}

    async def start(self, *, up: bool = True) -> None:
        """The node, and the switch; `up`: linked."""
        await self.node.start()
        self.switch = AsteriskSwitch(
            host="127.0.0.1",
            port=self.node.port,
            username="dialer",
            secret="secret",  # the fake's own
            trunks=[Trunk("carrier", "sip.example")],
            **self._options,
        )
        if up:
            await self.link()

    async def link(self) -> None:
        """Start the switch and wait for its link."""
        await self.switch.start(self.listener)
        await eventually(lambda: self.switch.is_up, what="the link is up")

    async def close(self) -> None:
        await self.switch.close()
        await self.node.close()

    async def link_again(self) -> None:
        """The link breaks and comes back; the calls live on."""
        ups = self.listener.ups
        self.node.drop_links()
        await self.linked_since(ups)

    async def linked_since(self, ups: int) -> None:
        """A link newer than the `ups`-th is up."""
        await eventually(lambda: self.listener.ups > ups and self.switch.is_up)

    def place(self, **changes: Any) -> str:
        """One call; its attempt's id."""
        attempt: str = changes.setdefault("attempt", new_id())
        self.switch.place([call(**changes)])
        return attempt

    async def asked(self, **changes: Any) -> str:
        """An attempt whose callee stands in the dialplan and waits for a word."""
        attempt = self.place(**changes)
        await self.listener.told(attempt, ev.RouteAsked)
        return attempt

    async def parked(self, leg: str = LEG, endpoint: str = "rep01") -> str:
        """A rep's phone on the line."""
        self.switch.call_phone(PhoneToCall(leg, endpoint, endpoint))
        await self.listener.told(leg, ev.LegParked)
        return leg

    async def talking(self, leg: str = LEG) -> str:
        """An attempt whose callee talks to this leg."""
        attempt = await self.asked()
        assert self.switch.route(attempt, leg)
        await self.listener.told(attempt, ev.Bridged)
        return attempt

    async def ask(
        self,
        uniqueid: str,
        answered: str = "",
        *,
        reason: str = "answered",
        amd: str = "",
        script: str = "route",
        told_at: str = "",
    ) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """The dialplan's AGI() by hand, with any words."""
        port = self.switch.agi.port
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        args = (answered, reason, amd, "", "", told_at)
        request = agi_request(f"127.0.0.1:{port}", "PJSIP/x-1", uniqueid, NUMBER, args)
        name = b"agi_network_script: "
        writer.write(request.replace(name + b"route", name + script.encode()))
        return reader, writer

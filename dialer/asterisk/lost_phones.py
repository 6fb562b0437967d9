"""Ends the legs of phones that are gone, and of no others.

A phone that answers no OPTIONS may be one with too much to do, as on a machine that is short of
time: it talks on. To end its leg takes a rep away from callees who have answered by then. So whose
sound still comes is there.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping

from dialer.asterisk import contacts
from dialer.asterisk.client import AmiClient
from dialer.asterisk.contacts import LostPhone
from dialer.asterisk.errors import ActionFailed, AmiError
from dialer.asterisk.messages import Message
from dialer.tasks import spawn

#: Packets of sound that came on a leg, as AMI's Getvar asks for them.
HEARD = "CHANNEL(rtcp,rxcount,audio)"
#: Between two looks at them: a phone sends fifty a second, or none at all.
LISTEN_S = 0.5


class LostPhones:
    """`leg_of` gives the leg of an endpoint's phone; `hang_up` ends a leg."""

    def __init__(
        self,
        ami: AmiClient,
        leg_of: Mapping[str, str],
        hang_up: Callable[[str], None],
        listen_s: float = LISTEN_S,
    ) -> None:
        self._ami, self._leg_of, self._hang_up = ami, leg_of, hang_up
        self._listen_s = listen_s

    def told(self, message: Message) -> None:
        """Take in a ContactStatus."""
        if phone := contacts.lost(message):
            self._look_at(phone, is_closed=contacts.is_page(message))

    async def look(self) -> None:
        """For those that went while nobody listened."""
        for endpoint in list(self._leg_of):
            ask = [("Endpoint", endpoint)]
            try:
                items = await self._ami.action_list("PJSIPShowEndpoint", ask)
            except ActionFailed:
                continue
            except AmiError:  # the next link looks again
                return
            for phone in contacts.lost_of(items):
                self._look_at(phone, is_closed=False)

    def _look_at(self, phone: LostPhone, *, is_closed: bool) -> None:
        if leg := self._leg_of.get(phone.endpoint):
            spawn(self._end(phone, leg, is_closed=is_closed), name="end a lost phone's leg")

    async def _end(self, phone: LostPhone, leg: str, *, is_closed: bool) -> None:
        try:
            if not contacts.is_on(phone, await self._ask(leg, contacts.TARGET)):
                return
            if not is_closed and await self._is_heard(leg):
                return
        except AmiError:  # the leg is gone already; without an answer its RTP time-out ends it
            return
        self._hang_up(leg)

    async def _is_heard(self, leg: str) -> bool:
        before = await self._ask(leg, HEARD)
        await asyncio.sleep(self._listen_s)
        return await self._ask(leg, HEARD) != before

    async def _ask(self, leg: str, variable: str) -> str:
        ask = [("Channel", leg), ("Variable", variable)]
        return str((await self._ami.action("Getvar", ask)).get("Value", ""))

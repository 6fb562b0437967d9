"""Whether trunks are there, as Asterisk tells it: by OPTIONS and by our registrations. Pure.

A trunk is down when either says so. Asterisk tells changes only, so it is asked at each connection;
what it has not told yet counts for neither.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from dialer.asterisk.messages import Message
from dialer.asterisk.node_settings import Trunk, client_uri
from dialer.floor.events import TrunkSeen

#: A ContactStatus or a Registry event's word, and whether the trunk is up by it.
_CONTACT = {"Reachable": True, "Unreachable": False}
_REGISTRATION = {"Registered": True, "Rejected": False, "Unregistered": False, "Stopped": False}
#: What an endpoint's DeviceState is where its contact did not answer.
_UNAVAILABLE = frozenset({"Unavailable", "Invalid"})
_SUFFIX = "-registration"

#: Lists that tell how things stand: the first of contacts, the second of registrations.
ENDPOINTS, REGISTRATIONS = "PJSIPShowEndpoints", "PJSIPShowRegistrationsOutbound"


class TrunkNews:
    def __init__(self, trunks: Iterable[Trunk]) -> None:
        self._contacts: dict[str, bool] = {}
        self._registrations: dict[str, bool] = {}
        self._told: dict[str, bool] = {}
        self.set_trunks(trunks)

    def set_trunks(self, trunks: Iterable[Trunk]) -> None:
        """Those that are looked after from now on."""
        known = list(trunks)
        self._asked = {trunk.name for trunk in known if trunk.qualify_s}
        self._by_client = {client_uri(t): t.name for t in known if t.kind == "registration"}

    def lists(self) -> Sequence[str]:
        """What to ask Asterisk for at a new connection."""
        wanted = [(ENDPOINTS, self._asked), (REGISTRATIONS, self._by_client)]
        return [name for name, of in wanted if of]

    def message(self, message: Message) -> list[TrunkSeen]:
        """What a ContactStatus or Registry event changes."""
        if message.event == "Registry":
            trunk = self._by_client.get(message.get("Username", ""))
            is_up = _REGISTRATION.get(message.get("Status", ""))
            return self._note(self._registrations, trunk, is_up)
        trunk = message.get("AOR", "")
        is_up = _CONTACT.get(message.get("ContactStatus", ""))
        return self._note(self._contacts, trunk if trunk in self._asked else None, is_up)

    def listed(self, items: Iterable[Message]) -> list[TrunkSeen]:
        """What the items of one of `lists` say."""
        found: list[TrunkSeen] = []
        ours = {f"{name}{_SUFFIX}": name for name in self._by_client.values()}
        for item in items:
            name = item.get("ObjectName", "")
            if item.event == "EndpointList" and name in self._asked:
                is_up = item.get("DeviceState", "") not in _UNAVAILABLE
                found += self._note(self._contacts, name, is_up)
            elif item.event == "OutboundRegistrationDetail" and name in ours:
                is_up = item.get("Status", "") == "Registered"
                found += self._note(self._registrations, ours[name], is_up)
        return found

    def _note(
        self, kept: dict[str, bool], trunk: str | None, is_up: bool | None
    ) -> list[TrunkSeen]:
        if trunk is None or is_up is None:
            return []
        kept[trunk] = is_up
        now = self._contacts.get(trunk, True) and self._registrations.get(trunk, True)
        if self._told.get(trunk) == now:
            return []
        self._told[trunk] = now
        return [TrunkSeen(trunk, now)]

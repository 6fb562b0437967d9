"""Whether trunks are there, as Asterisk tells it: by OPTIONS and by our registrations. Pure.

A trunk is down when either says so. Asterisk tells changes only, so it is asked at each connection;
what it has not told yet counts for neither. (A contact that has not been asked since the boot,
which may take a whole `qualify_s`, is "Unknown"; its endpoint is "Unavailable" all that time.)
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping

from dialer.asterisk.messages import Message
from dialer.asterisk.node_settings import Trunk, client_uri, server_uri
from dialer.floor.events import TrunkSeen

#: A ContactStatus or a Registry event's word, and whether the trunk is up by it.
_CONTACT = {"Reachable": True, "Unreachable": False}
_REGISTRATION = {"Registered": True, "Rejected": False, "Unregistered": False, "Stopped": False}
_SUFFIX = "-registration"

#: The list that tells how registrations stand.
REGISTRATIONS = "PJSIPShowRegistrationsOutbound"


class TrunkNews:
    def __init__(self, trunks: Iterable[Trunk]) -> None:
        self._contacts: dict[str, bool] = {}
        self._registrations: dict[str, bool] = {}
        self._told: dict[str, bool] = {}
        self.set_trunks(trunks)

    def set_trunks(self, trunks: Iterable[Trunk]) -> None:
        """Those that are looked after from now on."""
        known = list(trunks)
        self._asked = {t.name: _status_of(t) for t in known if t.qualify_s}
        self._by_client = {client_uri(t): t.name for t in known if t.kind == "registration"}

    def variables(self) -> Mapping[str, str]:
        """What to ask Asterisk for at a new connection: by trunk the status of its contact."""
        return self._asked

    def has_registrations(self) -> bool:
        """Whether to ask for the list `REGISTRATIONS` as well."""
        return bool(self._by_client)

    def contact(self, trunk: str, status: str) -> list[TrunkSeen]:
        """What the variable of a trunk holds: Reachable, Unreachable, Unknown …"""
        return self._note(self._contacts, trunk, _CONTACT.get(status))

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
        """What the items of the list `REGISTRATIONS` say."""
        found: list[TrunkSeen] = []
        ours = {f"{name}{_SUFFIX}": name for name in self._by_client.values()}
        for item in items:
            name = item.get("ObjectName", "")
            if item.event == "OutboundRegistrationDetail" and name in ours:
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


def _status_of(trunk: Trunk) -> str:
    """The dialplan function that gives its contact's status; Asterisk names a contact of the
    configuration by its address of record and a digest of its URI.
    """
    digest = hashlib.md5(server_uri(trunk).encode(), usedforsecurity=False).hexdigest()
    return f"PJSIP_CONTACT({trunk.name}@@{digest},status)"

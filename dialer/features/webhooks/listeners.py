"""Records of the journal as messages to webhooks: a consumer that writes what is to be sent."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import partial
from typing import Any, Final

import msgspec
from msgspec import Struct
from msgspec.structs import asdict, replace

from dialer.ids import new_id
from dialer.ports.clock import Clock
from dialer.ports.journal import (
    KINDS,
    CampaignMoved,
    DncChanged,
    Entry,
    LeadAdded,
    SettingsChanged,
    Start,
)
from dialer.ports.journal_work import Work
from dialer.ports.steering import AlertRow, Delivery
from dialer.settings.alerts import EVENTS, WebhookSettings

Hooks = Callable[[], Mapping[str, WebhookSettings]]
Data = dict[str, Any]

#: What receivers know under another name: it was theirs before there was a journal.
_OLD_NAMES: Final = {"settings.changed": "settings.change"}
_STATES: Final = {"running": "start", "paused": "pause", "stopped": "stop"}
#: Of a call's record, unless the webhook has `numbers = true`.
_NUMBERS: Final = ("number", "caller_id")


def event_name(entry: Entry) -> str:
    """Under which receivers know it."""
    if isinstance(entry.event, CampaignMoved):
        return f"campaign.{_STATES[entry.event.state]}"
    return _OLD_NAMES.get(entry.event.kind, entry.event.kind)


def names_of(kind: str) -> tuple[str, ...]:
    """The names under which records of a kind are told; none: they are for the program itself."""
    if kind == CampaignMoved.kind:
        return tuple(f"campaign.{it}" for it in _STATES.values())
    name = _OLD_NAMES.get(kind, kind)
    return (name,) if name in EVENTS else ()


def kinds_of(hooks: Mapping[str, WebhookSettings]) -> frozenset[str]:
    """The records that some receiver wants."""
    wanted = {name for name in EVENTS if any(hook.wants(name) for hook in hooks.values())}
    return frozenset(kind for kind in KINDS if wanted.intersection(names_of(kind)))


class Telling:
    """The consumer. `wake`: called when something has been put down to be sent."""

    name = "webhooks"
    start: Start = "now"

    def __init__(self, clock: Clock, hooks: Hooks, wake: Callable[[], None]) -> None:
        self._clock, self._hooks, self._wake = clock, hooks, wake

    def kinds(self) -> Collection[str]:
        return kinds_of(self._hooks())

    def take(self, work: Work, entries: Sequence[Entry]) -> None:
        hooks, facts = self._hooks(), Facts.about(work, entries)
        now = self._clock.now()
        work.deliver(
            [
                _delivery(name, hook, entry, data, now)
                for entry in entries
                for name, hook in hooks.items()
                if hook.wants(event_name(entry)) and (data := facts.of(entry)) is not None
            ]
        )

    def taken(self) -> None:
        self._wake()


def _delivery(name: str, hook: WebhookSettings, entry: Entry, data: Data, now: float) -> Delivery:
    event, an_id = event_name(entry), new_id()
    told = data if hook.numbers else {k: v for k, v in data.items() if k not in _NUMBERS}
    body = msgspec.json.encode({"id": an_id, "event": event, "at": entry.at, "data": told})
    return Delivery(
        id=an_id, hook=name, event=event, body=body.decode(), created_at=now, next_at=now,
        lane=entry.lane, seq=entry.seq,
    )  # fmt: skip


class Facts(Struct, frozen=True):
    """What is known now of what some records are about."""

    work: Work
    campaigns: Mapping[str, str]
    calls: Mapping[str, Any]
    alerts: Mapping[str, AlertRow]
    callbacks: Mapping[str, Any]
    recordings: Mapping[str, Any]
    authors: Mapping[str, str]

    @classmethod
    def about(cls, work: Work, entries: Sequence[Entry]) -> Facts:
        """Each table is asked once for all of them."""
        about = partial(_subjects, entries)
        moved = [it.event.audit for it in entries if isinstance(it.event, CampaignMoved)]
        return cls(
            work=work,
            campaigns=work.campaigns(),
            calls=work.calls(about("call.", "result.")),
            alerts=work.alerts(about("alert.")),
            callbacks=work.callbacks(about("callback.")),
            recordings=work.recordings(about("recording.")),
            authors=work.authors(moved),
        )

    def of(self, entry: Entry) -> Data | None:
        """What a message says; None: there is nothing to tell."""
        return _BY_AREA[entry.event.kind.partition(".")[0]](self, entry)

    def of_call(self, entry: Entry) -> Data | None:
        record = self.calls.get(entry.subject)
        return {**({} if record is None else asdict(record)), **self._said(entry, "attempt_id")}

    def of_callback(self, entry: Entry) -> Data | None:
        row = self.callbacks.get(entry.subject)
        known = {} if row is None else {name: getattr(row, name) for name in _CALLBACK}
        return {**self._said(entry, "callback_id"), **known}

    def of_recording(self, entry: Entry) -> Data | None:
        row = self.recordings.get(entry.subject)
        known = {} if row is None else {"seconds": row.seconds, "created_at": row.created_at}
        return {**self._said(entry, "recording_id"), **known}

    def of_lead(self, entry: Entry) -> Data | None:
        if isinstance(entry.event, LeadAdded):
            said = asdict(entry.event)
            return {"campaign": self.campaigns.get(entry.subject), **said}
        return self._said(entry, "lead_id")

    def of_alert(self, entry: Entry) -> Data | None:
        """The alert as it was then: one that began may be over by now."""
        row = self.alerts.get(entry.subject)
        if row is not None and entry.event.kind == "alert.began":
            row = replace(row, ended_at=None, acked_at=None, acked_by="")
        if row is not None and entry.event.kind == "alert.acknowledged":
            row = replace(row, ended_at=None)
        return None if row is None else asdict(row)

    def of_campaign(self, entry: Entry) -> Data | None:
        if not isinstance(entry.event, CampaignMoved):
            return None
        who = self.authors.get(entry.event.audit)
        return {"campaign": self.campaigns.get(entry.subject), "who": who}

    def of_settings(self, entry: Entry) -> Data | None:
        assert isinstance(entry.event, SettingsChanged)
        made = self.work.version(entry.subject, entry.event.version)
        if made is None or not made.changes:  # the first version changes nothing
            return None
        return {
            "subject": made.subject,
            "who": made.changed_by,
            "origin": made.origin,
            "version": made.version,
            "changes": [asdict(it) for it in made.changes],
        }

    def of_dnc(self, entry: Entry) -> Data | None:
        assert isinstance(entry.event, DncChanged)
        return {"change_id": entry.subject, "what": entry.event.what, "count": entry.event.count}

    def of_person(self, entry: Entry) -> Data | None:
        return {"erasure_id": entry.subject, **asdict(entry.event)}

    def _said(self, entry: Entry, subject: str) -> Data:
        """The record itself, with the campaign by its name."""
        said = {subject: entry.subject}
        for name, value in asdict(entry.event).items():
            said[_NAMES.get(name, name)] = value
        if "campaign" in said:
            said["campaign"] = self.campaigns.get(said["campaign"], said["campaign"])
        return said


_NAMES: Final = {"lead": "lead_id", "attempt": "attempt_id"}
_CALLBACK: Final = ("owner", "made_by", "due_at", "try_at", "result")
_BY_AREA: Final[dict[str, Callable[[Facts, Entry], Data | None]]] = {
    "call": Facts.of_call,
    "result": Facts.of_call,
    "callback": Facts.of_callback,
    "recording": Facts.of_recording,
    "lead": Facts.of_lead,
    "alert": Facts.of_alert,
    "campaign": Facts.of_campaign,
    "settings": Facts.of_settings,
    "dnc": Facts.of_dnc,
    "person": Facts.of_person,
}


def _subjects(entries: Sequence[Entry], *areas: str) -> set[str]:
    return {it.subject for it in entries if it.event.kind.startswith(areas)}

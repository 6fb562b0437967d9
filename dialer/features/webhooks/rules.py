"""What a receiver may be, beyond what its fields say. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from dialer.features.webhooks.records import Receiver
from dialer.kit.faults import Fault
from dialer.settings.alerts import EVENTS

#: `call` stands for all that begin so.
AREAS = tuple(dict.fromkeys(event.partition(".")[0] for event in EVENTS))


def faults(record: Receiver, of_file: Collection[str]) -> Iterator[Fault]:
    """Each at its field. `of_file`: the names that the settings file has."""
    if record.name in of_file:
        yield Fault("name", "taken")
    for event in record.events:
        if event not in EVENTS and event not in AREAS:
            yield Fault("events", "choice", {"choices": ", ".join((*AREAS, *EVENTS))})
            return

"""What reps' screens show of messages."""

from __future__ import annotations

from msgspec.structs import replace

from dialer.features.live.public import Posted, row
from dialer.features.messages.records import ReceivedMessage
from dialer.ports.steering import Message, Receipt

#: So many of a rep's messages are on the screen at once; the others are asked for.
ON_SCREEN = 20


def received(message: Message, receipt: Receipt) -> ReceivedMessage:
    return ReceivedMessage(
        message.id, message.at, message.who, message.addressed, message.text, receipt.read_at
    )


class Board:
    """What reps' screens show: the last messages of this run of the service."""

    def __init__(self) -> None:
        self._shown: dict[str, dict[str, tuple[Message, Receipt]]] = {}

    def add(self, agent: str, message: Message) -> dict[str, Posted]:
        own = self._shown.setdefault(agent, {})
        own[message.id] = (message, Receipt(message.id, agent))
        while len(own) > ON_SCREEN:
            del own[next(iter(own))]
        return self._rows(agent)

    def read(self, agent: str, message_id: str, at: float) -> dict[str, Posted]:
        own = self._shown.get(agent, {})
        if (found := own.get(message_id)) is not None and found[1].read_at is None:
            own[message_id] = (found[0], replace(found[1], read_at=at))
        return self._rows(agent)

    def _rows(self, agent: str) -> dict[str, Posted]:
        own = self._shown.get(agent, {})
        return {key: Posted(row(received(*it))) for key, it in own.items()}

"""Messages sent, kept, shown on the reps' screens at once, and marked as read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from msgspec.structs import replace

from dialer.api.auth import Caller
from dialer.api.errors import bad_request, not_found
from dialer.api.live.feed import Posted
from dialer.api.live.hub import TopicName
from dialer.api.live.messages import row
from dialer.ids import new_id
from dialer.ports.steering import Message, Receipt

#: So many of a rep's messages are on the screen at once; the others are asked for.
ON_SCREEN = 20
SECTION = "messages"


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


async def send(caller: Caller, addressed: str, text: str, agents: Sequence[str]) -> Message:
    """Keep a message, note it, and show it to these reps."""
    context = caller.context
    message = Message(
        id=new_id(), at=context.clock.now(), who=caller.grant.who, addressed=addressed, text=text
    )
    entry = caller.doer.entry("message.send", addressed, after={"id": message.id})
    await context.store.messages.add(message, agents, entry)
    for agent in agents:
        rows = context.board.add(agent, message)
        if context.live is not None:
            context.live.post(TopicName("agent", agent), SECTION, rows)
    return message


async def addressees(caller: Caller, agent: str | None, pool: str | None) -> tuple[str, list[str]]:
    """How it is addressed, and to which reps in the caller's reach. Raises ProblemError."""
    reach, store = await caller.reach(), caller.context.store
    if agent is not None:
        found = await store.agents.get(agent) or await store.agents.by_name(agent)
        if found is None or not reach.sees_agent(found.id):
            raise not_found("rep", agent)
        return f"agent/{found.id}", [found.id]
    if pool is not None and (
        pool not in caller.context.settings().pools or not reach.sees_pool(pool)
    ):
        raise not_found("pool", pool)
    reps = [it for it in await store.agents.list(pool=pool) if it.enabled]
    seen = [it.id for it in reps if reach.sees_agent(it.id)]
    if not seen:
        raise bad_request("nobody-there", "there is no rep in your reach to write to")
    return ("all" if pool is None else f"pool/{pool}"), seen


async def mark_read(caller: Caller, message_id: str) -> float:
    """Now, by the rep that the caller is. Raises ProblemError."""
    context, agent = caller.context, caller.grant.agent
    now = context.clock.now()
    if agent is None or not await context.store.messages.mark_read(message_id, agent, now):
        raise not_found("message", message_id)
    if context.live is not None:
        rows = context.board.read(agent, message_id, now)
        context.live.post(TopicName("agent", agent), SECTION, rows)
    return now


def plain(message: Message) -> dict[str, Any]:
    shown = msgspec.structs.asdict(message)
    return {**{k: v for k, v in shown.items() if k != "addressed"}, "to": message.addressed}


def received(message: Message, receipt: Receipt) -> dict[str, Any]:
    return {**plain(message), "read_at": receipt.read_at}


def sent(message: Message, receipts: Sequence[Receipt]) -> dict[str, Any]:
    shown = [{"agent": it.agent, "read_at": it.read_at} for it in receipts]
    return {**plain(message), "receipts": shown}

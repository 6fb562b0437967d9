"""Messages sent, kept, shown on the reps' screens at once, and marked as read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dialer.features.live.public import LIVE, TopicName
from dialer.features.messages.parts import BOARD
from dialer.features.messages.records import ReadBy, SentMessage
from dialer.ids import new_id
from dialer.kit.auth import Caller
from dialer.kit.errors import bad_request, not_found
from dialer.kit.scope import everything
from dialer.ports.steering import Message, Receipt

SECTION = "messages"


async def send(caller: Caller, addressed: str, text: str, agents: Sequence[str]) -> Message:
    """Keep a message, note it, and show it to these reps."""
    context = caller.context
    message = Message(
        id=new_id(), at=context.clock.now(), who=caller.grant.who, addressed=addressed, text=text
    )
    entry = caller.doer.entry("message.send", addressed, after={"id": message.id})
    await context.store.messages.add(message, agents, entry)
    for agent in agents:
        rows = BOARD.of(context).add(agent, message)
        if (push := LIVE.of(context)) is not None:
            push.post(TopicName("agent", agent), SECTION, rows)
    return message


async def addressees(caller: Caller, agent: str | None, pool: str | None) -> tuple[str, list[str]]:
    """How it is addressed, and to which reps in the caller's reach. Raises Refused."""
    scope, store = await caller.scope(), caller.context.store
    if agent is not None:
        found = await store.agents.known(agent, scope)
        if found is None:
            raise not_found("rep", agent)
        return f"agent/{found.id}", [found.id]
    if pool is not None:
        if pool not in caller.context.settings().pools:
            raise not_found("pool", pool)
        await caller.needs_pool(pool)
    reps = [it.id for it in await store.agents.list(scope, pool=pool) if it.enabled]
    if not reps:
        raise bad_request("nobody-there", "there is no rep in your reach to write to")
    return ("all" if pool is None else f"pool/{pool}"), reps


async def mark_read(caller: Caller, message_id: str) -> float:
    """Now, by the rep that the caller is. Raises Refused."""
    context, agent = caller.context, caller.grant.agent
    now = context.clock.now()
    if agent is None or not await context.store.messages.mark_read(message_id, agent, now):
        raise not_found("message", message_id)
    if (push := LIVE.of(context)) is not None:
        rows = BOARD.of(context).read(agent, message_id, now)
        push.post(TopicName("agent", agent), SECTION, rows)
    return now


async def names(caller: Caller) -> Mapping[str, str]:
    """Of all reps, by their codes."""
    of_all = everything("names of those whom the caller wrote to")
    return {it.id: it.name for it in await caller.context.store.agents.list(of_all)}


def sent(message: Message, receipts: Sequence[Receipt], names: Mapping[str, str]) -> SentMessage:
    read_by = [ReadBy(it.agent, names.get(it.agent, ""), it.read_at) for it in receipts]
    return SentMessage(
        message.id, message.at, message.who, message.addressed, message.text, read_by
    )

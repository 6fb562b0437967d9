"""What was done with conversations: the same from memory, SQLite and PostgreSQL."""

from __future__ import annotations

from dialer.ids import new_id
from dialer.ports.calls import CallStep
from dialer.ports.store import Store

NOW = 1_800_000_000.0


async def test_the_steps_of_a_call_come_in_their_order_and_each_once(store: Store) -> None:
    held = CallStep(id=new_id(), attempt_id="a1", at=NOW, what="held", agent="ann")
    asked = CallStep(id=new_id(), attempt_id="a1", at=NOW + 1.5, what="asked_in", label="Billing")
    other = CallStep(id=new_id(), attempt_id="a2", at=NOW, what="parked", agent="bob")
    for step in (held, other, asked, held):
        await store.call_steps.add(step)

    assert list(await store.call_steps.of_attempt("a1")) == [held, asked]
    assert list(await store.call_steps.of_attempt("a3")) == []

"""What a rep may do with a conversation under way. Refusals are values, not exceptions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal, Protocol

import msgspec

from dialer.ports.control import CallView, Refusal

ConsultWish = Literal["complete", "join", "swap", "cancel"]


class TransferTo(msgspec.Struct, frozen=True):
    """Whom a callee goes to. `value`: a rep's id or name, nothing for the pool, a number or the
    name of one of the campaign's own.
    """

    kind: Literal["agent", "pool", "number"]
    value: str = ""


class Colleague(msgspec.Struct, frozen=True):
    agent: str
    name: str
    state: str


class TransferTargets(msgspec.Struct, frozen=True):
    """`numbers` are the campaign's own, by name."""

    agents: Sequence[Colleague]
    numbers: Mapping[str, str]


class CallControl(Protocol):
    """Every method that changes something returns None when done, or a Refusal. `agent`: id or
    name.
    """

    async def hold(self, agent: str) -> Refusal | None: ...

    async def resume(self, agent: str) -> Refusal | None: ...

    async def park(self, agent: str) -> Refusal | None: ...

    async def pick_up(self, agent: str, attempt: str) -> Refusal | None: ...

    async def transfer(
        self, agent: str, to: TransferTo, *, warm: bool, any_number: bool = False
    ) -> Refusal | None:
        """`any_number`: also one that is not the campaign's own, if the gate has nothing against
        it.
        """
        ...

    async def consult(self, agent: str, wish: ConsultWish) -> Refusal | None:
        """complete: the rep leaves the two to themselves; join: all three talk; swap: to the other
        one; cancel: back to the callee alone.
        """
        ...

    async def press_keys(self, agent: str, digits: str) -> Refusal | None:
        """`digits`: 1 to 32 of 0-9, *, # and A-D."""
        ...

    async def record(self, agent: str, *, paused: bool) -> Refusal | None: ...

    def parked(self, pool: str) -> list[CallView] | None:
        """Callees who wait for any rep of the pool; None: no such pool."""
        ...

    def targets(self, agent: str) -> TransferTargets | None:
        """Whom this rep may transfer to now; None: not logged in."""
        ...

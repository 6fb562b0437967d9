"""What a rep may do with a conversation under way. Refusals are values, not exceptions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

import msgspec

from dialer.ports.control import CallView, Refusal
from dialer.words import ConsultWish, Step, TransferKind


class TransferTo(msgspec.Struct, frozen=True):
    """Whom a callee goes to. `value`: a rep's id or name, nothing for the pool, a number or the
    name of one of the campaign's own.
    """

    kind: TransferKind
    value: str = ""


class Colleague(msgspec.Struct, frozen=True):
    agent: str
    name: str
    state: str


class TransferTargets(msgspec.Struct, frozen=True):
    """`numbers` are the campaign's own, by name."""

    agents: Sequence[Colleague]
    numbers: Mapping[str, str]


class CallStep(msgspec.Struct, frozen=True, kw_only=True):
    """What was done with a conversation. `what` is a `Step`; `label` names somebody outside,
    never by a whole number.
    """

    id: str
    attempt_id: str
    at: float
    what: Step
    agent: str = ""
    label: str = ""


class CallSteps(Protocol):
    """Each method is one transaction, as in `dialer.ports.store`."""

    async def add(self, step: CallStep) -> None:
        """A second time with the same id it changes nothing."""

    async def of_attempt(self, attempt_id: str) -> Sequence[CallStep]:
        """In the order in which they happened."""
        ...


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

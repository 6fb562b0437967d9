"""An engine's `CallControl` in memory: says yes to everything, and notes what it was asked."""

from __future__ import annotations

from typing import Any

from dialer.ports.calls import Colleague, TransferTargets, TransferTo
from dialer.ports.control import CallView, Refusal
from dialer.words import ConsultWish


class FakeCalls:
    """`told` holds every order in the order of arrival, as (method, arguments). A refusal put into
    `refuse[method]` is given to the next call of that method. `waiting`: parked calls by pool.
    """

    def __init__(self) -> None:
        self.told: list[tuple[str, tuple[Any, ...]]] = []
        self.refuse: dict[str, Refusal] = {}
        self.waiting: dict[str, list[CallView]] = {}
        self.colleagues: list[Colleague] = []
        self.numbers: dict[str, str] = {}

    def _note(self, method: str, *arguments: Any) -> Refusal | None:
        self.told.append((method, arguments))
        return self.refuse.pop(method, None)

    async def hold(self, agent: str) -> Refusal | None:
        return self._note("hold", agent)

    async def resume(self, agent: str) -> Refusal | None:
        return self._note("resume", agent)

    async def park(self, agent: str) -> Refusal | None:
        return self._note("park", agent)

    async def pick_up(self, agent: str, attempt: str) -> Refusal | None:
        return self._note("pick_up", agent, attempt)

    async def transfer(
        self, agent: str, to: TransferTo, *, warm: bool, any_number: bool = False
    ) -> Refusal | None:
        return self._note("transfer", agent, to, warm, any_number)

    async def consult(self, agent: str, wish: ConsultWish) -> Refusal | None:
        return self._note("consult", agent, wish)

    async def press_keys(self, agent: str, digits: str) -> Refusal | None:
        return self._note("press_keys", agent, digits)

    async def record(self, agent: str, *, paused: bool) -> Refusal | None:
        return self._note("record", agent, paused)

    def parked(self, pool: str) -> list[CallView] | None:
        return self.waiting.get(pool)

    def targets(self, agent: str) -> TransferTargets | None:
        return TransferTargets(self.colleagues, self.numbers)

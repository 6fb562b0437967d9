"""A gate whose answers a test writes down."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dialer.ports.gate import Callee, GateRefusal, Passed


class InMemoryGate:
    """Lets every number pass except those in `refusals`. Keeps what it was asked in `asked`."""

    def __init__(self, refusals: Mapping[str, GateRefusal] | None = None) -> None:
        self.refusals = dict(refusals or {})
        self.asked: list[Callee] = []
        #: For what times.
        self.asked_at: list[float] = []

    async def check(self, callee: Callee, now: float) -> GateRefusal | None:
        return (await self.check_many([callee], now))[0]

    async def check_many(self, callees: Sequence[Callee], now: float) -> list[GateRefusal | None]:
        answers = await self.weigh_many(callees, now)
        return [it if isinstance(it, GateRefusal) else None for it in answers]

    async def weigh_many(self, callees: Sequence[Callee], now: float) -> list[GateRefusal | Passed]:
        self.asked.extend(callees)
        self.asked_at.append(now)
        passed = Passed(now, ("UTC",), None, True, 0, 3, 0, 3, None, 0.0)
        return [self.refusals.get(callee.number) or passed for callee in callees]

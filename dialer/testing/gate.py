"""A gate whose answers a test writes down."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dialer.ports.gate import Candidate, Refusal


class InMemoryGate:
    """Lets every number pass except those in `refusals`. Keeps what it was asked in `asked`."""

    def __init__(self, refusals: Mapping[str, Refusal] | None = None) -> None:
        self.refusals = dict(refusals or {})
        self.asked: list[Candidate] = []
        #: For what times.
        self.asked_at: list[float] = []

    async def check(self, candidate: Candidate, now: float) -> Refusal | None:
        return (await self.check_many([candidate], now))[0]

    async def check_many(self, candidates: Sequence[Candidate], now: float) -> list[Refusal | None]:
        self.asked.extend(candidates)
        self.asked_at.append(now)
        return [self.refusals.get(candidate.number) for candidate in candidates]

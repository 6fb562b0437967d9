"""What reps did with their conversations, in memory."""

from __future__ import annotations

from collections.abc import Sequence

from dialer.ports.calls import CallStep


class InMemoryCallSteps:
    """A `dialer.ports.calls.CallSteps`."""

    def __init__(self) -> None:
        self.steps: dict[str, CallStep] = {}

    async def add(self, step: CallStep) -> None:
        self.steps.setdefault(step.id, step)

    async def of_attempt(self, attempt_id: str) -> Sequence[CallStep]:
        found = [step for step in self.steps.values() if step.attempt_id == attempt_id]
        return sorted(found, key=lambda step: step.id)

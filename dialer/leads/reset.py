"""Leads that a fault of the network used up, given back to dialing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from dialer.far_end import BY_CAUSE
from dialer.ports.pardons import Burned, Pardoned
from dialer.ports.store import Attempts
from dialer.words import Pardon, Unanswered

#: What is a trunk's or the switch's fault: calls that never began have no cause.
TRUNK_CAUSES = tuple(
    sorted({0, *(cause for cause, said in BY_CAUSE.items() if said.blame == "trunk")})
)
#: One transaction takes back so many: between two of them calls are written.
PAGE = 200


async def count_burned(attempts: Attempts, wanted: Burned) -> Pardoned:
    """How many failed attempts match, of how many leads."""
    return await attempts.count_burned(wanted)


async def take_back(attempts: Attempts, wanted: Burned, now: float) -> Pardoned:
    """Undo the counts of these failures; their leads may be called from `now` on.

    In the numbers' days only what never rang, for a trunk's fault, does not count any more.
    """
    calls, leads = 0, 0
    for part, why in _parts(wanted):
        while page := await attempts.burned(part, limit=PAGE):
            done = await attempts.pardon(page, why=why, now=now)
            calls, leads = calls + done.attempts, leads + done.leads
            if not done.attempts:
                break
    return Pardoned(calls, leads)


def causes_of(said: Sequence[int], outcomes: Sequence[Unanswered]) -> tuple[int, ...]:
    """Which causes are meant where none are said: of failures alone, those that nobody's lead is to
    blame for.
    """
    if said or set(outcomes) != {"failed"}:
        return tuple(said)
    return TRUNK_CAUSES


def _parts(wanted: Burned) -> Iterator[tuple[Burned, Pardon]]:
    of_trunks = tuple(cause for cause in wanted.causes if cause in TRUNK_CAUSES)
    if of_trunks and "failed" in wanted.outcomes:
        failed = replace(wanted, outcomes=("failed",))
        yield replace(failed, causes=of_trunks, rang=False), "trunk"
    yield wanted, "reset"

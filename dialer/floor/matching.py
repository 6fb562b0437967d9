"""Which rep takes a waiting callee: the campaign's strategy over the reps who are free."""

from __future__ import annotations

from dialer.floor import orders, waiting
from dialer.floor.choice import choose_agent
from dialer.floor.state import Floor


def match(floor: Floor) -> None:
    """Give every waiting callee a rep: those who have talked to one before, then the one who has
    waited longest.
    """
    if not floor.match_soon:
        return
    floor.match_soon = False
    for key in list(floor.seeking):
        waiting.serve(floor, floor.attempts[key])
    for key in list(floor.waiting):
        if not floor.free:
            return
        attempt = floor.attempts[key]
        agent = choose_agent(floor, attempt) if attempt.asking else None
        if agent is not None:
            orders.connect(floor, attempt, floor.agents[agent])

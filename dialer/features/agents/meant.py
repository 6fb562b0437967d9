"""Which call an order means.

An order that was held up on its way may arrive when the rep has the next person on the line. Who
names the call it was meant for is refused then, instead of hanging up on a stranger.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import Query, Request, params

from dialer.kit.context import ApiContext
from dialer.kit.errors import Refused, conflict

Meant = Annotated[
    str | None,
    Query(
        max_length=64,
        description="The call that is meant: 409 `other-call` where the rep has another before "
        "him by now.",
    ),
]


async def _of_call(request: Request, agent: str, attempt: Meant = None) -> None:
    context: ApiContext = request.app.state.context
    if attempt is not None:
        desk = context.control.desk(agent)
        if desk is None or desk.attempt != attempt:
            raise other_call()


def other_call() -> Refused:
    return conflict("other-call", "this call is over, or was handed on: nothing was done")


#: For an endpoint's `dependencies`: an order to do with the call before the rep.
OfCall = params.Depends(_of_call)

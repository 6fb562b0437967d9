"""What the endpoints work with, put together by whoever runs them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
from fastapi import Depends, Request

from dialer.accounts.throttle import Throttle
from dialer.api.hashing import Hashing
from dialer.metrics import Metrics
from dialer.ports.calls import CallControl
from dialer.ports.clock import FloorClock
from dialer.ports.control import Control, Refusal
from dialer.ports.store import Store
from dialer.settings import Settings

if TYPE_CHECKING:
    from dialer.api.live.push import LivePush
    from dialer.api.messages.service import Board
    from dialer.api.phones.desk import PhoneDesk
    from dialer.engine.listening import Listening
    from dialer.service.alerting import Alerting
    from dialer.service.changing import Changed, Faults, Wanted
    from dialer.service.ledger import Author
    from dialer.service.ops import Ops
    from dialer.service.simulations import Effect, Simulations
    from recordings.library import Library

ChangeSettings = Callable[["Sequence[Wanted]", "Author"], Awaitable["Changed | Faults | Refusal"]]
#: Pool, changes, who asks, how many reps (None: those at work), minutes ahead.
Simulate = Callable[
    ["str", "Sequence[Wanted]", "str", "int | None", "float | None"],
    Awaitable["Effect | Faults | Refusal"],
]


class Reloaded(msgspec.Struct, frozen=True):
    """What a reload did: keys that changed, and keys that wait for a restart."""

    changed: list[str] = []
    waiting: list[str] = []


async def _nothing() -> None:
    return None


async def _no_failure() -> str | None:
    return None


def _board() -> Board:
    from dialer.api.messages.service import Board  # noqa: PLC0415  (it imports this module)

    return Board()


def _nobody_is_told(event: str, data: Mapping[str, Any]) -> None:
    return None


@dataclass
class ApiContext:
    """`readiness` gives, by part, None when it is well or one line that says why not."""

    control: Control
    store: Store
    metrics: Metrics
    clock: FloorClock
    settings: Callable[[], Settings]
    token: str
    reload: Callable[[], Awaitable[Reloaded | Refusal]]
    readiness: Callable[[], Awaitable[Mapping[str, str | None]]]
    #: A rep's phone was added or changed: None when Asterisk knows it, or what to do.
    phones_changed: Callable[[], Awaitable[str | None]] = _no_failure
    #: Whatever must be fresh before figures are shown.
    refresh: Callable[[], Awaitable[None]] = _nothing
    #: None: nothing lives here to be pushed.
    live: LivePush | None = None
    #: Conversations under way; None: none are had here.
    calls: CallControl | None = None
    #: None: nobody can listen in.
    listening: Listening | None = None
    #: None: nothing here can have a phone in a browser.
    phones: PhoneDesk | None = None
    #: Writes a change into the settings files and takes it; None: there is no engine here.
    change_settings: ChangeSettings | None = None
    #: Begins a simulation of a change; None: there is no engine here.
    simulate: Simulate | None = None
    simulations: Simulations | None = None
    #: Tells webhooks that something happened; never waits.
    announce: Callable[[str, Mapping[str, Any]], None] = _nobody_is_told
    #: None: nothing is watched here.
    alerting: Alerting | None = None
    #: What operators look at; None: there is no engine here.
    ops: Ops | None = None
    #: None: no recordings are kept here.
    library: Library | None = None
    #: Who listened to which recording last, and when.
    heard: dict[tuple[str, str], float] = field(default_factory=dict)
    board: Board = field(default_factory=_board)
    version: str = "0.1.0"
    throttle: Throttle = field(default_factory=Throttle)
    hashing: Hashing = field(default_factory=Hashing)


def context_of(request: Request) -> ApiContext:
    context: ApiContext = request.app.state.context
    return context


Context = Annotated[ApiContext, Depends(context_of)]

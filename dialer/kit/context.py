"""What every feature may use, put together by whoever runs them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Annotated

from fastapi import Depends, Request

from dialer.kit.feature import Feature
from dialer.kit.parts import Parts
from dialer.metrics import Metrics
from dialer.ports.clock import FloorClock
from dialer.ports.control import Control
from dialer.ports.store import Store
from dialer.settings import Settings


@dataclass
class ApiContext:
    """What all share; what a single feature needs besides stands in its own `parts.py`."""

    control: Control
    store: Store
    metrics: Metrics
    clock: FloorClock
    settings: Callable[[], Settings]
    #: Of the state folder: whoever can read it can do everything.
    token: str
    version: str = "0.1.0"
    parts: Parts = field(default_factory=dict)
    #: Those that were put together, for what all of them must hear.
    features: Sequence[Feature] = ()


def context_of(request: Request) -> ApiContext:
    context: ApiContext = request.app.state.context
    return context


Context = Annotated[ApiContext, Depends(context_of)]

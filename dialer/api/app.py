"""The application: every feature, one form of error, one way in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from fastapi import APIRouter, Depends, FastAPI

from dialer.api import console
from dialer.api.document import document, operation_id
from dialer.api.once import Once
from dialer.api.storable import storable
from dialer.features.every import FEATURES
from dialer.features.sessions.identity import identify
from dialer.kit import problems
from dialer.kit.context import ApiContext

PREFIX = "/api/v1"


def create_app(context: ApiContext, console_folder: Path | None = None) -> FastAPI:
    """The API over what `context` holds, and the console's files; None: where they are built."""
    app = FastAPI(
        title="Dialer",
        version=context.version,
        openapi_url=f"{PREFIX}/openapi.json",
        # The documentation pages of FastAPI load scripts from the network; the document is enough.
        docs_url=None,
        redoc_url=None,
        generate_unique_id_function=operation_id,
        dependencies=[Depends(storable)],
    )
    context.features = FEATURES
    app.state.context, app.state.identify = context, identify
    problems.install(app)
    app.add_middleware(Once, clock=context.clock)
    app.state.routers = list(_routers())
    for prefix, router in app.state.routers:
        app.include_router(router, prefix=prefix)
    console.install(app, console_folder or console.console_folder())
    app.openapi = lambda: document(app)  # type: ignore[method-assign]
    return app


def _routers() -> Iterator[tuple[str, APIRouter]]:
    """Each with the prefix under which it answers."""
    for feature in FEATURES:
        yield from (("", router) for router in feature.bare_routers())
        yield from ((PREFIX, router) for router in feature.routers())

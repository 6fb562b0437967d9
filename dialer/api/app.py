"""The application: every resource, one form of error, one way in."""

from __future__ import annotations

from pathlib import Path

from fastapi import Depends, FastAPI

from dialer.api import console, problems
from dialer.api.accounts.endpoints import router as accounts
from dialer.api.agents.endpoints import router as agents
from dialer.api.agents.moving import router as moving
from dialer.api.alerts.endpoints import router as alerts
from dialer.api.audit.endpoints import router as audit
from dialer.api.callbacks.endpoints import router as callbacks
from dialer.api.calls.endpoints import router as calls
from dialer.api.campaigns.endpoints import router as campaigns
from dialer.api.campaigns.schedule import router as schedules
from dialer.api.cdr.endpoints import router as cdr
from dialer.api.context import ApiContext
from dialer.api.desk.endpoints import router as desk
from dialer.api.dnc.endpoints import router as dnc
from dialer.api.document import document, operation_id
from dialer.api.floors.endpoints import router as floors
from dialer.api.leads.endpoints import one_router as lead
from dialer.api.leads.endpoints import router as leads
from dialer.api.leads.reset import router as reset
from dialer.api.live.endpoints import router as live
from dialer.api.messages.endpoints import router as messages
from dialer.api.once import Once
from dialer.api.ops.endpoints import router as ops
from dialer.api.phones.endpoints import router as phones
from dialer.api.recordings.endpoints import router as recordings
from dialer.api.results.endpoints import router as results
from dialer.api.roles.endpoints import router as roles
from dialer.api.sessions.endpoints import login_router
from dialer.api.sessions.endpoints import router as sessions
from dialer.api.settings.endpoints import router as settings
from dialer.api.simulations.endpoints import router as simulations
from dialer.api.storable import storable
from dialer.api.supervision.endpoints import router as supervision
from dialer.api.system.endpoints import open_router
from dialer.api.system.endpoints import router as system
from dialer.api.teams.endpoints import router as teams
from dialer.api.tokens.endpoints import router as tokens

PREFIX = "/api/v1"
_RESOURCES = (
    calls,
    floors,
    cdr,
    leads,
    reset,
    lead,
    callbacks,
    campaigns,
    agents,
    desk,
    dnc,
    system,
    live,
    phones,
    supervision,
    settings,
    simulations,
    moving,
    schedules,
    results,
    recordings,
    ops,
    alerts,
    messages,
)
_PEOPLE = (login_router, sessions, accounts, roles, teams, tokens, audit)


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
    app.state.context = context
    problems.install(app)
    app.add_middleware(Once, clock=context.clock)
    app.state.routers = [("", open_router), *((PREFIX, it) for it in (*_RESOURCES, *_PEOPLE))]
    for prefix, router in app.state.routers:
        app.include_router(router, prefix=prefix)
    console.install(app, console_folder or console.console_folder())
    app.openapi = lambda: document(app)  # type: ignore[method-assign]
    return app

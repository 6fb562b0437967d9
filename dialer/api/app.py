"""The application: every resource, one form of error, one token."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from dialer.api import problems
from dialer.api.agents.endpoints import router as agents
from dialer.api.campaigns.endpoints import router as campaigns
from dialer.api.cdr.endpoints import router as cdr
from dialer.api.context import ApiContext
from dialer.api.dnc.endpoints import router as dnc
from dialer.api.floors.endpoints import router as floors
from dialer.api.leads.endpoints import router as leads
from dialer.api.live.endpoints import router as live
from dialer.api.system.endpoints import open_router
from dialer.api.system.endpoints import router as system

PREFIX = "/api/v1"
_RESOURCES = (floors, cdr, leads, campaigns, agents, dnc, system, live)


def create_app(context: ApiContext) -> FastAPI:
    """The API over what `context` holds."""
    app = FastAPI(
        title="Dialer",
        version=context.version,
        openapi_url=f"{PREFIX}/openapi.json",
        # The documentation pages of FastAPI load scripts from the network; the document is enough.
        docs_url=None,
        redoc_url=None,
    )
    app.state.context = context
    problems.install(app)
    app.include_router(open_router)
    for resource in _RESOURCES:
        app.include_router(resource, prefix=PREFIX)
    app.openapi = lambda: _document(app)  # type: ignore[method-assign]
    return app


def _document(app: FastAPI) -> dict[str, Any]:
    if app.openapi_schema is not None:
        return app.openapi_schema
    document = get_openapi(
        title=app.title,
        version=app.version,
        description="Steer and watch the dialer. Times are unix seconds, rates 0 to 1.",
        routes=app.routes,
    )
    components = document.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    schemas["ProblemDetails"] = problems.ProblemDetails.model_json_schema()
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    components["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
    document["security"] = [{"token": []}]
    for path in document["paths"].values():
        for operation in path.values():
            _with_problems(operation["responses"])
    app.openapi_schema = document
    return document


def _with_problems(answers: dict[str, Any]) -> None:
    """FastAPI describes 422 by its own shape, which is never sent; and 401 not at all."""
    answers.update({str(status): answer for status, answer in _COMMON.items()})


_COMMON = problems.responses(401, 422)

"""The OpenAPI document: complete enough that a client can be generated from it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute

from dialer.accounts.sessions import cookie_name
from dialer.api import problems
from dialer.api.auth import CSRF_HEADER, Needed

_COMMON = problems.responses(401, 403, 422, 503)
#: A body that is no text at all.
_WITH_BODY = {str(status): it for status, it in problems.responses(400).items()}
_OPEN = problems.responses(422, 503)


def operation_id(route: APIRoute) -> str:
    """`floors_get_floor`: the resource and what is done with it; stable, for generated clients."""
    return f"{route.tags[0]}_{route.name}" if route.tags else route.name


def operations(app: FastAPI) -> Iterator[tuple[str, str, Needed | None]]:
    """Method, path and what is needed, for every operation; None: nothing."""
    included: list[tuple[str, APIRouter]] = app.state.routers
    for prefix, router in included:
        for route in router.routes:
            if isinstance(route, APIRoute):
                for method in sorted(route.methods or ()):
                    yield method, prefix + route.path, needed_by(route)


def needed_by(route: APIRoute) -> Needed | None:
    calls = (dependant.call for dependant in route.dependant.dependencies)
    return next((call for call in calls if isinstance(call, Needed)), None)


def document(app: FastAPI) -> dict[str, Any]:
    """Made once."""
    if app.openapi_schema is not None:
        return app.openapi_schema
    made = get_openapi(
        title=app.title,
        version=app.version,
        description="Steer and watch the dialer. Times are unix seconds, rates 0 to 1.",
        routes=app.routes,
    )
    components = made.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    schemas["ProblemDetails"] = problems.ProblemDetails.model_json_schema()
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    components["securitySchemes"] = _schemes()
    made["security"] = [{"token": []}, {"session": []}]
    needs = {(path, method.lower()): needed for method, path, needed in operations(app)}
    for path, methods in made["paths"].items():
        for method, operation in methods.items():
            _complete(operation, needs.get((path, method)))
    app.openapi_schema = made
    return made


def _schemes() -> dict[str, Any]:
    return {
        "token": {"type": "http", "scheme": "bearer"},
        "session": {
            "type": "apiKey",
            "in": "cookie",
            "name": cookie_name(secure=True),
            "description": (
                f"Set by POST /session; over plain HTTP on this machine it is called "
                f"{cookie_name(secure=False)!r}. Changing requests need the header "
                f"{CSRF_HEADER!r} as well."
            ),
        },
    }


def _complete(operation: dict[str, Any], needed: Needed | None) -> None:
    """FastAPI describes 422 by its own shape, which is never sent; and 401 not at all."""
    common = _COMMON if needed is not None else _OPEN
    operation["responses"].update({str(status): answer for status, answer in common.items()})
    if "requestBody" in operation:
        operation["responses"].update(_WITH_BODY)
    if needed is None or needed.afar:
        operation["security"] = [{}] if needed is None else [{}, {"token": []}, {"session": []}]
    if needed is not None and needed.permission is not None:
        operation["x-permission"] = needed.permission
